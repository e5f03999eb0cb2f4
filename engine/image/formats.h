// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/image/image.h"

// One decoder for each file format; what they share. Used inside engine/image only.
namespace diagonal::formats {

using Bytes = std::span<const uint8_t>;

inline constexpr const char* kTruncated = "the file is truncated";

/// A header may claim so many pixels (48 MB) whatever the size of its file: a blank page takes next to nothing.
inline constexpr int64_t kUncheckedPixels = int64_t{1} << 24;

inline uint32_t big16(Bytes b, size_t at) {
    return static_cast<uint32_t>(b[at] << 8 | b[at + 1]);
}
inline uint32_t big32(Bytes b, size_t at) {
    return big16(b, at) << 16 | big16(b, at + 2);
}
inline uint32_t little16(Bytes b, size_t at) {
    return static_cast<uint32_t>(b[at] | b[at + 1] << 8);
}
inline uint32_t little32(Bytes b, size_t at) {
    return little16(b, at) | little16(b, at + 2) << 16;
}

/// Width and height as a header tells them; may be far too large.
struct Dimensions {
    int64_t width = 0, height = 0;
};

/// "not an image (looks like a PDF)", or which image format it is that cannot be read.
std::string describeForeign(Bytes bytes);

/// 8, 4 or 2 where libjpeg may divide the size by it and no side falls below `enough` pixels, else 1; also for 0.
int jpegDivisor(const ImageHeader& header, int enough);
/// A side of a JPEG that is decoded at a fraction of its size.
constexpr int fractionOf(int pixels, int divisor) {
    return (pixels + divisor - 1) / divisor;
}

/// Pillow's way from cyan, magenta, yellow and black to red, green and blue.
void cmykToRgb(const uint8_t* cmyk, uint8_t* rgb);

/// Whether a JPEG comes in several scans, whose coefficients are held until the last one. False without a frame header.
bool isProgressiveJpeg(Bytes bytes);
/// What those take of memory for a pixel at most: two bytes for each of four channels.
inline constexpr int kJpegCoefficientBytes = 8;

/// The TIFF structure with what EXIF says in a JPEG, PNG or WebP; empty where there is none.
Bytes exifOf(Bytes bytes);

/// Whether it is a raw picture of a camera: CR2, CR3, NEF, ARW, DNG, ORF, RW2, PEF, RAF and their like.
bool isRaw(Bytes bytes);
/// The largest JPEG in a raw picture that can be decoded. Throws Error where there is none.
Bytes rawPreview(Bytes bytes, const std::string& name);
/// TIFF structures that tell of a raw picture that is none itself (CR3, RAF).
std::vector<Bytes> rawFacts(Bytes bytes);

/// Each fills pixels of the size in the header (of a JPEG, divided). Throws Error.
void decodeJpeg(Bytes bytes, const std::string& name, Image& image, int divisor);
void decodePng(Bytes bytes, const std::string& name, Image& image);
void decodeGif(Bytes bytes, const std::string& name, Image& image);
void decodePnm(Bytes bytes, const std::string& name, Image& image);
void decodeWebp(Bytes bytes, const std::string& name, Image& image);
void decodeTiff(Bytes bytes, const std::string& name, Image& image);
void decodeBmp(Bytes bytes, const std::string& name, Image& image);

/// The same, each square of `side` pixels made one while they are read. Throw Error.
Image reducePng(Bytes bytes, const std::string& name, const ImageHeader& header, int side);
Image reduceWebp(Bytes bytes, const std::string& name, const ImageHeader& header, int side);
Image reduceTiff(Bytes bytes, const std::string& name, const ImageHeader& header, int side);
/// Of a picture that is whole in memory.
Image reduced(const Image& image, int side);

/// "HEIC" or "AVIF", by the brands at the file's beginning; empty where it is neither.
std::string_view heifFormat(Bytes bytes);
/// The file without its notes of which picture the metadata describe. libheif before 1.18 refuses all of a file that
/// has metadata of an item that is no picture, as phones write them since 2024. Empty where there are no such notes.
std::vector<uint8_t> withoutMetadataReferences(Bytes bytes);
/// Width and height upright: libheif turns the pixels itself. Throws Error, also in a build without libheif.
std::pair<int, int> heifSize(Bytes bytes, const std::string& name);
/// The primary picture, in 8 bits. Memory is taken for what is really coded, not for what the header claims.
Image decodeHeif(Bytes bytes, const std::string& name, const ImageHeader& header);

/// Sizes that take more than a look at fixed places. Throw Error.
Dimensions rawSize(Bytes bytes, const std::string& name);
Dimensions jpegSize(Bytes bytes, const std::string& name);
Dimensions bmpSize(Bytes bytes, const std::string& name);
Dimensions gifSize(Bytes bytes, const std::string& name);
Dimensions tiffSize(Bytes bytes, const std::string& name);

/// Numbers and white space of a PNM header, comments skipped. -1 where no number follows.
int64_t readPnmNumber(Bytes bytes, size_t& at);

}  // namespace diagonal::formats
