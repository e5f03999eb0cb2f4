// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <memory>

#include "engine/evaluation/evaluation_table.h"

namespace diagonal {

/// The table of results: a row a model with one of its prompt sets, a column a figure. UI thread only.
class ResultsModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum FirstColumns { Model, Prompts, FirstFigure };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void set(std::shared_ptr<const EvaluationReport> report);
    const std::shared_ptr<const EvaluationReport>& report() const { return m_report; }
    const EvaluationTable& table() const { return m_table; }
    /// Being evaluated anew: the numbers stand back.
    void setStale(bool stale);
    bool isStale() const { return m_isStale; }

    size_t modelOf(int row) const { return m_table.rows[static_cast<size_t>(row)].model; }
    QString promptsOf(int row) const;
    /// -1: there is none.
    int rowOf(const QString& modelPath, const QString& prompts) const;
    /// The best by the first figure; -1: there is none.
    int bestRow() const;
    bool isFirstOfModel(int row) const { return row == 0 || modelOf(row - 1) != modelOf(row); }

    // Of figures' columns, in the model's numbers.
    const ReportColumn& figure(int column) const { return m_table.columns[static_cast<size_t>(column - FirstFigure)]; }
    QString groupOf(int column) const;  ///< "Text to image"
    QString headOf(int column) const;   ///< "R@1"
    const Metric* metric(int row, int column) const;
    const Standing* standing(int row, int column) const;
    /// The row has no number of its own: it is its model's, and stands in the model's first row.
    bool isAsAbove(int row, int column) const;
    bool isCompared(int column) const;  ///< two rows or more can be
    /// What the column's axis shows, in the units of shown numbers (per cent of shares).
    struct Axis {
        double low = 0, high = 1, best = 0;
    };
    const Axis& axis(int column) const { return m_axes[static_cast<size_t>(column - FirstFigure)]; }
    static double shown(const ReportColumn& column, double value) { return column.isShare ? 100 * value : value; }
    /// "Top-1: 87.9, 95% interval 86.1 to 89.5, within noise of the best".
    QString sentence(int row, int column) const;

  private:
    Axis axisOf(size_t column) const;

    std::shared_ptr<const EvaluationReport> m_report;
    EvaluationTable m_table;
    std::vector<Axis> m_axes;
    bool m_isStale = false;
};

}  // namespace diagonal
