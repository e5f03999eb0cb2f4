// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>
#include <QAccessible>

#include "ui/pictures/tile_layout.h"

namespace diagonal {

/// A grid of tiles that scrolls up and down: what all of them have in common. Arrows walk the tiles.
class TileView : public QAbstractItemView {
    Q_OBJECT

  protected:
    using QAbstractItemView::QAbstractItemView;

    void setUp(QAbstractItemModel& model, QAbstractItemDelegate* delegate, const QString& name);
    /// As they stand now.
    virtual const TileLayout& tiles() const = 0;
    /// Whether lines begin on the right where the language does.
    virtual bool isMirrored() const { return false; }
    void setScrollRange(int step, int contentHeight);
    /// What a screen reader hears of a tile, or of the whole grid.
    void tell(QAccessible::Event what, int tile = -1);
    /// Where the scroll bar goes for a tile of the content, with what stands `above` it.
    void scrollToTile(const QRect& tile, int above, ScrollHint hint);

    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    int horizontalOffset() const override { return 0; }
    int verticalOffset() const override;
    bool isIndexHidden(const QModelIndex&) const override { return false; }
    QRegion visualRegionForSelection(const QItemSelection& selection) const override;
};

}  // namespace diagonal
