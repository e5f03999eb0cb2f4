// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include "engine/image/formats.h"

namespace diagonal {

using namespace formats;

namespace {

/// Tag 274 of the first directory of a TIFF structure; 1 where it is missing or makes no sense.
int orientationOf(Bytes tiff) {
    if (tiff.size() < 8) return 1;
    const bool big = tiff[0] == 'M';
    const auto u16 = [&](size_t at) { return big ? big16(tiff, at) : little16(tiff, at); };
    const size_t directory = big ? big32(tiff, 4) : little32(tiff, 4);
    if (directory + 2 > tiff.size()) return 1;
    const size_t entries = std::min<size_t>(u16(directory), (tiff.size() - directory - 2) / 12);
    for (size_t i = 0; i < entries; ++i) {
        const size_t at = directory + 2 + i * 12;
        if (u16(at) != 274) continue;
        const uint32_t value = u16(at + 8);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

}  // namespace

int exifOrientation(Bytes b) {
    using namespace std::string_view_literals;
    constexpr auto kExif = "Exif\0\0"sv;
    if (b.size() < 4 || b[0] != 0xFF || b[1] != 0xD8) return 1;
    size_t at = 2;
    while (at + 4 <= b.size() && b[at] == 0xFF) {
        const uint8_t marker = b[at + 1];
        if (marker == 0xFF) {  // padding
            ++at;
            continue;
        }
        if (marker == 0xDA || marker == 0xD9) break;
        const size_t length = big16(b, at + 2);
        const size_t body = at + 4;
        const size_t end = std::min(at + 2 + std::max<size_t>(length, 2), b.size());
        if (marker == 0xE1 && end >= body + kExif.size() &&
            std::equal(kExif.begin(), kExif.end(), b.begin() + static_cast<ptrdiff_t>(body))) {
            return orientationOf(b.subspan(body + kExif.size(), end - body - kExif.size()));
        }
        at = end;
    }
    return 1;
}

}  // namespace diagonal
