// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/image/image.h"

namespace diagonal {

/// The bytes of a PNG file with exactly these pixels.
std::vector<uint8_t> encodePng(const Image& image);

}  // namespace diagonal
