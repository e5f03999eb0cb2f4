// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/cell_delegate.h"

namespace diagonal {

/// Draws a cell of the table of images: thumbnail, words, numbers below each other, the probability with its bar.
class TableDelegate : public CellDelegate {
    Q_OBJECT

  public:
    explicit TableDelegate(QObject* parent = nullptr);
    static int rowHeight();

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;
};

}  // namespace diagonal
