// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/parts/config.h"

namespace diagonal {

/// How a tower is run, as far as its memory goes.
struct TowerUse {
    bool half = false;        ///< bf16 or fp16 autocast
    bool onGpu = false;       ///< whose autocast norms in fp32; it takes texts padded to the longest of the batch
    bool recomputes = false;  ///< gradient checkpointing
};

/// Bytes of one sample in a tower.
struct TowerMemory {
    double kept = 0;     ///< what the backward pass needs, from the forward pass on
    double around = 0;   ///< the most that comes and goes on top, where the backward pass begins
    double forward = 0;  ///< the most that comes and goes in a forward pass without a graph
};

/// patches: share of them that a step keeps, see TrainOptions::patchDropout. Of a ResNet: 1.
TowerMemory imageTowerMemory(const ClipConfig& config, double patches, const TowerUse& use);
/// tokens: of a text, start and end included.
TowerMemory textTowerMemory(const ClipConfig& config, double tokens, const TowerUse& use);

}  // namespace diagonal
