// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/transformer.h"

#include <cmath>
#include <limits>
#include <optional>

#include "engine/base/libtorch.h"
#include "engine/parts/half_weights.h"
#include "engine/parts/low_rank_terms.h"
#include "engine/parts/recompute.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// LibTorch has no such operation for tensors without memory.
Tensor rowsOf(const Tensor& x, const Tensor& rows) {
    return x.is_meta() ? x.new_empty({rows.size(0), x.size(1)}) : x.index_select(0, rows);
}

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

/// The tokens of each kind of sequence.
std::vector<Tensor> bySequences(const Tensor& x, const Packing& packing) {
    if (packing.size() == 1) return {x};
    std::vector<int64_t> sizes;
    for (const auto& [count, length] : packing)
        sizes.push_back(count * length);
    return x.split_with_sizes(sizes);
}

}  // namespace

Attention::Attention(const Scope& scope, int width, int heads, Init in, Init out, const AttentionOptions& options)
    : m_heads(heads) {
    const int biases = options.keyBias ? 3 : 2;
    m_inWeight = register_parameter("in_proj_weight", scope.take("in_proj_weight", {3 * width, width}, in));
    m_inBias = register_parameter("in_proj_bias", scope.take("in_proj_bias", {biases * width}, Init::value(0)));
    if (options.normEpsilon > 0) m_norm = addChild<LayerNorm>(*this, scope, "ln", width, options.normEpsilon);
    m_out = addChild<Linear>(*this, scope, "out_proj", width, width, out);
}

Tensor Attention::inBias() const {
    const int64_t width = m_inWeight.size(1);
    if (m_inBias.size(0) == 3 * width) return m_inBias;
    return torch::cat({m_inBias.narrow(0, 0, width), torch::zeros_like(m_inBias.narrow(0, 0, width)),
                       m_inBias.narrow(0, width, width)});
}

Tensor Attention::forward(const Tensor& x, const Sight& sight) const {
    const auto byHeads = [this](const Tensor& part, const Sequences& of) {
        return part.view({of.count, of.length, m_heads, -1}).transpose(1, 2);  // [count, heads, length, depth]
    };
    const Tensor all = linear(x, m_inWeight, inBias(), m_inPacked);
    const auto parts = bySequences(m_lowRank ? m_lowRank->added(all, x) : all, sight.packing);
    const auto mask = sight.keys.defined() ? std::optional(sight.keys) : std::nullopt;
    std::vector<Tensor> outputs;
    for (size_t i = 0; i < sight.packing.size(); ++i) {
        const Sequences& of = sight.packing[i];
        const auto qkv = parts[i].chunk(3, -1);
        outputs.push_back(attended(rotated(byHeads(qkv[0], of), sight.rotation),
                                   rotated(byHeads(qkv[1], of), sight.rotation), byHeads(qkv[2], of), mask,
                                   sight.causal)
                              .transpose(1, 2)
                              .reshape({parts[i].size(0), -1}));
    }
    return projected(outputs.size() == 1 ? outputs[0] : torch::cat(outputs));
}

/// One query spares the keys and values of all tokens: q.(K x) = (K^T q).x, and sum(p V x) = V sum(p x). A bias of the
/// keys shifts all of a query's scores alike, which softmax does not see.
Tensor Attention::forwardPooled(const Tensor& query, const Tensor& x, const Packing& packing,
                                const std::optional<Tensor>& allowed) const {
    const int64_t width = x.size(-1), depth = width / m_heads;
    const auto weights = widened(inWeight(), x).view({3, m_heads, depth, width}).unbind();
    const auto biases = inBias().view({3, width}).unbind();
    const Tensor q = torch::linear(query, weights[0].flatten(0, 1), biases[0]) /
                     std::sqrt(static_cast<double>(depth));                       // [n, width]
    const Tensor towards = byHead(q.unflatten(1, {m_heads, depth}), weights[1]);  // [n, heads, width]
    const auto parts = bySequences(x, packing);
    std::vector<Tensor> seen;  // [count, heads, width] each
    int64_t first = 0;
    for (size_t i = 0; i < packing.size(); ++i) {
        const auto [count, length] = packing[i];
        const Tensor tokens = parts[i].view({count, length, width});
        Tensor scores = towards.narrow(0, first, count).matmul(tokens.transpose(1, 2));  // [count, heads, length]
        if (allowed) scores = scores.masked_fill(allowed->logical_not(), -std::numeric_limits<float>::infinity());
        seen.push_back(scores.softmax(-1).to(x.scalar_type()).matmul(tokens));
        first += count;
    }
    const Tensor all = seen.size() == 1 ? seen[0] : torch::cat(seen);
    return projected(byHead(all, weights[2].transpose(1, 2)).flatten(1) + biases[2]);
}

