// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/task_pool.h"

#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <thread>

namespace diagonal {

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMostThreads = 64;

}  // namespace

struct TaskPool::Shared : std::enable_shared_from_this<TaskPool::Shared> {
    Shared(size_t number, std::chrono::milliseconds patience) : most(number), patience(patience) {}

    const size_t most;
    const std::chrono::milliseconds patience;
    std::mutex mutex;
    std::condition_variable changed;
    // Guarded by mutex.
    /// An owner stands here for as long as a task of its own runs or waits for a thread.
    std::map<const void*, std::deque<std::function<void()>>> waiting;
    std::deque<const void*> turns;  ///< owners with a task that waits and none that runs
    std::list<Clock::time_point> running;
    size_t threads = 0;

    /// One thread more than tasks run, where one waits. The mutex is held.
    void startThread() {
        if (turns.empty() || threads > running.size() || threads >= kMostThreads) return;
        ++threads;
        std::thread([self = shared_from_this()] { self->run(); }).detach();
    }

    /// Until nothing waits. The longest running stand at the end.
    void run() {
        std::unique_lock lock(mutex);
        while (!turns.empty()) {
            const Clock::time_point now = Clock::now();
            auto latest = running.begin();
            std::advance(latest, std::min(most - 1, running.size()));
            if (latest != running.end() && now < *latest + patience) {
                changed.wait_until(lock, *latest + patience);
                continue;
            }
            const void* owner = turns.front();
            turns.pop_front();
            auto& own = waiting[owner];
            std::function<void()> work = std::move(own.front());
            own.pop_front();
            running.push_front(now);
            const auto place = running.begin();
            startThread();
            lock.unlock();
            work();
            work = {};
            lock.lock();
            running.erase(place);
            // To the end of the queue: an owner with many tasks holds up no other.
            if (const auto found = waiting.find(owner); found != waiting.end() && found->second.empty())
                waiting.erase(found);
            else if (found != waiting.end())
                turns.push_back(owner);
            changed.notify_all();
        }
        --threads;
        changed.notify_all();
    }
};

TaskPool::TaskPool(size_t threads, std::chrono::milliseconds patience)
    : m_shared(std::make_shared<Shared>(threads, patience)) {
}

TaskPool::~TaskPool() {
    while (!end(std::chrono::hours(1))) {
    }
}

void TaskPool::add(const void* owner, std::function<void()> work) {
    const std::lock_guard lock(m_shared->mutex);
    const auto [place, isFirst] = m_shared->waiting.try_emplace(owner);
    place->second.push_back(std::move(work));
    if (!isFirst) return;
    m_shared->turns.push_back(owner);
    m_shared->startThread();
}

bool TaskPool::end(std::chrono::milliseconds patience) {
    std::unique_lock lock(m_shared->mutex);
    m_shared->waiting.clear();
    m_shared->turns.clear();
    m_shared->changed.notify_all();
    return m_shared->changed.wait_for(lock, patience, [this] { return m_shared->threads == 0; });
}

}  // namespace diagonal
