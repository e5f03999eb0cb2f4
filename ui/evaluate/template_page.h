// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

#include "ui/evaluate/shown_row.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/row_view.h"

class QPushButton;

namespace diagonal {

class ElidedLabel;
class SegmentedControl;
class TextLabel;

/// Templates with their accuracy alone and in the growing ensemble.
class TemplateTableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Template, Alone, Ensemble, ColumnCount };
    enum Role { ShareRole = Qt::UserRole, BestRole };

    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// greedy: those that were chosen, in the order in which they helped.
    void set(const ShownRow& row, bool greedy);

  private:
    ShownRow m_row;
    std::vector<TemplateScore> m_scores;
    double m_best = 0, m_bestEnsemble = 0;
};

/// Accuracy per template, for growing ensembles, and a greedy choice of them.
class TemplatePage : public Panel {
    Q_OBJECT

  public:
    explicit TemplatePage(QWidget* parent = nullptr);
    void setRow(const ShownRow& row);
    RowView& view() { return *m_view; }
    SegmentedControl& order() { return *m_order; }
    QPushButton& useButton() { return *m_use; }

  Q_SIGNALS:
    /// The chosen templates are to be a prompt set of this row's model.
    void choiceUsed(const QStringList& templates);

  private:
    void refresh();
    QStringList chosen() const;

    ShownRow m_row;
    TemplateTableModel m_model;
    RowView* m_view;
    SegmentedControl* m_order;
    ElidedLabel* m_note;
    TextLabel* m_empty;
    QPushButton* m_use;
};

}  // namespace diagonal
