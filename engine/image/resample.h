// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/image/preprocess.h"

namespace diagonal {

/// Part of a resized image, in its pixels.
struct Region {
    int64_t x = 0, y = 0;
    int width = 0, height = 0;
};

/// The region of the image resized to fullWidth x fullHeight: what resize followed by a crop gives, without computing
/// the rest. The region lies inside the resized image and is not empty.
Image resizeRegion(const Image& image, int64_t fullWidth, int64_t fullHeight, const Region& region,
                   Interpolation interpolation);

}  // namespace diagonal
