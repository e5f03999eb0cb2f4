// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/image_grid.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <utility>

#include "ui/pictures/tile_delegate.h"
#include "ui/style/paint.h"
#include "ui/style/theme.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kGroupHead = 30, kArrow = 24, kLine = 8;

std::pair<int, QString> keyOf(const ImageGroup& group) {
    return {static_cast<int>(group.kind), group.label};
}

}  // namespace

ImageGrid::ImageGrid(ImageGridModel& images, QWidget* parent)
    : TileView(parent), m_images(images), m_delegate(new TileDelegate(this)) {
    connect(&images, &QAbstractItemModel::layoutChanged, this, &ImageGrid::invalidate);
    connect(&images, &QAbstractItemModel::layoutAboutToBeChanged, this,
            [this] { m_follows = m_follows || visualRect(currentIndex()).intersects(viewport()->rect()); });
    connect(&images, &ImageRowsModel::refreshed, this, [this] {
        if (m_images.isGrouped()) invalidate();
        if (std::exchange(m_follows, false)) scrollTo(currentIndex());
    });
    connect(&images, &QAbstractItemModel::rowsInserted, this, &ImageGrid::invalidate);
    connect(&images, &QAbstractItemModel::rowsRemoved, this, &ImageGrid::invalidate);
    setUp(images, m_delegate, tr("Images"));
    followTheme(this, [this] { invalidate(); });
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

void ImageGrid::foldAll(bool folded) {
    m_folded.clear();
    if (folded)
        for (const ImageGroup& group : m_images.groups())
            m_folded.insert(keyOf(group));
    doItemsLayout();
}

QSize ImageGrid::sizeHint() const {
    return {3 * TileDelegate::tileSize().width() + px(32), px(400)};
}

// Layout. Groups are counted anew when rows came, went or changed, before anything asks where they stand.

void ImageGrid::invalidate() {
    m_arranged = false;
    scheduleDelayedItemsLayout();
}

void ImageGrid::arrange() const {
    m_groups = m_images.groups();
    std::vector<TileLayout::Group> groups;
    for (const ImageGroup& group : m_groups)
        groups.push_back({group.count, m_folded.contains(keyOf(group))});
    if (!m_images.isGrouped()) groups = {{m_images.rowCount(), false}};
    m_tiles.arrange(viewport()->width(), TileDelegate::tileSize(), m_images.isGrouped() ? px(kGroupHead) : 0, groups);
    m_arranged = true;
}

const TileLayout& ImageGrid::tiles() const {
    if (!m_arranged) arrange();
    return m_tiles;
}

void ImageGrid::updateGeometries() {
    m_arranged = false;
    setScrollRange(TileDelegate::tileSize().height() / 3, tiles().height());
    TileView::updateGeometries();
}

QRect ImageGrid::visualRect(const QModelIndex& index) const {
    const QRect tile = index.isValid() ? tiles().tile(index.row()) : QRect();
    return tile.isNull() ? tile : tile.translated(0, -verticalOffset());
}

QModelIndex ImageGrid::indexAt(const QPoint& position) const {
    if (headAt(position) >= 0) return {};
    const int row = tiles().rowAt(position + QPoint(0, verticalOffset()));
    return row < 0 ? QModelIndex() : m_images.index(row, 0);
}

/// The head of what is seen on top stays there until the next one pushes it away.
QRect ImageGrid::headArea(int group) const {
    const int scrolled = verticalOffset();
    QRect area = tiles().head(group).translated(0, -scrolled);
    if (group == tiles().groupAt(scrolled)) {
        const QRect next = tiles().head(group + 1);
        const int bottom = (next.isNull() ? tiles().height() : next.top()) - scrolled;
        area.moveTop(std::min(0, bottom - area.height()));
    }
    return area;
}

int ImageGrid::headAt(QPoint position) const {
    if (!m_images.isGrouped()) return -1;
    const int top = tiles().groupAt(verticalOffset());
    if (headArea(top).contains(position)) return top;
    const int group = tiles().groupAt(position.y() + verticalOffset());
    return headArea(group).contains(position) ? group : -1;
}

void ImageGrid::scrollTo(const QModelIndex& index, ScrollHint hint) {
    if (!index.isValid()) return;
    executeDelayedItemsLayout();
    if (const int group = tiles().groupOf(index.row()); group >= 0 && tiles().tile(index.row()).isNull())
        setFolded(group, false);
    scrollToTile(tiles().tile(index.row()), tiles().headHeight(), hint);
}

// Keyboard and selection.

void ImageGrid::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    TileView::currentChanged(current, previous);
    if (current.isValid() && hasFocus()) tell(QAccessible::Focus, current.row());
    Q_EMIT currentImageChanged(current);
}

