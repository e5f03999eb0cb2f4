// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QStringList>

#include "engine/inference/zero_shot.h"

namespace diagonal {

/// The labels of one picture with the probabilities that two sides give them: what either believes most stands first.
/// UI thread only.
class PairScoreModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Label, Left, Right, ColumnCount };
    enum Role { LeftRole = Qt::UserRole, RightRole, IsLeftBestRole, IsRightBestRole };
    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    /// Both of all labels, best first.
    void setRankings(const QStringList& labels, const std::vector<LabelScore>& left,
                     const std::vector<LabelScore>& right);
    void clear();
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void setSides(const QString& left, const QString& right);

  private:
    struct Row {
        QString label;
        double left = 0, right = 0;
        bool isLeftBest = false, isRightBest = false;
    };
    std::vector<Row> m_rows;
    QString m_left, m_right;
};

}  // namespace diagonal
