// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/image/image.h"

namespace diagonal {

/// Averages the pixels of a picture over squares of `side` pixels, in whatever order they come: the whole picture need
/// never be in memory.
class BoxReducer {
  public:
    BoxReducer(int width, int height, int side);

    /// `count` pixels of row y, from column x, `step` columns apart.
    void add(int x, int y, const uint8_t* rgb, int count, int step = 1);
    /// What never came is black.
    Image image() const;

  private:
    struct Sum {
        uint32_t red = 0, green = 0, blue = 0, count = 0;
    };

    int m_side, m_width, m_height;
    std::vector<Sum> m_sums;
};

}  // namespace diagonal
