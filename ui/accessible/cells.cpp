// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/accessible/cells.h"

#include <utility>

namespace diagonal {

namespace {

class AccessibleCell : public QAccessibleInterface,
                       public QAccessibleActionInterface,
                       public QAccessibleTableCellInterface {
  public:
    AccessibleCell(const AccessibleCells& owner, int cell)
        : m_owner(const_cast<AccessibleCells&>(owner)), m_cell(cell) {}

    int cell() const { return m_cell; }
    bool isValid() const override { return m_owner.isValid() && m_cell < m_owner.cells(); }
    QObject* object() const override { return nullptr; }
    QWindow* window() const override { return m_owner.window(); }
    QAccessibleInterface* parent() const override { return &m_owner; }
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessible::Role role() const override { return m_owner.cellRole(); }

    QString text(QAccessible::Text kind) const override {
        if (!isValid()) return {};
        if (kind == QAccessible::Value) return m_owner.cellValue(m_cell);
        return kind == QAccessible::Name ? m_owner.cellText(m_cell) : QString();
    }
    void setText(QAccessible::Text, const QString&) override {}
    QRect rect() const override {
        if (!isValid()) return {};
        const QRect area = m_owner.cellRect(m_cell);
        return {m_owner.cellSurface()->mapToGlobal(area.topLeft()), area.size()};
    }
    QAccessible::State state() const override {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.focusable = true;
        state.selectable = true;
        state.focused = m_owner.hasFocus() && m_owner.currentCell() == m_cell;
        state.selected = m_owner.isSelected(m_cell);
        state.offscreen = !m_owner.cellSurface()->rect().intersects(m_owner.cellRect(m_cell));
        return state;
    }

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::ActionInterface) return static_cast<QAccessibleActionInterface*>(this);
        const bool isInTable = type == QAccessible::TableCellInterface && m_owner.tableInterface() != nullptr;
        return isInTable ? static_cast<QAccessibleTableCellInterface*>(this) : nullptr;
    }
    QStringList actionNames() const override { return {setFocusAction()}; }
    void doAction(const QString& action) override {
        if (action == setFocusAction() && isValid()) m_owner.setCurrentCell(m_cell);
    }
    QStringList keyBindingsForAction(const QString&) const override { return {}; }

    bool isSelected() const override { return m_owner.isSelected(m_cell); }
    int rowIndex() const override { return isValid() ? m_cell / m_owner.columns() : -1; }
    int columnIndex() const override { return isValid() ? m_cell % m_owner.columns() : -1; }
    int rowExtent() const override { return 1; }
    int columnExtent() const override { return 1; }
    QList<QAccessibleInterface*> rowHeaderCells() const override { return {}; }
    QList<QAccessibleInterface*> columnHeaderCells() const override { return {}; }
    QAccessibleInterface* table() const override { return &m_owner; }

  private:
    AccessibleCells& m_owner;
    int m_cell;
};

}  // namespace

AccessibleCells::~AccessibleCells() {
    for (const QAccessible::Id id : std::as_const(m_interfaces))
        QAccessible::deleteAccessibleInterface(id);
}

QAccessibleInterface* AccessibleCells::child(int index) const {
    if (index < 0 || index >= cells()) return nullptr;
    const auto found = m_interfaces.constFind(index);
    if (found != m_interfaces.constEnd()) return QAccessible::accessibleInterface(*found);
    auto* made = new AccessibleCell(*this, index);
    m_interfaces.insert(index, QAccessible::registerAccessibleInterface(made));
    return made;
}

int AccessibleCells::indexOfChild(const QAccessibleInterface* child) const {
    const auto* cell = dynamic_cast<const AccessibleCell*>(child);
    return cell != nullptr && cell->parent() == this ? cell->cell() : -1;
}

QAccessibleInterface* AccessibleCells::childAt(int x, int y) const {
    return child(cellAt(cellSurface()->mapFromGlobal(QPoint(x, y))));
}

QAccessibleInterface* AccessibleCells::focusChild() const {
    return hasFocus() ? child(currentCell()) : nullptr;
}

}  // namespace diagonal
