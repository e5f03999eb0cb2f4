// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>

#include "engine/model/config.h"

namespace diagonal {

/// An image tower: float [n, 3, size, size], normalised -> [n, embed_dim], not yet of unit length.
class ImageTower : public torch::nn::Module {
  public:
    virtual torch::Tensor forward(const torch::Tensor& images) = 0;
};

/// CLIP (Radford et al., 2021) with the module names of open_clip's CLIP class: visual.*, transformer.resblocks.N.*,
/// token_embedding, positional_embedding, ln_final, text_projection, logit_scale. parameters() and state dict entries
/// carry exactly those names.
class ClipModel : public torch::nn::Module {
  public:
    /// Random weights as open_clip's init_parameters draws them (from torch's default generator).
    explicit ClipModel(const ClipConfig& config);

    const ClipConfig& config() const { return m_config; }

    /// float [n, 3, size, size] -> [n, embed_dim], unit length when normalized.
    torch::Tensor encodeImage(const torch::Tensor& images, bool normalized = true);

    /// ids: int64 [n, length], length <= context_length; ends: int64 [n], position of each end-of-text token. -> [n,
    /// embed_dim]. The length need only reach the longest end-of-text.
    torch::Tensor encodeText(const torch::Tensor& ids, const torch::Tensor& ends, bool normalized = true);

    /// Scalar parameter: ln of the logit scale.
    torch::Tensor logitScale() const { return m_logitScale; }

  private:
    ClipConfig m_config;
    std::shared_ptr<ImageTower> m_visual;
    // text tower, see clip.cpp
    torch::nn::ModuleHolder<torch::nn::Module> m_unused{nullptr};
    torch::Tensor m_logitScale;
};

}  // namespace diagonal
