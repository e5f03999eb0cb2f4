// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QStringList>
#include <vector>

#include "engine/inference/zero_shot.h"

namespace diagonal {

/// The scores of one image, best first; without scores, the labels with a dash.
class ScoreListModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role { ProbabilityRole = Qt::UserRole, CosineRole, HasScoreRole };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    void setLabels(const QStringList& labels);  ///< without scores
    void setScores(const QStringList& labels, std::vector<LabelScore> bestFirst);
    bool hasScores() const { return !m_scores.empty(); }

  private:
    void replace(const QStringList& labels, std::vector<LabelScore> scores, int rows);

    int m_rows = 0;
    QStringList m_labels;
    std::vector<LabelScore> m_scores;
};

}  // namespace diagonal
