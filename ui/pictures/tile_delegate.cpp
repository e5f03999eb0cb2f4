// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/tile_delegate.h"

#include <algorithm>

#include "ui/pictures/image_rows_model.h"
#include "ui/pictures/paint_thumbnail.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kTilePicture = 96, kTileEdge = 4, kTileHeight = 140, kTileGap = 4;
constexpr int kNameTop = 104, kNameHeight = 18, kScoreTop = 121, kScoreHeight = 16, kNumberWidth = 42;

/// A strip of the tile as wide as the picture.
QRect strip(const Cell& cell, int top, int height) {
    return {cell.rect.left() + px(kTileEdge), cell.rect.top() + px(top), px(kTilePicture), px(height)};
}

}  // namespace

ColourRole barOf(const ImageItem& image) {
    const Verdict verdict = image.verdict();
    return verdict == Verdict::Sure ? &Tokens::accent : verdict == Verdict::Unsure ? &Tokens::warnLine : &Tokens::bar;
}

TileDelegate::TileDelegate(QObject* parent)
    : CellDelegate({kTilePicture + 2 * kTileEdge, kTileHeight + kTileGap}, parent) {
}

QSize TileDelegate::tileSize() {
    return {px(kTilePicture + 2 * kTileEdge), px(kTileHeight + kTileGap)};
}

void TileDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const auto* image = index.data(ImageRowsModel::ItemRole).value<const ImageItem*>();
    if (image == nullptr) return;
    cell.roundGround(cell.rect.adjusted(0, 0, 0, -px(kTileGap)));
    const QRect picture = strip(cell, kTileEdge, kTilePicture);
    paintThumbnail(cell, picture, image->path, image->isFailed());
    if (image->isFailed())
        cell.text(picture.adjusted(px(2), px(44), -px(2), 0), tr("Not readable"), &Tokens::error, 11, 500,
                  Qt::ElideRight, Qt::AlignHCenter);
    paintScore(cell, *image);
}

void TileDelegate::paintScore(const Cell& cell, const ImageItem& image) const {
    const QRect name = strip(cell, kNameTop, kNameHeight), score = strip(cell, kScoreTop, kScoreHeight);
    if (image.isFailed() || !image.hasScores()) {
        cell.text(name, image.name, image.isFailed() ? &Tokens::text : cell.quiet(), 12, 400, Qt::ElideMiddle);
        cell.text(score, image.error, cell.quiet(), 11);
        return;
    }
    const bool unsure = image.assigned && !image.top.sure;
    const QString label = image.assigned ? image.label : tr("No label");
    const int weight = cell.isSelected && !image.stale ? 600 : 400;
    const QString mark = unsure ? QStringLiteral(" ?") : QString();
    const QFontMetrics metrics(Theme::instance().font(12, weight));
    cell.text(name, metrics.elidedText(label, Qt::ElideRight, name.width() - metrics.horizontalAdvance(mark)) + mark,
              image.stale ? cell.quiet() : &Tokens::text, 12, weight, Qt::ElideNone);
    const double value = m_showsCosine ? std::max(0.0F, image.top.cosine) : image.top.probability;
    cell.bar(score.adjusted(0, 0, -px(kNumberWidth), 0), value, barOf(image));
    cell.number(score, m_showsCosine ? formatCosine(image.top.cosine) : formatShortPercent(image.top.probability),
                image.stale ? cell.quiet()
                : unsure    ? &Tokens::warn
                            : &Tokens::text2,
                11);
}

}  // namespace diagonal
