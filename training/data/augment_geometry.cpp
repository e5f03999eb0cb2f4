// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

#include "training/data/augment_ops.h"

namespace diagonal {

namespace {

/// Where a pixel of the result comes from: (xx * x + xy * y + x0, yx * x + yy * y + y0).
struct Affine {
    double xx = 1, xy = 0, x0 = 0;
    double yx = 0, yy = 1, y0 = 0;
};

/// Pillow's affine_fixed: coordinates in 1 / 65536, taken in the middle of a pixel.
void transform(const Pixels& pixels, const Affine& affine) {
    const auto fixed = [](double value) { return static_cast<int>(std::floor(value * 65536.0 + 0.5)); };
    const int xx = fixed(affine.xx), xy = fixed(affine.xy), yx = fixed(affine.yx), yy = fixed(affine.yy);
    int rowX = fixed(affine.x0 + affine.xx * 0.5 + affine.xy * 0.5);
    int rowY = fixed(affine.y0 + affine.yx * 0.5 + affine.yy * 0.5);
    std::vector<uint8_t> original(pixels.bytes() + 1);
    std::copy_n(pixels.rgb, pixels.bytes(), original.begin());
    uint8_t *out = pixels.rgb, *last = out + pixels.bytes() - 3;
    const auto width = static_cast<unsigned>(pixels.width), height = static_cast<unsigned>(pixels.height);
    for (int y = 0; y < pixels.height; ++y, rowX += xy, rowY += yy) {
        for (int x = 0, fromX = rowX, fromY = rowY; x < pixels.width; ++x, fromX += xx, fromY += yx, out += 3) {
            const auto column = static_cast<unsigned>(fromX >> 16), row = static_cast<unsigned>(fromY >> 16);
            const bool inside = column < width && row < height;
            const uint8_t* from = original.data() + (inside ? row * pixels.rowBytes() + size_t{column} * 3 : 0);
            uint32_t four = 0;  // quicker than three; the next pixel is written later
            if (inside) std::memcpy(&four, from, 4);
            std::memcpy(out, &four, out < last ? 4 : 3);
        }
    }
}

/// Python's round(value, 15).
double rounded15(double value) {
    return std::nearbyint(value * 1e15) / 1e15;
}

}  // namespace

void shearX(const Pixels& pixels, double slope) {
    transform(pixels, {.xy = slope});
}

void shearY(const Pixels& pixels, double slope) {
    transform(pixels, {.yx = slope});
}

void translate(const Pixels& pixels, int right, int down) {
    transform(pixels, {.x0 = -static_cast<double>(right), .y0 = -static_cast<double>(down)});
}

void rotate(const Pixels& pixels, double degrees) {
    const double angle = -degrees * std::numbers::pi / 180;
    const double cosine = rounded15(std::cos(angle)), sine = rounded15(std::sin(angle));
    const double middleX = pixels.width / 2.0, middleY = pixels.height / 2.0;
    transform(pixels, {.xx = cosine,
                       .xy = sine,
                       .x0 = -cosine * middleX - sine * middleY + middleX,
                       .yx = -sine,
                       .yy = cosine,
                       .y0 = sine * middleX - cosine * middleY + middleY});
}

}  // namespace diagonal
