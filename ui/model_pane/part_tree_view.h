// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeView>

#include "ui/model_pane/part_tree_model.h"

namespace diagonal {

class Services;

/// The architecture as a tree; its context menu copies and exports.
class PartTreeView : public QTreeView {
    Q_OBJECT

  public:
    explicit PartTreeView(Services& services, QWidget* parent = nullptr);
    void setReport(std::shared_ptr<const ModelReport> report);
    PartTreeModel& parts() { return m_parts; }
    void copyText() const;

  protected:
    void drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const override;
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void exportCsv();
    void fitColumns();

    Services& m_services;
    PartTreeModel m_parts;
    std::string m_title;
};

}  // namespace diagonal
