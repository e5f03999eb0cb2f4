// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "engine/parts/half_weights.h"
#include "engine/parts/text_tower.h"
#include "engine/parts/transformer.h"

namespace diagonal {

/// What open_clip's own text towers share: its TextTransformer's tensors, under their names.
class OpenClipText : public TextTower {
  public:
    void setGradCheckpointing(bool on) override { m_transformer->setGradCheckpointing(on); }

  protected:
    /// positions: rows of the table of positions.
    OpenClipText(const Scope& scope, const ClipConfig& config, int64_t positions);

    /// Of activations: gains and biases are never stored narrower than they are used.
    torch::ScalarType type() const { return m_norm->weight.scalar_type(); }

    TextConfig m_config;
    std::shared_ptr<Transformer> m_transformer;
    std::shared_ptr<LayerNorm> m_norm;
    torch::Tensor m_embedding, m_positions;
    torch::Tensor m_projection;  ///< [width, embed_dim], or undefined: there is none
};

}  // namespace diagonal
