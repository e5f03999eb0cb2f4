// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/class_page.h"

#include <QHeaderView>
#include <QItemSelectionModel>
#include <cmath>
#include <cstdint>

#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kClassRow = 28, kShareNumber = 54;

class ClassDelegate : public CellDelegate {
  public:
    explicit ClassDelegate(QObject* parent) : CellDelegate({80, kClassRow}, parent) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        cell.ground();
        const QRect inside = cell.inside();
        const QString text = index.data().toString();
        const int column = index.column();
        if (column == ClassTableModel::Class || column == ClassTableModel::TakenFor)
            return cell.text(inside, text, column == ClassTableModel::Class ? &Tokens::text : &Tokens::text2, 12, 400,
                             Qt::ElideMiddle);
        if (column == ClassTableModel::Right) {
            const double share = index.data(ClassTableModel::ShareRole).toDouble();
            if (std::isfinite(share)) cell.bar(inside.adjusted(0, 0, -px(kShareNumber), 0), share, &Tokens::bar);
        }
        cell.number(inside, text, &Tokens::text);
    }
};

}  // namespace

int ClassTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ClassTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString ClassTableModel::text(int row, int column) const {
    const Row& one = m_rows[static_cast<size_t>(row)];
    switch (column) {
        case Class:
            return m_row.className(row);
        case Pictures:
            return formatCount(static_cast<qint64>(one.counts.pictures));
        case Right:
            return shareText(one.counts.recall());
        case Answered:
            return formatCount(static_cast<qint64>(one.counts.answered));
        case Precision:
            return shareText(one.counts.precision());
        default:
            break;
    }
    if (one.takenCount == 0) return {};
    return tr("%1 (%2)", "class, count")
        .arg(m_row.className(one.takenFor), formatCount(static_cast<qint64>(one.takenCount)));
}

QVariant ClassTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row& one = m_rows[static_cast<size_t>(index.row())];
    const int column = index.column();
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return text(index.row(), column);
    if (role == ClassRole) return index.row();
    if (role == ShareRole) return one.counts.recall();
    if (role == Qt::AccessibleTextRole)
        return QStringLiteral("%1: %2").arg(headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(),
                                            text(index.row(), column));
    if (role != SortRole) return {};
    const auto number = [](double value) { return std::isfinite(value) ? value : 2.0; };  // undefined ones last
    switch (column) {
        case Class:
            return text(index.row(), column);
        case Pictures:
            return static_cast<qulonglong>(one.counts.pictures);
        case Right:
            return number(one.counts.recall());
        case Answered:
            return static_cast<qulonglong>(one.counts.answered);
        case Precision:
            return number(one.counts.precision());
        default:
            return static_cast<qulonglong>(one.takenCount);
    }
}

QVariant ClassTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Class || section == TakenFor ? Qt::AlignLeft : Qt::AlignRight) |
                                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const QString names[] = {tr("Class"),    tr("Pictures"),  tr("Right"),
                             tr("Answered"), tr("Precision"), tr("Most taken for")};
    return names[section];
}

void ClassTableModel::set(const ShownRow& row) {
    beginResetModel();
    m_row = row;
    m_rows.clear();
    if (const TaskResult* result = row.answers()) {
        for (const ClassRow& one : perClass(result->answers))
            m_rows.push_back({one});
        for (const ClassConfusion& pair : mostConfused(result->answers, SIZE_MAX))  // the most often first
            if (Row& row = m_rows[static_cast<size_t>(pair.truth)]; row.takenFor < 0) {
                row.takenFor = pair.predicted;
                row.takenCount = pair.count;
            }
    }
    endResetModel();
}

ClassPage::ClassPage(QWidget* parent)
    : Panel(&Tokens::surface, {}, parent), m_view(new RowView({0, 84, 170, 92, 92, 0})) {
    m_sorted.setSourceModel(&m_model);
    m_sorted.setSortRole(ClassTableModel::SortRole);
    m_sorted.setSortLocaleAware(true);
    m_view->setModel(&m_sorted);
    m_view->setItemDelegate(new ClassDelegate(m_view));
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(ClassTableModel::Right, Qt::AscendingOrder);
    m_view->setAccessibleName(tr("Classes"));
    setExportMenu(m_view, QStringLiteral("classes"));
    setLayout(makeColumn({{m_view, 1}}, 0, {8, 4, 0, 0}));
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) Q_EMIT classChosen(index.data(ClassTableModel::ClassRole).toInt());
    });
}

void ClassPage::setRow(const ShownRow& row) {
    m_model.set(row);
}

}  // namespace diagonal
