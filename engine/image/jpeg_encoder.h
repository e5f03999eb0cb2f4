// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/image/image.h"

namespace diagonal {

/// The bytes of a JPEG file of the image; quality 1..100. Throws Error for an empty image and for sides above 65,500
/// pixels.
std::vector<uint8_t> encodeJpeg(const Image& image, int quality = 92);

}  // namespace diagonal
