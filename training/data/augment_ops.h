// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace diagonal {

/// RGB pixels of one picture, row-major, which are changed in place.
struct Pixels {
    uint8_t* rgb = nullptr;
    int width = 0, height = 0;

    size_t rowBytes() const { return static_cast<size_t>(width) * 3; }
    size_t bytes() const { return rowBytes() * static_cast<size_t>(height); }
};

// What torchvision's functions of these names do to a PIL image, in Pillow's arithmetic: bit for bit, but for blur,
// which may differ by one level.

// augment_colors.cpp. A factor of 1 changes nothing.
void adjustBrightness(const Pixels& pixels, float factor);
void adjustContrast(const Pixels& pixels, float factor);
void adjustSaturation(const Pixels& pixels, float factor);
void adjustHue(const Pixels& pixels, double turn);  ///< from -0.5 to 0.5: half a turn
void turnGray(const Pixels& pixels);
void posterize(const Pixels& pixels, int bits);  ///< 1 to 8 bits are kept
void solarize(const Pixels& pixels, float threshold);
void autoContrast(const Pixels& pixels);
void equalize(const Pixels& pixels);

// augment_filters.cpp
void adjustSharpness(const Pixels& pixels, float factor);
/// Gaussian; kernel: an odd number of pixels, at most twice the shorter side; sigma in pixels.
void blur(const Pixels& pixels, int kernel, float sigma);

// augment_geometry.cpp: the nearest pixel is taken, black where there is none.
void shearX(const Pixels& pixels, double slope);  ///< about the upper left corner
void shearY(const Pixels& pixels, double slope);
void translate(const Pixels& pixels, int right, int down);
void rotate(const Pixels& pixels, double degrees);  ///< counter-clockwise, about the middle

}  // namespace diagonal
