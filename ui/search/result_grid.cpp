// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/result_grid.h"

#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "ui/search/result_delegate.h"
#include "ui/style/paint.h"

namespace diagonal {

namespace {

constexpr int kGridEdge = 12, kGridGap = 4, kWideTile = 176, kDivider = 44;

}  // namespace

ResultGrid::ResultGrid(ResultModel& results, QWidget* parent)
    : TileView(parent), m_results(results), m_delegate(new ResultDelegate(results, this)) {
    setUp(results, m_delegate, tr("Results"));
    connect(&results, &QAbstractItemModel::modelReset, this, [this] {
        m_hovered = -1;
        scheduleDelayedItemsLayout();
    });
    followTheme(this, [this] { scheduleDelayedItemsLayout(); });
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

int ResultGrid::edge() const {
    return px(m_isNarrow ? kGridGap : kGridEdge);
}

QSize ResultGrid::tileSize() const {
    const int gap = px(kGridGap), room = viewport()->width() - 2 * edge() + gap;
    const int columns = m_isNarrow ? 2 : std::max(1, room / (px(kWideTile) + gap));
    const int width = std::max(px(40), room / columns - gap);
    return {width, ResultDelegate::heightFor(width)};
}

/// Each with the gap behind it; what is below the line has the divider for its head.
const TileLayout& ResultGrid::tiles() const {
    const int gap = px(kGridGap), above = m_results.above(), below = m_results.rowCount() - above;
    std::vector<TileLayout::Group> groups = {{above, false, false}};
    if (below > 0) groups.push_back({below});
    m_tiles.arrange(viewport()->width() - 2 * edge() + gap, tileSize() + QSize(gap, gap), px(kDivider), groups);
    return m_tiles;
}

/// Of the content or of what is seen of it: in other languages lines begin on the right.
QRect ResultGrid::mirrored(const QRect& area) const {
    return QStyle::visualRect(layoutDirection(), QRect(0, 0, viewport()->width(), 1), area);
}

QRect ResultGrid::tileRect(int row) const {
    const QPoint corner = tiles().tile(row).topLeft() + QPoint(edge(), px(kGridGap));
    return mirrored({corner, tileSize()});
}

std::vector<std::pair<int, int>> ResultGrid::rowsIn(const QRect& area) const {
    return tiles().rowsIn(mirrored(area).translated(-edge(), -px(kGridGap)));
}

QRect ResultGrid::dividerRect() const {
    const QRect head = tiles().head(1);
    if (head.isNull()) return {};
    return {edge(), head.top() + px(kGridGap) - verticalOffset(), viewport()->width() - 2 * edge(), head.height()};
}

void ResultGrid::updateGeometries() {
    setScrollRange(std::max(1, tileSize().height() / 3), tiles().height() + 2 * px(kGridGap));
    TileView::updateGeometries();
}

QRect ResultGrid::visualRect(const QModelIndex& index) const {
    return index.isValid() ? tileRect(index.row()).translated(0, -verticalOffset()) : QRect();
}

QModelIndex ResultGrid::indexAt(const QPoint& position) const {
    const QPoint point = position + QPoint(0, verticalOffset());
    const auto found = rowsIn({point, QSize(1, 1)});
    // Between the tiles there is none.
    if (found.empty() || !tileRect(found.front().first).contains(point)) return {};
    return m_results.index(found.front().first, 0);
}

void ResultGrid::scrollTo(const QModelIndex& index, ScrollHint hint) {
    if (!index.isValid()) return;
    executeDelayedItemsLayout();
    scrollToTile(tileRect(index.row()), 0, hint);
}

void ResultGrid::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    TileView::currentChanged(current, previous);
    if (current.isValid() && hasFocus()) tell(QAccessible::Focus, current.row());
    Q_EMIT currentResultChanged(current);
}

void ResultGrid::setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) {
    QItemSelection selection;
    if (state() == DragSelectingState) {
        const QRect area = rect.normalized().translated(0, verticalOffset());
        for (const auto& [first, last] : rowsIn(area))
            for (int row = first; row <= last; ++row)
                if (tileRect(row).intersects(area)) selection.select(m_results.index(row, 0), m_results.index(row, 0));
    } else {
        const QModelIndex a = indexAt(rect.topLeft()), b = indexAt(rect.bottomRight());
        if (a.isValid() && b.isValid()) selection.select(std::min(a, b), std::max(a, b));
    }
    selectionModel()->select(selection, flags);
}

void ResultGrid::mouseMoveEvent(QMouseEvent* event) {
    const int row = indexAt(event->position().toPoint()).row();
    if (row != m_hovered) viewport()->update();
    m_hovered = row;
    TileView::mouseMoveEvent(event);
}

bool ResultGrid::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave) {
        m_hovered = -1;
        viewport()->update();
    }
    return TileView::viewportEvent(event);
}

void ResultGrid::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), colour(&Tokens::surface));
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    const QStyle::State state = option.state & ~(QStyle::State_HasFocus | QStyle::State_MouseOver);
    const QRect seen = event->rect().translated(0, verticalOffset());
    for (const auto& [first, last] : rowsIn(seen))
        for (int row = first; row <= last; ++row) {
            const QModelIndex index = m_results.index(row, 0);
            option.rect = visualRect(index);
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
