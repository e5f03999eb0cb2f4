// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

#include "ui/evaluate/shown_row.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/row_view.h"

namespace diagonal {

class ElidedLabel;
class LinkLabel;
class Services;

/// Pictures whose label zero-shot and probe both contradict, the surest first.
class SuspectTableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Picture, Label, Answer, ZeroShot, Probe, ColumnCount };
    enum Role { FileRole = Qt::UserRole };

    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void set(const ShownRow& row);

  private:
    ShownRow m_row;
    std::vector<SuspectedLabel> m_suspects;
};

/// Labels that may be wrong.
class SuspectPage : public Panel {
    Q_OBJECT

  public:
    explicit SuspectPage(Services& services, QWidget* parent = nullptr);
    void setRow(const ShownRow& row);
    RowView& view() { return *m_view; }

  private:
    QStringList files() const;

    Services& m_services;
    SuspectTableModel m_model;
    RowView* m_view;
    ElidedLabel* m_note;
    LinkLabel* m_open;
};

}  // namespace diagonal
