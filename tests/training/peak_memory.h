// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>

/// Counts the bytes of tensors on the CPU that are made while it lives. One at a time.
class PeakMemory : public c10::Allocator {
  public:
    PeakMemory() {
        s_used = s_peak = 0;
        c10::SetCPUAllocator(this, kPriority);
    }
    ~PeakMemory() override { c10::SetCPUAllocator(m_before, kPriority); }
    PeakMemory(const PeakMemory&) = delete;
    PeakMemory& operator=(const PeakMemory&) = delete;

    /// The most at one time since it was made, or since forget().
    static size_t peak() { return s_peak; }
    static size_t used() { return s_used; }
    static void forget() { s_peak = s_used.load(); }

    c10::DataPtr allocate(size_t bytes) override {
        auto* block = static_cast<std::byte*>(std::aligned_alloc(kHead, (bytes + 2 * kHead - 1) / kHead * kHead));
        *reinterpret_cast<size_t*>(block) = bytes;
        s_peak = std::max<size_t>(s_peak, s_used += bytes);
        return {block + kHead, block + kHead, &release, c10::Device(c10::DeviceType::CPU)};
    }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }
    void copy_data(void* target, const void* source, size_t bytes) const override {
        default_copy_data(target, source, bytes);
    }

  private:
    static void release(void* data) {
        auto* block = static_cast<std::byte*>(data) - kHead;
        s_used -= *reinterpret_cast<size_t*>(block);
        std::free(block);
    }

    static constexpr size_t kHead = 64;  // the size stands before the data
    static constexpr uint8_t kPriority = 255;
    static inline std::atomic<size_t> s_used = 0, s_peak = 0;
    c10::Allocator* m_before = c10::GetCPUAllocator();
};
