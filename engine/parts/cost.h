// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "engine/parts/config.h"

namespace diagonal {

/// What a model costs. FLOPs count a multiplication and an addition as two, in convolutions, linear layers, projections
/// and attention products, of whole towers for one image and one text that fills the context (as
/// torch.utils.flop_counter counts open_clip's).
struct Cost {
    int64_t parameters = 0, imageParameters = 0, textParameters = 0;
    int64_t textMatrices = 0;  ///< of the text tower's parameters, those in tensors of two dimensions or more
    int64_t imageFlops = 0, textFlops = 0;
};

Cost costOf(const ClipConfig& config);

/// Numbers that a tower's operations make of one image: all, and the most at once.
struct ActivationCount {
    int64_t sum = 0, largest = 0;
};

/// Counted while tensors without memory go through the tower.
ActivationCount countedActivations(const ImageSpec& spec, const ClipConfig& config);

/// Of a matrix [out, in] times so many tokens.
int64_t linearFlops(int64_t tokens, int64_t in, int64_t out);
/// Of transformer blocks with MLPs `hidden` wide.
int64_t blocksFlops(int64_t count, int64_t tokens, int64_t width, int64_t hidden);

}  // namespace diagonal
