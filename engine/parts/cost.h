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

}  // namespace diagonal
