// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace diagonal {

/// Pixels as Pillow's convert("RGB") gives them: 8 bits, row-major, height x width x 3.
struct Image {
    int width = 0;
    int height = 0;
    std::vector<uint8_t> rgb;
    std::string note = {};  ///< what is wrong with the file though it was read; a sentence part, mostly empty

    bool isEmpty() const { return rgb.empty(); }
};

/// What a file's header says, without decoding its pixels.
struct ImageHeader {
    int width = 0;
    int height = 0;
    std::string format;  ///< "JPEG", "PNG", …, "RAW"
};

/// More pixels than this are refused before memory is taken for them: twice Pillow's limit (178,956,970), so that
/// photographs of 200 megapixels are read.
inline constexpr int64_t kMaxPixels = int64_t{2} * 178'956'970;

/// Header of an encoded image (JPEG, PNG, WebP, BMP, GIF, TIFF, PNM, HEIC, AVIF; of raw pictures the preview's). name
/// stands in errors. Throws Error for an empty file, for what is not an image, and for more than kMaxPixels pixels.
ImageHeader readImageHeader(std::span<const uint8_t> bytes, const std::string& name);

/// Decodes to the pixels of PIL.Image.open(f).convert("RGB"): first frame; EXIF orientation is not applied (HEIC and
/// AVIF are turned upright by their own means, as pillow-heif does); alpha is dropped, not blended; greyscale, palette,
/// CMYK and 16-bit as Pillow converts them. Throws Error (empty, truncated, not an image, too large).
///
/// enough: where it is not 0, a JPEG is decoded at an eighth, a quarter or half of its size (libjpeg's DCT scaling)
/// when no side then falls below so many pixels. Not what Pillow gives, but quicker: for training.
Image decodeImage(std::span<const uint8_t> bytes, const std::string& name, int enough = 0);
Image readImage(const std::filesystem::path& path, int enough = 0);

/// EXIF orientation 1..8 of a JPEG, PNG or WebP (1 when there is none; TIFF, HEIC and AVIF are decoded upright): for
/// showing a picture upright, never for the model's input.
int exifOrientation(std::span<const uint8_t> bytes);

/// What a camera wrote into a picture.
struct PictureFacts {
    std::string camera;            ///< "Canon EOS R5", UTF-8; empty where it is not said
    std::optional<int64_t> taken;  ///< seconds since 1970, the camera's local time as if it were UTC
};

/// From EXIF; of JPEG, PNG, WebP, TIFF, HEIC, AVIF and raw pictures. Nothing is thrown for what makes no sense.
PictureFacts readPictureFacts(std::span<const uint8_t> bytes);

}  // namespace diagonal
