// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
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

constexpr std::string_view kExif = {"Exif\0\0", 6};

bool beginsWith(Bytes bytes, std::string_view text) {
    return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

/// The first EXIF segment's TIFF structure; empty where there is none.
Bytes exifOfJpeg(Bytes b) {
    size_t at = 2;
    while (at + 4 <= b.size() && b[at] == 0xFF) {
        const uint8_t marker = b[at + 1];
        if (marker == 0xFF) {  // padding
            ++at;
            continue;
        }
        if (marker == 0xDA || marker == 0xD9) break;
        const size_t body = at + 4;
        const size_t end = std::min(at + 2 + std::max<size_t>(big16(b, at + 2), 2), b.size());
        const Bytes segment = b.subspan(body, end - body);
        if (marker == 0xE1 && beginsWith(segment, kExif)) return segment.subspan(kExif.size());
        at = end;
    }
    return {};
}

/// It may stand behind the pixels.
Bytes exifOfPng(Bytes b) {
    constexpr size_t kSignature = 8, kAround = 12;
    b = b.subspan(kSignature);
    while (b.size() >= kAround) {
        const size_t length = big32(b, 0);
        if (length > b.size() - kAround) break;
        if (beginsWith(b.subspan(4), "eXIf")) return b.subspan(8, length);
        b = b.subspan(kAround + length);
    }
    return {};
}

/// Some writers begin the chunk as a JPEG's segment.
Bytes exifOfWebp(Bytes b) {
    constexpr size_t kHeader = 12, kBefore = 8;
    b = b.subspan(std::min(kHeader, b.size()));
    while (b.size() >= kBefore) {
        const uint64_t length = little32(b, 4), padded = length + length % 2;
        if (length > b.size() - kBefore) break;
        const Bytes body = b.subspan(kBefore, length);
        if (beginsWith(b, "EXIF")) return beginsWith(body, kExif) ? body.subspan(kExif.size()) : body;
        b = b.subspan(std::min<uint64_t>(kBefore + padded, b.size()));
    }
    return {};
}

}  // namespace

int exifOrientation(Bytes bytes) {
    if (beginsWith(bytes, "\xFF\xD8")) return orientationOf(exifOfJpeg(bytes));
    if (beginsWith(bytes, "\x89PNG\r\n\x1A\n")) return orientationOf(exifOfPng(bytes));
    if (beginsWith(bytes, "RIFF") && bytes.size() >= 12 && beginsWith(bytes.subspan(8), "WEBP"))
        return orientationOf(exifOfWebp(bytes));
    return 1;
}

}  // namespace diagonal
