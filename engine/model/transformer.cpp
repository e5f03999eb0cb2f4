// SPDX-License-Identifier: Apache-2.0
#include "engine/model/transformer.h"

#include <torch/torch.h>

#include <cmath>
#include <limits>
#include <optional>

namespace diagonal {

using torch::Tensor;

namespace {

Tensor activate(const Tensor& x, Activation activation) {
    switch (activation) {
        case Activation::QuickGelu:
            return x * torch::sigmoid(1.702 * x);
        case Activation::GeluTanh:
            return torch::gelu(x, "tanh");
        case Activation::Gelu:
            break;
    }
    return torch::gelu(x);
}

/// [n, heads, a] times a matrix [a, b] of each head -> [n, heads, b]
Tensor byHead(const Tensor& x, const Tensor& matrices) {
    return x.transpose(0, 1).bmm(matrices).transpose(0, 1);
}

}  // namespace

Attention::Attention(const Scope& scope, int width, int heads, Init in, Init out) : m_heads(heads) {
    m_inWeight = register_parameter("in_proj_weight", scope.take("in_proj_weight", {3 * width, width}, in));
    m_inBias = register_parameter("in_proj_bias", scope.take("in_proj_bias", {3 * width}, Init::value(0)));
    m_out = addChild<Linear>(*this, scope, "out_proj", width, width, out);
}

/// [n, length, width] -> [n, heads, length, width / heads]
Tensor Attention::split(const Tensor& x) const {
    return x.unflatten(-1, {m_heads, -1}).transpose(1, 2);
}

Tensor Attention::project(const Tensor& heads) const {
    return (*m_out)(heads.transpose(1, 2).flatten(2));
}

Tensor Attention::forward(const Tensor& x, bool causal) const {
    const auto parts = torch::linear(x, m_inWeight, m_inBias).chunk(3, -1);
    return project(
        at::scaled_dot_product_attention(split(parts[0]), split(parts[1]), split(parts[2]), std::nullopt, 0.0, causal));
}

/// One query spares the keys and values of all tokens: q.(K x) = (K^T q).x, and sum(p V x) = V sum(p x). A bias of the
/// keys shifts all of a query's scores alike, which softmax does not see.
Tensor Attention::forwardPooled(const Tensor& query, const Tensor& x, const std::optional<Tensor>& allowed) const {
    const int64_t width = x.size(-1), depth = width / m_heads;
    const auto weights = m_inWeight.view({3, m_heads, depth, width}).unbind();
    const auto biases = m_inBias.view({3, width}).unbind();
    const Tensor q = torch::linear(query.squeeze(1), weights[0].flatten(0, 1), biases[0]) /
                     std::sqrt(static_cast<double>(depth));                       // [n, width]
    const Tensor towards = byHead(q.unflatten(1, {m_heads, depth}), weights[1]);  // [n, heads, width]
    Tensor scores = towards.matmul(x.transpose(1, 2));                            // [n, heads, length]
    if (allowed) scores = scores.masked_fill(allowed->logical_not(), -std::numeric_limits<float>::infinity());
    const Tensor seen = scores.softmax(-1).to(x.scalar_type()).matmul(x);  // [n, heads, width]
    const Tensor values = byHead(seen, weights[2].transpose(1, 2)).flatten(1) + biases[2];
    return (*m_out)(values).unsqueeze(1);
}

Mlp::Mlp(const Scope& scope, int width, int hidden, Activation activation) : m_activation(activation) {
    m_up = addChild<Linear>(*this, scope, "c_fc", width, hidden);
    m_down = addChild<Linear>(*this, scope, "c_proj", hidden, width);
}

Mlp::Mlp(const Scope& scope, int width, int hidden, Activation activation, Init up, Init down)
    : m_activation(activation) {
    m_up = addChild<Linear>(*this, scope, "c_fc", width, hidden, up);
    m_down = addChild<Linear>(*this, scope, "c_proj", hidden, width, down);
}

Tensor Mlp::forward(const Tensor& x) const {
    return (*m_down)(activate((*m_up)(x), m_activation));
}

class ResidualAttentionBlock : public torch::nn::Module {
  public:
    ResidualAttentionBlock(const Scope& scope, const TransformerConfig& config) {
        const double width = config.width;
        const double projection = std::pow(width, -0.5) * std::pow(2.0 * config.layers, -0.5);
        const Init xavier = Init::uniform(std::sqrt(6.0 / (4 * width)));
        const Init torchDefault = Init::uniform(std::pow(width, -0.5));
        m_ln1 = addChild<LayerNorm>(*this, scope, "ln_1", config.width, config.epsilon);
        m_attention = addChild<Attention>(*this, scope, "attn", config.width, config.heads,
                                          config.textInit ? Init::normal(std::pow(width, -0.5)) : xavier,
                                          config.textInit ? Init::normal(projection) : torchDefault);
        m_ln2 = addChild<LayerNorm>(*this, scope, "ln_2", config.width, config.epsilon);
        m_mlp = config.textInit ? addChild<Mlp>(*this, scope, "mlp", config.width, config.hidden, config.activation,
                                                Init::normal(std::pow(2 * width, -0.5)), Init::normal(projection))
                                : addChild<Mlp>(*this, scope, "mlp", config.width, config.hidden, config.activation);
    }

    Tensor forward(const Tensor& x, bool causal) const {
        const Tensor h = x + m_attention->forward((*m_ln1)(x), causal);
        return h + m_mlp->forward((*m_ln2)(h));
    }

    /// -> [n, 1, width]
    Tensor forwardPooled(const Tensor& x, const Tensor& positions, const std::optional<Tensor>& allowed) const {
        const Tensor index = positions.view({-1, 1, 1}).expand({-1, 1, x.size(2)});
        const Tensor normalized = (*m_ln1)(x);
        const Tensor h =
            x.gather(1, index) + m_attention->forwardPooled(normalized.gather(1, index), normalized, allowed);
        return h + m_mlp->forward((*m_ln2)(h));
    }

  private:
    std::shared_ptr<LayerNorm> m_ln1, m_ln2;
    std::shared_ptr<Attention> m_attention;
    std::shared_ptr<Mlp> m_mlp;
};

Transformer::Transformer(const Scope& scope, const TransformerConfig& config) {
    const auto list = register_module("resblocks", std::make_shared<torch::nn::Module>("resblocks"));
    for (int i = 0; i < config.layers; ++i)
        m_blocks.push_back(addChild<ResidualAttentionBlock>(*list, scope / "resblocks", std::to_string(i), config));
}

Tensor Transformer::forward(Tensor tokens, bool causal) const {
    for (const auto& block : m_blocks)
        tokens = block->forward(tokens, causal);
    return tokens;
}

Tensor Transformer::forwardPooled(Tensor tokens, const Tensor& positions, bool causal) const {
    for (size_t i = 0; i + 1 < m_blocks.size(); ++i)
        tokens = m_blocks[i]->forward(tokens, causal);
    std::optional<Tensor> allowed;
    if (causal) {
        const Tensor keys = torch::arange(tokens.size(1), positions.options());
        allowed = (keys.unsqueeze(0) <= positions.unsqueeze(1)).unsqueeze(1);
    }
    return m_blocks.back()->forwardPooled(tokens, positions, allowed).squeeze(1);
}

}  // namespace diagonal
