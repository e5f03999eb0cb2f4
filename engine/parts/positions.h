// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <string>

#include "engine/parts/config.h"

namespace diagonal {

/// Name of the image tower's positional embedding in the model, where it has one.
std::string positionsName(const ClipConfig& config);

/// A positional embedding [extra + side * side, width] of the image tower, interpolated to the grid of
/// config.imageSize, bicubic with antialiasing, on the CPU; the class token's (the mean feature's of a ResNet) is left
/// as it is: open_clip's resize_pos_embed, timm's resample_abs_pos_embed. What has the grid already, or is no grid,
/// comes back as it is.
torch::Tensor resizedPositions(const torch::Tensor& positions, const ClipConfig& config);

}  // namespace diagonal
