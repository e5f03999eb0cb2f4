// SPDX-License-Identifier: Apache-2.0
#include "engine/image/resample_passes.h"

#include <cstring>
#include <type_traits>

#include "engine/base/vectorised.h"

namespace diagonal::resampling {

namespace {

constexpr int kLanes = 16;           ///< rows that the horizontal pass works on at once
constexpr size_t kColumnBlock = 64;  ///< bytes of a row that the vertical pass works on at once

/// to(c)[r] = from(r)[c] of a block of 16 x 16 bytes; both give addresses.
template <typename From, typename To>
__attribute__((always_inline)) inline void transpose(const From& from, const To& to) {
    typedef uint8_t Block __attribute__((vector_size(16)));
    Block a[16], b[16];
    for (size_t r = 0; r < 16; ++r)
        std::memcpy(&a[r], from(r), 16);
    // Four perfect shuffles of 16 rows.
    for (int round = 0; round < 4; ++round) {
        for (size_t r = 0; r < 8; ++r) {
            b[2 * r] = __builtin_shufflevector(a[r], a[r + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            b[2 * r + 1] =
                __builtin_shufflevector(a[r], a[r + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
        std::memcpy(a, b, sizeof(a));
    }
    for (size_t c = 0; c < 16; ++c)
        std::memcpy(to(c), &a[c], 16);
}

/// out[j * 16 + r] = rows[r][j] for j < columns.
DIAGONAL_VECTORISED void interleaveRows(const uint8_t* const* rows, size_t columns, uint8_t* out) {
    size_t j = 0;
    for (; j + 16 <= columns; j += 16)
        transpose([&](size_t r) { return rows[r] + j; }, [&](size_t c) { return out + (j + c) * 16; });
    for (; j < columns; ++j) {
        for (size_t r = 0; r < 16; ++r)
            out[j * 16 + r] = rows[r][j];
    }
}

/// rows[r][j] = in[j * 16 + r].
DIAGONAL_VECTORISED void separateRows(const uint8_t* in, size_t columns, uint8_t* const* rows) {
    size_t j = 0;
    for (; j + 16 <= columns; j += 16)
        transpose([&](size_t c) { return in + (j + c) * 16; }, [&](size_t r) { return rows[r] + j; });
    for (; j < columns; ++j) {
        for (size_t r = 0; r < 16; ++r)
            rows[r][j] = in[j * 16 + r];
    }
}

/// Sixteen interleaved rows at once: in[(x * 3 + channel) * 16 + row].
DIAGONAL_VECTORISED void resampleLanes(const uint8_t* in, const Kernel& kernel, uint8_t* out) {
    constexpr int kWidth = 3 * kLanes;
    for (size_t i = 0; i < kernel.positions(); ++i) {
        const uint8_t* source = in + static_cast<size_t>(kernel.first[i]) * kWidth;
        const int32_t* weights = kernel.weightsOf(i);
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

void resampleHorizontally(const ImageView& in, const Kernel& kernel, uint8_t* out) {
    const size_t inBytes = static_cast<size_t>(in.width) * 3, outBytes = kernel.positions() * 3;
    std::vector<uint8_t> lanesIn(inBytes * kLanes), lanesOut(outBytes * kLanes), spare(outBytes);
    for (int y = 0; y < in.height; y += kLanes) {
        const uint8_t* sources[kLanes];
        uint8_t* targets[kLanes];
        for (int r = 0; r < kLanes; ++r) {
            const int row = std::min(y + r, in.height - 1);
            sources[r] = in.row(row);
            targets[r] = y + r == row ? out + static_cast<size_t>(row) * outBytes : spare.data();
        }
        interleaveRows(sources, inBytes, lanesIn.data());
        resampleLanes(lanesIn.data(), kernel, lanesOut.data());
        separateRows(lanesOut.data(), outBytes, targets);
    }
}

void resampleVertically(const ImageView& in, const Kernel& kernel, uint8_t* out) {
    const size_t columns = static_cast<size_t>(in.width) * 3;
    for (size_t i = 0; i < kernel.positions(); ++i, out += columns)
        resampleRow(in.row(kernel.first[i]), in.stride, kernel.weightsOf(i), kernel.count[i], columns, out);
}

}  // namespace

Passes portablePasses() {
    return {resampleHorizontally, resampleVertically};
}

}  // namespace diagonal::resampling
