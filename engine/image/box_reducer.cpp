// SPDX-License-Identifier: Apache-2.0
#include "engine/image/box_reducer.h"

namespace diagonal {

BoxReducer::BoxReducer(int width, int height, int side)
    : m_side(side),
      m_width((width + side - 1) / side),
      m_height((height + side - 1) / side),
      m_sums(static_cast<size_t>(m_width) * static_cast<size_t>(m_height)) {
}

void BoxReducer::add(int x, int y, const uint8_t* rgb, int count, int step) {
    Sum* row = m_sums.data() + static_cast<size_t>(y / m_side) * static_cast<size_t>(m_width);
    for (int i = 0; i < count; ++i, x += step, rgb += 3) {
        Sum& sum = row[x / m_side];
        sum.red += rgb[0];
        sum.green += rgb[1];
        sum.blue += rgb[2];
        ++sum.count;
    }
}

Image BoxReducer::image() const {
    Image image{m_width, m_height, {}};
    image.rgb.reserve(m_sums.size() * 3);
    for (const Sum& sum : m_sums) {
        for (const uint32_t colour : {sum.red, sum.green, sum.blue})
            image.rgb.push_back(static_cast<uint8_t>(sum.count == 0 ? 0 : (colour + sum.count / 2) / sum.count));
    }
    return image;
}

}  // namespace diagonal
