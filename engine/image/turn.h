// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace diagonal {

/// How EXIF's orientation (1 to 8; others count as 1) places the stored pixels: transposed first, then mirrored.
struct Turn {
    bool transposed, mirroredX, mirroredY;

    explicit Turn(int orientation)
        : transposed(orientation >= 5 && orientation <= 8),
          mirroredX(orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7),
          mirroredY(orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8) {}
    bool isNone() const { return !transposed && !mirroredX && !mirroredY; }
};

/// width x height cells of `depth` values each, turned.
template <typename Value>
std::vector<Value> turned(const std::vector<Value>& cells, int width, int height, int depth, const Turn& turn) {
    std::vector<Value> result;
    result.reserve(cells.size());
    const int columns = turn.transposed ? height : width, rows = turn.transposed ? width : height;
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column) {
            int x = turn.mirroredX ? columns - 1 - column : column;
            int y = turn.mirroredY ? rows - 1 - row : row;
            if (turn.transposed) std::swap(x, y);
            const auto* cell = cells.data() + (static_cast<ptrdiff_t>(y) * width + x) * depth;
            result.insert(result.end(), cell, cell + depth);
        }
    return result;
}

}  // namespace diagonal
