// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/score_list_model.h"

#include "ui/widgets/format.h"

namespace diagonal {

int ScoreListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_rows;
}

QVariant ScoreListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const auto row = static_cast<size_t>(index.row());
    const QString label =
        hasScores() ? m_labels.value(static_cast<qsizetype>(m_scores[row].label)) : m_labels[index.row()];
    switch (role) {
        case Qt::DisplayRole:
        case Qt::ToolTipRole:
            return label;
        case Qt::AccessibleTextRole:
            if (!hasScores()) return label;
            return tr("%1, %2, cosine %3")
                .arg(label, formatPercent(m_scores[row].probability), formatCosine(m_scores[row].cosine));
        case HasScoreRole:
            return hasScores();
        case ProbabilityRole:
            return hasScores() ? m_scores[row].probability : 0.0;
        case CosineRole:
            return hasScores() ? m_scores[row].cosine : 0.0;
        default:
            return {};
    }
}

void ScoreListModel::setLabels(const QStringList& labels) {
    if (!hasScores() && labels == m_labels) return;
    replace(labels, {}, static_cast<int>(labels.size()));
}

void ScoreListModel::setScores(const QStringList& labels, std::vector<LabelScore> bestFirst) {
    const int rows = static_cast<int>(bestFirst.size());
    replace(labels, std::move(bestFirst), rows);
}

// Rows only come and go at the end; what they say changes in place, so that the list does not jump while typing.
void ScoreListModel::replace(const QStringList& labels, std::vector<LabelScore> scores, int rows) {
    const int before = m_rows;
    if (rows > before) beginInsertRows({}, before, rows - 1);
    if (rows < before) beginRemoveRows({}, rows, before - 1);
    m_labels = labels;
    m_scores = std::move(scores);
    m_rows = rows;
    if (rows > before) endInsertRows();
    if (rows < before) endRemoveRows();
    if (rows > 0) Q_EMIT dataChanged(index(0), index(rows - 1));
}

}  // namespace diagonal
