// SPDX-License-Identifier: Apache-2.0
// Stands in for libnvidia-ml.so.1 and libcuda.so.1. NVML counts three GPUs, the CUDA driver shows the last two of them
// in the other order: CUDA's 0 and 1 are NVML's 2 and 1.
#include "tests/engine/fake_gpu.h"

#include <cstring>
#include <string>

namespace {

constexpr int kNotSupported = 3, kNotFound = 6, kInvalidDevice = 101;

FakeGpu state;
char devices[3];

int answer(const void* device, bool fails) {
    state.device = static_cast<int>(static_cast<const char*>(device) - devices);
    return fails ? kNotSupported : 0;
}

}  // namespace

extern "C" {

// The names are the driver's.
// NOLINTBEGIN(readability-identifier-naming)

FakeGpu* fakeGpu() {
    return &state;
}

int cuInit(unsigned) {
    return 0;
}

int cuDeviceGet(int* device, int ordinal) {
    *device = 2 - ordinal;
    return ordinal == 0 || ordinal == 1 ? 0 : kInvalidDevice;
}

int cuDeviceGetUuid_v2(unsigned char* uuid, int device) {
    for (int i = 0; i < 16; ++i)
        uuid[i] = static_cast<unsigned char>(0xF0 + i);
    uuid[15] = static_cast<unsigned char>(device);
    return 0;
}

int cuDeviceGetName(char* name, int length, int device) {
    std::strncpy(name, device == 2 ? "NVIDIA H200" : "Tesla T4", static_cast<size_t>(length));
    return 0;
}

int cuDeviceGetAttribute(int* value, int attribute, int device) {
    *value = device == 2 ? 9 : 7;
    return attribute == 75 ? 0 : kInvalidDevice;
}

int nvmlInit_v2() {
    if (state.initFails) return kNotFound;
    ++state.running;
    return 0;
}

int nvmlShutdown() {
    --state.running;
    return 0;
}

int nvmlDeviceGetHandleByUUID(const char* uuid, void** device) {
    for (int i = 0; i < 3; ++i) {
        const std::string own = (state.mig ? "MIG-" : "GPU-") + std::string("f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfe0");
        if (uuid != own + std::to_string(i)) continue;
        *device = &devices[i];
        return 0;
    }
    return kNotFound;
}

int nvmlDeviceGetUtilizationRates(void* device, unsigned* rates) {
    ++state.readings;
    rates[0] = state.utilization;
    rates[1] = 99;  // of the memory bus
    return answer(device, state.utilizationFails);
}

int nvmlDeviceGetMemoryInfo(void* device, unsigned long long* bytes) {
    bytes[0] = ~0ULL;
    bytes[1] = ~0ULL - state.usedBytes;
    bytes[2] = state.usedBytes;
    return answer(device, state.memoryFails);
}

int nvmlDeviceGetTemperature(void* device, int sensor, unsigned* celsius) {
    *celsius = state.celsius;
    return answer(device, state.temperatureFails || sensor != 0);
}

int nvmlDeviceGetPowerUsage(void* device, unsigned* milliwatts) {
    *milliwatts = state.milliwatts;
    return answer(device, state.powerFails);
}

// NOLINTEND(readability-identifier-naming)

}  // extern "C"
