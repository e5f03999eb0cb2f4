// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "engine/image/image.h"
#include "engine/image/preprocess.h"
#include "training/data/random.h"

namespace diagonal {

/// torchvision's RandomResizedCrop and RandomHorizontalFlip.
struct AugmentOptions {
    float smallestArea = 0.6F;     ///< of a crop, as a share of the picture; the largest is the whole
    float widestRatio = 4.F / 3;   ///< width by height of a crop, and its inverse
    float flipProbability = 0.5F;  ///< never where the caption says left or right
};

/// A random crop, resized to the size of the model's input.
Image randomResizedCrop(const Image& image, const PreprocessConfig& config, const AugmentOptions& options,
                        Random& random);

void mirror(Image& image);

/// Whether the caption has a word that a mirror image would make untrue: left, right (in any case).
bool namesASide(std::string_view caption);

}  // namespace diagonal
