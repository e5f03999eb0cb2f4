// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/cell_delegate.h"

namespace diagonal {

struct ImageItem;

/// Of the bar that shows the best score.
ColourRole barOf(const ImageItem& image);

/// Draws an image of the grid: thumbnail, best label, bar and number; a failed file with its name and reason.
class TileDelegate : public CellDelegate {
    Q_OBJECT

  public:
    explicit TileDelegate(QObject* parent = nullptr);
    /// Bars and numbers show the cosine in place of the probability.
    void setShowsCosine(bool shows) { m_showsCosine = shows; }
    static QSize tileSize();

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;

  private:
    void paintScore(const Cell& cell, const ImageItem& image) const;

    bool m_showsCosine = false;
};

}  // namespace diagonal
