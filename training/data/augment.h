// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/image/image.h"
#include "engine/image/preprocess.h"
#include "training/data/random.h"

namespace diagonal {

enum class AutoAugment { None, Trivial, Rand };

/// torchvision's RandomResizedCrop, RandomHorizontalFlip, TrivialAugmentWide or RandAugment, ColorJitter,
/// RandomGrayscale and GaussianBlur, in this order.
struct AugmentOptions {
    float smallestArea = 0.6F;     ///< of a crop, as a share of the picture; the largest is the whole. 1: no crops
    float widestRatio = 4.F / 3;   ///< width by height of a crop, and its inverse
    float flipProbability = 0.5F;  ///< never where the caption says left or right
    AutoAugment autoAugment = AutoAugment::None;
    float colorJitter = 0;  ///< strength for brightness, contrast and saturation; hue a quarter of it
    float grayscaleProbability = 0;
    float blurProbability = 0;

    bool crops() const { return smallestArea < 1; }
};

/// One of the model's inputs made of a picture, to out[config.height * config.width * 3]. A picture that is not cropped
/// has that size already.
void augment(const Image& picture, const PreprocessConfig& config, const AugmentOptions& options, bool mayFlip,
             Random& random, uint8_t* out);

/// Whether the caption has a word that a mirror image would make untrue: left, right (in any case).
bool namesASide(std::string_view caption);

}  // namespace diagonal
