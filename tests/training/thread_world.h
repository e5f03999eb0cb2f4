// SPDX-License-Identifier: Apache-2.0
// Processes that train one model together, as threads of this one.
#pragma once

#include <barrier>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/libtorch.h"
#include "training/distributed/world.h"

namespace diagonal {

/// What the threads of one world share.
class Meeting {
  public:
    using Tensors = std::vector<torch::Tensor>;

    explicit Meeting(int ranks) : m_barrier(ranks), m_brought(static_cast<size_t>(ranks)) {}

    int ranks() const { return static_cast<int>(m_brought.size()); }

    /// What `read` makes of that which all ranks brought, in order; nobody goes on before all have read.
    template <typename Read>
    auto exchange(int rank, const Tensors& tensors, Read&& read) {
        m_brought[static_cast<size_t>(rank)] = tensors;
        m_barrier.arrive_and_wait();
        auto result = read(m_brought);
        m_barrier.arrive_and_wait();
        return result;
    }

  private:
    std::barrier<> m_barrier;
    std::vector<Tensors> m_brought;
};

class ThreadWorld : public World {
  public:
    using Tensors = Meeting::Tensors;

    ThreadWorld(Meeting& meeting, int rank) : m_meeting(meeting), m_rank(rank) {}

    int rank() const override { return m_rank; }
    int size() const override { return m_meeting.ranks(); }

    torch::Tensor gather(const torch::Tensor& rows) override {
        return m_meeting.exchange(m_rank, {rows.detach()}, [](const auto& all) { return torch::cat(firstOf(all)); });
    }

    void sum(const Tensors& tensors) override {
        const Tensors sums = m_meeting.exchange(m_rank, tensors, [&](const auto& all) {
            Tensors result;
            for (size_t i = 0; i < tensors.size(); ++i) {
                result.push_back(all[0][i].detach().clone());
                for (size_t rank = 1; rank < all.size(); ++rank)
                    result.back().add_(all[rank][i].detach());
            }
            return result;
        });
        for (size_t i = 0; i < tensors.size(); ++i)
            tensors[i].detach().copy_(sums[i]);
    }

    torch::Tensor sumToOwners(const torch::Tensor& rows) override {
        const int64_t count = rows.size(0) / size();
        return m_meeting.exchange(m_rank, {rows.detach()}, [&](const auto& all) {
            return torch::stack(firstOf(all)).narrow(1, m_rank * count, count).sum(0);
        });
    }

    Tensors shift(const Tensors& tensors) override {
        return m_meeting.exchange(m_rank, tensors, [&](const auto& all) {
            Tensors taken;
            for (const torch::Tensor& tensor : all[static_cast<size_t>((m_rank + size() - 1) % size())])
                taken.push_back(tensor.detach().clone());
            return taken;
        });
    }

    void takeFirst(const Tensors& tensors) override {
        const Tensors first = m_meeting.exchange(m_rank, tensors, [](const auto& all) {
            Tensors copies;
            for (const torch::Tensor& tensor : all[0])
                copies.push_back(tensor.detach().clone());
            return copies;
        });
        for (size_t i = 0; i < tensors.size(); ++i)
            tensors[i].detach().copy_(first[i]);
    }

    std::vector<int64_t> largest(const std::vector<int64_t>& numbers) override {
        const torch::Tensor most =
            m_meeting.exchange(m_rank, {torch::tensor(numbers, torch::kLong)},
                               [](const auto& all) { return torch::stack(firstOf(all)).amax(0); });
        return {most.const_data_ptr<int64_t>(), most.const_data_ptr<int64_t>() + most.numel()};
    }

    std::vector<std::string> texts(const std::string& mine) override {
        const std::vector<int64_t> letters(mine.begin(), mine.end());
        return m_meeting.exchange(m_rank, {torch::tensor(letters, torch::kLong)}, [](const auto& all) {
            std::vector<std::string> result;
            for (const torch::Tensor& text : firstOf(all))
                result.emplace_back(text.const_data_ptr<int64_t>(), text.const_data_ptr<int64_t>() + text.numel());
            return result;
        });
    }

  private:
    static Tensors firstOf(const std::vector<Tensors>& all) {
        Tensors tensors;
        for (const Tensors& ofRank : all)
            tensors.push_back(ofRank[0]);
        return tensors;
    }

    Meeting& m_meeting;
    int m_rank;
};

/// Runs a function in each of so many processes, and waits for all.
inline void inWorldOf(int ranks, const std::function<void(const std::shared_ptr<World>&)>& run) {
    Meeting meeting(ranks);
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < ranks; ++rank)
        threads.emplace_back([&, rank] { run(std::make_shared<ThreadWorld>(meeting, rank)); });
}

}  // namespace diagonal
