// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAccessibleWidget>
#include <QHash>
#include <QWidget>

namespace diagonal {

/// A widget whose cells (the items of a list, the cells of a matrix) are no widgets. Cells are numbered row by row;
/// their interfaces are made when somebody asks, however many there could be. With columns they are a table's.
class AccessibleCells : public QAccessibleWidget {
  public:
    AccessibleCells(QWidget* widget, QAccessible::Role role, QAccessible::Role cellRole)
        : QAccessibleWidget(widget, role), m_cellRole(cellRole) {}
    ~AccessibleCells() override;

    virtual int cells() const = 0;
    virtual QString cellText(int cell) const = 0;
    virtual QString cellValue(int) const { return {}; }
    virtual int columns() const { return 1; }
    virtual QRect cellRect(int cell) const = 0;  ///< in the widget that cellSurface() returns
    virtual int cellAt(const QPoint& point) const = 0;
    virtual int currentCell() const = 0;  ///< -1: none
    virtual bool isSelected(int) const { return false; }
    virtual void setCurrentCell(int cell) = 0;
    virtual QWidget* cellSurface() const { return widget(); }
    QAccessible::Role cellRole() const { return m_cellRole; }
    bool hasFocus() const { return widget()->hasFocus(); }

    int childCount() const override { return cells(); }
    QAccessibleInterface* child(int index) const override;
    int indexOfChild(const QAccessibleInterface* child) const override;
    QAccessibleInterface* childAt(int x, int y) const override;
    QAccessibleInterface* focusChild() const override;

  private:
    QAccessible::Role m_cellRole;
    mutable QHash<int, QAccessible::Id> m_interfaces;
};

}  // namespace diagonal
