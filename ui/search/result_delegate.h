// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/cell_delegate.h"

namespace diagonal {

class ResultModel;

/// Draws a hit of the grid: picture, relevance with its bar, cosine, and what is folded into it.
class ResultDelegate : public CellDelegate {
    Q_OBJECT

  public:
    ResultDelegate(const ResultModel& results, QObject* parent);
    void setNarrow(bool narrow) { m_isNarrow = narrow; }
    /// Of a tile so wide, with its margins.
    static int heightFor(int width);

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;

  private:
    const ResultModel& m_results;
    bool m_isNarrow = false;
};

/// A cell of the table of hits.
class ResultTableDelegate : public CellDelegate {
    Q_OBJECT

  public:
    explicit ResultTableDelegate(QObject* parent);
    static int rowHeight();

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override;
};

/// The picture of a file or frame, cropped to the area; decoded in steps of size, so that a splitter decodes seldom.
void paintCover(const Cell& cell, const QRect& area, const QString& picture);

}  // namespace diagonal
