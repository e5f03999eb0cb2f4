// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "training/optimizers/optimizer.h"

namespace diagonal {

/// Layer-wise decay of the learning rate (Clark et al., 2020, ELECTRA; Bao et al., 2021, BEiT): a tower's head learns
/// at its full rate, and each layer below it at `decay` times the rate of the one above. Layers, from below, in
/// open_clip's and timm's order: what is made of pixels or tokens before the blocks (patches or stem, token embeddings,
/// positions, first norm); each block, a ResNet's stages for them, the last one with the norm behind it; the head
/// (projection, attention pool).
class LayerDecay {
  public:
    /// parameters: of the whole model, also those that do not learn, for they are layers too.
    LayerDecay(const NamedParameters& parameters, double image, double text);

    /// The share of its tower's learning rate that a parameter learns at; 1 for the logit scale and bias.
    double shareOf(const std::string& name) const;

  private:
    struct Tower {
        double decay = 1;
        int blocks = 0;
    };

    const Tower& towerOf(const std::string& name) const;

    Tower m_image, m_text;
};

}  // namespace diagonal
