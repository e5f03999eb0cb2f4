// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/table_delegate.h"

#include "ui/pictures/image_table_model.h"
#include "ui/pictures/paint_thumbnail.h"
#include "ui/pictures/tile_delegate.h"

namespace diagonal {

namespace {

constexpr int kTableRow = 40, kTablePicture = 32, kTableFirstEdge = 12, kTableNumber = 52;
constexpr int kLeadDigits = 18;
constexpr int kTile = 96;  // the grid's size: one decoding serves both

ColourRole inkOf(const Cell& cell, const ImageItem& image, int column) {
    if (column == ImageTableModel::Verdict) {
        if (image.isFailed()) return &Tokens::error;
        if (!image.hasScores() || image.stale) return cell.quiet();
        return image.verdict() == Verdict::Unsure ? &Tokens::warn : &Tokens::text;
    }
    if (column == ImageTableModel::Name) return &Tokens::text;
    if (column == ImageTableModel::Folder || column == ImageTableModel::Pixels) return &Tokens::text2;
    if (image.stale) return cell.quiet();
    return column == ImageTableModel::Label || column == ImageTableModel::Probability ? &Tokens::text : &Tokens::text2;
}

}  // namespace

TableDelegate::TableDelegate(QObject* parent) : CellDelegate({kTableRow, kTableRow}, parent) {
}

int TableDelegate::rowHeight() {
    return px(kTableRow);
}

void TableDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const auto* image = index.data(ImageRowsModel::ItemRole).value<const ImageItem*>();
    if (image == nullptr) return;
    cell.ground();
    const int column = index.column();
    const QString text = index.data().toString();
    QRect area = cell.inside();
    if (column == ImageTableModel::Picture) {
        const int left = cell.rect.left() + px(kTableFirstEdge);
        paintThumbnail(
            cell, QRect(left, cell.rect.center().y() + 1 - px(kTablePicture) / 2, px(kTablePicture), px(kTablePicture)),
            image->path, image->isFailed(), kTile);
        return;
    }
    const ColourRole ink = inkOf(cell, *image, column);
    if (column == ImageTableModel::Probability && !text.isEmpty())
        cell.bar(area.adjusted(0, 0, -px(kTableNumber), 0), image->top.probability, barOf(*image));
    if (column == ImageTableModel::Lead) area.adjust(0, 0, px(kLeadDigits / 2) - area.width() / 2, 0);
    if (ImageTableModel::isNumber(column)) {
        cell.number(area, text, ink);
        return;
    }
    const bool isLabel = column == ImageTableModel::Label;
    const int weight = isLabel && cell.isSelected && !image->stale ? 600 : 400;
    const QString mark =
        isLabel && image->assigned && !text.isEmpty() && !image->top.sure ? QStringLiteral(" ?") : QString();
    const QFontMetrics metrics(Theme::instance().font(12, weight));
    const auto mode = column == ImageTableModel::Name ? Qt::ElideMiddle : Qt::ElideRight;
    cell.text(area, metrics.elidedText(text, mode, area.width() - metrics.horizontalAdvance(mark)) + mark, ink, 12,
              weight, Qt::ElideNone);
}

}  // namespace diagonal
