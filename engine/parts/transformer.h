// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <vector>

#include "engine/parts/config.h"
#include "engine/parts/layers.h"
#include "engine/parts/rotation.h"

namespace diagonal {

class ResidualAttentionBlock;

/// Where the layer norms of a block stand.
enum class Norms {
    Before,     ///< before attention and MLP
    AfterSum,   ///< behind the sums, as in BERT
    BeforeSum,  ///< behind attention and MLP, before they are added, as in EVA-02's largest
};

struct TransformerConfig {
    int width = 512;
    int layers = 12;
    int heads = 8;
    int hidden = 2048;  ///< width of the MLP's hidden layer
    Activation activation = Activation::Gelu;
    double epsilon = 1e-5;
    bool textInit = false;  ///< first weights as open_clip's text tower has them, else as its image tower
    Norms norms = Norms::Before;
    double layerScale = 0;       ///< first value of a factor for each channel of what is added; 0: there is none
    bool keyBias = true;         ///< whether the keys of attention have one
    bool attentionNorm = false;  ///< a layer norm on what attention sees, before its last layer (EVA-02)
    bool gated = false;          ///< the MLP is SwiGLU with a layer norm before its last layer (EVA-02)

    bool operator==(const TransformerConfig&) const = default;
};

/// Sequences of one length that stand one after the other in packed tokens.
struct Sequences {
    int64_t count = 0, length = 0;
};

/// What tokens [tokens of all sequences, width] are made of: padding takes no time where lengths differ.
using Packing = std::vector<Sequences>;

/// What each token attends to.
struct Sight {
    Packing packing;         ///< its own sequence
    bool causal = false;     ///< of that, itself and what stands before it
    torch::Tensor keys;      ///< bool [n, 1, 1 or length, length], those that can be seen, of sequences of one length
    Rotation rotation = {};  ///< of queries and keys by their places, of sequences of one length
};

struct AttentionOptions {
    bool keyBias = true;
    double normEpsilon = 0;  ///< of a layer norm before the last layer; 0: there is none
};

/// torch.nn.MultiheadAttention's parameters under its names. in_proj_bias [2 * width] where the keys have none.
class Attention : public torch::nn::Module, public Packable, public Adaptable {
  public:
    Attention(const Scope& scope, int width, int heads, Init in, Init out, const AttentionOptions& options = {});

    /// Each sequence of x [tokens, width] attends to itself.
    torch::Tensor forward(const torch::Tensor& x, const Sight& sight) const;
    /// query [n, width], one for each sequence, attends to x [tokens, width] -> [n, width]. allowed: bool
    /// [n, 1, length], where all sequences have one length; else all is allowed.
    torch::Tensor forwardPooled(const torch::Tensor& query, const torch::Tensor& x, const Packing& packing,
                                const std::optional<torch::Tensor>& allowed) const;
    /// Attention written out: query [n, queries, width] attends to x [n, length, width] -> [n, queries, width].
    /// probabilities receives [n, heads, queries, length], which ask for a gradient. rotation: where the queries are
    /// the tokens of x.
    torch::Tensor forwardTraced(const torch::Tensor& query, const torch::Tensor& x, torch::Tensor& probabilities,
                                const Rotation& rotation = {}) const;

    void pack(Pack how) override { m_inPacked = how(m_inWeight, inBias()); }
    const char* matrixName() const override { return "in_proj_weight"; }
    int64_t parts() const override { return 3; }
    void adapt(const std::string& name, int64_t rank, double scale) override {
        m_lowRank = std::make_shared<LowRank>(name, m_inWeight, parts(), rank, scale);
    }

  private:
    torch::Tensor inWeight() const { return m_lowRank ? m_inWeight + m_lowRank->term() : m_inWeight; }
    torch::Tensor inBias() const;
    torch::Tensor projected(const torch::Tensor& seen) const { return (*m_out)(m_norm ? (*m_norm)(seen) : seen); }

    int64_t m_heads;
    torch::Tensor m_inWeight, m_inBias;
    std::shared_ptr<PackedWeight> m_inPacked;
    std::shared_ptr<LayerNorm> m_norm;
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

/// Transformer (module names of open_clip's Transformer: resblocks.N.{ln_1, attn, ls_1, ln_2, mlp, ls_2}).
class Transformer : public torch::nn::Module {
  public:
    Transformer(const Scope& scope, const TransformerConfig& config);

    /// tokens [n, length, width] -> the same, all positions. keys: bool [n, length], the tokens that can be seen;
    /// undefined: all.
    torch::Tensor forward(const torch::Tensor& tokens, bool causal, const torch::Tensor& keys = {},
                          const Rotation& rotation = {}) const;
    /// tokens [tokens, width] -> the same, each sequence by itself.
    torch::Tensor forwardPacked(const torch::Tensor& tokens, const Packing& packing) const;
    /// The same without a mask; attention receives each block's probabilities, see Attention::forwardTraced.
    torch::Tensor forwardTraced(const torch::Tensor& tokens, std::vector<torch::Tensor>& attention,
                                const Rotation& rotation = {}) const;

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
    torch::Tensor allButLast(torch::Tensor tokens, const Sight& sight) const;
    torch::Tensor through(size_t number, const torch::Tensor& tokens, const Sight& sight) const;
    torch::Tensor pooled(const torch::Tensor& tokens, const Packing& packing, const torch::Tensor& rows,
                         const std::optional<torch::Tensor>& allowed) const;

    bool m_recomputes = false;
    std::vector<std::shared_ptr<ResidualAttentionBlock>> m_blocks;
};

}  // namespace diagonal
