// SPDX-License-Identifier: Apache-2.0
// Own small readers of image headers: size and format before any library sees a byte.
#include <algorithm>
#include <cctype>
#include <optional>

#include "engine/base/error.h"
#include "engine/image/formats.h"

namespace diagonal {

using namespace formats;

namespace {

[[noreturn]] void failTruncated(const std::string& name) {
    throw Error(name, kTruncated);
}

void need(Bytes b, size_t size, const std::string& name) {
    if (b.size() < size) failTruncated(name);
}

/// Where the marker of the first frame header stands.
size_t jpegFrame(Bytes b, const std::string& name) {
    size_t at = 2;
    for (;;) {
        while (at < b.size() && b[at] != 0xFF)
            ++at;  // junk between segments is allowed, as in Pillow
        while (at < b.size() && b[at] == 0xFF)
            ++at;
        if (at >= b.size()) failTruncated(name);
        const uint8_t marker = b[at++];
        if (marker == 0 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;
        if (marker == 0xD9 || marker == 0xDA) throw Error(name, "the JPEG data is damaged (no frame header)");
        need(b, at + 2, name);
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) return at - 1;
        at += std::max<size_t>(big16(b, at), 2);
    }
}

Dimensions pngSize(Bytes b, const std::string& name) {
    need(b, 24, name);
    return {big32(b, 16), big32(b, 20)};
}

Dimensions webpSize(Bytes b, const std::string& name) {
    need(b, 30, name);
    const auto is = [&](const char* tag) { return std::equal(tag, tag + 4, b.begin() + 12); };
    if (is("VP8X")) {
        return {1 + (little32(b, 24) & 0xFFFFFF), 1 + (b[27] | b[28] << 8 | b[29] << 16)};
    }
    if (is("VP8L")) {
        const uint32_t bits = little32(b, 21);
        return {1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)};
    }
    return {little16(b, 26) & 0x3FFF, little16(b, 28) & 0x3FFF};
}

Dimensions pnmSize(Bytes b, const std::string& name) {
    size_t at = 2;
    const int64_t width = readPnmNumber(b, at), height = readPnmNumber(b, at);
    if (at >= b.size()) failTruncated(name);
    return {width, height};
}

struct Format {
    const char* name;
    bool (*matches)(Bytes);
    Dimensions (*size)(Bytes, const std::string&);
};

bool startsWith(Bytes b, std::string_view magic) {
    return b.size() >= magic.size() && std::equal(magic.begin(), magic.end(), b.begin(),
                                                  [](char c, uint8_t byte) { return static_cast<uint8_t>(c) == byte; });
}

Dimensions heifDimensions(Bytes b, const std::string& name) {
    const auto [width, height] = heifSize(b, name);
    return {width, height};
}

constexpr Format kFormats[] = {
    {"JPEG", [](Bytes b) { return startsWith(b, "\xFF\xD8\xFF"); }, jpegSize},
    {"PNG", [](Bytes b) { return startsWith(b, "\x89PNG\r\n\x1A\n"); }, pngSize},
    {"GIF", [](Bytes b) { return startsWith(b, "GIF87a") || startsWith(b, "GIF89a"); }, gifSize},
    {"WebP", [](Bytes b) { return startsWith(b, "RIFF") && b.size() >= 12 && startsWith(b.subspan(8), "WEBP"); },
     webpSize},
    // Most of them are also TIFFs.
    {"RAW", isRaw, rawSize},
    {"TIFF",
     [](Bytes b) {
         return startsWith(b, {"II*\0", 4}) || startsWith(b, {"MM\0*", 4}) || startsWith(b, {"II+\0", 4}) ||
                startsWith(b, {"MM\0+", 4});
     },
     tiffSize},
    {"PNM",
     [](Bytes b) { return b.size() > 2 && b[0] == 'P' && b[1] >= '1' && b[1] <= '6' && std::isspace(b[2]) != 0; },
     pnmSize},
    {"HEIC", [](Bytes b) { return heifFormat(b) == "HEIC"; }, heifDimensions},
    {"AVIF", [](Bytes b) { return heifFormat(b) == "AVIF"; }, heifDimensions},
    // Two letters only: also the size of its second header must be one that exists.
    {"BMP",
     [](Bytes b) {
         return startsWith(b, "BM") && (b.size() < 18 || (little32(b, 14) >= 12 && little32(b, 14) <= 124));
     },
     bmpSize},
};

}  // namespace

Dimensions formats::jpegSize(Bytes b, const std::string& name) {
    const size_t at = jpegFrame(b, name) + 1;
    need(b, at + 8, name);
    if (b[at + 2] != 8) throw Error(name, "JPEG of " + std::to_string(b[at + 2]) + " bits per channel cannot be read");
    if (const int channels = b[at + 7]; channels != 1 && channels != 3 && channels != 4)
        throw Error(name, "JPEG of " + std::to_string(channels) + " channels cannot be read");
    return {big16(b, at + 5), big16(b, at + 3)};
}

bool formats::isProgressiveJpeg(Bytes bytes) {
    try {
        const uint8_t marker = bytes[jpegFrame(bytes, {})];
        return marker % 4 == 2;  // C2, C6, CA, CE
    } catch (const Error&) {
        return false;
    }
}

ImageHeader readImageHeader(Bytes bytes, const std::string& name) {
    if (bytes.empty()) throw Error(name, "the file is empty");
    const auto* format = std::ranges::find_if(kFormats, [&](const Format& f) { return f.matches(bytes); });
    if (format == std::end(kFormats)) throw Error(name, describeForeign(bytes));
    const Dimensions size = format->size(bytes, name);
    if (size.width <= 0 || size.height <= 0)
        throw Error(name, std::string("the ") + format->name + " header is damaged (no width or height)");
    // Each side is below 2^32, so the product does not overflow once one side is known to be small enough.
    if (size.width > kMaxPixels || size.height > kMaxPixels || size.width * size.height > kMaxPixels) {
        throw Error(name,
                    "the image is too large (" + std::to_string(size.width) + " x " + std::to_string(size.height) +
                        " pixels; at most " + std::to_string(kMaxPixels / 1'000'000) + " million are read)",
                    "Scale it down");
    }
    return {static_cast<int>(size.width), static_cast<int>(size.height), format->name};
}

}  // namespace diagonal
