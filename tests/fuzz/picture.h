// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/base/error.h"
#include "engine/image/image.h"
#include "engine/image/reduced.h"

/// Decodes the bytes where their header says this format, and as many pixels as a fuzzer has time for.
inline int fuzzPicture(std::string_view format, const uint8_t* data, size_t size) {
    constexpr int64_t kManyPixels = 1 << 18;
    const std::span<const uint8_t> bytes(data, size);
    try {
        const diagonal::ImageHeader header = diagonal::readImageHeader(bytes, "input");
        if (header.format != format || int64_t{header.width} * header.height > kManyPixels) return 0;
        const diagonal::Image image = diagonal::decodeImage(bytes, "input");
        const bool isWhole = image.width == header.width && image.height == header.height &&
                             image.rgb.size() == size_t{3} * static_cast<size_t>(image.width * image.height);
        if (!isWhole) std::abort();
        diagonal::decodeReduced(bytes, "input", std::min(header.width, header.height) / 3);
    } catch (const diagonal::Error&) {
    }
    return 0;
}
