// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/image_grid.h"

#include <QScrollBar>

#include "ui/label/tile_delegate.h"
#include "ui/style/theme.h"
#include "ui/widgets/thumbnail_cache.h"

namespace diagonal {

ImageGrid::ImageGrid(QWidget* parent) : QListView(parent), m_delegate(new TileDelegate(this)) {
    setItemDelegate(m_delegate);
    setFrameShape(QFrame::NoFrame);
    setFlow(LeftToRight);
    setWrapping(true);
    setResizeMode(Adjust);
    setUniformItemSizes(true);
    setMovement(Static);
    setSelectionMode(ExtendedSelection);
    setSelectionRectVisible(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setEditTriggers(NoEditTriggers);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setMouseTracking(true);
    setAccessibleName(tr("Images"));
    followTheme(this, [this] {
        setGridSize(TileDelegate::tileSize());
        viewport()->update();
    });
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, this, [this] { viewport()->update(); });
    // What was scrolled past need not be decoded any more; what is seen asks again when it is painted.
    m_scrolled.setSingleShot(true);
    m_scrolled.setInterval(80);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, &m_scrolled, qOverload<>(&QTimer::start));
    connect(&m_scrolled, &QTimer::timeout, this, [this] {
        ThumbnailCache::instance().cancelPending();
        viewport()->update();
    });
}

void ImageGrid::setShowsCosine(bool shows) {
    m_delegate->setShowsCosine(shows);
    viewport()->update();
}

void ImageGrid::choose(const QModelIndex& index) {
    if (!index.isValid()) {
        selectionModel()->clear();
        return;
    }
    selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
    scrollTo(index);
}

QSize ImageGrid::sizeHint() const {
    return {3 * TileDelegate::tileSize().width() + px(32), px(400)};
}

void ImageGrid::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    Q_EMIT currentImageChanged(current);
}

void ImageGrid::updateGeometries() {
    QListView::updateGeometries();
    verticalScrollBar()->setSingleStep(TileDelegate::tileSize().height() / 3);
}

}  // namespace diagonal
