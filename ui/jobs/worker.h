// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace diagonal {

/// One persistent thread that works off a queue: lower priority numbers first, in order among equals.
class Worker {
  public:
    /// prepare runs on the thread before anything else.
    explicit Worker(std::function<void()> prepare = {});
    ~Worker();  ///< drops what waits and joins
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Any thread. work must not throw.
    void add(int priority, std::function<void()> work);
    /// Drops what waits. False: its work still runs after that time, and so may neither this nor what it uses go.
    bool end(std::chrono::milliseconds patience);
    /// Called by work on the thread itself: runs what waits with priority 0.
    void runUrgent();

  private:
    void run();
    std::function<void()> take(int lowestPriority);

    std::function<void()> m_prepare;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::map<std::pair<int, uint64_t>, std::function<void()>> m_queue;  ///< guarded by m_mutex
    uint64_t m_order = 0;                                               ///< guarded by m_mutex
    bool m_stopping = false;                                            ///< guarded by m_mutex
    bool m_ended = false;                                               ///< guarded by m_mutex
    std::thread m_thread;
};

}  // namespace diagonal
