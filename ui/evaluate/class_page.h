// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include "ui/evaluate/shown_row.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/row_view.h"

namespace diagonal {

/// What became of each class.
class ClassTableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Class, Pictures, Right, Answered, Precision, TakenFor, ColumnCount };
    enum Role { SortRole = Qt::UserRole, ShareRole, ClassRole };

    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void set(const ShownRow& row);

  private:
    struct Row {
        ClassRow counts;
        int takenFor = -1;
        size_t takenCount = 0;
    };
    QString text(int row, int column) const;

    ShownRow m_row;
    std::vector<Row> m_rows;
};

/// A table of the classes, to be sorted by each column; the worst first.
class ClassPage : public Panel {
    Q_OBJECT

  public:
    explicit ClassPage(QWidget* parent = nullptr);
    void setRow(const ShownRow& row);
    RowView& view() { return *m_view; }

  Q_SIGNALS:
    void classChosen(int truth);

  private:
    ClassTableModel m_model;
    QSortFilterProxyModel m_sorted;
    RowView* m_view;
};

}  // namespace diagonal
