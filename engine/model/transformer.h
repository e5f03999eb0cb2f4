// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <vector>

#include "engine/model/config.h"
#include "engine/model/layers.h"

namespace diagonal {

class ResidualAttentionBlock;

struct TransformerConfig {
    int width = 512;
    int layers = 12;
    int heads = 8;
    int hidden = 2048;  ///< width of the MLP's hidden layer
    Activation activation = Activation::Gelu;
    double epsilon = 1e-5;
    bool textInit = false;  ///< first weights as open_clip's text tower has them, else as its image tower
};

/// torch.nn.MultiheadAttention's parameters under its names.
class Attention : public torch::nn::Module {
  public:
    Attention(const Scope& scope, int width, int heads, Init in, Init out);

    /// x [n, length, width] attends to itself.
    torch::Tensor forward(const torch::Tensor& x, bool causal) const;
    /// query [n, 1, width] attends to x [n, length, width]; allowed: bool [n, 1, length], or all.
    torch::Tensor forwardPooled(const torch::Tensor& query, const torch::Tensor& x,
                                const std::optional<torch::Tensor>& allowed) const;

  private:
    torch::Tensor split(const torch::Tensor& x) const;
    torch::Tensor project(const torch::Tensor& heads) const;

    int64_t m_heads;
    torch::Tensor m_inWeight, m_inBias;
    std::shared_ptr<Linear> m_out;
};

/// Two linear layers, "c_fc" and "c_proj", with the activation between them.
class Mlp : public torch::nn::Module {
  public:
    Mlp(const Scope& scope, int width, int hidden, Activation activation);
    Mlp(const Scope& scope, int width, int hidden, Activation activation, Init up, Init down);

    torch::Tensor forward(const torch::Tensor& x) const;

  private:
    Activation m_activation;
    std::shared_ptr<Linear> m_up, m_down;
};

/// Pre-norm transformer (module names of open_clip's Transformer: resblocks.N.{ln_1, attn, ln_2, mlp}).
class Transformer : public torch::nn::Module {
  public:
    Transformer(const Scope& scope, const TransformerConfig& config);

    /// tokens [n, length, width] -> the same, all positions.
    torch::Tensor forward(torch::Tensor tokens, bool causal) const;

    /// tokens [n, length, width], positions int64 [n] -> [n, width]: the outputs at one position of each sequence. With
    /// `causal` a token sees itself and those before it. The last block computes its query and MLP for that position
    /// only, which changes no result.
    torch::Tensor forwardPooled(torch::Tensor tokens, const torch::Tensor& positions, bool causal) const;

  private:
    std::vector<std::shared_ptr<ResidualAttentionBlock>> m_blocks;
};

}  // namespace diagonal
