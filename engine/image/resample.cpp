// SPDX-License-Identifier: Apache-2.0
#include "engine/image/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

// The passes are compiled for several instruction sets and the best one is taken when the program starts. (Sanitizers
// do not go with that.)
#if defined(__clang__)
#define DIAGONAL_VECTORISED
#elif defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define DIAGONAL_VECTORISED \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), optimize("O3")))
#else
#define DIAGONAL_VECTORISED __attribute__((optimize("O3")))
#endif

namespace diagonal {

namespace {

constexpr int kPrecisionBits = 32 - 8 - 2;
constexpr int kLanes = 16;           ///< rows that the horizontal pass works on at once
constexpr size_t kColumnBlock = 64;  ///< bytes of a row that the vertical pass works on at once

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

/// For each output position of a range: the input positions it is a weighted sum of.
struct Kernel {
    int taps = 0;  ///< weights stored for each position
    std::vector<int> first, count;
    std::vector<int32_t> weights;  ///< [positions, taps], in 1 / 2^22

    int begin() const { return *std::min_element(first.begin(), first.end()); }
    int end() const {
        int last = 0;
        for (size_t i = 0; i < first.size(); ++i)
            last = std::max(last, first[i] + count[i]);
        return last;
    }
};

/// precompute_coeffs and normalize_coeffs_8bpc of Pillow's Resample.c, operation by operation.
Kernel makeKernel(int inSize, int64_t outSize, int64_t outBegin, int outCount, Interpolation interpolation) {
    const auto filter = interpolation == Interpolation::Bicubic ? bicubic : bilinear;
    const double scale = static_cast<double>(static_cast<float>(inSize)) / static_cast<double>(outSize);
    const double filterScale = std::max(scale, 1.0);
    const double support = (interpolation == Interpolation::Bicubic ? 2.0 : 1.0) * filterScale;
    const double inverse = 1.0 / filterScale;
    Kernel kernel;
    kernel.taps = static_cast<int>(std::ceil(support)) * 2 + 1;
    kernel.weights.assign(static_cast<size_t>(outCount) * static_cast<size_t>(kernel.taps), 0);
    std::vector<double> exact(static_cast<size_t>(kernel.taps));
    for (int i = 0; i < outCount; ++i) {
        const double center = (static_cast<double>(outBegin + i) + 0.5) * scale;
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
            const double weight = sum != 0.0 ? exact[static_cast<size_t>(x)] / sum : exact[static_cast<size_t>(x)];
            weights[x] = static_cast<int32_t>((weight < 0 ? -0.5 : 0.5) + weight * (1 << kPrecisionBits));
        }
        kernel.first.push_back(first);
        kernel.count.push_back(count);
    }
    return kernel;
}

/// out[j * 16 + r] = rows[r][j] for j < columns.
DIAGONAL_VECTORISED void interleaveRows(const uint8_t* const* rows, size_t columns, uint8_t* out) {
    typedef uint8_t Block __attribute__((vector_size(16)));
    size_t j = 0;
    for (; j + 16 <= columns; j += 16) {
        Block a[16], b[16];
        for (int r = 0; r < 16; ++r)
            std::memcpy(&a[r], rows[r] + j, 16);
        // Four perfect shuffles of 16 rows transpose a 16 x 16 block.
        for (int round = 0; round < 4; ++round) {
            for (size_t r = 0; r < 8; ++r) {
                b[2 * r] =
                    __builtin_shufflevector(a[r], a[r + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
                b[2 * r + 1] = __builtin_shufflevector(a[r], a[r + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14,
                                                       30, 15, 31);
            }
            std::memcpy(a, b, sizeof(a));
        }
        std::memcpy(out + j * 16, a, sizeof(a));
    }
    for (; j < columns; ++j) {
        for (size_t r = 0; r < 16; ++r)
            out[j * 16 + r] = rows[r][j];
    }
}

/// rows[r][j] = in[j * 16 + r] for the first rowCount rows.
void separateRows(const uint8_t* in, size_t columns, int rowCount, uint8_t* const* rows) {
    for (int r = 0; r < rowCount; ++r) {
        uint8_t* row = rows[r];
        for (size_t j = 0; j < columns; ++j)
            row[j] = in[j * 16 + static_cast<size_t>(r)];
    }
}

/// Sixteen interleaved rows at once: in[(x * 3 + channel) * 16 + row]; the kernel's positions count from inBegin.
DIAGONAL_VECTORISED void resampleLanes(const uint8_t* in, const Kernel& kernel, int inBegin, uint8_t* out) {
    constexpr int kWidth = 3 * kLanes;
    const size_t positions = kernel.first.size();
    for (size_t i = 0; i < positions; ++i) {
        const uint8_t* source = in + static_cast<size_t>(kernel.first[i] - inBegin) * kWidth;
        const int32_t* weights = kernel.weights.data() + i * static_cast<size_t>(kernel.taps);
        const int count = kernel.count[i];
        int32_t sums[kWidth];
        for (int lane = 0; lane < kWidth; ++lane)
            sums[lane] = 1 << (kPrecisionBits - 1);
        for (int t = 0; t < count; ++t, source += kWidth) {
            for (int lane = 0; lane < kWidth; ++lane)
                sums[lane] += source[lane] * weights[t];
        }
        for (int lane = 0; lane < kWidth; ++lane)
            out[i * kWidth + static_cast<size_t>(lane)] =
                static_cast<uint8_t>(std::clamp(sums[lane] >> kPrecisionBits, 0, 255));
    }
}

/// One row of the vertical pass: out[j] = sum of weights[t] * in[t * stride + j] for `columns` bytes from j.
DIAGONAL_VECTORISED void resampleRow(const uint8_t* in, size_t stride, const int32_t* weights, int count,
                                     size_t columns, uint8_t* out) {
    const auto someColumns = [&](size_t j, auto block) __attribute__((always_inline)) {
        int32_t sums[kColumnBlock];
        for (size_t lane = 0; lane < block; ++lane)
            sums[lane] = 1 << (kPrecisionBits - 1);
        const uint8_t* source = in + j;
        for (int t = 0; t < count; ++t, source += stride) {
            for (size_t lane = 0; lane < block; ++lane)
                sums[lane] += source[lane] * weights[t];
        }
        for (size_t lane = 0; lane < block; ++lane)
            out[j + lane] = static_cast<uint8_t>(std::clamp(sums[lane] >> kPrecisionBits, 0, 255));
    };
    using Whole = std::integral_constant<size_t, kColumnBlock>;
    size_t j = 0;
    for (; j + kColumnBlock <= columns; j += kColumnBlock)
        someColumns(j, Whole{});
    if (j == columns) return;
    // The last block overlaps the one before it, where there is one.
    if (columns >= kColumnBlock)
        someColumns(columns - kColumnBlock, Whole{});
    else
        someColumns(0, columns);
}

/// Rows of pixels, `stride` bytes apart.
struct View {
    const uint8_t* data;
    size_t stride;

    const uint8_t* row(int y) const { return data + static_cast<size_t>(y) * stride; }
    View from(int x, int y) const { return {row(y) + static_cast<size_t>(x) * 3, stride}; }
};

/// The first rowCount rows, each position of the kernel computed from them; x counts from kernel.begin().
std::vector<uint8_t> resampleHorizontally(View in, int rowCount, const Kernel& kernel) {
    const int inBegin = kernel.begin();
    const size_t inBytes = static_cast<size_t>(kernel.end() - inBegin) * 3;
    const size_t outBytes = kernel.first.size() * 3;
    std::vector<uint8_t> result(outBytes * static_cast<size_t>(rowCount));
    std::vector<uint8_t> lanesIn(inBytes * kLanes), lanesOut(outBytes * kLanes);
    for (int y = 0; y < rowCount; y += kLanes) {
        const int lanes = std::min(kLanes, rowCount - y);
        const uint8_t* sources[kLanes];
        uint8_t* targets[kLanes];
        for (int r = 0; r < kLanes; ++r) {
            const int row = y + std::min(r, lanes - 1);
            sources[r] = in.row(row);
            targets[r] = result.data() + static_cast<size_t>(row) * outBytes;
        }
        interleaveRows(sources, inBytes, lanesIn.data());
        resampleLanes(lanesIn.data(), kernel, inBegin, lanesOut.data());
        separateRows(lanesOut.data(), outBytes, lanes, targets);
    }
    return result;
}

/// One row for each position of the kernel; y counts from kernel.begin().
std::vector<uint8_t> resampleVertically(View in, size_t columns, const Kernel& kernel) {
    const int inBegin = kernel.begin();
    std::vector<uint8_t> result(columns * kernel.first.size());
    for (size_t i = 0; i < kernel.first.size(); ++i) {
        resampleRow(in.row(kernel.first[i] - inBegin), in.stride,
                    kernel.weights.data() + i * static_cast<size_t>(kernel.taps), kernel.count[i], columns,
                    result.data() + i * columns);
    }
    return result;
}

}  // namespace

Image resizeRegion(const Image& image, int64_t fullWidth, int64_t fullHeight, const Region& region,
                   Interpolation interpolation) {
    const Kernel across = makeKernel(image.width, fullWidth, region.x, region.width, interpolation);
    const Kernel down = makeKernel(image.height, fullHeight, region.y, region.height, interpolation);
    const int left = across.begin(), inWidth = across.end() - left;
    const int top = down.begin(), inHeight = down.end() - top;
    const size_t outBytes = static_cast<size_t>(region.width) * 3, inBytes = static_cast<size_t>(inWidth) * 3;
    const View source = View{image.rgb.data(), static_cast<size_t>(image.width) * 3}.from(left, top);
    // Since version 13 Pillow takes the vertical pass first where it shrinks the height much more than the width.
    const int64_t shorter = image.height - fullHeight, narrower = image.width - fullWidth;
    Image result{region.width, region.height, {}};
    if (narrower == 0) {
        const View columns = View{image.rgb.data(), source.stride}.from(static_cast<int>(region.x), top);
        result.rgb = resampleVertically(columns, outBytes, down);
    } else if (shorter > 0 && shorter > 2 * narrower) {
        const std::vector<uint8_t> rows = resampleVertically(source, inBytes, down);
        result.rgb = resampleHorizontally({rows.data(), inBytes}, region.height, across);
    } else {
        const std::vector<uint8_t> rows = resampleHorizontally(source, inHeight, across);
        result.rgb = resampleVertically({rows.data(), outBytes}, outBytes, down);
    }
    return result;
}

}  // namespace diagonal
