// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "training/data/random.h"

namespace diagonal {

/// One shape to be filled: where it stands and how it is turned, in pixels.
struct ShapePlacement {
    float x = 0, y = 0;          ///< centre
    float radius = 1;            ///< of the circle around the shape
    float cosine = 1, sine = 0;  ///< of its turn
    float stretchX = 1, stretchY = 1;
    float detail = 0.5F;       ///< 0 … 1: how pointed, thick or slender, within what the shape's name allows
    bool alternative = false;  ///< the shape's other usual form: hexagon on its tip, diamond as wide as high
};

/// Turn and proportions a shape of this kind may have and still be called by its name.
ShapePlacement drawPlacement(int shape, Random& random);

/// Signed distance to the outline in pixels, negative inside, of the row of pixel centres (left + i + 0.5, row + 0.5).
void shapeDistances(int shape, const ShapePlacement& placement, int row, int left, int count, float* distances);

}  // namespace diagonal