void ImageGrid::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
    TileView::selectionChanged(selected, deselected);
    const bool isOne = selected.size() == 1 && selected.first().height() == 1;
    if (isOne && selectionModel()->selection().size() == 1 && selectionModel()->selection().first().height() == 1)
        tell(QAccessible::Selection, selected.first().top());
    else
        tell(QAccessible::SelectionWithin);
}

/// A rubber band takes what it touches, a click with Shift all from tile to tile.
void ImageGrid::setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) {
    const QRect area = rect.translated(0, verticalOffset());
    std::vector<std::pair<int, int>> ranges;
    if (state() == DragSelectingState) {
        ranges = tiles().rowsIn(area.normalized());
    } else {
        const int a = tiles().rowAt(area.topLeft()), b = tiles().rowAt(area.bottomRight());
        if (a >= 0 && b >= 0) ranges.emplace_back(std::min(a, b), std::max(a, b));
    }
    QItemSelection selection;
    for (const auto& [first, last] : ranges)
        selection.append(QItemSelectionRange(m_images.index(first, 0), m_images.index(last, 0)));
    selectionModel()->select(selection, flags);
}

// Heads.

void ImageGrid::setFolded(int group, bool folded) {
    const auto key = keyOf(m_groups[static_cast<size_t>(group)]);
    if (folded)
        m_folded.insert(key);
    else
        m_folded.remove(key);
    doItemsLayout();
    verticalScrollBar()->setValue(std::min(verticalOffset(), tiles().head(group).top()));
}

void ImageGrid::clickHead(int group, const QMouseEvent& event) {
    const bool folded = tiles().tile(tiles().rows(group).first).isNull();
    if (folded || event.position().x() < px(kArrow)) {
        setFolded(group, !folded);
        return;
    }
    selectGroup(group, event.modifiers().testFlag(Qt::ControlModifier));
}

void ImageGrid::keyPressEvent(QKeyEvent* event) {
    const int group = m_images.isGrouped() ? tiles().groupOf(currentIndex().row()) : -1;
    if (group >= 0 && event->text() == QLatin1String("-")) return setFolded(group, true);
    if (group >= 0 && event->text() == QLatin1String("+")) return setFolded(group, false);
    if (group >= 0 && event->text() == QLatin1String("*")) return selectGroup(group, false);
    TileView::keyPressEvent(event);
}

void ImageGrid::selectGroup(int group, bool adds) {
    const auto [first, count] = tiles().rows(group);
    selectionModel()->setCurrentIndex(m_images.index(first, 0), QItemSelectionModel::NoUpdate);
    selectionModel()->select({m_images.index(first, 0), m_images.index(first + count - 1, 0)},
                             adds ? QItemSelectionModel::Select : QItemSelectionModel::ClearAndSelect);
}

void ImageGrid::mousePressEvent(QMouseEvent* event) {
    const QPoint position = event->position().toPoint();
    if (const int group = headAt(position); group >= 0) {
        if (event->button() == Qt::LeftButton) clickHead(group, *event);
        return;
    }
    m_pressed = position + QPoint(0, verticalOffset());
    TileView::mousePressEvent(event);
}

void ImageGrid::mouseDoubleClickEvent(QMouseEvent* event) {
    if (headAt(event->position().toPoint()) >= 0)
        mousePressEvent(event);
    else
        TileView::mouseDoubleClickEvent(event);
}

