// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/state_dict.h"
#include "engine/model/config.h"

namespace diagonal {

/// Interpolates the image tower's positional embedding (in our names) to the grid of config.imageSize, bicubic with
/// antialiasing, the class token's left as it is: open_clip's resize_pos_embed, timm's resample_abs_pos_embed; a
/// ModifiedResNet's attention pool likewise. Nothing happens where the grid is the same.
void resizePositions(StateDict& state, const ClipConfig& config);

}  // namespace diagonal
