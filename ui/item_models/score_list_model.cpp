// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/item_models/score_list_model.h"

#include "ui/widgets/format.h"

namespace diagonal {

int ScoreListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ScoreListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ScoreListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section == Bar) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Label ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    return section == Label ? tr("Label") : section == Probability ? tr("Probability") : tr("Cosine");
}

QVariant ScoreListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row& row = m_rows[static_cast<size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            if (index.column() == Bar) return {};
            if (index.column() != Label && !m_scored) return QStringLiteral("–");
            return index.column() == Label         ? row.label
                   : index.column() == Probability ? formatPercent(row.probability)
                                                   : formatCosine(row.cosine);
        case Qt::ToolTipRole:
            return row.label;
        case Qt::AccessibleTextRole:
            if (!m_scored) return row.label;
            return tr("%1, %2, cosine %3").arg(row.label, formatPercent(row.probability), formatCosine(row.cosine));
        case HasScoreRole:
            return m_scored;
        case ProbabilityRole:
            return row.probability;
        case CosineRole:
            return row.cosine;
        default:
            return {};
    }
}

void ScoreListModel::setLabels(const QStringList& labels) {
    std::vector<Row> rows;
    for (const QString& label : labels)
        rows.push_back({label, 0, 0});
    replace(std::move(rows), false);
}

void ScoreListModel::setScores(const QStringList& labels, const std::vector<LabelScore>& bestFirst) {
    std::vector<Row> rows;
    for (const LabelScore& score : bestFirst)
        rows.push_back({labels.value(static_cast<qsizetype>(score.label)), score.probability, score.cosine});
    const bool scored = !rows.empty();
    replace(std::move(rows), scored);
}

// Rows only come and go at the end; what they say changes in place, so that the list does not jump while typing.
void ScoreListModel::replace(std::vector<Row> rows, bool scored) {
    const size_t before = m_rows.size();
    if (rows.size() > before) {
        beginInsertRows({}, static_cast<int>(before), static_cast<int>(rows.size()) - 1);
        m_rows.insert(m_rows.end(), rows.begin() + static_cast<std::ptrdiff_t>(before), rows.end());
        endInsertRows();
    } else if (rows.size() < before) {
        beginRemoveRows({}, static_cast<int>(rows.size()), static_cast<int>(before) - 1);
        m_rows.resize(rows.size());
        endRemoveRows();
    }
    m_rows = std::move(rows);
    m_scored = scored;
    if (!m_rows.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

}  // namespace diagonal
