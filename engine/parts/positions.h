// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include "engine/parts/config.h"

namespace diagonal {

/// Pixels of the side of a patch, or of what a place of a ResNet's last feature map stands for.
int patchSide(const ClipConfig& config);

/// Name of the image tower's positional embedding in the model.
const char* positionsName(const ClipConfig& config);

/// A positional embedding [extra + side * side, width] of the image tower, interpolated to the grid of
/// config.imageSize, bicubic with antialiasing, on the CPU; the class token's (the mean feature's of a ResNet) is left
/// as it is: open_clip's resize_pos_embed, timm's resample_abs_pos_embed. What has the grid already, or is no grid,
/// comes back as it is.
torch::Tensor resizedPositions(const torch::Tensor& positions, const ClipConfig& config);

}  // namespace diagonal
