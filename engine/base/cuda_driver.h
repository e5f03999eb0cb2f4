// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace diagonal {

/// What the CUDA driver says of a device; empty and 0 where it does not tell.
struct CudaDevice {
    std::string name;    ///< "NVIDIA H200"
    std::string uuid;    ///< without its prefix, "5c8e...-..."; of a MIG slice, its own
    int generation = 0;  ///< the major number of its compute capability; 8 is Ampere
};

/// The device that "cuda:ordinal" means. The driver is loaded when this is called.
CudaDevice cudaDevice(int ordinal, const std::string& cudaLibrary = "libcuda.so.1");

/// Whether a device multiplies bf16 matrices in hardware: from Ampere on. Older ones (V100, T4) compute bf16 step by
/// step in float32 and have fp16 for speed.
inline bool hasFastBf16(const CudaDevice& device) {
    return device.generation == 0 || device.generation >= 8;
}

}  // namespace diagonal
