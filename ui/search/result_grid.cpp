// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/result_grid.h"

#include <QAccessible>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "ui/pictures/thumbnail_cache.h"
#include "ui/search/result_delegate.h"
#include "ui/style/paint.h"

namespace diagonal {

namespace {

constexpr int kGridEdge = 12, kGridGap = 4, kWideTile = 176, kDivider = 44;

}  // namespace

ResultGrid::ResultGrid(ResultModel& results, QWidget* parent)
    : QAbstractItemView(parent), m_results(results), m_delegate(new ResultDelegate(results, this)) {
    setModel(&results);
    setItemDelegate(m_delegate);
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(ExtendedSelection);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setEditTriggers(NoEditTriggers);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setMouseTracking(true);
    setAccessibleName(tr("Results"));
    connect(&results, &QAbstractItemModel::modelReset, this, [this] {
        m_hovered = -1;
        scheduleDelayedItemsLayout();
    });
    followTheme(this, [this] { scheduleDelayedItemsLayout(); });
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, this, [this] { viewport()->update(); });
}

void ResultGrid::setNarrow(bool narrow) {
    m_isNarrow = narrow;
    m_delegate->setNarrow(narrow);
    scheduleDelayedItemsLayout();
}

void ResultGrid::setChance(const QString& text) {
    m_chance = text;
    viewport()->update();
}

ResultGrid::Layout ResultGrid::arranged() const {
    Layout all;
    all.edge = px(m_isNarrow ? kGridGap : kGridEdge);
    all.gap = px(kGridGap);
    const int room = viewport()->width() - 2 * all.edge + all.gap;
    all.columns = m_isNarrow ? 2 : std::max(1, room / (px(kWideTile) + all.gap));
    const int width = std::max(px(40), room / all.columns - all.gap);
    all.tile = {width, ResultDelegate::heightFor(width)};
    const int above = m_results.above(), below = m_results.rowCount() - above;
    const int line = all.tile.height() + all.gap;
    int height = px(kGridGap) + linesOf(above, all.columns) * line;
    if (below > 0) {
        all.dividerTop = height;
        height += px(kDivider) + linesOf(below, all.columns) * line;
    }
    all.height = height + px(kGridGap);
    return all;
}

QRect ResultGrid::tileRect(const Layout& all, int row) const {
    const int above = m_results.above();
    const bool isBelow = row >= above;
    const int place = isBelow ? row - above : row;
    const int top = isBelow ? all.dividerTop + px(kDivider) : px(kGridGap);
    const QRect tile(QPoint(all.edge + place % all.columns * (all.tile.width() + all.gap),
                            top + place / all.columns * (all.tile.height() + all.gap)),
                     all.tile);
    return QStyle::visualRect(layoutDirection(), QRect(0, 0, viewport()->width(), 1), tile);
}

QRect ResultGrid::dividerRect() const {
    const Layout all = arranged();
    if (all.dividerTop < 0) return {};
    return {all.edge, all.dividerTop - verticalOffset(), viewport()->width() - 2 * all.edge, px(kDivider)};
}

void ResultGrid::updateGeometries() {
    const Layout all = arranged();
    QScrollBar* bar = verticalScrollBar();
    bar->setSingleStep(std::max(1, all.tile.height() / 3));
    bar->setPageStep(viewport()->height());
    bar->setRange(0, std::max(0, all.height - viewport()->height()));
    QAbstractItemView::updateGeometries();
}

int ResultGrid::verticalOffset() const {
    return verticalScrollBar()->value();
}

QRect ResultGrid::visualRect(const QModelIndex& index) const {
    return index.isValid() ? tileRect(arranged(), index.row()).translated(0, -verticalOffset()) : QRect();
}

QModelIndex ResultGrid::indexAt(const QPoint& position) const {
    const Layout all = arranged();
    const QPoint point = position + QPoint(0, verticalOffset());
    for (int row = 0; row < m_results.rowCount(); ++row)
        if (tileRect(all, row).contains(point)) return m_results.index(row, 0);
    return {};
}

void ResultGrid::scrollTo(const QModelIndex& index, ScrollHint hint) {
    if (!index.isValid()) return;
    executeDelayedItemsLayout();
    const QRect tile = tileRect(arranged(), index.row());
    const int height = viewport()->height(), highest = tile.bottom() + 1 - height;
    int value = verticalOffset();
    if (hint == PositionAtTop)
        value = tile.top();
    else if (hint == PositionAtBottom)
        value = highest;
    else if (hint == PositionAtCenter)
        value = tile.center().y() - height / 2;
    else
        value = std::min(std::max(value, highest), tile.top());
    verticalScrollBar()->setValue(value);
}

void ResultGrid::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QAbstractItemView::currentChanged(current, previous);
    if (current.isValid() && hasFocus() && QAccessible::isActive()) {
        QAccessibleEvent event(this, QAccessible::Focus);
        event.setChild(current.row());
        QAccessible::updateAccessibility(&event);
    }
    Q_EMIT currentResultChanged(current);
}

