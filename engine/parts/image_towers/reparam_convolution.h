// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/parts/convolution.h"

namespace diagonal {

/// One of the convolutions that are summed: its batch norm is NAME.bn, its weight NAME.conv.weight.
struct Branch {
    std::string name;  ///< with a dot where it lies in a folder
    int64_t kernel = 1;
};

/// What a ReparamConvolution is made of.
struct Branches {
    std::vector<Branch> convolutions = {};
    bool identity = false;  ///< a batch norm of the input is added
    int64_t squeezed = 0;   ///< hidden channels of a squeeze-and-excite behind the sum; 0: none
    Then then = Then::Nothing;
};

/// Parallel convolutions whose normed outputs are summed for training, and which are one convolution afterwards
/// (RepVGG, Ding et al., 2021, arXiv 2101.03697): timm's MobileOneBlock and ReparamLargeKernelConv.
class ReparamConvolution : public torch::nn::Module, public Packable {
  public:
    ReparamConvolution(const Scope& scope, const ConvShape& shape, const Branches& branches);

    torch::Tensor forward(const torch::Tensor& x) const;
    /// All branches as one convolution, as in evaluation.
    FoldedConvolution folded() const;
    void pack(Pack) override;

  private:
    torch::Tensor sum(const torch::Tensor& x) const;

    ConvShape m_shape;
    Then m_then;
    std::vector<std::shared_ptr<Convolution>> m_convolutions;
    std::shared_ptr<BatchNorm2d> m_identity;
    std::shared_ptr<Convolution> m_squeeze, m_excite;
    std::shared_ptr<PackedConvolution> m_packed;
};

/// weight [channels, channels / groups, kernel, kernel] that passes its input on.
torch::Tensor identityKernel(const ConvShape& shape, const torch::TensorOptions& options);

}  // namespace diagonal
