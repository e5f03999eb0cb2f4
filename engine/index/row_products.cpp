// SPDX-License-Identifier: Apache-2.0
#include "engine/index/row_products.h"

#include <ATen/Parallel.h>
#include <c10/util/Half.h>

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace diagonal {

namespace {

/// Row · query, or a row as float32.
struct RowKernel {
    float (*dotHalf)(const uint16_t* row, const float* query, size_t count);
    float (*dotFloat)(const float* row, const float* query, size_t count);
    void (*widen)(const uint16_t* row, float* out, size_t count);
};

float plainHalf(uint16_t bits) {
    return static_cast<float>(c10::Half(bits, c10::Half::from_bits()));
}

float plainDotHalf(const uint16_t* row, const float* query, size_t count) {
    float sum = 0;
    for (size_t i = 0; i < count; ++i)
        sum += plainHalf(row[i]) * query[i];
    return sum;
}

float plainDotFloat(const float* row, const float* query, size_t count) {
    float sums[8] = {};
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (size_t j = 0; j < 8; ++j)
            sums[j] += row[i + j] * query[i + j];
    for (; i < count; ++i)
        sums[0] += row[i] * query[i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

void plainWiden(const uint16_t* row, float* out, size_t count) {
    for (size_t i = 0; i < count; ++i)
        out[i] = plainHalf(row[i]);
}

#if defined(__x86_64__)

#define DIAGONAL_ROWS_512 __attribute__((target("avx512f")))
#define DIAGONAL_ROWS_256 __attribute__((target("avx2,fma,f16c")))

DIAGONAL_ROWS_512 __m512 half16(const uint16_t* at) {
    return _mm512_maskz_cvtph_ps(0xFFFF, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)));
}

// GCC 12 warns of its own _mm512_reduce_add_ps and _mm512_cvtph_ps (GCC bug 105593).
DIAGONAL_ROWS_512 float sumOf(__m512 values) {
    float parts[16];
    _mm512_storeu_ps(parts, values);
    for (const int half : {8, 4, 2, 1})
        for (int i = 0; i < half; ++i)
            parts[i] += parts[i + half];
    return parts[0];
}

DIAGONAL_ROWS_512 float dotHalf512(const uint16_t* row, const float* query, size_t count) {
    __m512 a = _mm512_setzero_ps(), b = _mm512_setzero_ps(), c = _mm512_setzero_ps(), d = _mm512_setzero_ps();
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        a = _mm512_fmadd_ps(half16(row + i), _mm512_loadu_ps(query + i), a);
        b = _mm512_fmadd_ps(half16(row + i + 16), _mm512_loadu_ps(query + i + 16), b);
        c = _mm512_fmadd_ps(half16(row + i + 32), _mm512_loadu_ps(query + i + 32), c);
        d = _mm512_fmadd_ps(half16(row + i + 48), _mm512_loadu_ps(query + i + 48), d);
    }
    for (; i + 16 <= count; i += 16)
        a = _mm512_fmadd_ps(half16(row + i), _mm512_loadu_ps(query + i), a);
    const float sum = sumOf(_mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d)));
    return sum + plainDotHalf(row + i, query + i, count - i);
}

DIAGONAL_ROWS_512 float dotFloat512(const float* row, const float* query, size_t count) {
    __m512 a = _mm512_setzero_ps(), b = _mm512_setzero_ps();
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        a = _mm512_fmadd_ps(_mm512_loadu_ps(row + i), _mm512_loadu_ps(query + i), a);
        b = _mm512_fmadd_ps(_mm512_loadu_ps(row + i + 16), _mm512_loadu_ps(query + i + 16), b);
    }
    return sumOf(_mm512_add_ps(a, b)) + plainDotFloat(row + i, query + i, count - i);
}

DIAGONAL_ROWS_512 void widen512(const uint16_t* row, float* out, size_t count) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16)
        _mm512_storeu_ps(out + i, half16(row + i));
    plainWiden(row + i, out + i, count - i);
}

DIAGONAL_ROWS_256 __m256 half8(const uint16_t* at) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}

