// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/worker.h"

#include <limits>

namespace diagonal {

Worker::Worker(std::function<void()> prepare) : m_prepare(std::move(prepare)), m_thread([this] { run(); }) {
}

Worker::~Worker() {
    end({});
    m_thread.join();
}

bool Worker::end(std::chrono::milliseconds patience) {
    std::unique_lock lock(m_mutex);
    m_stopping = true;
    m_queue.clear();
    m_changed.notify_all();
    return m_changed.wait_for(lock, patience, [this] { return m_ended; });
}

void Worker::add(int priority, std::function<void()> work) {
    {
        const std::lock_guard lock(m_mutex);
        m_queue.emplace(std::pair(priority, m_order++), std::move(work));
    }
    m_changed.notify_all();
}

std::function<void()> Worker::take(int lowestPriority) {
    const auto first = m_queue.begin();
    if (m_stopping || first == m_queue.end() || first->first.first > lowestPriority) return {};
    std::function<void()> work = std::move(first->second);
    m_queue.erase(first);
    return work;
}

void Worker::runUrgent() {
    while (true) {
        std::unique_lock lock(m_mutex);
        const std::function<void()> work = take(0);
        lock.unlock();
        if (!work) return;
        work();
    }
}

void Worker::run() {
    if (m_prepare) m_prepare();
    while (true) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
        if (m_stopping) {
            m_ended = true;
            return m_changed.notify_all();
        }
        const std::function<void()> work = take(std::numeric_limits<int>::max());
        lock.unlock();
        if (work) work();
    }
}

}  // namespace diagonal
