// SPDX-License-Identifier: Apache-2.0
#include "engine/base/memory_meter.h"

#include <ATen/DeviceAccelerator.h>
#include <ATen/Functions.h>
#include <dlfcn.h>
#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <string_view>

namespace diagonal {

namespace {

/// A line of /proc/self/status, in bytes.
std::optional<int64_t> statusBytes(std::string_view key) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(key)) return std::stoll(line.substr(key.size())) * 1024;
    return {};
}

/// Gives freed memory back to the system: tcmalloc's, which Debian's sentencepiece brings along, else the C library's.
void releaseFreed() {
    using Release = void (*)();
    static const auto release = reinterpret_cast<Release>(dlsym(RTLD_DEFAULT, "MallocExtension_ReleaseFreeMemory"));
    if (release != nullptr)
        release();
    else
        malloc_trim(0);
}

/// Has the kernel forget the highest resident size so far (proc(5), clear_refs).
bool forgetPeak() {
    std::ofstream file("/proc/self/clear_refs");
    file << "5" << std::flush;
    return file.good();
}

int64_t allocatedPeak(int gpu) {
    return at::accelerator::getDeviceStats(static_cast<c10::DeviceIndex>(gpu)).allocated_bytes[0].peak;
}

}  // namespace

MemoryMeter::MemoryMeter(const std::string& device) {
    if (const c10::Device on(device); !on.is_cpu()) {
        m_gpu = on.has_index() ? on.index() : 0;
        at::empty({1}, at::TensorOptions().device(on));  // the first use makes the device's allocator
        at::accelerator::resetPeakStats(static_cast<c10::DeviceIndex>(m_gpu));
        m_before = allocatedPeak(m_gpu);
        return;
    }
    releaseFreed();  // what earlier work is done with is not in use
    if (forgetPeak()) m_before = statusBytes("VmRSS:");
}

std::optional<int64_t> MemoryMeter::peakBytes() const {
    const auto peak = m_gpu >= 0 ? std::optional(allocatedPeak(m_gpu)) : statusBytes("VmHWM:");
    if (!m_before || !peak) return {};
    return std::max<int64_t>(0, *peak - *m_before);
}

}  // namespace diagonal
