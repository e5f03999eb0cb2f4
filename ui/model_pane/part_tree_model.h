// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <memory>
#include <vector>

#include "engine/checkpoint/model_report.h"

namespace diagonal {

/// The parts of a model, down to its tensors.
class PartTreeModel : public QAbstractItemModel {
    Q_OBJECT

  public:
    enum Column { Name, Shape, Type, Parameters, ColumnCount };
    explicit PartTreeModel(QObject* parent = nullptr);
    ~PartTreeModel() override;

    void setReport(std::shared_ptr<const ModelReport> report);

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    /// A line a part, indented, columns between tabs.
    QString text() const;
    /// name,shape,dtype,parameters: a line a tensor, with its whole name.
    QString csv() const;

  private:
    struct Node;
    const Node& nodeOf(const QModelIndex& index) const;

    std::shared_ptr<const ModelReport> m_report;
    std::unique_ptr<Node> m_root;
};

}  // namespace diagonal
