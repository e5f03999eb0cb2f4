// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

namespace diagonal {

/// Rotary positions of a grid of patches, as timm's RotaryEmbeddingCat has them: the first half of a head's channels
/// turns with a patch's row, the second with its column (Heo et al., "Rotary Position Embedding for Vision
/// Transformer", 2024).
struct RotaryGrid {
    int reference = 0;         ///< side of the grid that places are scaled to: that of pretraining
    double offset = 0;         ///< of the first place
    bool columnFirst = false;  ///< the first half of the channels turns with the column

    bool operator==(const RotaryGrid&) const = default;
};

/// What queries and keys are turned by, pair of channels by pair: [tokens, depth] or [n, 1, tokens, depth], of the last
/// tokens of a sequence. Those before them are not turned. Undefined: none is.
struct Rotation {
    torch::Tensor cosines, sines;
};

/// Of a square grid with so many patches a side, row by row, for heads `depth` wide, in float32: [side * side, depth].
Rotation rotationOf(const RotaryGrid& grid, int64_t side, int64_t depth, torch::Device device);

/// Of the patches alone that are left: int64 [n, kept] -> [n, 1, kept, depth].
Rotation rotationOfSome(const Rotation& rotation, const torch::Tensor& patches);

/// x [n, heads, tokens, depth], turned.
torch::Tensor rotated(const torch::Tensor& x, const Rotation& rotation);

}  // namespace diagonal
