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

    /// rows [n, ...] of each process -> those of all, [size() * n, ...], in the order of ranks. Its gradient is the sum
    /// of what all processes have for this one's rows.
    virtual torch::Tensor gather(const torch::Tensor& rows) = 0;
    /// Each tensor becomes the mean of all processes'.
    virtual void average(const std::vector<torch::Tensor>& tensors) = 0;
};

/// A process alone.
std::shared_ptr<World> oneProcess();

}  // namespace diagonal
