// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <map>
#include <memory>
#include <string>

#include "engine/model/config.h"
#include "engine/model/image_tower.h"
#include "engine/model/transformer.h"

namespace diagonal {

/// CLIP (Radford et al., 2021) with the module names of open_clip's CLIP class: visual.*, transformer.resblocks.N.*,
/// token_embedding, positional_embedding, ln_final, text_projection, logit_scale. named_parameters() and
/// named_buffers() carry exactly those names.
class ClipModel : public torch::nn::Module {
  public:
    /// Random weights as open_clip draws them (from torch's default generator).
    explicit ClipModel(const ClipConfig& config);

    const ClipConfig& config() const { return m_config; }

    /// float [n, 3, size, size] -> [n, embed_dim], unit length when normalized.
    torch::Tensor encodeImage(const torch::Tensor& images, bool normalized = true);

    /// ids: int64 [n, length], length <= context_length; ends: int64 [n], position of each end-of-text token.
    /// -> [n, embed_dim]. The length need only reach the longest end-of-text.
    torch::Tensor encodeText(const torch::Tensor& ids, const torch::Tensor& ends, bool normalized = true);

    /// Scalar parameter: ln of the logit scale.
    torch::Tensor logitScale() const { return m_logitScale; }

    /// Parameters and buffers by open_clip's state-dict names.
    std::map<std::string, torch::Tensor> stateDict() const;

  private:
    ClipConfig m_config;
    std::shared_ptr<ImageTower> m_visual;
    std::shared_ptr<Transformer> m_transformer;
    torch::Tensor m_tokenEmbedding, m_positions, m_finalGain, m_finalBias, m_textProjection, m_logitScale;
};

}  // namespace diagonal
