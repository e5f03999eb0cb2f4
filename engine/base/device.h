// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace diagonal {

struct DeviceInfo {
    std::string name;         ///< "cpu", "cuda:0", as --device takes it
    std::string description;  ///< "NVIDIA H200", or the processor's model name
};

/// Whether NVIDIA's driver runs here. DIAGONAL_NVIDIA_DRIVER names a file to look for in its place.
bool driverIsPresent();

/// Loads LibTorch's CUDA part where an NVIDIA driver is present. Call once, before any call into torch.
/// Returns what was found in one sentence, for `doctor` and the log ("no NVIDIA driver on this computer").
const std::string& loadCuda();

/// Why no NVIDIA GPU computes here though a driver runs: LibTorch's CUDA part does not load, there is no GPU, or a
/// small computation fails on the first one (it is full, or of a kind that LibTorch has no kernels for). Else empty.
const std::string& gpuProblem();

/// The CPU first, then each CUDA device, then one of another kind that LibTorch has kernels for.
std::vector<DeviceInfo> devices();

/// Whether a text is a device's name or "auto", there or not: cpu, cuda, cuda:1.
bool isDeviceName(const std::string& name);

/// "auto" becomes the first GPU where there is one without a gpuProblem, else "cpu"; other names are checked. Throws
/// Error.
std::string resolveDevice(const std::string& requested);

/// Threads that LibTorch computes with. 0 leaves its default (the physical cores).
void setThreads(int threads);
int threads();

/// Features of this processor that matter for speed: "AVX-512, AMX, bf16".
std::string cpuFeatures();

/// Highest resident memory of this process so far.
int64_t peakMemoryBytes();

}  // namespace diagonal
