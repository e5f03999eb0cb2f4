// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/parts/image_tower.h"

namespace diagonal {

/// MobileCLIP's image towers (Vasu et al., 2023, arXiv 2311.17049): timm's fastvit_mci0 to mci4.
struct FastVitSpec {
    std::vector<int> depths = {2, 6, 10, 2};
    std::vector<int> channels = {64, 128, 256, 512};
    int attentionStages = 1;  ///< so many at the end; the others mix neighbouring places by convolutions
    int mlpRatio = 3;
    bool squeezeLastTwo = true;  ///< squeeze-and-excite where the last two stages begin
    bool layerNorm = false;      ///< before attention, in place of batch norm
    bool stemScale = true;       ///< the stem's convolutions have a 1x1 branch

    bool operator==(const FastVitSpec&) const = default;
};

/// Length of the features.
int64_t widthOf(const FastVitSpec& spec);
/// timm's names: stem.N, stages.S.{downsample, pos_emb, blocks.B.{token_mixer, mlp, layer_scale, …}}, final_conv.
std::shared_ptr<ImageTower> makeFastVit(const Scope& scope, const FastVitSpec& spec);

}  // namespace diagonal
