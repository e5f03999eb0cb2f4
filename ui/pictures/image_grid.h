// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>

#include "ui/pictures/image_grid_model.h"
#include "ui/pictures/tile_view.h"

namespace diagonal {

class TileDelegate;

/// The thumbnails, group by group where the model groups them: arrows walk the tiles, a click on a head selects its
/// images or folds them away, as minus, plus and * do for the group of the current image. Only what is seen is drawn
/// and decoded.
class ImageGrid : public TileView {
    Q_OBJECT

  public:
    explicit ImageGrid(ImageGridModel& images, QWidget* parent = nullptr);
    void setShowsCosine(bool shows);
    /// Selects and shows one; an invalid index clears.
    void choose(const QModelIndex& index);
    void foldAll(bool folded);

    const TileLayout& tiles() const override;
    /// The group whose head stands at a point of the viewport, also the head kept in sight; -1: none.
    int headAt(QPoint position) const;

    QSize sizeHint() const override;
    QRect visualRect(const QModelIndex& index) const override;
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
    QModelIndex indexAt(const QPoint& position) const override;

  Q_SIGNALS:
    void currentImageChanged(const QModelIndex& index);

  protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;
    void updateGeometries() override;
    void setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) override;

    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    void invalidate();
    void arrange() const;
    void hover(QPoint position);
    void clickHead(int group, const QMouseEvent& event);
    void selectGroup(int group, bool adds);
    void setFolded(int group, bool folded);
    QRect headArea(int group) const;
    void paintHead(QPainter& painter, int group) const;

    ImageGridModel& m_images;
    TileDelegate* m_delegate;
    QSet<std::pair<int, QString>> m_folded;  ///< kinds and labels
    mutable std::vector<ImageGroup> m_groups;
    mutable TileLayout m_tiles;
    mutable bool m_arranged = false;
    std::pair<int, int> m_hovered = {-1, -1};  ///< tile and head
    bool m_follows = false;                    ///< the current one was in sight before the order changed
    QPoint m_pressed;                          ///< of the content, where a rubber band begins
    QRect m_band;                              ///< of the content
};

}  // namespace diagonal
