// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>
#include <QTableView>

#include "ui/evaluate/results_model.h"

namespace diagonal {

/// Heads of figures with the name of their group above them.
class ResultsHeader : public QHeaderView {
    Q_OBJECT

  public:
    explicit ResultsHeader(const ResultsModel& results, QWidget* parent = nullptr);
    QSize sizeHint() const override;

  protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override;

  private:
    const ResultsModel& m_results;
};

/// The axes of the columns, below them.
class ResultsAxes : public QWidget {
    Q_OBJECT

  public:
    ResultsAxes(const ResultsModel& results, QTableView& view);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const ResultsModel& m_results;
    QTableView& m_view;
};

/// The table of results: each cell a number over a dot with its interval.
class ResultsView : public QTableView {
    Q_OBJECT

  public:
    explicit ResultsView(ResultsModel& results, QWidget* parent = nullptr);
    /// Where the dot of a value stands in a column of this area, in logical pixels.
    static double xOf(const QRect& cell, const ResultsModel::Axis& axis, double shown);

  Q_SIGNALS:
    void rowChosen(int row);

  protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

  private:
    void fitColumns();

    ResultsModel& m_results;
};

}  // namespace diagonal
