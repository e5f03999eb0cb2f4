// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>

#include "engine/parts/layers.h"

namespace diagonal {

/// max(x, 0), in place: neither batch norm nor convolution needs its output for the gradient.
torch::Tensor rectified(const torch::Tensor& x);

/// A residual block of a ModifiedResNet: [n, in, side, side] -> [n, 4 planes, side / stride, side / stride]. An average
/// pool stands where other ResNets stride.
class Bottleneck : public torch::nn::Module {
  public:
    static constexpr int64_t kExpansion = 4;

    Bottleneck(const Scope& scope, int64_t in, int64_t planes, int64_t stride);
    torch::Tensor forward(const torch::Tensor& x) const;

  private:
    torch::Tensor pool(const torch::Tensor& x) const;

    int64_t m_stride;
    std::shared_ptr<Conv2d> m_conv1, m_conv2, m_conv3, m_shortcut;
    std::shared_ptr<BatchNorm2d> m_bn1, m_bn2, m_bn3, m_shortcutNorm;
};

/// Attention pooling with the mean feature as its only query: [n, width, grid, grid] -> [n, out].
class AttentionPool : public torch::nn::Module {
  public:
    AttentionPool(const Scope& scope, int64_t grid, int64_t width, int64_t heads, int64_t out);
    torch::Tensor forward(const torch::Tensor& features) const;

  private:
    int64_t m_heads;
    torch::Tensor m_positions;
    std::shared_ptr<Linear> m_key, m_query, m_value, m_out;
};

}  // namespace diagonal
