// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRect>
#include <vector>

namespace diagonal {

/// Where tiles of one size stand: lines of as many as fit, group below group, each under a head. Coordinates are of the
/// whole content, in pixels.
class TileLayout {
  public:
    struct Group {
        int count = 0;        ///< of tiles
        bool folded = false;  ///< only the head is seen
        bool hasHead = true;
    };

    /// headHeight 0: no heads.
    void arrange(int width, QSize tile, int headHeight, const std::vector<Group>& groups);

    int height() const { return m_height; }
    int headHeight() const { return m_headHeight; }
    int lineHeight() const { return m_tile.height(); }
    int tiles() const { return m_tiles; }

    QRect tile(int row) const;                  ///< null: folded away, or no such row
    QRect head(int group) const;                ///< of the whole width
    int rowAt(QPoint point) const;              ///< -1: none
    int groupOf(int row) const;                 ///< -1: no such row
    int groupAt(int y) const;                   ///< -1: none; below the last it is the last
    std::pair<int, int> rows(int group) const;  ///< first and count

    /// The tiles that meet an area, as first and last of each line.
    std::vector<std::pair<int, int>> rowsIn(const QRect& area) const;

    /// The tile that an arrow key reaches from `row`, which itself stands for "none".
    int beside(int row, int by) const;
    int above(int row) const;
    int below(int row) const;

  private:
    struct Block {
        int first, count, top, head, bottom;  ///< folded: bottom is the head's
        bool folded;
    };

    const Block* block(int group) const;
    const Block* blockOf(int row) const;

    std::vector<Block> m_blocks;
    QSize m_tile;
    int m_width = 0, m_columns = 1, m_headHeight = 0, m_height = 0, m_tiles = 0;
};

}  // namespace diagonal
