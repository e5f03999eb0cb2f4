// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/cell_delegate.h"

namespace diagonal {

/// A cell of the Embeddings pane's tables: a number, or words.
class NumberDelegate : public CellDelegate {
  public:
    explicit NumberDelegate(QObject* parent = nullptr) : CellDelegate({76, 26}, parent) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;
};

}  // namespace diagonal
