// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/widgets/cell_delegate.h"

namespace diagonal {

/// A score: label, bar, probability or cosine.
class ScoreDelegate : public CellDelegate {
    Q_OBJECT

  public:
    explicit ScoreDelegate(QObject* parent = nullptr);
    void setShowsCosine(bool shows) { m_showsCosine = shows; }
    void setDimmed(bool dimmed) { m_dimmed = dimmed; }
    /// Stands out with an edge; empty: none.
    void setMarkedLabel(const QString& label) { m_marked = label; }
    /// Bars glide from what they showed: 0 at the start, 1 when they are there.
    void setGlide(std::vector<double> from, double progress);
    double shownValue(const QModelIndex& index) const;
    static int rowHeight();

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;

  private:
    bool m_showsCosine = false, m_dimmed = false;
    QString m_marked;
    std::vector<double> m_from;
    double m_progress = 1;
};

}  // namespace diagonal
