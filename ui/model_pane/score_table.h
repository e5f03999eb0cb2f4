// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

#include "ui/model_pane/score_table_model.h"
#include "ui/widgets/cell_delegate.h"

namespace diagonal {

/// Cells of the table of compared models: a check box and the diamond of the front before a name, numbers tabular.
class ModelScoreDelegate : public CellDelegate {
    Q_OBJECT

  public:
    explicit ModelScoreDelegate(QObject* parent = nullptr);
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;

    static QRect checkArea(const QRect& cell);

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;
};

/// Models on this computer with what was measured of them. Space checks a row, a click on a head sorts, Ctrl+C copies.
class ScoreTable : public QTableView {
    Q_OBJECT

  public:
    explicit ScoreTable(ScoreTableModel& model, QWidget* parent = nullptr);

  Q_SIGNALS:
    void copyRequested();

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    ScoreTableModel& m_model;
};

}  // namespace diagonal
