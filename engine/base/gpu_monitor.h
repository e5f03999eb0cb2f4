// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace diagonal {

/// What a GPU is doing at the moment, as NVIDIA's driver says; -1: unknown.
struct GpuReading {
    double utilization = -1;  ///< percent of the time in which a kernel ran
    double memoryBytes = -1;  ///< in use by all processes
    double temperature = -1;  ///< degrees Celsius
    double power = -1;        ///< watts
};

/// Reads a GPU through NVML, which is loaded when a monitor is made. Where it is missing or refuses, all is unknown.
/// One thread at a time.
class GpuMonitor {
  public:
    using Clock = std::chrono::steady_clock;

    /// cudaOrdinal: the N of "cuda:N", which the CUDA driver counts among the devices it shows this process; NVML
    /// counts all, so the two are matched by the device's UUID.
    explicit GpuMonitor(int cudaOrdinal, const std::string& nvmlLibrary = "libnvidia-ml.so.1",
                        const std::string& cudaLibrary = "libcuda.so.1");
    ~GpuMonitor();
    GpuMonitor(const GpuMonitor&) = delete;
    GpuMonitor& operator=(const GpuMonitor&) = delete;

    /// At most one reading a second, since it takes milliseconds: in between, the last one again.
    GpuReading read(Clock::time_point now = Clock::now());

  private:
    struct Nvml;
    std::unique_ptr<Nvml> m_nvml;  ///< null: nothing to read
    std::optional<Clock::time_point> m_readAt;
    GpuReading m_reading;
};

}  // namespace diagonal
