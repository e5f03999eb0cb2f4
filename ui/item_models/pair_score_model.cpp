// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/item_models/pair_score_model.h"

#include <algorithm>
#include <functional>

#include "ui/widgets/format.h"

namespace diagonal {

int PairScoreModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int PairScoreModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant PairScoreModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Label ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    return section == Label ? tr("Label") : section == Left ? m_left : m_right;
}

void PairScoreModel::setSides(const QString& left, const QString& right) {
    m_left = left;
    m_right = right;
    Q_EMIT headerDataChanged(Qt::Horizontal, Left, Right);
}

QVariant PairScoreModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row& row = m_rows[static_cast<size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return index.column() == Label ? row.label : formatPercent(index.column() == Left ? row.left : row.right);
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return tr("%1: %2 and %3").arg(row.label, formatPercent(row.left), formatPercent(row.right));
        case LeftRole:
            return row.left;
        case RightRole:
            return row.right;
        case IsLeftBestRole:
            return row.isLeftBest;
        case IsRightBestRole:
            return row.isRightBest;
        default:
            return {};
    }
}

void PairScoreModel::setRankings(const QStringList& labels, const std::vector<LabelScore>& left,
                                 const std::vector<LabelScore>& right) {
    std::vector<double> others(static_cast<size_t>(labels.size()));
    for (const LabelScore& score : right)
        if (score.label < others.size()) others[score.label] = score.probability;
    beginResetModel();
    m_rows.clear();
    for (const LabelScore& score : left) {
        if (score.label >= others.size()) continue;
        m_rows.push_back({labels[static_cast<qsizetype>(score.label)], score.probability, others[score.label],
                          score.label == left.front().label, !right.empty() && score.label == right.front().label});
    }
    std::ranges::stable_sort(m_rows, std::greater(), [](const Row& row) { return std::max(row.left, row.right); });
    endResetModel();
}

void PairScoreModel::clear() {
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

}  // namespace diagonal
