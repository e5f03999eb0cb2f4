// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>

#include "engine/parts/layers.h"

namespace diagonal {

/// open_clip's AttentionalPooler under its names: learned queries attend to all tokens. CoCa's feature of an image is
/// what the first query sees; the others are for its text decoder, and wait here for whoever saves the model.
class AttentionalPool : public torch::nn::Module {
  public:
    /// width: of the tokens; out: of the queries and of what is made.
    AttentionalPool(const Scope& scope, int width, int out, int queries, int heads);

    /// tokens [n, length, width] -> [n, out]. probabilities, where given, receives [n, heads, 1, length], which ask for
    /// a gradient.
    torch::Tensor forward(const torch::Tensor& tokens, torch::Tensor* probabilities = nullptr) const;

  private:
    int64_t m_heads;
    torch::Tensor m_query, m_inWeight, m_queryWeight, m_keyWeight, m_valueWeight, m_inBias;
    std::shared_ptr<LayerNorm> m_queryNorm, m_tokenNorm;
    std::shared_ptr<Linear> m_out;
};

/// Multiplications and additions of all queries of one image.
int64_t attentionalPoolFlops(int64_t tokens, int64_t width, int64_t out, int64_t queries);

}  // namespace diagonal