Tensor Attention::forwardTraced(const Tensor& query, const Tensor& x, Tensor& probabilities,
                                const Rotation& rotation) const {
    const int64_t width = x.size(-1);
    const auto weights = inWeight().view({3, width, width}).unbind();
    const auto biases = inBias().view({3, width}).unbind();
    const auto byHeads = [&](const Tensor& of, size_t part) {
        return torch::linear(of, weights[part], biases[part]).unflatten(-1, {m_heads, -1}).transpose(1, 2);
    };
    const double depth = static_cast<double>(width) / static_cast<double>(m_heads);
    const Tensor queries = rotated(byHeads(query, 0), rotation), keys = rotated(byHeads(x, 1), rotation);
    const Tensor scores = queries.matmul(keys.transpose(2, 3)) / std::sqrt(depth);
    probabilities = scores.softmax(-1);
    if (!probabilities.requires_grad()) probabilities.requires_grad_();  // the first on the way
    return projected(probabilities.matmul(byHeads(x, 2)).transpose(1, 2).flatten(2));
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

namespace {

/// Linear, times SiLU of another, layer norm, linear: SwiGLU as EVA-02 has it (Fang et al., 2023).
class GatedMlp : public torch::nn::Module {
  public:
    GatedMlp(const Scope& scope, int width, int hidden, double epsilon) {
        m_gate = addChild<Linear>(*this, scope, "c_gate", width, hidden);
        m_up = addChild<Linear>(*this, scope, "c_fc", width, hidden);
        m_norm = addChild<LayerNorm>(*this, scope, "ln", hidden, epsilon);
        m_down = addChild<Linear>(*this, scope, "c_proj", hidden, width);
    }

    Tensor forward(const Tensor& x) const { return (*m_down)((*m_norm)(torch::silu((*m_gate)(x)) * (*m_up)(x))); }

  private:
    std::shared_ptr<Linear> m_gate, m_up, m_down;
    std::shared_ptr<LayerNorm> m_norm;
};

/// A factor for each channel (Touvron et al., 2021).
class LayerScale : public torch::nn::Module {
  public:
    LayerScale(const Scope& scope, int width, double value) {
        m_gamma = register_parameter("gamma", scope.take("gamma", {width}, Init::value(value)));
    }
    Tensor operator()(const Tensor& x) const { return x * m_gamma.to(x.scalar_type()); }

  private:
    Tensor m_gamma;
};

}  // namespace

class ResidualAttentionBlock : public torch::nn::Module {
  public:
    ResidualAttentionBlock(const Scope& scope, const TransformerConfig& config) : m_norms(config.norms) {
        const double width = config.width;
        const double projection = std::pow(width, -0.5) * std::pow(2.0 * config.layers, -0.5);
        const Init xavier = Init::uniform(std::sqrt(6.0 / (4 * width)));
        const Init torchDefault = Init::uniform(std::pow(width, -0.5));
        m_ln1 = addChild<LayerNorm>(*this, scope, "ln_1", config.width, config.epsilon);
        m_attention = addChild<Attention>(*this, scope, "attn", config.width, config.heads,
                                          config.textInit ? Init::normal(std::pow(width, -0.5)) : xavier,
                                          config.textInit ? Init::normal(projection) : torchDefault,
                                          AttentionOptions{config.keyBias, config.attentionNorm ? config.epsilon : 0});
        m_ln2 = addChild<LayerNorm>(*this, scope, "ln_2", config.width, config.epsilon);
        if (config.gated)
            m_gated = addChild<GatedMlp>(*this, scope, "mlp", config.width, config.hidden, config.epsilon);
        else if (config.textInit)
            m_mlp = addChild<Mlp>(*this, scope, "mlp", config.width, config.hidden, config.activation,
                                  Init::normal(std::pow(2 * width, -0.5)), Init::normal(projection));
        else
            m_mlp = addChild<Mlp>(*this, scope, "mlp", config.width, config.hidden, config.activation);
        if (config.layerScale == 0) return;
        m_scale1 = addChild<LayerScale>(*this, scope, "ls_1", config.width, config.layerScale);
        m_scale2 = addChild<LayerScale>(*this, scope, "ls_2", config.width, config.layerScale);
    }

    Tensor forward(const Tensor& x, const Sight& sight) const {
        return withMlp(withAttention(x, m_attention->forward(normedFirst(x), sight)));
    }

    Tensor forwardTraced(const Tensor& x, Tensor& probabilities, const Rotation& rotation) const {
        const Tensor seen = normedFirst(x);
        return withMlp(withAttention(x, m_attention->forwardTraced(seen, seen, probabilities, rotation)));
    }

    /// rows: int64 [n], of x -> [n, width]
    Tensor forwardPooled(const Tensor& x, const Packing& packing, const Tensor& rows,
                         const std::optional<Tensor>& allowed) const {
        const Tensor seen = normedFirst(x), own = rowsOf(x, rows);
        const Tensor query = m_norms == Norms::Before ? rowsOf(seen, rows) : own;
        return withMlp(withAttention(own, m_attention->forwardPooled(query, seen, packing, allowed)));
    }

  private:
    Tensor normedFirst(const Tensor& x) const { return m_norms == Norms::Before ? (*m_ln1)(x) : x; }

    Tensor withAttention(const Tensor& x, const Tensor& attended) const { return sum(x, attended, *m_ln1, m_scale1); }

    Tensor withMlp(const Tensor& x) const {
        const Tensor in = m_norms == Norms::Before ? (*m_ln2)(x) : x;
        return sum(x, m_gated ? m_gated->forward(in) : m_mlp->forward(in), *m_ln2, m_scale2);
    }

    Tensor sum(const Tensor& x, const Tensor& added, const LayerNorm& norm,
               const std::shared_ptr<LayerScale>& scale) const {
        switch (m_norms) {
            case Norms::AfterSum:
                return norm(x + added);
            case Norms::BeforeSum:
                return x + norm(added);
            case Norms::Before:
                break;
        }
        return x + (scale ? (*scale)(added) : added);
    }

    Norms m_norms;
    std::shared_ptr<LayerNorm> m_ln1, m_ln2;
    std::shared_ptr<Attention> m_attention;
    std::shared_ptr<Mlp> m_mlp;
    std::shared_ptr<GatedMlp> m_gated;
    std::shared_ptr<LayerScale> m_scale1, m_scale2;
};

Transformer::Transformer(const Scope& scope, const TransformerConfig& config) {
    const auto list = register_module("resblocks", std::make_shared<torch::nn::Module>("resblocks"));
    for (int i = 0; i < config.layers; ++i)
        m_blocks.push_back(addChild<ResidualAttentionBlock>(*list, scope / "resblocks", std::to_string(i), config));
}

Tensor Transformer::forward(const Tensor& tokens, bool causal, const Tensor& keys, const Rotation& rotation) const {
    const Tensor seen = keys.defined() ? keys.unsqueeze(1).unsqueeze(1) : keys;
    const Sight sight = {{{tokens.size(0), tokens.size(1)}}, causal, seen, rotation};
    return through(m_blocks.size() - 1, allButLast(tokens.flatten(0, 1), sight), sight).view(tokens.sizes());
}

Tensor Transformer::forwardPacked(const Tensor& tokens, const Packing& packing) const {
    const Sight sight = {packing, false, {}};
    return through(m_blocks.size() - 1, allButLast(tokens, sight), sight);
}

Tensor Transformer::forwardTraced(const Tensor& tokens, std::vector<Tensor>& attention,
                                  const Rotation& rotation) const {
    attention.resize(m_blocks.size());
    Tensor x = tokens;
    for (size_t i = 0; i < m_blocks.size(); ++i)
        x = m_blocks[i]->forwardTraced(x, attention[i], rotation);
    return x;
}

Tensor Transformer::forwardPooled(const Tensor& tokens, const Tensor& positions, bool causal,
                                  const Tensor& seen) const {
    const Sight sight = {
        {{tokens.size(0), tokens.size(1)}}, causal, seen.defined() ? seen.unsqueeze(1).unsqueeze(1) : seen};
    const Tensor x = allButLast(tokens.flatten(0, 1), sight);
    const Tensor rows = torch::arange(tokens.size(0), positions.options()) * tokens.size(1) + positions;
    std::optional<Tensor> allowed;
    if (causal) {
        const Tensor keys = torch::arange(tokens.size(1), positions.options());
        allowed = (keys.unsqueeze(0) <= positions.unsqueeze(1)).unsqueeze(1);
    } else if (seen.defined()) {
        allowed = seen.unsqueeze(1);
    }
    return pooled(x, sight.packing, rows, allowed);
}

Tensor Transformer::forwardMasked(const Tensor& tokens, const Tensor& seen) const {
    const int64_t length = tokens.size(1);
    const Sight sight = {{{tokens.size(0), length}}, false, seen.unsqueeze(1)};
    const Tensor x = allButLast(tokens.flatten(0, 1), sight);
    const auto index = torch::TensorOptions(torch::kLong).device(tokens.device());
    const Tensor rows = torch::arange(length - 1, tokens.size(0) * length, length, index);
    return pooled(x, sight.packing, rows, seen.narrow(1, length - 1, 1));
}

Tensor Transformer::forwardLast(const Tensor& tokens, const Packing& packing) const {
    std::vector<int64_t> rows;
    int64_t end = 0;
    for (const auto& [count, length] : packing)
        for (int64_t i = 0; i < count; ++i)
            rows.push_back((end += length) - 1);
    const Tensor last = torch::tensor(rows, torch::kLong).to(tokens.device());
    return pooled(allButLast(tokens, {packing, true, {}}), packing, last, std::nullopt);
}

Tensor Transformer::forwardFirst(const Tensor& tokens, const Packing& packing) const {
    std::vector<int64_t> rows;
    int64_t begin = 0;
    for (const auto& [count, length] : packing)
        for (int64_t i = 0; i < count; ++i, begin += length)
            rows.push_back(begin);
    const Tensor first = torch::tensor(rows, torch::kLong).to(tokens.device());
    return pooled(allButLast(tokens, {packing, false, {}}), packing, first, std::nullopt);
}

Tensor Transformer::allButLast(Tensor tokens, const Sight& sight) const {
    for (size_t i = 0; i + 1 < m_blocks.size(); ++i)
        tokens = through(i, tokens, sight);
    return tokens;
}

Tensor Transformer::through(size_t number, const Tensor& tokens, const Sight& sight) const {
    const auto& block = *m_blocks[number];
    if (!m_recomputes) return block.forward(tokens, sight);
    return recomputed(tokens, learnersOf(block), [&block, sight](const Tensor& x) { return block.forward(x, sight); });
}

Tensor Transformer::pooled(const Tensor& tokens, const Packing& packing, const Tensor& rows,
                           const std::optional<Tensor>& allowed) const {
    const auto& block = *m_blocks.back();
    if (!m_recomputes) return block.forwardPooled(tokens, packing, rows, allowed);
    return recomputed(tokens, learnersOf(block), [&block, packing, rows, allowed](const Tensor& x) {
        return block.forwardPooled(x, packing, rows, allowed);
    });
}

}  // namespace diagonal
