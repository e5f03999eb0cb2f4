// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "engine/image/image.h"

namespace diagonal {

/// For showing a picture small: no side falls below `enough` pixels. Pictures of hundreds of megapixels are averaged
/// over squares while they are read, and are never whole in memory where their format allows it (PNG, TIFF, WebP).
/// Throws Error.
Image decodeReduced(std::span<const uint8_t> bytes, const std::string& name, int enough);

}  // namespace diagonal
