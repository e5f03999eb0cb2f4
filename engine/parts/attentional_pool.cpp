// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/attentional_pool.h"

#include <cmath>

#include "engine/base/libtorch.h"
#include "engine/parts/cost.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr double kEpsilon = 1e-5;

Init xavier(int in, int out) {
    return Init::uniform(std::sqrt(6.0 / (in + out)));
}

}  // namespace

AttentionalPool::AttentionalPool(const Scope& scope, int width, int out, int queries, int heads) : m_heads(heads) {
    m_query = register_parameter("query", scope.take("query", {queries, out}, Init::normal(1)));
    // torch.nn.MultiheadAttention has one matrix for all three where their widths are equal.
    const Scope place = scope / "attn";
    const auto attention = register_module("attn", std::make_shared<torch::nn::Module>("attn"));
    const auto matrix = [&](const char* name, int rows, int columns, Init init) {
        return attention->register_parameter(name, place.take(name, {rows, columns}, init));
    };
    if (width == out) {
        m_inWeight = matrix("in_proj_weight", 3 * out, out, xavier(out, 3 * out));
    } else {
        m_queryWeight = matrix("q_proj_weight", out, out, xavier(out, out));
        m_keyWeight = matrix("k_proj_weight", out, width, xavier(width, out));
        m_valueWeight = matrix("v_proj_weight", out, width, xavier(width, out));
    }
    m_inBias = attention->register_parameter("in_proj_bias", place.take("in_proj_bias", {3 * out}, Init::value(0)));
    m_out = addChild<Linear>(*attention, place, "out_proj", out, out, Init::fanIn(out));
    m_queryNorm = addChild<LayerNorm>(*this, scope, "ln_q", out, kEpsilon);
    m_tokenNorm = addChild<LayerNorm>(*this, scope, "ln_k", width, kEpsilon);
}

Tensor AttentionalPool::forward(const Tensor& tokens, Tensor* probabilities) const {
    const auto weights =
        m_inWeight.defined() ? m_inWeight.chunk(3) : std::vector<Tensor>{m_queryWeight, m_keyWeight, m_valueWeight};
    const auto biases = m_inBias.chunk(3);
    const auto byHeads = [&](const Tensor& x, size_t part) {
        return torch::linear(x, weights[part], biases[part]).unflatten(-1, {m_heads, -1}).transpose(-3, -2);
    };
    const Tensor keys = (*m_tokenNorm)(tokens);
    const Tensor query = byHeads((*m_queryNorm)(m_query.narrow(0, 0, 1)), 0);  // [heads, 1, depth]
    const double depth = static_cast<double>(query.size(-1));
    const Tensor scores = query.unsqueeze(0).matmul(byHeads(keys, 1).transpose(2, 3)) / std::sqrt(depth);
    const Tensor seen = scores.softmax(-1);
    if (probabilities != nullptr) *probabilities = seen;
    return (*m_out)(seen.matmul(byHeads(keys, 2)).transpose(1, 2).flatten(1));
}

int64_t attentionalPoolFlops(int64_t tokens, int64_t width, int64_t out, int64_t queries) {
    return linearFlops(queries, out, out) + 2 * linearFlops(tokens, width, out) + 4 * queries * tokens * out +
           linearFlops(queries, out, out);
}

}  // namespace diagonal
