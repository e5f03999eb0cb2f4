// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/cell_delegate.h"

namespace diagonal {

/// A picture of the comparison: thumbnail and name, what each side says with its bar, how far they are apart.
class ComparisonDelegate : public CellDelegate {
    Q_OBJECT

  public:
    explicit ComparisonDelegate(QObject* parent = nullptr);

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;
};

/// A label of the selected picture, or the probability that a side gives it.
class PairScoreDelegate : public CellDelegate {
    Q_OBJECT

  public:
    explicit PairScoreDelegate(QObject* parent = nullptr);
    void setDimmed(bool dimmed) { m_dimmed = dimmed; }

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;

  private:
    bool m_dimmed = false;
};

}  // namespace diagonal
