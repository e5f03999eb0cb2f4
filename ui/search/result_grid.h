// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pictures/tile_view.h"
#include "ui/search/result_model.h"

namespace diagonal {

class ResultDelegate;

/// The hits as tiles that fill the width, best first. A line with its arithmetic parts those above the background from
/// those that are no better than chance. Arrows walk the tiles; only what is seen is drawn and decoded.
class ResultGrid : public TileView {
    Q_OBJECT

  public:
    explicit ResultGrid(ResultModel& results, QWidget* parent = nullptr);
    /// Two small tiles a line, beside an open video.
    void setNarrow(bool narrow);
    /// Behind the words of the line: "chance alone: 6 of 9,412 above +3.2 σ".
    void setChance(const QString& text);
    QRect dividerRect() const;  ///< of the viewport; null: there is none

    QRect visualRect(const QModelIndex& index) const override;
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
    QModelIndex indexAt(const QPoint& position) const override;

  Q_SIGNALS:
    void currentResultChanged(const QModelIndex& index);

  protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    const TileLayout& tiles() const override;
    bool isMirrored() const override { return layoutDirection() == Qt::RightToLeft; }
    void updateGeometries() override;
    void setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    int edge() const;
    QSize tileSize() const;
    QRect tileRect(int row) const;  ///< of the content
    /// From the first to the last of each line that meets an area of the content.
    std::vector<std::pair<int, int>> rowsIn(const QRect& area) const;
    QRect mirrored(const QRect& area) const;
    void paintDivider(QPainter& painter) const;

    ResultModel& m_results;
    ResultDelegate* m_delegate;
    QString m_chance;
    bool m_isNarrow = false;
    int m_hovered = -1;
    mutable TileLayout m_tiles;
};

}  // namespace diagonal
