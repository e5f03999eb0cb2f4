// SPDX-License-Identifier: Apache-2.0
#include "training/distributed/heartbeat.h"

#include <condition_variable>
#include <exception>
#include <utility>

namespace diagonal {

namespace {

constexpr std::chrono::seconds kInterval(2);
constexpr const char* kLost = "lost";  ///< key of the rank that rank 0 misses, plus one

std::string keyOf(int rank) {
    return "beats/" + std::to_string(rank);
}

}  // namespace

Heartbeat::Heartbeat(c10::intrusive_ptr<c10d::Store> store, int rank, int size, std::function<void()> onLost)
    : m_store(std::move(store)),
      m_rank(rank),
      m_size(size),
      m_onLost(std::move(onLost)),
      m_peers(rank == 0 ? static_cast<size_t>(size) : 1),
      m_thread([this](const std::stop_token& stop) { run(stop); }) {
}

std::string Heartbeat::lost() const {
    const std::lock_guard lock(m_mutex);
    // Where the first is frozen, so is the store that it keeps: this one's thread waits for an answer.
    const bool isAnswered = std::chrono::steady_clock::now() - m_beat <= kPatience;
    return !m_lost.empty() || isAnswered ? m_lost : nameOf(0);
}

void Heartbeat::run(const std::stop_token& stop) {
    std::mutex sleep;
    std::condition_variable_any wake;
    std::unique_lock lock(sleep);
    while (!stop.stop_requested() && lost().empty()) {
        try {
            beat();
            const std::lock_guard beaten(m_mutex);
            m_beat = std::chrono::steady_clock::now();
        } catch (const std::exception&) {  // the store went with the process that kept it
            if (!stop.stop_requested()) lose(0);
        }
        wake.wait_for(lock, stop, kInterval, [] { return false; });
    }
}

void Heartbeat::beat() {
    m_store->add(keyOf(m_rank), 1);
    const auto now = std::chrono::steady_clock::now();
    for (int rank = 0; rank < static_cast<int>(m_peers.size()); ++rank) {
        Peer& peer = m_peers[static_cast<size_t>(rank)];
        const int64_t beats = m_store->add(keyOf(rank), 0);
        if (beats != std::exchange(peer.beats, beats)) peer.changed = now;
        if (now - peer.changed <= kPatience) continue;
        if (m_rank == 0) m_store->add(kLost, rank + 1);
        return lose(rank);
    }
    if (const int64_t told = m_rank == 0 ? 0 : m_store->add(kLost, 0); told > 0) lose(static_cast<int>(told) - 1);
}

void Heartbeat::lose(int rank) {
    {
        const std::lock_guard lock(m_mutex);
        m_lost = nameOf(rank);
    }
    m_onLost();
}

std::string Heartbeat::nameOf(int rank) const {
    return "process " + std::to_string(rank + 1) + " of " + std::to_string(m_size);
}

}  // namespace diagonal
