// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "training/distributed/world.h"

namespace diagonal {

/// Sums the gradients of all processes, in buckets whose sums are on their way while backward() still computes those of
/// earlier layers (PyTorch's DistributedDataParallel: Li et al., 2020, arXiv 2006.15704). Every process sends the same
/// buckets in the same order. One thread at a time.
class GradientBuckets {
  public:
    /// parameters: leaves that require a gradient, in the order of the forward pass. bytes: of a bucket, about.
    GradientBuckets(std::shared_ptr<World> world, std::vector<torch::Tensor> parameters, size_t bytes = 25 << 20);
    ~GradientBuckets();
    GradientBuckets(const GradientBuckets&) = delete;
    GradientBuckets& operator=(const GradientBuckets&) = delete;

    /// From here on a gradient that was accumulated once is final.
    void arm();
    /// Afterwards the gradients are the sums, zeros where nobody had one. To be called when backward() failed as well:
    /// the other processes wait for the buckets of this one.
    void finish();

  private:
    struct Bucket {
        std::vector<torch::Tensor> parameters;
        size_t waiting = 0;  ///< for so many gradients
        torch::Tensor sum;   ///< [elements of all]
        std::function<void()> arrive;
    };
    class Hook;

    void gradientIsReady(size_t bucket);
    void send(Bucket& bucket);

    std::shared_ptr<World> m_world;
    std::vector<Bucket> m_buckets;  ///< in the order they are sent in
    size_t m_sent = 0;
    bool m_isArmed = false;
};

}  // namespace diagonal
