// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <string>

#include "engine/parts/layers.h"
#include "engine/parts/packed_convolution.h"

namespace diagonal {

/// What follows a convolution: its batch norm, which stands beside it under a name of its own, and an activation.
struct After {
    std::shared_ptr<BatchNorm2d> norm;
    Then then = Then::Nothing;
};

/// torch.nn.Conv2d and what follows it; with a bias where no norm does. Packed, all of it is one kernel.
class Convolution : public torch::nn::Module, public Packable {
  public:
    Convolution(const Scope& scope, const ConvShape& shape, After after, Init init);
    torch::Tensor operator()(const torch::Tensor& x) const { return sum(x, {}); }
    /// activation(norm(convolution(x)) + shortcut). Packed, it overwrites `shortcut`.
    torch::Tensor operator()(const torch::Tensor& x, const torch::Tensor& shortcut) const { return sum(x, shortcut); }
    /// With the norm's statistics, as in evaluation.
    FoldedConvolution folded() const;
    void pack(Pack) override;

    torch::Tensor weight, bias;

  private:
    torch::Tensor sum(const torch::Tensor& x, const torch::Tensor& shortcut) const;

    ConvShape m_shape;
    After m_after;
    std::shared_ptr<PackedConvolution> m_packed;
};

/// weight and bias of a convolution without bias, and of the batch norm after it, in evaluation.
FoldedConvolution folded(const torch::Tensor& weight, const BatchNorm2d& norm);

/// torch.nn.Conv2d's bound for a new weight.
Init torchInit(const ConvShape& shape);
/// He et al.'s (2015) deviation over the outputs, which keeps the size of gradients behind a ReLU.
Init heInit(const ConvShape& shape);

/// How a convolution and its norm start.
struct NormedInit {
    Init weight;
    double gain = 1, epsilon = 1e-5;
};

/// Convolution and batch norm as children of `parent`.
std::shared_ptr<Convolution> addNormed(torch::nn::Module& parent, const Scope& scope, const std::string& name,
                                       const std::string& normName, const ConvShape& shape, Then then,
                                       const NormedInit& init);

}  // namespace diagonal
