// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>

#include "engine/parts/config.h"
#include "engine/parts/weights.h"

namespace diagonal {

/// A text tower. Its tensors are registered in the model itself: open_clip's names have no prefix for them.
class TextTower {
  public:
    virtual ~TextTower() = default;
    /// ids: int64 [n, length], length <= context_length; ends: int64 [n], the position to pool at -> [n, embed_dim],
    /// not yet of unit length.
    virtual torch::Tensor forward(const torch::Tensor& ids, const torch::Tensor& ends) = 0;
    /// See ClipModel::setGradCheckpointing.
    virtual void setGradCheckpointing(bool on) = 0;
};

// Each kind stands in a file of its own.
std::unique_ptr<TextTower> makeTextTransformer(torch::nn::Module& model, const Scope& scope, const ClipConfig& config);
std::unique_ptr<TextTower> makeCbow(torch::nn::Module& model, const Scope& scope, const ClipConfig& config);

}  // namespace diagonal
