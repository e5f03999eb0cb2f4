// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QThreadPool>
#include <deque>
#include <functional>
#include <map>
#include <mutex>

namespace diagonal {

/// A few threads for tasks: those of one owner run one after the other, in order, those of others meanwhile.
class TaskPool {
  public:
    explicit TaskPool(int threads);
    ~TaskPool();  ///< drops what waits and joins

    /// Any thread. The owner is never touched; work must not throw.
    void add(const void* owner, std::function<void()> work);

  private:
    void runNext(const void* owner);

    std::mutex m_mutex;
    /// Guarded by m_mutex. An owner stands here for as long as a task of its own runs or waits for a thread.
    std::map<const void*, std::deque<std::function<void()>>> m_waiting;
    QThreadPool m_threads;
};

}  // namespace diagonal
