// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include "engine/parts/transformer.h"

namespace diagonal {

/// Texts without their padding, which would take time; those of one length stand together.
struct PackedTexts {
    Packing packing;
    torch::Tensor order;   ///< int64 [n]: the text that stands at each place
    torch::Tensor places;  ///< int64 [tokens]: where each token stands in the flattened ids [n, length]
};

/// lengths: int64 [n], on the CPU, from 1 to `width`, the ids' second dimension.
PackedTexts packTexts(const torch::Tensor& lengths, int64_t width);

}  // namespace diagonal
