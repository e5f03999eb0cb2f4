// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <vector>

#include "engine/inference/zero_shot.h"

namespace diagonal {

/// The scores of one image, best first; without scores, the labels with a dash.
class ScoreListModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Label, Bar, Probability, Cosine, ColumnCount };
    enum Role { ProbabilityRole = Qt::UserRole, CosineRole, HasScoreRole };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    void setLabels(const QStringList& labels);  ///< without scores
    void setScores(const QStringList& labels, const std::vector<LabelScore>& bestFirst);
    bool hasScores() const { return m_scored; }

  private:
    struct Row {
        QString label;
        double probability = 0, cosine = 0;
    };
    void replace(std::vector<Row> rows, bool scored);

    std::vector<Row> m_rows;
    bool m_scored = false;
};

}  // namespace diagonal
