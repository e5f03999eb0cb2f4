// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace diagonal {

/// Threads that decode, where nobody says how many.
inline size_t decodingThreads() {
    return std::clamp<size_t>(std::thread::hardware_concurrency(), 2, 16);
}

/// Calls work(i) for each i from 0 to count - 1 on several threads and waits for them. The first exception keeps what
/// was not begun from being done, and is thrown.
template <typename Work>
void parallelFor(size_t count, size_t threads, const Work& work) {
    std::atomic<size_t> next{0};
    std::exception_ptr failure;
    std::mutex mutex;
    const auto run = [&] {
        for (size_t i = next++; i < count; i = next++) {
            try {
                work(i);
            } catch (...) {  // thrown below
                const std::lock_guard lock(mutex);
                if (!failure) failure = std::current_exception();
                next = count;
            }
        }
    };
    {
        std::vector<std::jthread> others;
        for (size_t i = 1; i < std::min(threads, count); ++i)
            others.emplace_back(run);
        run();
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace diagonal
