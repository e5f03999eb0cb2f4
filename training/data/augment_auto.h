// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "training/data/augment.h"
#include "training/data/augment_ops.h"

namespace diagonal {

/// One operation of torchvision's TrivialAugmentWide and RandAugment.
struct AutoOperation {
    const char* name;  ///< torchvision's
    void (*apply)(const Pixels& pixels, float magnitude);
    float first, trivialLast, randLast;  ///< magnitudes: evenly spaced over kAutoBins; translation of RandAugment as a
                                         ///< share of the side
    bool isSigned;                       ///< half of the magnitudes drawn are negative
};

inline constexpr int kAutoBins = 31;

/// In torchvision's order.
std::span<const AutoOperation> autoOperations();

/// The magnitude with this number, 0 to kAutoBins - 1.
float magnitudeAt(const AutoOperation& operation, AutoAugment kind, int bin, const Pixels& pixels);

/// TrivialAugmentWide (arXiv 2103.10158): one operation, any magnitude. RandAugment (arXiv 1909.13719): two, magnitude
/// 9. As torchvision draws them.
void applyAutoAugment(const Pixels& pixels, AutoAugment kind, Random& random);

}  // namespace diagonal