DIAGONAL_ROWS_256 float sumOf(__m256 values) {
    float parts[8];
    _mm256_storeu_ps(parts, values);
    return ((parts[0] + parts[1]) + (parts[2] + parts[3])) + ((parts[4] + parts[5]) + (parts[6] + parts[7]));
}

DIAGONAL_ROWS_256 float dotHalf256(const uint16_t* row, const float* query, size_t count) {
    __m256 a = _mm256_setzero_ps(), b = _mm256_setzero_ps();
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        a = _mm256_fmadd_ps(half8(row + i), _mm256_loadu_ps(query + i), a);
        b = _mm256_fmadd_ps(half8(row + i + 8), _mm256_loadu_ps(query + i + 8), b);
    }
    return sumOf(_mm256_add_ps(a, b)) + plainDotHalf(row + i, query + i, count - i);
}

DIAGONAL_ROWS_256 float dotFloat256(const float* row, const float* query, size_t count) {
    __m256 a = _mm256_setzero_ps(), b = _mm256_setzero_ps();
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        a = _mm256_fmadd_ps(_mm256_loadu_ps(row + i), _mm256_loadu_ps(query + i), a);
        b = _mm256_fmadd_ps(_mm256_loadu_ps(row + i + 8), _mm256_loadu_ps(query + i + 8), b);
    }
    return sumOf(_mm256_add_ps(a, b)) + plainDotFloat(row + i, query + i, count - i);
}

DIAGONAL_ROWS_256 void widen256(const uint16_t* row, float* out, size_t count) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        _mm256_storeu_ps(out + i, half8(row + i));
    plainWiden(row + i, out + i, count - i);
}

#endif

RowKernel bestKernel() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return {dotHalf512, dotFloat512, widen512};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c"))
        return {dotHalf256, dotFloat256, widen256};
#endif
    return {plainDotHalf, plainDotFloat, plainWiden};
}

const RowKernel& rowKernel() {
    static const RowKernel kernel = bestKernel();
    return kernel;
}

const uint16_t* halfRow(const Snapshot& snapshot, int64_t row) {
    return reinterpret_cast<const uint16_t*>(snapshot.vectors.data() + static_cast<size_t>(row) * snapshot.rowBytes());
}

const float* floatRow(const Snapshot& snapshot, int64_t row) {
    return reinterpret_cast<const float*>(snapshot.vectors.data() + static_cast<size_t>(row) * snapshot.rowBytes());
}

}  // namespace

void readRows(const Snapshot& snapshot, int64_t first, int64_t count, float* out) {
    const auto numbers = static_cast<size_t>(count * snapshot.model.dim);
    if (snapshot.type == RowType::Float16)
        rowKernel().widen(halfRow(snapshot, first), out, numbers);
    else
        std::memcpy(out, floatRow(snapshot, first), numbers * sizeof(float));
}

void readRows(const Snapshot& snapshot, std::span<const int64_t> rows, float* out) {
    for (const int64_t row : rows) {
        readRows(snapshot, row, 1, out);
        out += snapshot.model.dim;
    }
}

void multiplyRows(const Snapshot& snapshot, std::span<const float> query, std::span<float> out, const JobContext& job) {
    constexpr int64_t kBlock = 4096;
    const auto count = static_cast<int64_t>(snapshot.rows.size());
    const RowKernel& kernel = rowKernel();
    const bool isHalf = snapshot.type == RowType::Float16;
    at::parallel_for(0, count, kBlock, [&](int64_t begin, int64_t end) {
        for (int64_t first = begin; first < end && !job.stop.stop_requested(); first += kBlock)
            for (int64_t i = first; i < std::min(first + kBlock, end); ++i)
                out[static_cast<size_t>(i)] = isHalf
                                                  ? kernel.dotHalf(halfRow(snapshot, i), query.data(), query.size())
                                                  : kernel.dotFloat(floatRow(snapshot, i), query.data(), query.size());
    });
    job.throwIfStopped();
}

float dotProduct(const float* a, const float* b, size_t count) {
    return rowKernel().dotFloat(a, b, count);
}

}  // namespace diagonal
