// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/evaluate/results_model.h"

namespace diagonal {

/// One figure of all rows as dots with their intervals on one axis, the best row first.
class ResultsChart : public QWidget {
    Q_OBJECT

  public:
    explicit ResultsChart(const ResultsModel& results, QWidget* parent = nullptr);
    void setColumn(int column);
    int column() const { return m_column; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void take();

    const ResultsModel& m_results;
    int m_column = ResultsModel::FirstFigure;
    std::vector<int> m_rows;
};

}  // namespace diagonal
