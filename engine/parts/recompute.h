// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

namespace diagonal {

/// A part of a tower, a function of one tensor and the tower's weights.
using TowerPart = std::function<torch::Tensor(const torch::Tensor&)>;

/// part(x), for whose gradient only x is kept: the backward pass computes the rest again (gradient checkpointing, Chen
/// et al., 2016, arXiv 1604.06174), under the autocast of the first time. Values and gradients are those of part(x)
/// bit for bit. weights: all that `part` reads; what it refers to must live until the gradient is there. It draws no
/// random numbers. Without gradients it is part(x).
torch::Tensor recomputed(const torch::Tensor& x, const std::vector<torch::Tensor>& weights, TowerPart part);

/// Whether this thread computes a part again: what it counts was counted the first time.
bool isRecomputing();

}  // namespace diagonal
