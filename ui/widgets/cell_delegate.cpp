// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/cell_delegate.h"

#include "ui/style/paint.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

Cell::Cell(QPainter& painter, const QStyleOptionViewItem& option)
    : painter(painter),
      rect(option.rect),
      isSelected(option.state.testFlag(QStyle::State_Selected)),
      isHovered(option.state.testFlag(QStyle::State_MouseOver)),
      hasFocus(option.state.testFlag(QStyle::State_HasFocus) && showsFocus(option)),
      m_direction(option.direction) {
    painter.save();
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
}

Cell::~Cell() {
    painter.restore();
}

QRect Cell::placed(const QRect& area) const {
    return QStyle::visualRect(m_direction, rect, area);
}

void Cell::ground() const {
    if (isSelected)
        painter.fillRect(rect, colour(&Tokens::accentSoft));
    else if (isHovered)
        painter.fillRect(rect, colour(&Tokens::hover));
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colour(&Tokens::border));
    focus();
}

void Cell::focus() const {
    if (hasFocus) paintFocus(painter, rect, 0);
}

void Cell::roundGround(const QRect& area, int radius) const {
    if (isSelected)
        paintFrame(painter, area, px(radius), colour(&Tokens::accentSoft), colour(&Tokens::accent), 2);
    else if (isHovered)
        paintFrame(painter, area, px(radius), colour(&Tokens::hover), Qt::transparent);
    if (hasFocus && !isSelected) paintFocus(painter, area, px(radius));
}

void Cell::text(const QRect& area, const QString& text, ColourRole role, int size, int weight, Qt::TextElideMode mode,
                Qt::Alignment alignment) const {
    painter.setFont(Theme::instance().font(size, weight));
    painter.setPen(colour(role));
    const QRect place = placed(area);
    painter.drawText(
        place,
        static_cast<int>(QStyle::visualAlignment(m_direction, alignment) | Qt::AlignVCenter) | Qt::TextSingleLine,
        painter.fontMetrics().elidedText(text, mode, place.width()));
}

void Cell::number(const QRect& area, const QString& text, ColourRole role, int size, int weight) const {
    painter.setFont(Theme::instance().font(size, weight));
    painter.setPen(colour(role));
    drawTabular(painter, placed(area), text, QStyle::visualAlignment(m_direction, Qt::AlignRight) | Qt::AlignVCenter);
}

void Cell::bar(const QRect& area, double value, ColourRole fill, int thickness) const {
    const QRect place = placed(area);
    const QRectF line(place.left(), place.center().y() - px(thickness) / 2.0 + 1, std::max(0, place.width()),
                      px(thickness));
    paintBar(painter, line, value, colour(fill), colour(&Tokens::track));
}

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Cell cell(*painter, option);
    paintCell(cell, index);
}

}  // namespace diagonal
