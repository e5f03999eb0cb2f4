// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// What libdiagonal_cuda.so offers: C functions to look up with dlsym, which take device pointers and a CUDA stream
// (cudaStream_t, as a plain pointer; null is the default stream). Each returns 0, or the number of a cudaError_t.
// The library holds its own CUDA run-time, so it loads beside any LibTorch.

extern "C" {

/// out[i, c, y, x] = (pixels[i, y, x, c] / 255 - mean[c]) / std[c] for images x height x width pixels of three bytes.
/// mean and std are three floats in host memory; pixels and out are device memory. Returns before the work is done.
int diagonalNormalizeFloat(const uint8_t* pixels, float* out, int64_t images, int64_t height, int64_t width,
                           const float* mean, const float* std, void* stream);

/// The same, rounded to bfloat16 (two bytes a value, to nearest even).
int diagonalNormalizeBFloat16(const uint8_t* pixels, uint16_t* out, int64_t images, int64_t height, int64_t width,
                              const float* mean, const float* std, void* stream);

/// Normalises a small batch on the current device and compares it with the same arithmetic on the CPU. 0 when all
/// values agree, -1 when one differs, else the number of the cudaError_t that came in the way.
int diagonalCudaSelfCheck();

/// Text of a cudaError_t's number.
const char* diagonalCudaErrorText(int error);
}
