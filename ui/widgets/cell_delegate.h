// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QStyledItemDelegate>

#include "ui/style/looks.h"
#include "ui/style/theme.h"

namespace diagonal {

/// A cell, or a row of one cell, while it is painted: what all painted rows are made of. Areas are given as in a layout
/// from left to right and mirrored where the language is written from right to left.
class Cell {
  public:
    Cell(QPainter& painter, const QStyleOptionViewItem& option);
    ~Cell();
    Cell(const Cell&) = delete;
    Cell& operator=(const Cell&) = delete;

    QPainter& painter;
    const QRect rect;
    const bool isSelected, isHovered;
    const bool hasFocus;  ///< and that is to be seen

    /// Selection, hover, a line below and the focus, of the whole cell.
    void ground() const;
    /// The focus alone.
    void focus() const;
    /// The same as a rounded frame.
    void roundGround(const QRect& area, int radius = 5) const;
    /// For what stands back, so that it can be read on the selection too.
    ColourRole quiet() const { return isSelected ? &Tokens::text2 : &Tokens::text3; }

    void text(const QRect& area, const QString& text, ColourRole role, int size = 12, int weight = 400,
              Qt::TextElideMode mode = Qt::ElideRight, Qt::Alignment alignment = Qt::AlignLeft) const;
    /// Digits in columns, at the right.
    void number(const QRect& area, const QString& text, ColourRole role, int size = 12, int weight = 400) const;
    /// In the middle of the area's height.
    void bar(const QRect& area, double value, ColourRole fill, int thickness = 4) const;
    /// Where the head of the column has its text.
    QRect inside() const { return rect.adjusted(px(kCellEdge), 0, -px(kCellEdge), 0); }
    /// Where an area stands in the language's direction.
    QRect placed(const QRect& area) const;

  private:
    Qt::LayoutDirection m_direction;
};

/// Draws each index as a Cell.
class CellDelegate : public QStyledItemDelegate {
  public:
    /// Logical pixels.
    CellDelegate(QSize size, QObject* parent) : QStyledItemDelegate(parent), m_size(size) {}
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {px(m_size.width()), px(m_size.height())};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const final;

  protected:
    virtual void paintCell(const Cell& cell, const QModelIndex& index) const = 0;

  private:
    QSize m_size;
};

}  // namespace diagonal
