// SPDX-License-Identifier: Apache-2.0
#include "training/checks/dense.h"

#include <cmath>
#include <limits>

#include "engine/base/libtorch.h"

namespace diagonal::dense {

using torch::Tensor;

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
    return x.matmul(weight.t()) + bias;
}

Tensor layerNorm(const Tensor& x, const Tensor& gain, const Tensor& bias) {
    constexpr double kEpsilon = 1e-5;
    const Tensor centred = x - x.mean(-1, true);
    return centred / (centred.square().mean(-1, true) + kEpsilon).sqrt() * gain + bias;
}

Tensor activate(const Tensor& x, Activation activation) {
    switch (activation) {
        case Activation::QuickGelu:
            return x / (1 + (-1.702 * x).exp());
        case Activation::GeluTanh:
            return x / 2 * (1 + (std::sqrt(2 / M_PI) * (x + 0.044715 * x.pow(3))).tanh());
        case Activation::Gelu:
            break;
    }
    return x / 2 * (1 + (x / std::sqrt(2.0)).erf());
}

Tensor attentionShares(const Tensor& query, const Tensor& key, int64_t heads, const Tensor& allowed) {
    const auto queries = query.chunk(heads, -1), keys = key.chunk(heads, -1);
    TensorList shares;
    for (size_t head = 0; head < queries.size(); ++head) {
        const auto depth = static_cast<double>(queries[head].size(-1));
        Tensor scores = queries[head].matmul(keys[head].transpose(-1, -2)) / std::sqrt(depth);
        if (allowed.defined())
            scores = scores.masked_fill(allowed.logical_not(), -std::numeric_limits<double>::infinity());
        const Tensor powers = (scores - scores.amax(-1, true)).exp();
        shares.push_back(powers / powers.sum(-1, true));
    }
    return torch::stack(shares, -3);
}

Tensor attention(const Tensor& query, const Tensor& key, const Tensor& value, int64_t heads, const Tensor& allowed) {
    const auto shares = attentionShares(query, key, heads, allowed).unbind(-3);
    const auto values = value.chunk(heads, -1);
    TensorList attended;
    for (size_t head = 0; head < values.size(); ++head)
        attended.push_back(shares[head].matmul(values[head]));
    return torch::cat(attended, -1);
}

Tensor selfAttention(const Tensor& x, const TensorList& weights, size_t first, int64_t heads, bool causal) {
    const auto qkv = linear(x, weights[first], weights[first + 1]).chunk(3, -1);
    const int64_t length = x.size(-2);
    const Tensor allowed = causal ? torch::ones({length, length}, torch::kBool).tril() : Tensor();
    return linear(attention(qkv[0], qkv[1], qkv[2], heads, allowed), weights[first + 2], weights[first + 3]);
}

Tensor block(const Tensor& x, const TensorList& weights, size_t first, int64_t heads, bool causal,
             Activation activation) {
    const auto w = [&](size_t i) { return weights[first + i]; };
    const Tensor h = x + selfAttention(layerNorm(x, w(0), w(1)), weights, first + 2, heads, causal);
    return h + linear(activate(linear(layerNorm(h, w(6), w(7)), w(8), w(9)), activation), w(10), w(11));
}

Tensor convolution(const Tensor& x, const Tensor& weight) {
    const int64_t kernel = weight.size(2);
    const Tensor columns = at::im2col(x, {kernel, kernel}, {1, 1}, {kernel / 2, kernel / 2}, {1, 1});
    return weight.flatten(1).matmul(columns).unflatten(2, {x.size(2), x.size(3)});
}

Tensor batchNorm(const Tensor& x, const Tensor& gain, const Tensor& bias, const Tensor& mean, const Tensor& variance) {
    constexpr double kEpsilon = 1e-5;
    const auto channels = [](const Tensor& t) { return t.view({-1, 1, 1}); };
    return (x - channels(mean)) / (channels(variance) + kEpsilon).sqrt() * channels(gain) + channels(bias);
}

Tensor unitRows(const Tensor& x) {
    return x / x.square().sum(-1, true).sqrt();
}

}  // namespace diagonal::dense
