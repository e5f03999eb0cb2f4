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

/// Sums of low, middle and high products to values from 0 to 255 (or a little outside).
DIAGONAL_AVX512 inline __m512i total(__m512i low, __m512i middle, __m512i high) {
    const __m512i upper = _mm512_add_epi32(_mm512_slli_epi32(high, 8), middle);
    return _mm512_srai_epi32(_mm512_add_epi32(_mm512_slli_epi32(upper, 8), low), kPrecisionBits);
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
    const __m512i rounding = _mm512_set1_epi32(1 << (kPrecisionBits - 1));
    const auto outMask = static_cast<__mmask16>(lowBits(block.pixels * 3));
    out += block.position * 3;
    for (int y = 0; y < in.height; ++y, out += outBytes) {
        const uint8_t* row = in.row(y);
        __m512i low = rounding, middle = _mm512_setzero_si512(), high = middle;
        const uint32_t* weight = weights.data();
        for (size_t at = block.window, quad = 0; quad < quads && at < rowBytes; ++quad, at += 3 * kQuad, weight += 48) {
            const __m512i window = _mm512_maskz_loadu_epi8(lowBits(rowBytes - at), row + at);
            const __m512i taps = _mm512_permutexvar_epi8(places, window);
            low = _mm512_dpbusd_epi32(low, taps, _mm512_loadu_si512(weight));
            middle = _mm512_dpbusd_epi32(middle, taps, _mm512_loadu_si512(weight + 16));
            high = _mm512_dpbusd_epi32(high, taps, _mm512_loadu_si512(weight + 32));
        }
        const __m512i values = _mm512_max_epi32(total(low, middle, high), _mm512_setzero_si512());
        _mm_mask_storeu_epi8(out, outMask, _mm512_cvtusepi32_epi8(values));
    }
}

void resampleHorizontally(const ImageView& in, const Kernel& kernel, uint8_t* out) {
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

DIAGONAL_AVX512 void resampleVertically(const ImageView& in, const Kernel& kernel, uint8_t* out) {
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
        for (size_t at = 0; at < columns; at += kVectorBytes) {
            const uint64_t mask = lowBits(columns - at);
            const __m512i rounding = _mm512_set1_epi32(1 << (kPrecisionBits - 1)), zero = _mm512_setzero_si512();
            __m512i low[4] = {rounding, rounding, rounding, rounding};
            __m512i middle[4] = {zero, zero, zero, zero}, high[4] = {zero, zero, zero, zero};
            for (size_t quad = 0; quad < quads; ++quad) {
                const Columns taps = columnsOf(rows.data() + quad * kQuad, at, mask);
                const __m512i lowWeight = _mm512_set1_epi32(static_cast<int>(digits[quad][0]));
                const __m512i middleWeight = _mm512_set1_epi32(static_cast<int>(digits[quad][1]));
                const __m512i highWeight = _mm512_set1_epi32(static_cast<int>(digits[quad][2]));
                for (int p = 0; p < 4; ++p) {
                    low[p] = _mm512_dpbusd_epi32(low[p], taps.part[p], lowWeight);
                    middle[p] = _mm512_dpbusd_epi32(middle[p], taps.part[p], middleWeight);
                    high[p] = _mm512_dpbusd_epi32(high[p], taps.part[p], highWeight);
                }
            }
            const __m512i front =
                _mm512_packus_epi32(total(low[0], middle[0], high[0]), total(low[1], middle[1], high[1]));
            const __m512i back =
                _mm512_packus_epi32(total(low[2], middle[2], high[2]), total(low[3], middle[3], high[3]));
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
    return {resampleHorizontally, resampleVertically};
}

}  // namespace diagonal::resampling

#else

namespace diagonal::resampling {

Passes avx512Passes() {
    return {nullptr, nullptr};
}

}  // namespace diagonal::resampling

#endif
