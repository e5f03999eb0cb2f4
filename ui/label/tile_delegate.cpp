// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/tile_delegate.h"

#include <QPainter>
#include <QPainterPath>
#include <cmath>

#include "ui/models/image_list.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"
#include "ui/widgets/thumbnail_cache.h"

namespace diagonal {

namespace {

constexpr int kTilePicture = 96, kTileEdge = 4, kTileHeight = 140, kTileGap = 4;
constexpr int kNameTop = 104, kNameHeight = 18, kScoreTop = 121, kScoreHeight = 16, kNumberWidth = 42;

QRect within(const QRect& tile, int left, int top, int width, int height) {
    return {tile.left() + px(left), tile.top() + px(top), px(width), px(height)};
}

}  // namespace

TileDelegate::TileDelegate(QObject* parent) : QStyledItemDelegate(parent) {
}

QSize TileDelegate::tileSize() {
    return {px(kTilePicture + 2 * kTileEdge), px(kTileHeight + kTileGap)};
}

QSize TileDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return tileSize();
}

void TileDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto* image = index.data(ImageRowsModel::ItemRole).value<const ImageItem*>();
    if (image == nullptr) return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect tile(option.rect.topLeft(), QSize(px(kTilePicture + 2 * kTileEdge), px(kTileHeight)));
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    const bool hovered = (option.state & QStyle::State_MouseOver) != 0;
    if (selected)
        paintFrame(*painter, tile, px(5), colour(&Tokens::accentSoft), colour(&Tokens::accent), 2);
    else if (hovered)
        paintFrame(*painter, tile, px(5), colour(&Tokens::hover), Qt::transparent);
    if (!selected && (option.state & QStyle::State_HasFocus) != 0) paintFocus(*painter, tile, px(5));
    paintPicture(*painter, within(tile, kTileEdge, kTileEdge, kTilePicture, kTilePicture), *image,
                 painter->device()->devicePixelRatioF());
    paintScore(*painter, tile, *image, selected);
    painter->restore();
}

void TileDelegate::paintPicture(QPainter& painter, const QRect& area, const ImageItem& image, qreal pixelRatio) const {
    if (image.isFailed()) {
        paintFrame(painter, area, px(3), colour(&Tokens::surface), colour(&Tokens::border));
        paintIcon(painter, area.adjusted(0, 0, 0, -px(20)), QStringLiteral("ui/broken"), colour(&Tokens::error), 24);
        painter.setPen(colour(&Tokens::error));
        painter.setFont(Theme::instance().font(11, 500));
        painter.drawText(area.adjusted(px(2), px(44), -px(2), 0), Qt::AlignHCenter | Qt::AlignVCenter,
                         tr("Not readable"));
        return;
    }
    const QPixmap pixmap =
        ThumbnailCache::instance().pixmap(image.path, static_cast<int>(std::lround(area.width() * pixelRatio)));
    if (pixmap.isNull()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour(&Tokens::track));
        painter.drawRoundedRect(area, px(3), px(3));
        return;
    }
    QPainterPath clip;
    clip.addRoundedRect(area, px(3), px(3));
    painter.save();
    painter.setClipPath(clip);
    painter.drawPixmap(area, pixmap);
    painter.restore();
}

void TileDelegate::paintScore(QPainter& painter, const QRect& tile, const ImageItem& image, bool selected) const {
    const QRect nameArea = within(tile, kTileEdge, kNameTop, kTilePicture, kNameHeight);
    const QRect scoreArea = within(tile, kTileEdge, kScoreTop, kTilePicture, kScoreHeight);
    const auto draw = [&painter](const QRect& area, const QString& text, const QFont& font, ColourRole role,
                                 Qt::TextElideMode mode) {
        painter.setFont(font);
        painter.setPen(colour(role));
        painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetrics(font).elidedText(text, mode, area.width()));
    };
    const Theme& theme = Theme::instance();
    if (image.isFailed()) {
        draw(nameArea, image.name, theme.font(12), &Tokens::text, Qt::ElideMiddle);
        draw(scoreArea, image.error, theme.font(11), selected ? &Tokens::text2 : &Tokens::text3, Qt::ElideRight);
        return;
    }
    if (!image.hasScores()) {
        draw(nameArea, image.name, theme.font(12), selected ? &Tokens::text2 : &Tokens::text3, Qt::ElideMiddle);
        return;
    }
    const ColourRole dimmed = selected ? &Tokens::text2 : &Tokens::text3;
    const bool unsure = !image.top.sure;
    const QString label = image.assigned ? image.label : tr("No label");
    const QFont font = theme.font(12, selected && !image.stale ? 600 : 400);
    if (unsure) {
        const QString mark = QStringLiteral(" ?");
        const int width = nameArea.width() - QFontMetrics(font).horizontalAdvance(mark);
        draw(nameArea, QFontMetrics(font).elidedText(label, Qt::ElideRight, width) + mark, font,
             image.stale ? dimmed : &Tokens::text, Qt::ElideNone);
    } else {
        draw(nameArea, label, font, image.stale ? dimmed : &Tokens::text, Qt::ElideRight);
    }
    const int number = px(kNumberWidth);
    const QRectF bar(scoreArea.left(), scoreArea.center().y() - px(2) + 1, scoreArea.width() - number, px(4));
    const double value = m_showsCosine ? std::max(0.0F, image.top.cosine) : image.top.probability;
    const QColor fill = colour(image.stale ? &Tokens::bar : unsure ? &Tokens::warnLine : &Tokens::accent);
    paintBar(painter, bar, value, fill, colour(&Tokens::track));
    painter.setFont(theme.font(11));
    painter.setPen(colour(image.stale ? dimmed : unsure ? &Tokens::warn : &Tokens::text2));
    drawTabular(painter, QRectF(scoreArea.right() + 1 - number, scoreArea.top(), number, scoreArea.height()),
                m_showsCosine ? formatCosine(image.top.cosine) : formatShortPercent(image.top.probability));
}

}  // namespace diagonal
