// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace diagonal {

using NamedParameters = std::vector<std::pair<std::string, torch::Tensor>>;

/// Changes the parameters it was made with by their gradients. One thread at a time.
class Optimizer {
  public:
    virtual ~Optimizer() = default;

    virtual void zeroGradients() = 0;
    /// Of all parameters, zeros where there was none; laid out in memory as the parameters are.
    virtual std::vector<torch::Tensor> gradients() = 0;
    /// refused: float scalar on the parameters' device, or undefined; where it is 1 nothing changes, and the host need
    /// not know.
    virtual void step(double learningRate, const torch::Tensor& refused = {}) = 0;

    /// What a checkpoint keeps.
    virtual NamedParameters state() const = 0;
    /// Takes state() back. Throws Error (naming `source`) where a tensor is missing or has another shape.
    virtual void load(const std::map<std::string, torch::Tensor>& state, const std::string& source) = 0;
};

}  // namespace diagonal
