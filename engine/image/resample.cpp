// SPDX-License-Identifier: Apache-2.0
#include "engine/image/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "engine/image/resample_passes.h"

namespace diagonal {

namespace {

using resampling::Kernel;

double bicubic(double x) {
    constexpr double kA = -0.5;
    x = std::fabs(x);
    if (x < 1.0) return ((kA + 2.0) * x - (kA + 3.0)) * x * x + 1;
    if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * kA;
    return 0.0;
}

double bilinear(double x) {
    x = std::fabs(x);
    return x < 1.0 ? 1.0 - x : 0.0;
}

/// Positions of the output along one axis.
struct Range {
    int64_t begin;
    int count;
    bool reversed;
};

/// precompute_coeffs and normalize_coeffs_8bpc of Pillow's Resample.c, operation by operation.
Kernel makeKernel(int inSize, int64_t outSize, const Range& range, Interpolation interpolation) {
    const auto filter = interpolation == Interpolation::Bicubic ? bicubic : bilinear;
    const double scale = static_cast<double>(static_cast<float>(inSize)) / static_cast<double>(outSize);
    const double filterScale = std::max(scale, 1.0);
    const double support = (interpolation == Interpolation::Bicubic ? 2.0 : 1.0) * filterScale;
    const double inverse = 1.0 / filterScale;
    const auto outCount = static_cast<size_t>(range.count);
    Kernel kernel;
    kernel.taps = static_cast<int>(std::ceil(support)) * 2 + 1;
    kernel.weights.assign(outCount * static_cast<size_t>(kernel.taps), 0);
    kernel.first.reserve(outCount);
    kernel.count.reserve(outCount);
    std::vector<double> exact(static_cast<size_t>(kernel.taps));
    for (int i = 0; i < range.count; ++i) {
        const int64_t position = range.begin + (range.reversed ? range.count - 1 - i : i);
        const double center = (static_cast<double>(position) + 0.5) * scale;
        // NOLINTBEGIN(bugprone-incorrect-roundings): so does Pillow
        const int first = std::max(static_cast<int>(center - support + 0.5), 0);
        const int count = std::min(static_cast<int>(center + support + 0.5), inSize) - first;
        // NOLINTEND(bugprone-incorrect-roundings)
        double sum = 0.0;
        for (int x = 0; x < count; ++x) {
            exact[static_cast<size_t>(x)] = filter((x + first - center + 0.5) * inverse);
            sum += exact[static_cast<size_t>(x)];
        }
        int32_t* weights = kernel.weights.data() + static_cast<size_t>(i) * static_cast<size_t>(kernel.taps);
        for (int x = 0; x < count; ++x) {
            double weight = exact[static_cast<size_t>(x)];
            if (sum != 0.0) weight /= sum;
            weights[x] = static_cast<int32_t>((weight < 0 ? -0.5 : 0.5) + weight * (1 << resampling::kPrecisionBits));
        }
        kernel.first.push_back(first);
        kernel.count.push_back(count);
    }
    return kernel;
}

const resampling::Passes& passes() {
    static const resampling::Passes best = [] {
        const resampling::Passes avx512 = resampling::avx512Passes();
        return avx512.horizontal != nullptr ? avx512 : resampling::portablePasses();
    }();
    return best;
}

/// The kernel's positions count from the view's first column or row.
void shift(Kernel& kernel, int by) {
    for (int& first : kernel.first)
        first -= by;
}

}  // namespace

void copyPixels(const ImageView& image, bool mirrored, uint8_t* out) {
    const size_t rowBytes = static_cast<size_t>(image.width) * 3;
    for (int y = 0; y < image.height; ++y, out += rowBytes) {
        const uint8_t* row = image.row(y);
        if (!mirrored) {
            std::memcpy(out, row, rowBytes);
            continue;
        }
        for (size_t at = 0; at < rowBytes; at += 3)
            std::memcpy(out + at, row + (rowBytes - 3 - at), 3);
    }
}

void resizeRegion(const ImageView& image, int64_t fullWidth, int64_t fullHeight, const Region& region,
                  Interpolation interpolation, bool mirrored, uint8_t* out) {
    const bool sameWidth = fullWidth == image.width;
    if (sameWidth && fullHeight == image.height) {
        copyPixels(image.part(static_cast<int>(region.x), static_cast<int>(region.y), region.width, region.height),
                   mirrored, out);
        return;
    }
    Kernel across = makeKernel(image.width, fullWidth, {region.x, region.width, mirrored}, interpolation);
    Kernel down = makeKernel(image.height, fullHeight, {region.y, region.height, false}, interpolation);
    const int left = across.begin(), top = down.begin();
    const ImageView used = image.part(left, top, across.end() - left, down.end() - top);
    shift(across, left);
    shift(down, top);
    const auto rowBytes = static_cast<size_t>(region.width) * 3;
    const auto scratch = [](size_t bytes) { return std::make_unique_for_overwrite<uint8_t[]>(bytes); };
    // Since version 13 Pillow takes the vertical pass first where it shrinks the height much more than the width.
    const int64_t shorter = image.height - fullHeight, narrower = image.width - fullWidth;
    if (sameWidth) {
        const ImageView columns = image.part(static_cast<int>(region.x), top, region.width, used.height);
        const auto rows = scratch(mirrored ? rowBytes * static_cast<size_t>(used.height) : 0);
        if (mirrored) copyPixels(columns, true, rows.get());
        passes().vertical(mirrored ? ImageView(rows.get(), region.width, used.height, rowBytes) : columns, down, out);
    } else if (shorter > 0 && shorter > 2 * narrower) {
        const auto usedBytes = static_cast<size_t>(used.width) * 3;
        const auto rows = scratch(usedBytes * static_cast<size_t>(region.height));
        passes().vertical(used, down, rows.get());
        passes().horizontal({rows.get(), used.width, region.height, usedBytes}, across, out);
    } else {
        const auto rows = scratch(rowBytes * static_cast<size_t>(used.height));
        passes().horizontal(used, across, rows.get());
        passes().vertical({rows.get(), region.width, used.height, rowBytes}, down, out);
    }
}

Image resizeRegion(const ImageView& image, int64_t fullWidth, int64_t fullHeight, const Region& region,
                   Interpolation interpolation) {
    Image result{region.width, region.height, {}};
    result.rgb.resize(static_cast<size_t>(region.width) * static_cast<size_t>(region.height) * 3);
    resizeRegion(image, fullWidth, fullHeight, region, interpolation, false, result.rgb.data());
    return result;
}

}  // namespace diagonal
