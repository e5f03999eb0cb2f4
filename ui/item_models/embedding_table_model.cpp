// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/item_models/embedding_table_model.h"

#include <algorithm>

#include "ui/base/paths.h"
#include "ui/widgets/format.h"

namespace diagonal {

int EmbeddingTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_names.size());
}

int EmbeddingTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 1 + kShownNumbers;
}

QVariant EmbeddingTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const QString& name = m_names[index.row()];
    const QString& error = m_errors[index.row()];
    if (role == Qt::ToolTipRole) return error.isEmpty() ? name : tr("%1: %2").arg(name, error);
    if (role == PathRole) return m_arePaths ? name : QString();
    if (index.column() == 0) {
        if (role == Qt::DisplayRole) return m_arePaths ? shownName(name) : name;
        return {};
    }
    const std::vector<float>& values = m_values[static_cast<size_t>(index.row())];
    const auto column = static_cast<size_t>(index.column() - 1);
    if (role == NumberRole) return column < values.size() ? QVariant(values[column]) : QVariant();
    if (role == Qt::DisplayRole) {
        if (!error.isEmpty()) return column == 0 ? error : QString();
        return column < values.size() ? formatNumber(values[column], 4) : QStringLiteral("–");
    }
    if (role == Qt::EditRole && column < values.size()) return values[column];
    if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant EmbeddingTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical) return role == Qt::DisplayRole ? QVariant(section + 1) : QVariant();
    if (role == Qt::TextAlignmentRole && section > 0) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    if (section == 0) return m_arePaths ? tr("path") : tr("text");
    return QStringLiteral("e%1").arg(section - 1);
}

void EmbeddingTableModel::setNames(const QStringList& names, bool arePaths) {
    if (names == m_names && arePaths == m_arePaths) return;
    beginResetModel();
    std::vector<std::vector<float>> values(static_cast<size_t>(names.size()));
    for (qsizetype i = 0; i < std::min(names.size(), m_names.size()); ++i)
        if (names[i] == m_names[i]) values[static_cast<size_t>(i)] = m_values[static_cast<size_t>(i)];
    m_names = names;
    m_arePaths = arePaths;
    m_values = std::move(values);
    m_errors = QStringList(names.size());
    endResetModel();
}

void EmbeddingTableModel::setValues(int row, const std::vector<float>& values) {
    if (row < 0 || row >= rowCount()) return;
    const auto shown = std::min<size_t>(values.size(), kShownNumbers);
    m_values[static_cast<size_t>(row)].assign(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(shown));
    m_errors[row].clear();
    Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
}

void EmbeddingTableModel::setError(int row, const QString& error) {
    if (row < 0 || row >= rowCount()) return;
    m_errors[row] = error;
    Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
}

void EmbeddingTableModel::clearValues() {
    for (auto& values : m_values)
        values.clear();
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int FailureTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_failures.size());
}

int FailureTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 2;
}

QVariant FailureTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const auto& [path, reason] = m_failures[static_cast<size_t>(index.row())];
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return index.column() == 0 ? path : reason;
    return {};
}

QVariant FailureTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal) return {};
    return section == 0 ? tr("Could not be read") : tr("Why");
}

void FailureTableModel::setFailures(std::vector<std::pair<QString, QString>> failures) {
    beginResetModel();
    m_failures = std::move(failures);
    endResetModel();
}

}  // namespace diagonal
