// SPDX-License-Identifier: Apache-2.0
#include "engine/base/device.h"

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/util/Logging.h>
#include <dlfcn.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

#include "engine/base/cuda_driver.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace diagonal {

namespace {

// sentencepiece has a FLAGS_minloglevel too, of another type: the linker makes one of both, and what the one is set to
// when the program is loaded runs over LibTorch's next flag. Memory that runs out would then end the program.
[[maybe_unused]] const bool kEnforceIsFatal = (FLAGS_caffe2_use_fatal_for_enforce = false);

constexpr const char* kLoaded = "CUDA loaded";

std::string loadCudaOnce() {
    if (!driverIsPresent()) return "no NVIDIA driver on this computer";
    if (dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) == nullptr)
        return std::string("an NVIDIA driver is present, but LibTorch's CUDA part does not load: ") + dlerror();
    return kLoaded;
}

std::string findGpuProblem() {
    if (!driverIsPresent()) return {};
    if (loadCuda() != kLoaded) return loadCuda();
    const auto& hooks = at::detail::getCUDAHooks();
    if (!hooks.hasCUDA() || hooks.deviceCount() == 0) return "an NVIDIA driver is present, but no GPU";
    try {
        at::ones({1}, at::TensorOptions(c10::Device("cuda:0"))).add(1).item<float>();
        return {};
    } catch (const c10::Error& error) {
        return std::string("the GPU does not compute: ") + error.what_without_backtrace();
    }
}

/// Value of a key of /proc/cpuinfo's first processor.
std::string processorField(std::string_view key) {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        const size_t colon = line.find(": ");
        if (line.starts_with(key) && colon != std::string::npos) return line.substr(colon + 2);
    }
    return {};
}

}  // namespace

bool driverIsPresent() {
    const char* instead = std::getenv("DIAGONAL_NVIDIA_DRIVER");
    if (instead != nullptr) return std::filesystem::exists(instead);
    return std::filesystem::exists("/proc/driver/nvidia/version") || std::filesystem::exists("/dev/nvidiactl") ||
           std::filesystem::exists("/dev/dxg");  // of Windows' Linux
}

const std::string& loadCuda() {
    static const std::string result = loadCudaOnce();
    return result;
}

const std::string& gpuProblem() {
    static const std::string result = findGpuProblem();
    return result;
}

std::vector<DeviceInfo> devices() {
    loadCuda();
    std::vector<DeviceInfo> list{{"cpu", processorField("model name")}};
    const auto& hooks = at::detail::getCUDAHooks();
    const int count = hooks.hasCUDA() ? hooks.deviceCount() : 0;
    for (int i = 0; i < count; ++i)
        list.push_back({"cuda:" + std::to_string(i), cudaDevice(i).name});
    if (const auto other = at::getAccelerator(); other && *other != c10::DeviceType::CUDA)
        list.push_back({c10::DeviceTypeName(*other, true) + ":0", "accelerator"});
    return list;
}

bool isDeviceName(const std::string& name) {
    if (name == "auto") return true;
    try {
        const c10::Device device(name);
        return !device.is_cpu() || name == "cpu";
    } catch (const c10::Error&) {
        return false;
    }
}

std::string resolveDevice(const std::string& requested) {
    const auto available = devices();
    if (requested == "auto") {
        const bool isGpu = available.size() > 1 && available[1].name.starts_with("cuda");
        return available.size() > 1 && !(isGpu && !gpuProblem().empty()) ? available[1].name : "cpu";
    }
    const bool isFirst = requested != "cpu" && requested.find(':') == std::string::npos;
    const std::string name = requested + (isFirst ? ":0" : "");
    for (const auto& device : available) {
        if (device.name == name) return name;
    }
    std::vector<std::string> names = {"auto"};
    for (const auto& device : available)
        names.push_back(device.name);
    throw Error("--device " + requested, "no such device (" + loadCuda() + ")", "Devices here: " + joined(names));
}

void setThreads(int count) {
    if (count > 0) at::set_num_threads(count);
}

int threads() {
    return at::get_num_threads();
}

std::string cpuFeatures() {
    static constexpr std::pair<const char*, const char*> kFeatures[] = {
        {"avx2", "AVX2"}, {"avx512f", "AVX-512"}, {"avx512_vnni", "VNNI"}, {"avx512_bf16", "bf16"}, {"amx_tile", "AMX"},
    };
    const std::string flags = processorField("flags") + ' ';
    std::string features;
    for (const auto& [flag, name] : kFeatures) {
        if (flags.find(std::string(" ") + flag + ' ') != std::string::npos)
            features += (features.empty() ? "" : ", ") + std::string(name);
    }
    return features.empty() ? "baseline" : features;
}

int64_t peakMemoryBytes() {
    struct rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<int64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace diagonal
