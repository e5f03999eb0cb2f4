// SPDX-License-Identifier: Apache-2.0
#include "engine/image/image.h"

#include <algorithm>
#include <new>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/formats.h"

namespace diagonal {

namespace {

struct Decoder {
    std::string_view format;
    void (*decode)(formats::Bytes, const std::string&, Image&);
};

/// One for each format that readImageHeader knows, but JPEG, HEIC and AVIF.
constexpr Decoder kDecoders[] = {
    {"PNG", formats::decodePng},   {"WebP", formats::decodeWebp}, {"GIF", formats::decodeGif},
    {"TIFF", formats::decodeTiff}, {"BMP", formats::decodeBmp},   {"PNM", formats::decodePnm},
};

/// Deflate, the densest of the formats' codings, makes at most 1032 bytes of one; so one byte holds at most 8256 pixels
/// of a bit. A header that claims more lies, and gets no memory. (One colour of a WebP takes no bits at all.)
constexpr int64_t kMaxPixelsPerByte = 8256;

Image allocate(const ImageHeader& header, size_t fileBytes, const std::string& name) {
    const int64_t pixels = int64_t{header.width} * header.height;
    if (header.format != "WebP" && pixels / kMaxPixelsPerByte > static_cast<int64_t>(fileBytes))
        throw Error(name, formats::kTruncated);
    Image image{header.width, header.height, {}};
    try {
        image.rgb.resize(static_cast<size_t>(pixels) * 3);
    } catch (const std::bad_alloc&) {
        throw Error(name, "not enough memory for an image of " + std::to_string(header.width) + " x " +
                              std::to_string(header.height) + " pixels");
    }
    return image;
}

}  // namespace

Image decodeImage(std::span<const uint8_t> bytes, const std::string& name, int enough) {
    ImageHeader header = readImageHeader(bytes, name);
    if (header.format == "JPEG") {
        const int divisor = formats::jpegDivisor(header, enough);
        header.width = formats::fractionOf(header.width, divisor);
        header.height = formats::fractionOf(header.height, divisor);
        Image image = allocate(header, bytes.size(), name);
        formats::decodeJpeg(bytes, name, image, divisor);
        return image;
    }
    if (header.format == "HEIC" || header.format == "AVIF") return formats::decodeHeif(bytes, name, header);
    Image image = allocate(header, bytes.size(), name);
    std::ranges::find(kDecoders, header.format, &Decoder::format)->decode(bytes, name, image);
    return image;
}

Image readImage(const std::filesystem::path& path, int enough) {
    return decodeImage(readBytes(path), displayName(path), enough);
}

}  // namespace diagonal
