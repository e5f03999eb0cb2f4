// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/model_pane/model_list_model.h"
#include "ui/widgets/cell_delegate.h"

namespace diagonal {

/// A model of the list: name and size, what it is good at, and where it lies, how to get it or how far that is.
class ModelDelegate : public CellDelegate {
    Q_OBJECT

  public:
    explicit ModelDelegate(QObject* parent = nullptr) : CellDelegate({}, parent) {}
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    /// Where "Get" or "Cancel" stands in a row of this place; empty when there is none.
    QRect linkRect(const QRect& item, const QModelIndex& index) const;

  Q_SIGNALS:
    void getClicked(const QString& hubName);
    void cancelClicked(const QString& hubName);

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;
};

}  // namespace diagonal
