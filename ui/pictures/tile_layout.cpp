// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/tile_layout.h"

#include <algorithm>

namespace diagonal {

void TileLayout::arrange(int width, QSize tile, int headHeight, const std::vector<Group>& groups) {
    m_width = width;
    m_tile = tile;
    m_headHeight = headHeight;
    m_columns = std::max(1, width / tile.width());
    m_blocks.clear();
    m_height = m_tiles = 0;
    for (const auto& [count, folded, hasHead] : groups) {
        const int lines = folded ? 0 : (count + m_columns - 1) / m_columns;
        const int head = hasHead ? headHeight : 0, bottom = m_height + head + lines * tile.height();
        m_blocks.push_back({m_tiles, count, m_height, head, bottom, folded});
        m_tiles += count;
        m_height = bottom;
    }
}

const TileLayout::Block* TileLayout::block(int group) const {
    return group < 0 || group >= static_cast<int>(m_blocks.size()) ? nullptr : &m_blocks[static_cast<size_t>(group)];
}

const TileLayout::Block* TileLayout::blockOf(int row) const {
    return block(groupOf(row));
}

QRect TileLayout::tile(int row) const {
    const Block* of = blockOf(row);
    if (of == nullptr || of->folded) return {};
    const int at = row - of->first;
    return {QPoint(at % m_columns * m_tile.width(), of->top + of->head + at / m_columns * m_tile.height()), m_tile};
}

QRect TileLayout::head(int group) const {
    const Block* of = block(group);
    return of == nullptr ? QRect() : QRect(0, of->top, m_width, of->head);
}

int TileLayout::rowAt(QPoint point) const {
    const auto found = rowsIn({point, QSize(1, 1)});
    return found.empty() ? -1 : found.front().first;
}

int TileLayout::groupOf(int row) const {
    if (row < 0 || row >= m_tiles) return -1;
    const auto after = std::upper_bound(m_blocks.begin(), m_blocks.end(), row,
                                        [](int wanted, const Block& one) { return wanted < one.first; });
    auto of = after - 1;
    while (row >= of->first + of->count)
        --of;  // empty ones begin where the next does
    return static_cast<int>(of - m_blocks.begin());
}

int TileLayout::groupAt(int y) const {
    if (y < 0) return -1;
    const auto after = std::upper_bound(m_blocks.begin(), m_blocks.end(), y,
                                        [](int wanted, const Block& one) { return wanted < one.top; });
    return static_cast<int>(after - m_blocks.begin()) - 1;
}

std::pair<int, int> TileLayout::rows(int group) const {
    const Block* of = block(group);
    return of == nullptr ? std::pair{0, 0} : std::pair{of->first, of->count};
}

std::vector<std::pair<int, int>> TileLayout::rowsIn(const QRect& area) const {
    std::vector<std::pair<int, int>> found;
    const int left = std::max(0, area.left() / m_tile.width());
    const int right = std::min(m_columns - 1, area.right() / m_tile.width());
    if (area.isEmpty() || area.right() < 0 || left > right) return found;
    for (int group = std::max(0, groupAt(area.top())); const Block* of = block(group); ++group) {
        const int top = of->top + of->head;
        if (top > area.bottom()) break;
        if (of->folded) continue;
        for (int line = std::max(0, (area.top() - top) / m_tile.height());; ++line) {
            const int first = line * m_columns + left;
            if (top + line * m_tile.height() > area.bottom() || line * m_columns >= of->count) break;
            const int last = std::min(line * m_columns + right, of->count - 1);
            if (first <= last && area.bottom() >= top) found.emplace_back(of->first + first, of->first + last);
        }
    }
    return found;
}

int TileLayout::beside(int row, int by) const {
    for (int next = row + by; next >= 0 && next < m_tiles; next += by)
        if (!blockOf(next)->folded) return next;
    return row;
}

int TileLayout::above(int row) const {
    int group = groupOf(row);
    if (group < 0) return row;
    const Block* of = block(group);
    if (row - m_columns >= of->first) return row - m_columns;
    const int column = (row - of->first) % m_columns;
    while ((of = block(--group)) != nullptr) {
        if (of->folded || of->count == 0) continue;
        const int line = (of->count - 1) / m_columns * m_columns;
        return of->first + std::min(line + column, of->count - 1);
    }
    return row;
}

int TileLayout::below(int row) const {
    int group = groupOf(row);
    if (group < 0) return row;
    const Block* of = block(group);
    const int at = row - of->first, column = at % m_columns, lastLine = (of->count - 1) / m_columns;
    if (at / m_columns < lastLine) return of->first + std::min(at + m_columns, of->count - 1);
    while ((of = block(++group)) != nullptr)
        if (!of->folded && of->count > 0) return of->first + std::min(column, of->count - 1);
    return row;
}

}  // namespace diagonal
