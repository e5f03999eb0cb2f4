// SPDX-License-Identifier: Apache-2.0
#include "engine/base/gpu_monitor.h"

#include <dlfcn.h>

#include <array>
#include <cstdio>
#include <utility>

namespace diagonal {

namespace {

// The parts of nvml.h and cuda.h that are needed; both promise a stable ABI. 0 is success in both.
using NvmlDevice = void*;
struct NvmlUtilization {
    unsigned gpu, memory;
};
struct NvmlMemory {
    unsigned long long total, free, used;
};
constexpr int kGpuSensor = 0;  // NVML_TEMPERATURE_GPU

/// Never unloaded: others may use the library too, and the CUDA driver must not be.
void* openLibrary(const std::string& name) {
    return ::dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
}

/// A function of a library; calling one that is missing is a failure like any other.
template <typename... Arguments>
class Function {
  public:
    Function(void* library, const char* name)
        : m_address(library == nullptr ? nullptr : reinterpret_cast<Address>(::dlsym(library, name))) {}

    bool operator()(Arguments... arguments) const { return m_address != nullptr && m_address(arguments...) == 0; }

  private:
    using Address = int (*)(Arguments...);
    Address m_address;
};

/// The UUID without its prefix, "5c8e…-…"; of a MIG slice, its own. Empty when the driver does not tell.
std::string uuidOf(int ordinal, const std::string& cudaLibrary) {
    void* library = openLibrary(cudaLibrary);
    std::array<unsigned char, 16> bytes{};
    int device = 0;
    const bool known = Function<unsigned>(library, "cuInit")(0) &&
                       Function<int*, int>(library, "cuDeviceGet")(&device, ordinal) &&
                       Function<unsigned char*, int>(library, "cuDeviceGetUuid_v2")(bytes.data(), device);
    std::string uuid;
    for (size_t i = 0; known && i < bytes.size(); ++i) {
        std::array<char, 3> digits{};
        std::snprintf(digits.data(), digits.size(), "%02x", bytes[i]);
        if (i == 4 || i == 6 || i == 8 || i == 10) uuid += '-';
        uuid += digits.data();
    }
    return uuid;
}

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

    Function<> init, shutdown;
    Function<const char*, NvmlDevice*> find;
    Function<NvmlDevice, NvmlUtilization*> utilization;
    Function<NvmlDevice, NvmlMemory*> memory;
    Function<NvmlDevice, int, unsigned*> temperature;
    Function<NvmlDevice, unsigned*> power;
    bool running;
    NvmlDevice device = nullptr;
};

GpuMonitor::GpuMonitor(int cudaOrdinal, const std::string& nvmlLibrary, const std::string& cudaLibrary) {
    void* library = openLibrary(nvmlLibrary);
    if (library == nullptr) return;
    auto nvml = std::make_unique<Nvml>(library);
    if (nvml->open(uuidOf(cudaOrdinal, cudaLibrary))) m_nvml = std::move(nvml);
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
