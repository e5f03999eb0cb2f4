// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/state_dict.h"
#include "engine/parts/config.h"

namespace diagonal {

/// Brings the image tower's positional embedding (in our names) to the grid of config.imageSize: resizedPositions().
void resizePositions(StateDict& state, const ClipConfig& config);

}  // namespace diagonal