void ImageGrid::mouseMoveEvent(QMouseEvent* event) {
    const QPoint position = event->position().toPoint();
    hover(position);
    TileView::mouseMoveEvent(event);
    if (state() != DragSelectingState) return;
    m_band = QRect(m_pressed, position + QPoint(0, verticalOffset())).normalized();
    viewport()->update();
}

void ImageGrid::mouseReleaseEvent(QMouseEvent* event) {
    TileView::mouseReleaseEvent(event);
    m_band = {};
    viewport()->update();
}

void ImageGrid::hover(QPoint position) {
    const std::pair hovered(indexAt(position).row(), headAt(position));
    if (hovered == m_hovered) return;
    m_hovered = hovered;
    viewport()->update();
}

bool ImageGrid::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave) hover({-1, -1});
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (headAt(help->pos()) >= 0) {
            QToolTip::showText(help->globalPos(), tr("Click to select the group, on the arrow to fold it"), viewport());
            return true;
        }
    }
    return TileView::viewportEvent(event);
}

// Painting.

void ImageGrid::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    const QStyle::State state = option.state & ~(QStyle::State_HasFocus | QStyle::State_MouseOver);
    for (const auto& [first, last] : tiles().rowsIn(event->rect().translated(0, verticalOffset()))) {
        for (int row = first; row <= last; ++row) {
            const QModelIndex index = m_images.index(row, 0);
            option.rect = visualRect(index);
            option.state = state;
            option.state.setFlag(QStyle::State_Selected, selectionModel()->isSelected(index));
            option.state.setFlag(QStyle::State_MouseOver, row == m_hovered.first);
            option.state.setFlag(QStyle::State_HasFocus, hasFocus() && index == currentIndex());
            m_delegate->paint(&painter, option, index);
        }
    }
    if (m_images.isGrouped()) {
        const int top = tiles().groupAt(verticalOffset()), bottom = verticalOffset() + viewport()->height();
        for (int group = std::max(0, top + 1); group < static_cast<int>(m_groups.size()); ++group) {
            if (tiles().head(group).top() > bottom) break;
            paintHead(painter, group);
        }
        if (top >= 0 && !m_groups.empty()) paintHead(painter, top);
    }
    if (m_band.isNull()) return;
    QColor veil = colour(&Tokens::accent);
    veil.setAlphaF(0.15F);
    paintFrame(painter, m_band.translated(0, -verticalOffset()), 0, veil, colour(&Tokens::accent));
}

void ImageGrid::paintHead(QPainter& painter, int group) const {
    const QRect area = headArea(group);
    const auto& of = m_groups[static_cast<size_t>(group)];
    const bool hovered = m_hovered.second == group;
    painter.fillRect(area, colour(&Tokens::surface));
    if (hovered)
        paintFrame(painter, area.adjusted(0, px(2), 0, -px(2)), px(5), colour(&Tokens::hover), Qt::transparent);
    paintIcon(painter, QRect(area.left(), area.top(), px(kArrow), area.height()),
              m_folded.contains(keyOf(of)) ? QStringLiteral("ui/chevron-right") : QStringLiteral("ui/chevron-down"),
              colour(hovered ? &Tokens::text : &Tokens::text2), 14);
    const QString count = formatCount(of.count);
    const QFont bold = Theme::instance().font(12, 600), plain = Theme::instance().font(12);
    const int gap = px(kLine), left = area.left() + px(kArrow) + px(2);
    const int room = area.right() - left - QFontMetrics(plain).horizontalAdvance(count) - 2 * gap;
    const QString name = QFontMetrics(bold).elidedText(of.name(), Qt::ElideRight, room);
    const int width = QFontMetrics(bold).horizontalAdvance(name);
    painter.setFont(bold);
    painter.setPen(colour(of.kind == ImageGroup::Kind::Failed ? &Tokens::error : &Tokens::text));
    painter.drawText(QRect(left, area.top(), width + 1, area.height()), Qt::AlignLeft | Qt::AlignVCenter, name);
    painter.setFont(plain);
    painter.setPen(colour(&Tokens::text3));
    painter.drawText(area.adjusted(left - area.left() + width + gap, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, count);
}

}  // namespace diagonal
