// SPDX-License-Identifier: Apache-2.0
// PBM, PGM and PPM, plain and raw, with any largest value, as Pillow scales them.
#include <algorithm>
#include <cctype>
#include <cmath>

#include "engine/base/error.h"
#include "engine/image/formats.h"

namespace diagonal::formats {

namespace {

/// Pillow's round(value / largest * 255). Deep grey goes to 65535 there, of which convert("RGB") clips at 255.
uint8_t scaled(int64_t value, int64_t largest, bool grey) {
    const double to = grey && largest > 255 ? 65535 : 255;
    const double result = std::nearbyint(static_cast<double>(value) / static_cast<double>(largest) * to);
    return static_cast<uint8_t>(std::clamp(result, 0.0, 255.0));
}

void skipSpace(Bytes bytes, size_t& at) {
    while (at < bytes.size() && (std::isspace(bytes[at]) != 0 || bytes[at] == '#')) {
        if (bytes[at] == '#') {
            while (at < bytes.size() && bytes[at] != '\n' && bytes[at] != '\r')
                ++at;
        } else {
            ++at;
        }
    }
}

}  // namespace

int64_t readPnmNumber(Bytes bytes, size_t& at) {
    skipSpace(bytes, at);
    if (at >= bytes.size() || std::isdigit(bytes[at]) == 0) return -1;
    int64_t value = 0;
    for (; at < bytes.size() && std::isdigit(bytes[at]) != 0; ++at)
        value = std::min<int64_t>(value * 10 + (bytes[at] - '0'), INT32_MAX);
    const bool isWhole = at == bytes.size() || std::isspace(bytes[at]) != 0 || bytes[at] == '#';
    return isWhole ? value : -1;
}

void decodePnm(Bytes bytes, const std::string& name, Image& image) {
    const int kind = bytes[1] - '0';
    const bool plain = kind <= 3, bitmap = kind == 1 || kind == 4, grey = kind == 2 || kind == 5;
    size_t at = 2;
    readPnmNumber(bytes, at);
    readPnmNumber(bytes, at);
    const int64_t largest = bitmap ? 1 : readPnmNumber(bytes, at);
    if (largest < 1 || largest > 65535) throw Error(name, "the PNM header is damaged (largest value)");
    ++at;  // one white space before raw values
    const size_t width = static_cast<size_t>(image.width), height = static_cast<size_t>(image.height);
    const size_t rowValues = width * (bitmap || grey ? 1 : 3), depth = largest > 255 ? 2 : 1;
    const size_t rowBytes = bitmap ? (width + 7) / 8 : rowValues * depth;
    if (at > bytes.size() || (!plain && rowBytes * height > bytes.size() - at)) throw Error(name, kTruncated);

    const auto plainValue = [&]() -> int64_t {
        skipSpace(bytes, at);
        // Digits of a bitmap need no space between them.
        const int64_t value = bitmap && at < bytes.size() ? bytes[at++] - '0' : readPnmNumber(bytes, at);
        if (value >= 0 && value <= largest) return value;
        throw Error(name, at >= bytes.size() ? kTruncated : "the PNM data is damaged (not a number, or too large)");
    };
    const auto rawValue = [&](size_t row, size_t i) -> int64_t {
        const size_t begin = at + row * rowBytes;
        if (bitmap) return bytes[begin + i / 8] >> (7 - i % 8) & 1;
        return depth == 1 ? bytes[begin + i] : big16(bytes, begin + i * 2);
    };
    uint8_t* out = image.rgb.data();
    for (size_t row = 0; row < height; ++row) {
        for (size_t i = 0; i < rowValues; ++i) {
            const int64_t value = plain ? plainValue() : rawValue(row, i);
            const uint8_t byte = bitmap ? (value == 1 ? 0 : 255) : scaled(value, largest, grey);
            const int copies = bitmap || grey ? 3 : 1;
            out = std::fill_n(out, copies, byte);
        }
    }
}

}  // namespace diagonal::formats
