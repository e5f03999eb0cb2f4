// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "training/distributed/launch.h"

namespace diagonal {

/// The processes that train one model together, each on its part of every batch. All call the same functions in the
/// same order. Functions throw Error where a process is not there any more.
class World {
  public:
    virtual ~World() = default;

    virtual int rank() const = 0;  ///< of this process, from 0
    virtual int size() const = 0;
    /// The same among the processes on this computer.
    virtual int localRank() const { return 0; }
    virtual int localSize() const { return 1; }
    /// Before the first tensor of a device that is not the CPU. Throws Error where there is no way between such
    /// devices.
    virtual void use(const torch::Device&) {}

    /// rows [n, ...] of each process, of one shape -> those of all, [size() * n, ...], in the order of ranks. No
    /// gradient passes.
    virtual torch::Tensor gather(const torch::Tensor& rows) = 0;
    /// Each tensor becomes the sum of all processes'. No gradient passes.
    virtual void sum(const std::vector<torch::Tensor>& tensors) = 0;
    /// rows [size() * n, ...] -> [n, ...]: the sum over all processes of the rows that are this one's (reduce-scatter).
    virtual torch::Tensor sumToOwners(const torch::Tensor& rows) = 0;
    /// Gives tensors to the next rank (the last gives to the first) and takes those of the rank before, of the same
    /// shapes.
    virtual std::vector<torch::Tensor> shift(const std::vector<torch::Tensor>& tensors) = 0;
    /// Begins sum() of one contiguous tensor; the function waits for it, on a GPU by its stream.
    virtual std::function<void()> beginSum(const torch::Tensor& tensor);
    /// The tensors become those of rank 0.
    virtual void takeFirst(const std::vector<torch::Tensor>& tensors) = 0;

    // On the host:
    /// The largest of all processes' numbers, place by place.
    virtual std::vector<int64_t> largest(const std::vector<int64_t>& numbers) = 0;
    /// What each process brings, in the order of ranks.
    virtual std::vector<std::string> texts(const std::string& mine) = 0;

    bool isAlone() const { return size() == 1; }
    bool isFirst() const { return rank() == 0; }
    /// Whether it holds in any process.
    bool any(bool here) { return isAlone() ? here : largest({here ? 1 : 0})[0] != 0; }
    /// What rank 0 has.
    int64_t ofFirst(int64_t number);
};

/// A process alone.
std::shared_ptr<World> oneProcess();
/// Knows of the others, but exchanges nothing: to see what a run of so many processes would need.
std::shared_ptr<World> worldToPlan(const Launch& launch);

}  // namespace diagonal
