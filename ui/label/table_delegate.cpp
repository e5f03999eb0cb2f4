// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/table_delegate.h"

#include <QPainter>
#include <QPainterPath>
#include <cmath>

#include "ui/models/image_table_model.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/tabular.h"
#include "ui/widgets/thumbnail_cache.h"

namespace diagonal {

namespace {

constexpr int kTableRow = 40, kTablePicture = 32, kTableEdge = 4, kTableNumber = 52, kLeadDigits = 18;
constexpr int kTile = 96;  // the grid's size: one decoding serves both

void paintTableThumbnail(QPainter& painter, const QRect& cell, const ImageItem& image) {
    const QRect area(cell.left() + px(kTableEdge), cell.center().y() + 1 - px(kTablePicture) / 2, px(kTablePicture),
                     px(kTablePicture));
    if (image.isFailed()) {
        paintFrame(painter, area, px(3), colour(&Tokens::surface), colour(&Tokens::border));
        paintIcon(painter, area, QStringLiteral("ui/broken"), colour(&Tokens::error), 16);
        return;
    }
    const int size = static_cast<int>(std::lround(px(kTile) * painter.device()->devicePixelRatioF()));
    const QPixmap pixmap = ThumbnailCache::instance().pixmap(image.path, size);
    if (pixmap.isNull()) {
        paintFrame(painter, area, px(3), colour(&Tokens::track), Qt::transparent);
        return;
    }
    QPainterPath clip;
    clip.addRoundedRect(area, px(3), px(3));
    painter.setClipPath(clip);
    painter.drawPixmap(area, pixmap);
}

ColourRole inkOf(const ImageItem& image, int column, bool selected) {
    const ColourRole quiet = selected ? &Tokens::text2 : &Tokens::text3;
    if (column == ImageTableModel::Verdict) {
        if (image.isFailed()) return &Tokens::error;
        if (!image.hasScores() || image.stale) return quiet;
        return image.top.sure ? &Tokens::text : &Tokens::warn;
    }
    if (column == ImageTableModel::Name) return &Tokens::text;
    if (column == ImageTableModel::Folder || column == ImageTableModel::Pixels) return &Tokens::text2;
    if (image.stale) return quiet;
    return column == ImageTableModel::Label || column == ImageTableModel::Probability ? &Tokens::text : &Tokens::text2;
}

void paintProbability(QPainter& painter, QRect area, const ImageItem& image, const QString& text) {
    if (text.isEmpty()) return;
    const QRectF bar(area.left(), area.center().y() - px(2) + 1, area.width() - px(kTableNumber), px(4));
    const ColourRole fill = image.stale ? &Tokens::bar : image.top.sure ? &Tokens::accent : &Tokens::warnLine;
    paintBar(painter, bar, image.top.probability, colour(fill), colour(&Tokens::track));
    drawTabular(painter, area, text);
}

}  // namespace

int TableDelegate::rowHeight() {
    return px(kTableRow);
}

void TableDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto* image = index.data(ImageRowsModel::ItemRole).value<const ImageItem*>();
    if (image == nullptr) return;
    painter->save();
    painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    if (selected) painter->fillRect(option.rect, colour(&Tokens::accentSoft));
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), colour(&Tokens::border));
    if ((option.state & QStyle::State_HasFocus) != 0 && showsFocus(option)) paintFocus(*painter, option.rect, 0);
    const QRect area = option.rect.adjusted(px(kTableEdge), 0, -px(kTableEdge), 0);
    const int column = index.column();
    painter->setPen(colour(inkOf(*image, column, selected)));
    const bool strong = column == ImageTableModel::Label && selected && !image->stale;
    painter->setFont(Theme::instance().font(12, strong ? 600 : 400));
    QString text = index.data().toString();
    if (column == ImageTableModel::Picture) {
        paintTableThumbnail(*painter, option.rect, *image);
    } else if (column == ImageTableModel::Probability) {
        paintProbability(*painter, area, *image, text);
    } else if (column == ImageTableModel::Lead) {
        drawTabular(*painter, area.adjusted(0, 0, px(kLeadDigits / 2) - area.width() / 2, 0), text);
    } else if (ImageTableModel::isNumber(column)) {
        drawTabular(*painter, area, text);
    } else {
        QString mark;
        if (column == ImageTableModel::Label && !text.isEmpty() && !image->top.sure) mark = QStringLiteral(" ?");
        const QFontMetrics metrics = painter->fontMetrics();
        const auto mode = column == ImageTableModel::Name ? Qt::ElideMiddle : Qt::ElideRight;
        text = metrics.elidedText(text, mode, area.width() - metrics.horizontalAdvance(mark)) + mark;
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text);
    }
    painter->restore();
}

}  // namespace diagonal
