// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include <torch/csrc/distributed/c10d/Store.hpp>

namespace diagonal {

/// Tells the other processes that this one is alive, and notices when one of them is not: died, frozen, or cut off with
/// its computer. Rank 0 watches all, the others watch rank 0 and what it says. A thread of its own.
class Heartbeat {
  public:
    /// store: of all processes, with a connection that nobody else uses. onLost is called once, on the thread.
    Heartbeat(c10::intrusive_ptr<c10d::Store> store, int rank, int size, std::function<void()> onLost);

    /// Who is lost: "process 2 of 4"; empty: nobody. Any thread.
    std::string lost() const;

    /// How long a process may be silent.
    static constexpr std::chrono::seconds kPatience{40};

  private:
    void run(const std::stop_token& stop);
    void beat();
    void lose(int rank);
    std::string nameOf(int rank) const;

    c10::intrusive_ptr<c10d::Store> m_store;
    int m_rank, m_size;
    std::function<void()> m_onLost;
    struct Peer {
        int64_t beats = -1;
        std::chrono::steady_clock::time_point changed = std::chrono::steady_clock::now();
    };
    std::vector<Peer> m_peers;  ///< those that are watched, by rank
    mutable std::mutex m_mutex;
    std::string m_lost;                                                               ///< under m_mutex
    std::chrono::steady_clock::time_point m_beat = std::chrono::steady_clock::now();  ///< the last one; under m_mutex
    std::jthread m_thread;  ///< last: joined before what it uses goes
};

}  // namespace diagonal
