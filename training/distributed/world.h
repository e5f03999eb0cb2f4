// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <memory>
#include <vector>

namespace diagonal {

/// The processes that train one model together, each on its part of every batch. All call the same functions in the
/// same order.
class World {
  public:
    virtual ~World() = default;

    virtual int rank() const = 0;  ///< of this process, from 0
    virtual int size() const = 0;

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
};

/// A process alone.
std::shared_ptr<World> oneProcess();

}  // namespace diagonal
