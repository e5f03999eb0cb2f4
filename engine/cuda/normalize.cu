// SPDX-License-Identifier: Apache-2.0
#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstring>
#include <vector>

#include "engine/cuda/kernels.h"

namespace {

struct Channels {
    float values[3];
};

__host__ __device__ inline float normalized(uint8_t value, float mean, float std) {
    return (static_cast<float>(value) / 255.0F - mean) / std;
}

__device__ inline void store(float* out, float value) {
    *out = value;
}
__device__ inline void store(uint16_t* out, float value) {
    *out = __bfloat16_as_ushort(__float2bfloat16_rn(value));
}

/// One thread a pixel, a stride of the whole grid apart: neighbours read and write neighbours.
template <typename Value>
__global__ void normalizeKernel(const uint8_t* __restrict__ pixels, Value* __restrict__ out, int64_t count,
                                int64_t area, Channels mean, Channels std) {
    const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
    for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += step) {
        const int64_t image = i / area;
        const int64_t place = i - image * area;
        for (int c = 0; c < 3; ++c)
            store(out + (image * 3 + c) * area + place, normalized(pixels[i * 3 + c], mean.values[c], std.values[c]));
    }
}

template <typename Value>
int launch(const uint8_t* pixels, Value* out, int64_t images, int64_t height, int64_t width, const float* mean,
           const float* std, void* stream) {
    constexpr int kThreads = 256;
    constexpr int64_t kMaxBlocks = 65535;
    const int64_t area = height * width, count = images * area;
    if (images < 0 || height < 0 || width < 0) return cudaErrorInvalidValue;
    if (count == 0) return cudaSuccess;
    Channels means{}, stds{};
    std::memcpy(means.values, mean, sizeof(means.values));
    std::memcpy(stds.values, std, sizeof(stds.values));
    const int64_t wanted = (count + kThreads - 1) / kThreads;
    const auto blocks = static_cast<unsigned>(wanted < kMaxBlocks ? wanted : kMaxBlocks);
    normalizeKernel<<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(pixels, out, count, area, means, stds);
    return cudaGetLastError();
}

/// Device memory that goes back by itself.
template <typename Value>
class DeviceArray {
  public:
    explicit DeviceArray(size_t count) { m_error = cudaMalloc(&m_data, count * sizeof(Value)); }
    ~DeviceArray() { cudaFree(m_data); }
    DeviceArray(const DeviceArray&) = delete;
    DeviceArray& operator=(const DeviceArray&) = delete;

    cudaError_t error() const { return m_error; }
    Value* data() { return m_data; }

  private:
    Value* m_data = nullptr;
    cudaError_t m_error;
};

}  // namespace

#define DIAGONAL_EXPORT __attribute__((visibility("default")))

extern "C" {

DIAGONAL_EXPORT int diagonalNormalizeFloat(const uint8_t* pixels, float* out, int64_t images, int64_t height,
                                           int64_t width, const float* mean, const float* std, void* stream) {
    return launch(pixels, out, images, height, width, mean, std, stream);
}

DIAGONAL_EXPORT int diagonalNormalizeBFloat16(const uint8_t* pixels, uint16_t* out, int64_t images, int64_t height,
                                              int64_t width, const float* mean, const float* std, void* stream) {
    return launch(pixels, out, images, height, width, mean, std, stream);
}

DIAGONAL_EXPORT int diagonalCudaSelfCheck() {
    constexpr int64_t kImages = 2, kHeight = 7, kWidth = 37, kArea = kHeight * kWidth;
    constexpr size_t kCount = kImages * 3 * kArea;
    const float mean[3] = {0.48145466F, 0.4578275F, 0.40821073F}, std[3] = {0.26862954F, 0.26130258F, 0.27577711F};
    std::vector<uint8_t> pixels(kCount);
    for (size_t i = 0; i < kCount; ++i)
        pixels[i] = static_cast<uint8_t>(i * 7 + i / 256);
    std::vector<float> result(kCount);

    DeviceArray<uint8_t> devicePixels(kCount);
    DeviceArray<float> deviceOut(kCount);
    cudaError_t error = devicePixels.error() != cudaSuccess ? devicePixels.error() : deviceOut.error();
    if (error == cudaSuccess) error = cudaMemcpy(devicePixels.data(), pixels.data(), kCount, cudaMemcpyHostToDevice);
    if (error == cudaSuccess)
        error = static_cast<cudaError_t>(
            launch(devicePixels.data(), deviceOut.data(), kImages, kHeight, kWidth, mean, std, nullptr));
    if (error == cudaSuccess)
        error = cudaMemcpy(result.data(), deviceOut.data(), kCount * sizeof(float), cudaMemcpyDeviceToHost);
    if (error != cudaSuccess) return error;
    for (int64_t image = 0; image < kImages; ++image) {
        for (int64_t i = 0; i < kArea; ++i) {
            for (int64_t c = 0; c < 3; ++c) {
                const float expected = normalized(pixels[(image * kArea + i) * 3 + c], mean[c], std[c]);
                if (result[(image * 3 + c) * kArea + i] != expected) return -1;
            }
        }
    }
    return 0;
}

DIAGONAL_EXPORT const char* diagonalCudaErrorText(int error) {
    return error < 0 ? "the GPU computes other values than the CPU"
                     : cudaGetErrorString(static_cast<cudaError_t>(error));
}
}
