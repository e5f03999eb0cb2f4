// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace diagonal {

/// What a worker has for the UI thread: filled on the one, emptied on the other.
template <typename Result>
class Inbox {
  public:
    void add(Result result) {
        const std::lock_guard lock(m_mutex);
        m_results.push_back(std::move(result));
    }
    std::vector<Result> take() {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_results, {});
    }

  private:
    std::mutex m_mutex;
    std::vector<Result> m_results;  ///< guarded by m_mutex
};

}  // namespace diagonal
