// SPDX-License-Identifier: Apache-2.0
// Names what a file is that is no image we read, so that the message helps.
#include <algorithm>
#include <string_view>

#include "engine/image/formats.h"

namespace diagonal::formats {

namespace {

struct Magic {
    size_t offset;
    std::string_view bytes;
    const char* description;
};

using namespace std::string_view_literals;

constexpr Magic kOtherImages[] = {
    {4, "jP  \r\n"sv, "JPEG 2000"},
    {0, "\xFF\x4F\xFF\x51"sv, "JPEG 2000"},
    {0, "\xFF\x0A"sv, "JPEG XL"},
    {4, "JXL \r\n"sv, "JPEG XL"},
    {0, "8BPS"sv, "Photoshop"},
    {0, "<svg"sv, "SVG"},
    {0, "\0\0\1\0"sv, "icon"},
    {0, "P7\n"sv, "PAM"},
    {0, "gimp xcf"sv, "GIMP"},
    {0, "DDS "sv, "DDS"},
    {0, "\x76\x2F\x31\x01"sv, "OpenEXR"},
    {0, "#?RADIANCE"sv, "Radiance"},
};

constexpr Magic kOthers[] = {
    {0, "version https://git-lfs"sv, "a Git LFS pointer; fetch the file itself with git lfs pull"},
    {0, "%PDF"sv, "looks like a PDF"},
    {0, "PK\3\4"sv, "looks like a ZIP archive or an Office document"},
    {0, "\x1F\x8B"sv, "looks like a gzip archive"},
    {0, "7z\xBC\xAF"sv, "looks like a 7-Zip archive"},
    {0, "Rar!"sv, "looks like a RAR archive"},
    {4, "ftyp"sv, "looks like a video"},
    {0, "\x1A\x45\xDF\xA3"sv, "looks like a video"},
    {8, "AVI "sv, "looks like a video"},
    {8, "WAVE"sv, "looks like sound"},
    {0, "ID3"sv, "looks like sound"},
    {0,
     "\x7F"
     "ELF"sv,
     "looks like a program"},
};

bool matches(Bytes bytes, const Magic& magic) {
    return bytes.size() >= magic.offset + magic.bytes.size() &&
           std::equal(magic.bytes.begin(), magic.bytes.end(), bytes.begin() + static_cast<ptrdiff_t>(magic.offset),
                      [](char c, uint8_t byte) { return static_cast<uint8_t>(c) == byte; });
}

/// The beginning in lower case, without leading white space and byte-order mark.
std::string beginning(Bytes bytes) {
    std::string text;
    for (const uint8_t byte : bytes.first(std::min<size_t>(bytes.size(), 512))) {
        if (text.empty() && (byte <= ' ' || byte == 0xEF || byte == 0xBB || byte == 0xBF)) continue;
        text += static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
    }
    return text;
}

bool looksLikeText(Bytes bytes) {
    return std::ranges::all_of(bytes.first(std::min<size_t>(bytes.size(), 512)), [](uint8_t byte) {
        return byte >= 0x20 ? byte != 0x7F : byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
    });
}

}  // namespace

std::string describeForeign(Bytes bytes) {
    const std::string text = beginning(bytes);
    const auto* image = std::ranges::find_if(kOtherImages, [&](const Magic& magic) { return matches(bytes, magic); });
    const bool svg = text.starts_with("<?xml") && text.find("<svg") != std::string::npos;
    if (image != std::end(kOtherImages) || svg) {
        return std::string(svg ? "SVG" : image->description) +
               " images cannot be read; convert it to JPEG, PNG, WebP or TIFF";
    }
    for (const Magic& magic : kOthers) {
        if (matches(bytes, magic)) return std::string("not an image (") + magic.description + ")";
    }
    if (text.starts_with("<!doctype html") || text.starts_with("<html")) return "not an image (looks like a web page)";
    if (std::ranges::all_of(bytes.first(std::min<size_t>(bytes.size(), 512)), [](uint8_t byte) { return byte == 0; }))
        return "not an image (only zeros; an interrupted download or copy?)";
    return looksLikeText(bytes) ? "not an image (looks like text)" : "not an image";
}

}  // namespace diagonal::formats
