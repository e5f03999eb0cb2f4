// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_browser/model_delegate.h"

#include <QFontMetrics>
#include <QMouseEvent>
#include <QPainter>

#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kLine = 19, kMargin = 16, kPadding = 9;

/// What the last line of a row says.
enum class Last { None, Where, Get, Progress, Error };

Last lastLine(const ModelEntry& entry, const DownloadState& download) {
    if (download.job != 0) return Last::Progress;
    if (!download.error.isEmpty()) return Last::Error;
    if (entry.path.isEmpty()) return Last::Get;
    return entry.where.isEmpty() ? Last::None : Last::Where;
}

QString linkText(Last last) {
    if (last == Last::Get) return ModelDelegate::tr("Get");
    if (last == Last::Error) return ModelDelegate::tr("Try again");
    if (last == Last::Progress) return ModelDelegate::tr("Cancel");
    return {};
}

ModelEntry entryOf(const QModelIndex& index) {
    return index.data(ModelListModel::EntryRole).value<ModelEntry>();
}

DownloadState downloadOf(const QModelIndex& index) {
    return index.data(ModelListModel::DownloadRole).value<DownloadState>();
}

void paintHead(QPainter& painter, const QRect& item, const QString& title) {
    painter.setFont(Theme::instance().font(12, 600));
    painter.setPen(colour(&Tokens::text2));
    painter.drawText(item.adjusted(px(kMargin), px(8), -px(kMargin), 0), Qt::AlignLeft | Qt::AlignVCenter, title);
}

}  // namespace

QSize ModelDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    if (index.data(ModelListModel::HeadRole).toBool()) return {px(200), px(36)};
    const ModelEntry entry = entryOf(index);
    const Last last = lastLine(entry, downloadOf(index));
    const int lines = 1 + (entry.note.isEmpty() ? 0 : 1) + (last == Last::None ? 0 : 1);
    return {px(200), 2 * px(kPadding) + px(kLine) * lines + (last == Last::Progress ? px(10) : 0)};
}

QRect ModelDelegate::linkRect(const QRect& item, const QModelIndex& index) const {
    if (index.data(ModelListModel::HeadRole).toBool()) return {};
    const Last last = lastLine(entryOf(index), downloadOf(index));
    const QString text = linkText(last);
    if (text.isEmpty()) return {};
    const int width = QFontMetrics(Theme::instance().font(12, 600)).horizontalAdvance(text) + px(8);
    const int height = px(24);  // as tall as a target has to be; the words take less
    const int bottom = item.bottom() - px(kPadding) - (last == Last::Progress ? px(10) : 0) + px(3);
    return {item.right() - px(kMargin) - width + px(4), bottom - height, width, height};
}

void ModelDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    const Tokens& tokens = theme.tokens();
    const QRect item = option.rect;
    painter->save();
    if (index.data(ModelListModel::HeadRole).toBool()) {
        paintHead(*painter, item, index.data().toString());
        painter->restore();
        return;
    }
    const ModelEntry entry = entryOf(index);
    const DownloadState download = downloadOf(index);
    const Last last = lastLine(entry, download);
    if (option.state & QStyle::State_Selected) {
        painter->fillRect(item, tokens.accentSoft);
        painter->fillRect(QRect(item.left(), item.top(), px(3), item.height()), tokens.accent);
    } else if (option.state & QStyle::State_MouseOver) {
        painter->fillRect(item, tokens.hover);
    }
    painter->fillRect(QRect(item.left() + px(kMargin), item.bottom(), item.width() - px(kMargin), 1), tokens.border);

    int top = item.top() + px(kPadding);
    const auto nextLine = [&] {
        const QRect line(item.left() + px(kMargin), top, item.width() - 2 * px(kMargin), px(kLine));
        top += px(kLine);
        return line;
    };
    const auto write = [&](const QRect& area, const QString& text, ColourRole role,
                           Qt::TextElideMode mode = Qt::ElideRight) {
        painter->setPen(tokens.*role);
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(text, mode, area.width()));
    };

    QRect first = nextLine();
    painter->setFont(theme.font(12));
    if (entry.bytes > 0) {
        const QString size = formatBytes(entry.bytes);
        painter->setPen(tokens.text2);
        drawTabular(*painter, first, size);
        first.setRight(first.right() - qCeil(tabularWidth(painter->font(), size)) - px(8));
    }
    painter->setFont(theme.font(13, 600));
    write(first, entry.name, &Tokens::text, Qt::ElideMiddle);
    painter->setFont(theme.font(12));
    if (!entry.note.isEmpty())
        write(nextLine(), entry.note, &Tokens::text2,
              entry.note.contains(QLatin1Char('/')) ? Qt::ElideMiddle : Qt::ElideRight);

    const QRect link = linkRect(item, index);
    if (last != Last::None) {
        QRect line = nextLine();
        if (!link.isEmpty()) line.setRight(link.left() - px(8));
        if (last == Last::Where) {
            write(line, entry.where, &Tokens::text2);
        } else if (last == Last::Error) {
            write(line, download.error, &Tokens::error);
        } else if (last == Last::Progress) {
            painter->setPen(tokens.text2);
            drawTabular(
                *painter, line,
                painter->fontMetrics().elidedText(downloadText(download.progress), Qt::ElideRight, line.width()),
                Qt::AlignLeft | Qt::AlignVCenter);
            const JobState& job = download.progress;
            const double share = job.total > 0 ? static_cast<double>(job.done) / static_cast<double>(job.total) : 0;
            paintBar(*painter, QRectF(line.left(), top + px(5), item.width() - 2 * px(kMargin), px(4)), share,
                     tokens.accent, tokens.track);
        } else {
            write(line, entry.licence, &Tokens::text2);
        }
    }
    if (!link.isEmpty()) {
        painter->setFont(theme.font(12, 600));
        painter->setPen(tokens.accent);
        painter->drawText(link.adjusted(0, 0, -px(4), 0), Qt::AlignRight | Qt::AlignVCenter, linkText(last));
    }
    if (option.state & QStyle::State_HasFocus && option.state & QStyle::State_KeyboardFocusChange)
        paintFocus(*painter, item, 0);
    painter->restore();
}

bool ModelDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                                const QModelIndex& index) {
    if (event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() == Qt::LeftButton && linkRect(option.rect, index).contains(mouse->position().toPoint())) {
            const QString name = entryOf(index).hubName;
            if (downloadOf(index).job != 0)
                Q_EMIT cancelClicked(name);
            else
                Q_EMIT getClicked(name);
            return true;
        }
    }
    return QStyledItemDelegate::editorEvent(event, model, option, index);
}

}  // namespace diagonal
