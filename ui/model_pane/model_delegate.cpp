// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/model_delegate.h"

#include <QFontMetrics>
#include <QMouseEvent>

#include "ui/style/theme.h"
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

void ModelDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const QRect item = cell.rect, inside = item.adjusted(px(kMargin), 0, -px(kMargin), 0);
    if (index.data(ModelListModel::HeadRole).toBool()) {
        cell.text(inside.adjusted(0, px(8), 0, 0), index.data().toString(), &Tokens::text2, 12, 600);
        return;
    }
    const ModelEntry entry = entryOf(index);
    const DownloadState download = downloadOf(index);
    const Last last = lastLine(entry, download);
    cell.ground();

    int top = item.top() + px(kPadding);
    const auto nextLine = [&] {
        const QRect line(inside.left(), top, inside.width(), px(kLine));
        top += px(kLine);
        return line;
    };
    QRect first = nextLine();
    if (entry.bytes > 0) {
        const QString size = formatBytes(entry.bytes);
        cell.number(first, size, &Tokens::text2);
        first.setRight(first.right() - qCeil(tabularWidth(cell.painter.font(), size)) - px(8));
    }
    cell.text(first, entry.name, &Tokens::text, 13, 600, Qt::ElideMiddle);
    if (!entry.note.isEmpty())
        cell.text(nextLine(), entry.note, &Tokens::text2, 12, 400,
                  entry.note.contains(QLatin1Char('/')) ? Qt::ElideMiddle : Qt::ElideRight);

    const QRect link = linkRect(item, index);
    if (last != Last::None) {
        QRect line = nextLine();
        if (!link.isEmpty()) line.setRight(link.left() - px(8));
        cell.text(line,
                  last == Last::Where      ? entry.where
                  : last == Last::Error    ? download.error
                  : last == Last::Progress ? downloadText(download.progress)
                                           : entry.licence,
                  last == Last::Error ? &Tokens::error : &Tokens::text2);
    }
    if (last == Last::Progress) {
        const JobState& job = download.progress;
        const double share = job.total > 0 ? static_cast<double>(job.done) / static_cast<double>(job.total) : 0;
        cell.bar(QRect(inside.left(), top + px(5), inside.width(), px(4)), share, &Tokens::accent);
    }
    if (!link.isEmpty())
        cell.text(link.adjusted(0, 0, -px(4), 0), linkText(last), &Tokens::accent, 12, 600, Qt::ElideNone,
                  Qt::AlignRight);
}

bool ModelDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                                const QModelIndex& index) {
    if (event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() == Qt::LeftButton &&
            QStyle::visualRect(option.direction, option.rect, linkRect(option.rect, index))
                .contains(mouse->position().toPoint())) {
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
