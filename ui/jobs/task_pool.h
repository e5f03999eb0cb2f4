// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace diagonal {

/// A few threads for tasks: those of one owner run one after the other, in order, those of others meanwhile. A task
/// that takes long, perhaps for ever (it looks at a mount that does not answer), keeps its thread, and another one
/// serves the rest.
class TaskPool {
  public:
    /// patience: after which a task no longer counts as one of the `threads`.
    explicit TaskPool(size_t threads, std::chrono::milliseconds patience = std::chrono::seconds(2));
    ~TaskPool();  ///< drops what waits and joins
    TaskPool(const TaskPool&) = delete;
    TaskPool& operator=(const TaskPool&) = delete;

    /// Any thread. The owner is never touched; work must not throw.
    void add(const void* owner, std::function<void()> work);
    /// Drops what waits. False: something still runs after that time, and so may all that it uses not go.
    bool end(std::chrono::milliseconds patience);

  private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
};

}  // namespace diagonal
