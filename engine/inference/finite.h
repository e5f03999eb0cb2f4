// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <span>

namespace diagonal {

/// Whether an embedding has numbers and a length: neither NaN nor infinite, nor so large that its square is.
inline bool isFiniteRow(std::span<const float> row) {
    float square = 0;
    for (const float value : row)
        square += value * value;
    return std::isfinite(square);
}

}  // namespace diagonal
