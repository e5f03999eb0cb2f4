// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/tile_view.h"

#include <QScrollBar>
#include <algorithm>

#include "ui/pictures/thumbnail_cache.h"

namespace diagonal {

void TileView::setUp(QAbstractItemModel& model, QAbstractItemDelegate* delegate, const QString& name) {
    setModel(&model);
    setItemDelegate(delegate);
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(ExtendedSelection);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setEditTriggers(NoEditTriggers);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setMouseTracking(true);
    setAccessibleName(name);
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, this, [this] { viewport()->update(); });
}

void TileView::setScrollRange(int step, int contentHeight) {
    QScrollBar* bar = verticalScrollBar();
    bar->setSingleStep(step);
    bar->setPageStep(viewport()->height());
    bar->setRange(0, std::max(0, contentHeight - viewport()->height()));
}

void TileView::tell(QAccessible::Event what, int tile) {
    if (!QAccessible::isActive()) return;  // and so our own interfaces may not be there
    QAccessibleEvent event(this, what);
    event.setChild(tile);
    QAccessible::updateAccessibility(&event);
}

void TileView::scrollToTile(const QRect& tile, int above, ScrollHint hint) {
    const int height = viewport()->height();
    const int highest = tile.bottom() + 1 - height, lowest = tile.top() - above;
    int value = verticalOffset();
    if (hint == PositionAtTop)
        value = lowest;
    else if (hint == PositionAtBottom)
        value = highest;
    else if (hint == PositionAtCenter)
        value = tile.center().y() - height / 2;
    else
        value = std::min(std::max(value, highest), lowest);
    verticalScrollBar()->setValue(value);
}

QModelIndex TileView::moveCursor(CursorAction action, Qt::KeyboardModifiers) {
    const TileLayout& all = tiles();
    const int left = isMirrored() ? 1 : -1;
    int row = currentIndex().row();
    if (row < 0) return model()->index(all.beside(-1, 1), 0);
    switch (action) {
        case MoveUp:
            row = all.above(row);
            break;
        case MoveDown:
            row = all.below(row);
            break;
        case MoveLeft:
            row = all.beside(row, left);
            break;
        case MovePrevious:
            row = all.beside(row, -1);
            break;
        case MoveRight:
            row = all.beside(row, -left);
            break;
        case MoveNext:
            row = all.beside(row, 1);
            break;
        case MoveHome:
            row = all.beside(-1, 1);
            break;
        case MoveEnd:
            row = all.beside(all.tiles(), -1);
            break;
        case MovePageUp:
        case MovePageDown:
            for (int line = viewport()->height() / all.lineHeight(); line > 0; --line)
                row = action == MovePageUp ? all.above(row) : all.below(row);
            break;
    }
    return model()->index(row, 0);
}

int TileView::verticalOffset() const {
    return verticalScrollBar()->value();
}

QRegion TileView::visualRegionForSelection(const QItemSelection&) const {
    return viewport()->rect();
}

}  // namespace diagonal
