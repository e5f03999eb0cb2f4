// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "engine/parts/config.h"
#include "engine/parts/low_rank.h"

namespace diagonal {

/// All that learns in a layer and those in it, or could: parameters, and the factors of low-rank terms.
std::vector<torch::Tensor> learnersOf(const torch::nn::Module& layer);

/// Numbers in the factors that DualEncoder::adapt would make, of the image tower and the text tower, where they are
/// asked for.
struct LowRankNumbers {
    int64_t image = 0, text = 0;
};
LowRankNumbers lowRankNumbers(const ClipConfig& config, const LowRankOptions& options);

}  // namespace diagonal
