// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/resize_positions.h"

#include "engine/base/libtorch.h"
#include "engine/parts/positions.h"

namespace diagonal {

void resizePositions(StateDict& state, const ClipConfig& config) {
    const auto found = state.tensors.find(positionsName(config));
    // A shape that is no grid the model's constructor will refuse.
    if (found != state.tensors.end()) found->second = resizedPositions(found->second, config);
}

}  // namespace diagonal