QModelIndex ResultGrid::moveCursor(CursorAction action, Qt::KeyboardModifiers) {
    const int count = m_results.rowCount();
    if (count == 0) return {};
    const Layout all = arranged();
    int row = currentIndex().row();
    if (row < 0) return m_results.index(0, 0);
    const auto vertically = [&](int direction) {
        // To the tile of the next line that stands below or above, or to the last of a shorter line.
        const QPoint from = tileRect(all, row).center();
        int best = row, distance = std::numeric_limits<int>::max();
        for (int other = row; other >= 0 && other < count && std::abs(other - row) <= 2 * all.columns;
             other += direction) {
            const QPoint to = tileRect(all, other).center();
            if ((to.y() - from.y()) * direction <= 0) continue;
            const int apart = 8 * std::abs(to.y() - from.y()) + std::abs(to.x() - from.x());
            if (apart < distance) {
                distance = apart;
                best = other;
            }
        }
        return best;
    };
    const int before = layoutDirection() == Qt::RightToLeft ? 1 : -1;
    switch (action) {
        case MoveLeft:
            row += before;
            break;
        case MovePrevious:
            --row;
            break;
        case MoveRight:
            row -= before;
            break;
        case MoveNext:
            ++row;
            break;
        case MoveUp:
            row = vertically(-1);
            break;
        case MoveDown:
            row = vertically(1);
            break;
        case MoveHome:
            row = 0;
            break;
        case MoveEnd:
            row = count - 1;
            break;
        case MovePageUp:
        case MovePageDown:
            for (int line = std::max(1, viewport()->height() / all.tile.height()); line > 0; --line)
                row = vertically(action == MovePageUp ? -1 : 1);
            break;
    }
    return m_results.index(std::clamp(row, 0, count - 1), 0);
}

void ResultGrid::setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) {
    QItemSelection selection;
    if (state() == DragSelectingState) {
        const Layout all = arranged();
        const QRect area = rect.normalized().translated(0, verticalOffset());
        for (int row = 0; row < m_results.rowCount(); ++row)
            if (tileRect(all, row).intersects(area)) selection.select(m_results.index(row, 0), m_results.index(row, 0));
    } else {
        const QModelIndex a = indexAt(rect.topLeft()), b = indexAt(rect.bottomRight());
        if (a.isValid() && b.isValid()) selection.select(std::min(a, b), std::max(a, b));
    }
    selectionModel()->select(selection, flags);
}

QRegion ResultGrid::visualRegionForSelection(const QItemSelection&) const {
    return viewport()->rect();
}

void ResultGrid::mouseMoveEvent(QMouseEvent* event) {
    const int row = indexAt(event->position().toPoint()).row();
    if (row != m_hovered) viewport()->update();
    m_hovered = row;
    QAbstractItemView::mouseMoveEvent(event);
}

bool ResultGrid::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave) {
        m_hovered = -1;
        viewport()->update();
    }
    return QAbstractItemView::viewportEvent(event);
}

void ResultGrid::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), colour(&Tokens::surface));
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    const QStyle::State state = option.state & ~(QStyle::State_HasFocus | QStyle::State_MouseOver);
    const Layout all = arranged();
    const QRect seen = event->rect().translated(0, verticalOffset());
    for (int row = 0; row < m_results.rowCount(); ++row) {
        const QRect tile = tileRect(all, row);
        if (!tile.intersects(seen)) continue;
        const QModelIndex index = m_results.index(row, 0);
        option.rect = tile.translated(0, -verticalOffset());
        option.state = state;
        option.state.setFlag(QStyle::State_Selected, selectionModel()->isSelected(index));
        option.state.setFlag(QStyle::State_MouseOver, row == m_hovered);
        option.state.setFlag(QStyle::State_HasFocus, hasFocus() && index == currentIndex());
        m_delegate->paint(&painter, option, index);
    }
    paintDivider(painter);
}

/// Words, a dashed line, and the arithmetic behind it.
void ResultGrid::paintDivider(QPainter& painter) const {
    const QRect area = dividerRect();
    if (area.isNull()) return;
    const QString words = m_isNarrow ? tr("Chance") : tr("Below here: no better than chance");
    const QFont bold = Theme::instance().font(12, 600), plain = Theme::instance().font(12);
    const QFontMetrics metrics(bold);
    const int left = metrics.horizontalAdvance(words) + px(10);
    const int room = area.width() - left - px(40);
    const QString chance = m_isNarrow ? QString() : QFontMetrics(plain).elidedText(m_chance, Qt::ElideRight, room);
    const int right = chance.isEmpty() ? 0 : QFontMetrics(plain).horizontalAdvance(chance) + px(10);
    const auto placed = [this, &area](const QRect& part) { return QStyle::visualRect(layoutDirection(), area, part); };
    const int start = static_cast<int>(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft) | Qt::AlignVCenter);
    painter.setFont(bold);
    painter.setPen(colour(&Tokens::text));
    painter.drawText(placed(QRect(area.left(), area.top(), left, area.height())), start, words);
    painter.setFont(plain);
    painter.setPen(colour(&Tokens::text2));
    painter.drawText(placed(QRect(area.right() - right + px(10), area.top(), right, area.height())), start, chance);
    QPen dashes(colour(&Tokens::outline), 1.25);
    dashes.setDashPattern({4, 3});
    painter.setPen(dashes);
    const QRect line = placed(QRect(area.left() + left, area.center().y(), area.width() - left - right, 1));
    if (line.width() > 0) painter.drawLine(line.left(), line.top(), line.right(), line.top());
}

}  // namespace diagonal
