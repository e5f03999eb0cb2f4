// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/matrix/cell_card.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <limits>

#include "ui/pictures/thumbnail_cache.h"
#include "ui/style/theme.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kPicture = 104;

}  // namespace

CellCard::CellCard(QWidget* parent) : QWidget(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, this, [this](const QString& path) {
        if (path == m_path) update();
    });
}

void CellCard::showCell(const QString& path, const CellText& text) {
    m_path = path;
    m_text = text;
    update();
}

QSize CellCard::sizeHint() const {
    return {px(344), px(152)};
}

void CellCard::placeBeside(const QRect& cell, const QRect& matrix, const QRect& room) {
    constexpr int kSamples = 40;
    const int gap = px(14);
    resize(sizeHint());
    QRect best;
    int lowest = std::numeric_limits<int>::max();
    for (const int x : {cell.right() + gap, cell.left() - gap - width()}) {
        for (const int y : {cell.top() - gap - height(), cell.bottom() + gap}) {
            const QPoint corner(std::clamp(x, room.left(), std::max(room.left(), room.right() - width())),
                                std::clamp(y, room.top(), std::max(room.top(), room.bottom() - height())));
            const QRect place(corner, size());
            // Hiding the cell's own row and column is worst, then the diagonal.
            int cost = corner.x() == x ? 0 : 2 * kSamples;
            cost += corner.y() == y ? 0 : 2 * kSamples;
            for (int i = 0; i <= kSamples; ++i) {
                const QPoint point(matrix.left() + matrix.width() * i / kSamples,
                                   matrix.top() + matrix.height() * i / kSamples);
                cost += place.contains(point) ? 1 : 0;
            }
            if (cost < lowest) {
                lowest = cost;
                best = place;
            }
        }
    }
    move(best.topLeft());
    raise();
    show();
}

void CellCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const Theme& theme = Theme::instance();
    painter.setPen(QPen(colour(&Tokens::border), 1));
    painter.setBrush(colour(&Tokens::raised));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(5), px(5));

    const QRect picture(px(10), px(10), px(kPicture), px(78));
    QPainterPath round;
    round.addRoundedRect(picture, px(3), px(3));
    painter.fillPath(round, colour(&Tokens::track));
    const QPixmap pixmap =
        ThumbnailCache::instance().pixmap(m_path, static_cast<int>(picture.width() * devicePixelRatioF()), false);
    if (!pixmap.isNull()) {
        painter.save();
        painter.setClipPath(round);
        QSizeF size = pixmap.size();
        size.scale(picture.size(), Qt::KeepAspectRatioByExpanding);
        QRectF target(QPointF(0, 0), size);
        target.moveCenter(QRectF(picture).center());
        painter.drawPixmap(target, pixmap, pixmap.rect());
        painter.restore();
    }

    const QRect text(picture.right() + px(12), px(8), width() - picture.right() - px(24), px(80));
    painter.setFont(theme.font(13, 600));
    painter.setPen(colour(&Tokens::text));
    const QRect caption(text.left(), text.top(), text.width(), painter.fontMetrics().lineSpacing() * 2);
    const QRect used = painter.fontMetrics().boundingRect(caption, Qt::TextWordWrap, m_text.caption);
    const QString shown =
        used.height() > caption.height()
            ? painter.fontMetrics().elidedText(m_text.caption, Qt::ElideRight, caption.width() * 2 - px(40))
            : m_text.caption;
    painter.drawText(caption, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, shown);
    painter.setFont(theme.font(12));
    painter.setPen(colour(&Tokens::text2));
    painter.drawText(QRect(text.left(), caption.bottom() + px(2), text.width(), px(18)),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_text.file, Qt::ElideMiddle, text.width()));
    painter.setPen(colour(m_text.isWarning ? &Tokens::warn : &Tokens::text));
    painter.drawText(QRect(text.left(), picture.bottom() - px(18), text.width(), px(18)),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_text.verdict, Qt::ElideRight, text.width()));

    painter.fillRect(QRect(px(10), px(98), width() - px(20), 1), colour(&Tokens::border));
    const QString names[] = {tr("Cosine"), tr("Logit"), tr("Row"), tr("Column"), tr("Ranks")};
    const int step = (width() - px(20)) / 5;
    for (int i = 0; i < 5; ++i) {
        const QRect column(px(10) + i * step, px(104), step, px(18));
        painter.setFont(theme.font(12));
        painter.setPen(colour(&Tokens::text2));
        painter.drawText(column, Qt::AlignLeft | Qt::AlignVCenter, names[i]);
        painter.setFont(theme.font(13, 600));
        painter.setPen(colour(i == m_text.accented ? &Tokens::accent : &Tokens::text));
        drawTabular(painter, column.translated(0, px(19)), m_text.values[static_cast<size_t>(i)],
                    Qt::AlignLeft | Qt::AlignVCenter);
    }
}

}  // namespace diagonal
