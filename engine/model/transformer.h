// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <vector>

namespace diagonal {

class ResidualAttentionBlock;

struct TransformerConfig {
    int width = 512;
    int layers = 12;
    int heads = 8;
    double mlpRatio = 4.0;
    bool quickGelu = false;
};

/// Pre-norm transformer (module names of open_clip's Transformer: resblocks.N.{ln_1, attn, ln_2, mlp}).
class Transformer : public torch::nn::Module {
  public:
    explicit Transformer(const TransformerConfig& config);

    /// tokens [n, length, width], positions int64 [n] -> [n, width]: the outputs at one position of each sequence. With
    /// `causal` a token sees itself and those before it. The last block computes its query and MLP for that position
    /// only, which changes no result.
    torch::Tensor forward(torch::Tensor tokens, const torch::Tensor& positions, bool causal);

    /// Weights as open_clip's TextTransformer.init_parameters draws them.
    void initializeAsTextTower();

  private:
    TransformerConfig m_config;
    std::vector<std::shared_ptr<ResidualAttentionBlock>> m_blocks;
};

}  // namespace diagonal
