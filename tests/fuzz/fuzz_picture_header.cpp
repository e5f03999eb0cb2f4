// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/image/formats.h"

/// What is read of a file before any library decodes it: size, scans, EXIF's orientation, the boxes of HEIC.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace diagonal;
    const formats::Bytes bytes(data, size);
    const int orientation = exifOrientation(bytes);
    if (orientation < 1 || orientation > 8) __builtin_trap();
    formats::isProgressiveJpeg(bytes);
    const auto changed = formats::withoutMetadataReferences(bytes);
    if (!changed.empty() && changed.size() != size) __builtin_trap();
    try {
        const ImageHeader header = readImageHeader(bytes, "input");
        if (header.width <= 0 || header.height <= 0) __builtin_trap();
        if (int64_t{header.width} * header.height > kMaxPixels) __builtin_trap();
    } catch (const Error&) {
    }
    return 0;
}
