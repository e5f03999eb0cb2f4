// SPDX-License-Identifier: Apache-2.0
#include "engine/image/image.h"

#include <algorithm>
#include <new>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/box_reducer.h"
#include "engine/image/formats.h"
#include "engine/image/memory_room.h"
#include "engine/image/reduced.h"

namespace diagonal {

namespace {

struct Decoder {
    std::string_view format;
    /// Of a picture of one colour. A header that claims more pixels lies, and gets no memory.
    int64_t maxPixelsPerByte;
    int scratch;  ///< bytes a pixel that are needed besides the picture, at most
    void (*decode)(formats::Bytes, const std::string&, Image&);
    Image (*reduce)(formats::Bytes, const std::string&, const ImageHeader&, int) = nullptr;  ///< a part at a time
};

/// One for each format that readImageHeader knows. JPEG takes two bits for 64 pixels, a GIF 12 for 4096; deflate makes
/// 1032 bytes of one. One colour of a WebP takes no bits at all. TIFF and HEIC look at their claims themselves.
constexpr Decoder kDecoders[] = {
    {"JPEG", 1024, 0, nullptr},
    {"PNG", 8256, 2, formats::decodePng, formats::reducePng},
    {"WebP", kMaxPixels, 4, formats::decodeWebp, formats::reduceWebp},
    {"GIF", 2731, 0, formats::decodeGif},
    {"TIFF", kMaxPixels, 8, formats::decodeTiff, formats::reduceTiff},
    {"BMP", 8256, 1, formats::decodeBmp},
    {"PNM", 8, 0, formats::decodePnm},
    {"HEIC", kMaxPixels, 9, nullptr},
    {"AVIF", kMaxPixels, 9, nullptr},
};

void checkClaim(const ImageHeader& header, const Decoder& decoder, size_t fileBytes, const std::string& name) {
    const int64_t pixels = int64_t{header.width} * header.height;
    if (pixels > formats::kUncheckedPixels && pixels / decoder.maxPixelsPerByte > static_cast<int64_t>(fileBytes))
        throw Error(name, formats::kTruncated);
}

Image allocate(const ImageHeader& header, const std::string& name) {
    Image image{header.width, header.height, {}};
    try {
        image.rgb.resize(static_cast<size_t>(header.width) * static_cast<size_t>(header.height) * 3);
    } catch (const std::bad_alloc&) {
        throw Error(name, "not enough memory for an image of " + std::to_string(header.width) + " x " +
                              std::to_string(header.height) + " pixels");
    }
    return image;
}

}  // namespace

Image formats::reduced(const Image& image, int side) {
    BoxReducer reducer(image.width, image.height, side);
    for (int y = 0; y < image.height; ++y)
        reducer.add(0, y, image.rgb.data() + size_t{3} * static_cast<size_t>(y) * static_cast<size_t>(image.width),
                    image.width);
    return reducer.image();
}

Image decodeImage(std::span<const uint8_t> bytes, const std::string& name, int enough) {
    ImageHeader header = readImageHeader(bytes, name);
    if (header.format == "RAW") return decodeImage(formats::rawPreview(bytes, name), name, enough);
    const Decoder& decoder = *std::ranges::find(kDecoders, header.format, &Decoder::format);
    checkClaim(header, decoder, bytes.size(), name);
    const bool isJpeg = header.format == "JPEG", isProgressive = isJpeg && formats::isProgressiveJpeg(bytes);
    const int64_t coded = int64_t{header.width} * header.height;
    const int divisor = isJpeg ? formats::jpegDivisor(header, enough) : 1;
    header.width = formats::fractionOf(header.width, divisor);
    header.height = formats::fractionOf(header.height, divisor);
    const int64_t scratch = coded * (isProgressive ? formats::kJpegCoefficientBytes : decoder.scratch);
    const MemoryRoom::Share share(decodingRoom(),
                                  static_cast<uint64_t>(int64_t{header.width} * header.height * 3 + scratch));
    if (decoder.decode == nullptr && !isJpeg) return formats::decodeHeif(bytes, name, header);
    Image image = allocate(header, name);
    if (isJpeg)
        formats::decodeJpeg(bytes, name, image, divisor);
    else
        decoder.decode(bytes, name, image);
    return image;
}

Image decodeReduced(std::span<const uint8_t> bytes, const std::string& name, int enough) {
    const ImageHeader header = readImageHeader(bytes, name);
    const int side = enough > 0 ? std::min(header.width, header.height) / enough : 1;
    if (header.format == "JPEG" || header.format == "RAW" || side < 2) return decodeImage(bytes, name, enough);
    const Decoder& decoder = *std::ranges::find(kDecoders, header.format, &Decoder::format);
    if (decoder.reduce == nullptr) return formats::reduced(decodeImage(bytes, name), side);
    checkClaim(header, decoder, bytes.size(), name);
    const int64_t pixels = int64_t{header.width} * header.height;
    // What a decoder holds of the picture beside the result; a TIFF may be one strip.
    const MemoryRoom::Share share(decodingRoom(), static_cast<uint64_t>(pixels * decoder.scratch));
    return decoder.reduce(bytes, name, header, side);
}

Image readImage(const std::filesystem::path& path, int enough) {
    return decodeImage(readBytes(path), displayName(path), enough);
}

}  // namespace diagonal
