// SPDX-License-Identifier: Apache-2.0
#include "engine/base/gpu_monitor.h"

#include <utility>

#include "engine/base/cuda_driver.h"
#include "engine/base/shared_library.h"

namespace diagonal {

namespace {

// The parts of nvml.h that are needed; it promises a stable ABI. 0 is success.
using NvmlDevice = void*;
struct NvmlUtilization {
    unsigned gpu, memory;
};
struct NvmlMemory {
    unsigned long long total, free, used;
};
constexpr int kGpuSensor = 0;  // NVML_TEMPERATURE_GPU

}  // namespace

struct GpuMonitor::Nvml {
    explicit Nvml(void* library)
        : init(library, "nvmlInit_v2"),
          shutdown(library, "nvmlShutdown"),
          find(library, "nvmlDeviceGetHandleByUUID"),
          utilization(library, "nvmlDeviceGetUtilizationRates"),
          memory(library, "nvmlDeviceGetMemoryInfo"),
          temperature(library, "nvmlDeviceGetTemperature"),
          power(library, "nvmlDeviceGetPowerUsage"),
          running(init()) {}
    ~Nvml() {
        if (running) shutdown();
    }
    Nvml(const Nvml&) = delete;
    Nvml& operator=(const Nvml&) = delete;

    bool open(const std::string& uuid) {
        return running && !uuid.empty() &&
               (find(("GPU-" + uuid).c_str(), &device) || find(("MIG-" + uuid).c_str(), &device));
    }

    GpuReading read() const {
        GpuReading reading;
        NvmlUtilization rates{};
        NvmlMemory bytes{};
        unsigned value = 0;
        if (utilization(device, &rates)) reading.utilization = rates.gpu;
        if (memory(device, &bytes)) reading.memoryBytes = static_cast<double>(bytes.used);
        if (temperature(device, kGpuSensor, &value)) reading.temperature = value;
        if (power(device, &value)) reading.power = value / 1000.0;  // it counts milliwatts
        return reading;
    }

    LibraryFunction<> init, shutdown;
    LibraryFunction<const char*, NvmlDevice*> find;
    LibraryFunction<NvmlDevice, NvmlUtilization*> utilization;
    LibraryFunction<NvmlDevice, NvmlMemory*> memory;
    LibraryFunction<NvmlDevice, int, unsigned*> temperature;
    LibraryFunction<NvmlDevice, unsigned*> power;
    bool running;
    NvmlDevice device = nullptr;
};

GpuMonitor::GpuMonitor(int cudaOrdinal, const std::string& nvmlLibrary, const std::string& cudaLibrary) {
    void* library = openLibrary(nvmlLibrary);
    if (library == nullptr) return;
    auto nvml = std::make_unique<Nvml>(library);
    if (nvml->open(cudaDevice(cudaOrdinal, cudaLibrary).uuid)) m_nvml = std::move(nvml);
}

GpuMonitor::~GpuMonitor() = default;

GpuReading GpuMonitor::read(Clock::time_point now) {
    if (m_nvml && (!m_readAt || now - *m_readAt >= std::chrono::seconds(1))) {
        m_reading = m_nvml->read();
        m_readAt = now;
    }
    return m_reading;
}

}  // namespace diagonal
