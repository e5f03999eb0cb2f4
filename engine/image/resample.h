// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/image/preprocess.h"

namespace diagonal {

/// RGB pixels in memory of someone else: an image, or a part of one.
struct ImageView {
    const uint8_t* data = nullptr;
    int width = 0, height = 0;
    size_t stride = 0;  ///< bytes from one row to the next

    ImageView(const uint8_t* pixels, int columns, int rows, size_t rowBytes)
        : data(pixels), width(columns), height(rows), stride(rowBytes) {}
    ImageView(const Image& image)  // NOLINT(google-explicit-constructor): an image is a view of itself
        : ImageView(image.rgb.data(), image.width, image.height, static_cast<size_t>(image.width) * 3) {}

    const uint8_t* row(int y) const { return data + static_cast<size_t>(y) * stride; }
    ImageView part(int x, int y, int columns, int rows) const {
        return {row(y) + static_cast<size_t>(x) * 3, columns, rows, stride};
    }
};

/// Part of a resized image, in its pixels.
struct Region {
    int64_t x = 0, y = 0;
    int width = 0, height = 0;
};

/// The region of the image resized to fullWidth x fullHeight: what resize followed by a crop gives, without computing
/// the rest. The region lies inside the resized image and is not empty. out[region.height * region.width * 3] does not
/// overlap the image; mirrored: each row from right to left.
void resizeRegion(const ImageView& image, int64_t fullWidth, int64_t fullHeight, const Region& region,
                  Interpolation interpolation, bool mirrored, uint8_t* out);

Image resizeRegion(const ImageView& image, int64_t fullWidth, int64_t fullHeight, const Region& region,
                   Interpolation interpolation);

/// Row after row to out[height * width * 3], each from right to left when mirrored.
void copyPixels(const ImageView& image, bool mirrored, uint8_t* out);

}  // namespace diagonal
