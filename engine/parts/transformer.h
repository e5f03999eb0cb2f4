// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <vector>

#include "engine/parts/config.h"
#include "engine/parts/layers.h"

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
    bool postNorm = false;  ///< norms stand behind the sums, as in BERT, else before attention and MLP
};

/// Sequences of one length that stand one after the other in packed tokens.
struct Sequences {
    int64_t count = 0, length = 0;
};

/// What tokens [tokens of all sequences, width] are made of: padding takes no time where lengths differ.
using Packing = std::vector<Sequences>;

/// torch.nn.MultiheadAttention's parameters under its names.
class Attention : public torch::nn::Module, public Packable, public Adaptable {
  public:
    Attention(const Scope& scope, int width, int heads, Init in, Init out);

    /// Each sequence of x [tokens, width] attends to itself; keys: bool [n, 1, 1 or length, length], the tokens that
    /// can be seen, of sequences of one length; undefined: all.
    torch::Tensor forward(const torch::Tensor& x, const Packing& packing, bool causal,
                          const torch::Tensor& keys = {}) const;
    /// query [n, width], one for each sequence, attends to x [tokens, width] -> [n, width]. allowed: bool
    /// [n, 1, length], where all sequences have one length; else all is allowed.
    torch::Tensor forwardPooled(const torch::Tensor& query, const torch::Tensor& x, const Packing& packing,
                                const std::optional<torch::Tensor>& allowed) const;
    /// Attention written out: query [n, queries, width] attends to x [n, length, width] -> [n, queries, width].
    /// probabilities receives [n, heads, queries, length], which ask for a gradient.
    torch::Tensor forwardTraced(const torch::Tensor& query, const torch::Tensor& x, torch::Tensor& probabilities) const;

    void pack(Pack how) override { m_inPacked = how(m_inWeight, m_inBias); }
    const char* matrixName() const override { return "in_proj_weight"; }
    int64_t parts() const override { return 3; }
    void adapt(const std::string& name, int64_t rank, double scale) override {
        m_lowRank = std::make_shared<LowRank>(name, m_inWeight, parts(), rank, scale);
    }

  private:
    torch::Tensor inWeight() const { return m_lowRank ? m_inWeight + m_lowRank->term() : m_inWeight; }

    int64_t m_heads;
    torch::Tensor m_inWeight, m_inBias;
    std::shared_ptr<PackedWeight> m_inPacked;
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

/// Transformer (module names of open_clip's Transformer: resblocks.N.{ln_1, attn, ln_2, mlp}).
class Transformer : public torch::nn::Module {
  public:
    Transformer(const Scope& scope, const TransformerConfig& config);

    /// tokens [n, length, width] -> the same, all positions. keys: bool [n, length], the tokens that can be seen;
    /// undefined: all.
    torch::Tensor forward(const torch::Tensor& tokens, bool causal, const torch::Tensor& keys = {}) const;
    /// tokens [tokens, width] -> the same, each sequence by itself.
    torch::Tensor forwardPacked(const torch::Tensor& tokens, const Packing& packing) const;
    /// The same without a mask; attention receives each block's probabilities, see Attention::forwardTraced.
    torch::Tensor forwardTraced(const torch::Tensor& tokens, std::vector<torch::Tensor>& attention) const;

    /// tokens [n, length, width], positions int64 [n] -> [n, width]: the outputs at one position of each sequence. With
    /// `causal` a token sees itself and those before it. The last block computes its query and MLP for that position
    /// only, which changes no result. seen: the keys of forward, not with `causal`.
    torch::Tensor forwardPooled(const torch::Tensor& tokens, const torch::Tensor& positions, bool causal,
                                const torch::Tensor& seen = {}) const;
    /// tokens [tokens, width] of causal sequences -> [n, width]: the outputs at the last token of each.
    torch::Tensor forwardLast(const torch::Tensor& tokens, const Packing& packing) const;
    /// tokens [tokens, width] of sequences whose tokens see each other -> [n, width]: the outputs at the first of each.
    torch::Tensor forwardFirst(const torch::Tensor& tokens, const Packing& packing) const;

    /// tokens [n, length, width], seen: bool [n, length, length], which tokens each one sees -> [n, width]: the outputs
    /// at the last position.
    torch::Tensor forwardMasked(const torch::Tensor& tokens, const torch::Tensor& seen) const;

    /// Whether the backward pass computes each block again (see recomputed).
    void setGradCheckpointing(bool on) { m_recomputes = on; }

  private:
    torch::Tensor allButLast(torch::Tensor tokens, const Packing& packing, bool causal,
                             const torch::Tensor& keys = {}) const;
    torch::Tensor through(size_t number, const torch::Tensor& tokens, const Packing& packing, bool causal,
                          const torch::Tensor& keys = {}) const;
    torch::Tensor pooled(const torch::Tensor& tokens, const Packing& packing, const torch::Tensor& rows,
                         const std::optional<torch::Tensor>& allowed) const;

    bool m_recomputes = false;
    std::vector<std::shared_ptr<ResidualAttentionBlock>> m_blocks;
};

}  // namespace diagonal
