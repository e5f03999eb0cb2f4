// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/base/json_reader.h"

namespace diagonal {

/// Throws Error for options of open_clip's blocks that change the computation and are not supported.
void refuseOtherBlocks(const JsonReader& tower);

/// "ViT, 12 layers, width 768, patch 32".
std::string describeTransformer(const std::string& name, int layers, int width, int patchSize);

}  // namespace diagonal
