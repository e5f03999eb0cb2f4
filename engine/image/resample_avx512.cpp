// SPDX-License-Identifier: Apache-2.0
// Pillow's weights have up to 24 bits. Each is split into three signed bytes (low + 2^8 middle + 2^16 high), and
// vpdpbusd adds four products of a pixel's byte with such a byte at once: exact, as all sums are modulo 2^32.
#include "engine/image/resample_passes.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <array>

// GCC 12's own header makes it warn (GCC bug 105593).
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#define DIAGONAL_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")))

namespace diagonal::resampling {

namespace {

constexpr int kDigits = 3;
constexpr int kQuad = 4;             ///< taps that one instruction sums
constexpr size_t kVectorBytes = 64;  ///< of a register
constexpr size_t kMostPixels = 5;    ///< of a register of 16 sums

/// Four taps' weights as bytes: the low ones of all four, the middle ones, the high ones.
using Digits = std::array<uint32_t, kDigits>;

Digits digitsOf(const int32_t* weights, int count) {
    Digits digits{};
    for (int t = 0; t < std::min(count, kQuad); ++t) {
        int32_t rest = weights[t];
        for (uint32_t& digit : digits) {
            const auto byte = static_cast<int8_t>(rest);
            digit |= static_cast<uint32_t>(static_cast<uint8_t>(byte)) << (8 * t);
            rest = (rest - byte) / 256;
        }
    }
    return digits;
}

int quadsOf(const Kernel& kernel) {
    return (*std::max_element(kernel.count.begin(), kernel.count.end()) + kQuad - 1) / kQuad;
}

/// Lowest `count` of 64 bits.
uint64_t lowBits(size_t count) {
    return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
}

/// What four taps' weights are multiplied with, by digit.
struct Weights {
    __m512i low, middle, high;
};

/// Products summed over all taps, by digit.
struct Sums {
    __m512i low, middle, high;
};

DIAGONAL_AVX512 inline Sums noSums() {
    const __m512i zero = _mm512_setzero_si512();
    return {_mm512_set1_epi32(1 << (kPrecisionBits - 1)), zero, zero};
}

DIAGONAL_AVX512 inline void add(Sums& sums, __m512i taps, const Weights& weights) {
    sums.low = _mm512_dpbusd_epi32(sums.low, taps, weights.low);
    sums.middle = _mm512_dpbusd_epi32(sums.middle, taps, weights.middle);
    sums.high = _mm512_dpbusd_epi32(sums.high, taps, weights.high);
}

/// Values from 0 to 255 (or a little outside).
DIAGONAL_AVX512 inline __m512i total(const Sums& sums) {
    const __m512i upper = _mm512_add_epi32(_mm512_slli_epi32(sums.high, 8), sums.middle);
    return _mm512_srai_epi32(_mm512_add_epi32(_mm512_slli_epi32(upper, 8), sums.low), kPrecisionBits);
}

/// total() of no more than four taps.
DIAGONAL_AVX512 inline __m512i totalOfFour(__m512i taps, const Weights& weights) {
    __m512i sum = _mm512_dpbusd_epi32(_mm512_set1_epi32(1 << (kPrecisionBits - 1 - 16)), taps, weights.high);
    sum = _mm512_dpbusd_epi32(_mm512_slli_epi32(sum, 8), taps, weights.middle);
    sum = _mm512_dpbusd_epi32(_mm512_slli_epi32(sum, 8), taps, weights.low);
    return _mm512_srai_epi32(sum, kPrecisionBits);
}

/// Output pixels next to each other whose first four taps lie within 64 bytes of a row. A quad of taps further is 12
/// bytes further.
struct Block {
    size_t position = 0, pixels = 0;
    size_t window = 0;                ///< where those bytes begin in a row
    alignas(64) uint32_t places[16];  ///< for each sum the four bytes of the window that it takes
};

Block blockAt(const Kernel& kernel, size_t position) {
    Block block;
    block.position = position;
    int lowest = kernel.first[position], highest = lowest;
    for (size_t i = position; i < std::min(kernel.positions(), position + kMostPixels); ++i) {
        const int low = std::min(lowest, kernel.first[i]), high = std::max(highest, kernel.first[i]);
        if (static_cast<size_t>(high - low + kQuad) * 3 > kVectorBytes) break;
        lowest = low;
        highest = high;
        ++block.pixels;
    }
    block.window = static_cast<size_t>(lowest) * 3;
    for (size_t sum = 0; sum < 16; ++sum) {
        const size_t pixel = std::min(sum / 3, block.pixels - 1);
        const auto place = static_cast<uint32_t>((kernel.first[position + pixel] - lowest) * 3) + sum % 3;
        block.places[sum] = 0x09060300U + 0x01010101U * static_cast<uint32_t>(place);
    }
    return block;
}

DIAGONAL_AVX512 inline Weights weightsAt(const uint32_t* weights) {
    return {_mm512_loadu_si512(weights), _mm512_loadu_si512(weights + 16), _mm512_loadu_si512(weights + 32)};
}

/// The 16 sums of a block in one row. firstMask and first are those of the first quad.
DIAGONAL_AVX512 inline __m512i resampleOnce(const uint8_t* row, size_t rowBytes, const Block& block, __m512i places,
                                            uint64_t firstMask, const Weights& first, const uint32_t* weights,
                                            size_t quads) {
    size_t at = block.window;
    __m512i taps = _mm512_permutexvar_epi8(places, _mm512_maskz_loadu_epi8(firstMask, row + at));
    if (quads == 1) return totalOfFour(taps, first);
    Sums sums = noSums();
    add(sums, taps, first);
    for (size_t quad = 1; quad < quads; ++quad) {
        at += 3 * kQuad;
        if (at >= rowBytes) break;
        taps = _mm512_permutexvar_epi8(places, _mm512_maskz_loadu_epi8(lowBits(rowBytes - at), row + at));
        add(sums, taps, weightsAt(weights + quad * kDigits * 16));
    }
    return total(sums);
}

DIAGONAL_AVX512 void resampleBlock(const ImageView& in, const Kernel& kernel, const Block& block, size_t quads,
                                   std::vector<uint32_t>& weights, uint8_t* out) {
    // [quads, digits, sums]
    weights.assign(quads * kDigits * 16, 0);
    for (size_t pixel = 0; pixel < block.pixels; ++pixel) {
        const size_t position = block.position + pixel;
        for (size_t quad = 0; quad < quads; ++quad) {
            const int done = static_cast<int>(quad) * kQuad;
            const Digits digits = digitsOf(kernel.weightsOf(position) + done, kernel.count[position] - done);
            for (size_t digit = 0; digit < kDigits; ++digit)
                std::fill_n(weights.data() + (quad * kDigits + digit) * 16 + pixel * 3, 3, digits[digit]);
        }
    }
    const size_t rowBytes = static_cast<size_t>(in.width) * 3, outBytes = kernel.positions() * 3;
    const __m512i places = _mm512_load_si512(block.places);
    const Weights firstWeights = weightsAt(weights.data());
    const uint64_t firstMask = lowBits(rowBytes - block.window);
    const __m512i inOrder = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const auto outMask = static_cast<__mmask16>(lowBits(block.pixels * 3));
    out += block.position * 3;
    for (int y = 0; y < in.height; y += 2) {
        const int next = std::min(y + 1, in.height - 1);
        const __m512i first =
            resampleOnce(in.row(y), rowBytes, block, places, firstMask, firstWeights, weights.data(), quads);
        const __m512i second =
            resampleOnce(in.row(next), rowBytes, block, places, firstMask, firstWeights, weights.data(), quads);
        const __m512i words = _mm512_packus_epi32(first, second);
        const __m512i bytes = _mm512_permutexvar_epi32(inOrder, _mm512_packus_epi16(words, words));
        _mm_mask_storeu_epi8(out + static_cast<size_t>(y) * outBytes, outMask, _mm512_castsi512_si128(bytes));
        _mm_mask_storeu_epi8(out + static_cast<size_t>(next) * outBytes, outMask, _mm512_extracti32x4_epi32(bytes, 1));
    }
}

void horizontalAvx512(const ImageView& in, const Kernel& kernel, uint8_t* out) {
    const auto quads = static_cast<size_t>(quadsOf(kernel));
    std::vector<uint32_t> weights;
    for (size_t position = 0; position < kernel.positions();) {
        const Block block = blockAt(kernel, position);
        resampleBlock(in, kernel, block, quads, weights, out);
        position += block.pixels;
    }
}

/// 64 bytes of four rows, by column: four registers of 16 columns, which packing puts in order again.
struct Columns {
    __m512i part[4];
};

DIAGONAL_AVX512 inline Columns columnsOf(const uint8_t* const* rows, size_t at, uint64_t mask) {
    const __m512i a = _mm512_maskz_loadu_epi8(mask, rows[0] + at), b = _mm512_maskz_loadu_epi8(mask, rows[1] + at);
    const __m512i c = _mm512_maskz_loadu_epi8(mask, rows[2] + at), d = _mm512_maskz_loadu_epi8(mask, rows[3] + at);
    const __m512i abLow = _mm512_unpacklo_epi8(a, b), abHigh = _mm512_unpackhi_epi8(a, b);
    const __m512i cdLow = _mm512_unpacklo_epi8(c, d), cdHigh = _mm512_unpackhi_epi8(c, d);
    return {{_mm512_unpacklo_epi16(abLow, cdLow), _mm512_unpackhi_epi16(abLow, cdLow),
             _mm512_unpacklo_epi16(abHigh, cdHigh), _mm512_unpackhi_epi16(abHigh, cdHigh)}};
}

DIAGONAL_AVX512 inline Weights everywhere(const Digits& digits) {
    return {_mm512_set1_epi32(static_cast<int>(digits[0])), _mm512_set1_epi32(static_cast<int>(digits[1])),
            _mm512_set1_epi32(static_cast<int>(digits[2]))};
}

DIAGONAL_AVX512 void verticalAvx512(const ImageView& in, const Kernel& kernel, uint8_t* out) {
    const size_t columns = static_cast<size_t>(in.width) * 3;
    std::vector<Digits> digits(static_cast<size_t>(quadsOf(kernel)));
    std::vector<const uint8_t*> rows(digits.size() * kQuad);
    for (size_t i = 0; i < kernel.positions(); ++i, out += columns) {
        const int count = kernel.count[i];
        const size_t quads = (static_cast<size_t>(count) + kQuad - 1) / kQuad;
        for (size_t quad = 0; quad < quads; ++quad) {
            const int done = static_cast<int>(quad) * kQuad;
            digits[quad] = digitsOf(kernel.weightsOf(i) + done, count - done);
        }
        for (size_t t = 0; t < quads * kQuad; ++t)
            rows[t] = in.row(kernel.first[i] + std::min(static_cast<int>(t), count - 1));
        const Weights first = everywhere(digits[0]);
        for (size_t at = 0; at < columns; at += kVectorBytes) {
            const uint64_t mask = lowBits(columns - at);
            __m512i values[4];
            Columns taps = columnsOf(rows.data(), at, mask);
            if (quads == 1) {
                for (int p = 0; p < 4; ++p)
                    values[p] = totalOfFour(taps.part[p], first);
            } else {
                Sums sums[4] = {noSums(), noSums(), noSums(), noSums()};
                for (size_t quad = 0; quad < quads; ++quad) {
                    const Weights weights = everywhere(digits[quad]);
                    if (quad > 0) taps = columnsOf(rows.data() + quad * kQuad, at, mask);
                    for (int p = 0; p < 4; ++p)
                        add(sums[p], taps.part[p], weights);
                }
                for (int p = 0; p < 4; ++p)
                    values[p] = total(sums[p]);
            }
            const __m512i front = _mm512_packus_epi32(values[0], values[1]);
            const __m512i back = _mm512_packus_epi32(values[2], values[3]);
            _mm512_mask_storeu_epi8(out + at, mask, _mm512_packus_epi16(front, back));
        }
    }
}

}  // namespace

Passes avx512Passes() {
    const bool supported = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
                           __builtin_cpu_supports("avx512vnni");
    if (!supported) return {nullptr, nullptr};
    return {horizontalAvx512, verticalAvx512};
}

}  // namespace diagonal::resampling

#else

namespace diagonal::resampling {

Passes avx512Passes() {
    return {nullptr, nullptr};
}

}  // namespace diagonal::resampling

#endif
