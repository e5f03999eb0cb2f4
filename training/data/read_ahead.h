// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "training/data/sampler.h"

namespace diagonal {

/// Reads what the plans of epochs read through their buffers in the order in which it lies in the files, in large
/// pieces, on a thread of its own: the system then has it in its memory when an image's turn comes. What cannot be read
/// is left to whoever needs it. Any thread may call it.
class ReadAhead {
  public:
    ReadAhead(std::shared_ptr<const Dataset> dataset, size_t rank);

    /// Whether a data set lies in files of many images.
    static bool isFor(const Dataset& dataset) { return dataset.place(0).file != nullptr; }

    /// Goes on to `end` in plan->reading[rank], from `begin` where the plan is new.
    void want(const std::shared_ptr<const EpochPlan>& plan, size_t begin, size_t end);

    uint64_t bytes() const { return m_bytes; }  ///< that were read
    uint64_t jumps() const { return m_jumps; }  ///< reads that did not begin where the one before ended

  private:
    struct Job {
        std::shared_ptr<const EpochPlan> plan;
        size_t begin = 0, end = 0;
    };

    void run(const std::stop_token& stop);
    void read(const Job& job, const std::stop_token& stop);
    void read(const Dataset::Place& piece, const std::stop_token& stop);
    void use(const std::filesystem::path* file);

    const std::shared_ptr<const Dataset> m_dataset;
    const size_t m_rank;
    std::atomic<uint64_t> m_bytes = 0, m_jumps = 0;

    std::mutex m_mutex;  ///< of what follows
    std::condition_variable_any m_isWanted;
    std::deque<Job> m_jobs;
    int64_t m_epoch = -1;  ///< the newest
    size_t m_end = 0;      ///< of what is wanted of it

    // On the thread:
    const std::filesystem::path* m_file = nullptr;
    int m_descriptor = -1;
    uint64_t m_place = 0;  ///< where the last read ended
    std::vector<uint8_t> m_bytesRead;

    std::jthread m_thread;  ///< last
};

}  // namespace diagonal
