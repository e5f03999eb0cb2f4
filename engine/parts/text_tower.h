// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

namespace diagonal {

/// A text tower.
class TextTower : public torch::nn::Module {
  public:
    /// ids: int64 [n, length], length <= context_length; lengths: int64 [n], how many tokens of each text count
    /// -> [n, embed_dim], not yet of unit length.
    virtual torch::Tensor forward(const torch::Tensor& ids, const torch::Tensor& lengths) = 0;
    /// See DualEncoder::setGradCheckpointing.
    virtual void setGradCheckpointing(bool on) = 0;
};

}  // namespace diagonal
