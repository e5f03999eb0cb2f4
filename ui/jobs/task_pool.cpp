// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/task_pool.h"

namespace diagonal {

TaskPool::TaskPool(int threads) {
    m_threads.setMaxThreadCount(threads);
}

TaskPool::~TaskPool() {
    {
        const std::lock_guard lock(m_mutex);
        for (auto& [owner, works] : m_waiting)
            works.clear();
    }
    m_threads.waitForDone();
}

void TaskPool::add(const void* owner, std::function<void()> work) {
    {
        const std::lock_guard lock(m_mutex);
        const auto [place, isFirst] = m_waiting.try_emplace(owner);
        place->second.push_back(std::move(work));
        if (!isFirst) return;
    }
    m_threads.start([this, owner] { runNext(owner); });
}

void TaskPool::runNext(const void* owner) {
    std::unique_lock lock(m_mutex);
    const auto place = m_waiting.find(owner);
    if (place->second.empty()) {
        m_waiting.erase(place);
        return;
    }
    const std::function<void()> work = std::move(place->second.front());
    place->second.pop_front();
    lock.unlock();
    work();
    // To the end of the queue: an owner with many tasks holds up no other.
    m_threads.start([this, owner] { runNext(owner); });
}

}  // namespace diagonal
