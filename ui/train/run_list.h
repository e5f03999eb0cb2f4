// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>

#include "ui/train/run_model.h"
#include "ui/widgets/cell_delegate.h"

namespace diagonal {

/// The runs of a folder, newest first.
class RunListModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role { FolderRole = Qt::UserRole, SummaryRole };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    void setRuns(std::vector<RunSummary> runs);
    /// Replaces the run of that folder, or puts a new one first.
    void update(const RunSummary& run);
    const std::vector<RunSummary>& runs() const { return m_runs; }
    const RunSummary& run(int row) const { return m_runs[static_cast<size_t>(row)]; }
    int rowOf(const QString& folder) const;

  private:
    std::vector<RunSummary> m_runs;
};

/// "Running", "Finished", …
QString stateName(RunState state);
/// The line below the name: "Finished", "Step 1,900 of 6,000".
QString stateDetail(const RunSummary& run);

/// Draws name, state, score and time of a run, its progress, and the link that resumes it.
class RunDelegate : public CellDelegate {
    Q_OBJECT

  public:
    explicit RunDelegate(QObject* parent) : CellDelegate({180, 58}, parent) {}

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;

  Q_SIGNALS:
    void resumeRequested(const QString& folder);

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;

  private:
    QRect linkRect(const QRect& item, const RunSummary& run) const;
};

}  // namespace diagonal

Q_DECLARE_METATYPE(diagonal::RunSummary)
