// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "engine/base/vectorised.h"
#include "training/data/augment_ops.h"

namespace diagonal {

namespace {

/// Pillow's ImageFilter.SMOOTH of `count` bytes of a row (weight 5 in the middle, 1 around it, by 13), and past it by
/// the factor. in lies in a copy of the picture.
DIAGONAL_VECTORISED void sharpenRow(const uint8_t* in, size_t rowBytes, size_t count, float factor, uint8_t* out) {
    const uint8_t *above = in - rowBytes, *below = in + rowBytes;
    for (size_t j = 0; j < count; ++j) {
        const int left = above[j - 3] + in[j - 3] + below[j - 3], right = above[j + 3] + in[j + 3] + below[j + 3];
        const int smooth = (2 * (left + above[j] + below[j] + 5 * in[j] + right) + 13) / 26;
        const float value = static_cast<float>(smooth) + factor * static_cast<float>(in[j] - smooth);
        out[j] = static_cast<uint8_t>(std::clamp(value, 0.F, 255.F));
    }
}

}  // namespace

void adjustSharpness(const Pixels& pixels, float factor) {
    if (pixels.width < 3 || pixels.height < 3) return;
    const std::vector<uint8_t> original(pixels.rgb, pixels.rgb + pixels.bytes());
    const size_t row = pixels.rowBytes();
    for (size_t at = row + 3; at + row < original.size(); at += row)  // Pillow leaves the borders
        sharpenRow(original.data() + at, row, row - 6, factor, pixels.rgb + at);
}

void blur(const Pixels& pixels, int kernel, float sigma) {
    std::vector<float> weights(static_cast<size_t>(kernel));
    float sum = 0;
    for (int i = 0; i < kernel; ++i) {
        const int offset = i - kernel / 2;
        const float x = static_cast<float>(offset) / sigma;
        weights[static_cast<size_t>(i)] = std::exp(-0.5F * x * x);
        sum += weights[static_cast<size_t>(i)];
    }
    for (float& weight : weights)
        weight /= sum;
    cv::Mat image(pixels.height, pixels.width, CV_8UC3, pixels.rgb), wide;
    image.convertTo(wide, CV_32F);
    cv::sepFilter2D(wide, wide, CV_32F, weights, weights, {-1, -1}, 0, cv::BORDER_REFLECT_101);
    wide.convertTo(image, CV_8U);
}

}  // namespace diagonal
