// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "engine/base/libtorch.h"
#include "engine/parts/transformer.h"
#include "training/checks/cases.h"
#include "training/checks/dense.h"
#include "training/checks/module_case.h"

namespace diagonal {

namespace {

using torch::Tensor;

std::shared_ptr<Attention> attentionModule(const Scope& scope, const Sizes& s) {
    const Init any = Init::normal(1);
    return std::make_shared<Attention>(scope, static_cast<int>(s.width), static_cast<int>(s.heads), any, any);
}

std::shared_ptr<Transformer> transformerModule(const Scope& scope, const Sizes& s, int layers, Activation activation) {
    TransformerConfig config;
    config.width = static_cast<int>(s.width);
    config.layers = layers;
    config.heads = static_cast<int>(s.heads);
    config.hidden = 4 * config.width;
    config.activation = activation;
    return std::make_shared<Transformer>(scope, config);
}

/// Texts of up to three lengths, the longest `s.length`.
Packing packingOf(const Sizes& s) {
    Packing packing = {{s.batch, s.length}};
    if (s.length > 2) packing.push_back({1, s.length / 2});
    if (s.length > 4) packing.push_back({2, 1});
    return packing;
}

int64_t tokensOf(const Packing& packing) {
    int64_t tokens = 0;
    for (const auto& [count, length] : packing)
        tokens += count * length;
    return tokens;
}

/// What `function` computes of each sequence [1, length, width] of x [tokens, width], one after the other.
Tensor forEachSequence(const Tensor& x, const Packing& packing, const std::function<Tensor(const Tensor&)>& function) {
    TensorList results;
    int64_t first = 0;
    for (const auto& [count, length] : packing)
        for (int64_t i = 0; i < count; ++i, first += length)
            results.push_back(function(x.narrow(0, first, length).unsqueeze(0)).squeeze(0));
    return torch::cat(results);
}

Tensor twoBlocks(const Tensor& x, const TensorList& in, size_t first, int64_t heads) {
    const auto activation = Activation::QuickGelu;
    const Tensor once = dense::block(x, in, first, heads, true, activation);
    return dense::block(once, in, first + dense::kBlockWeights, heads, true, activation);
}

}  // namespace

MakeCase layerNorm() {
    return [](const Sizes& s) {
        return moduleCase(
            {drawn({s.batch, s.length, s.width})},
            [s](const Scope& scope) -> Computation {
                const auto norm = std::make_shared<LayerNorm>(scope, s.width, 1e-5);
                return [=](const TensorList& in) -> TensorList { return {(*norm)(in[0])}; };
            },
            [](const TensorList& in) -> TensorList { return {dense::layerNorm(in[0], in[1], in[2])}; });
    };
}

MakeCase mlp(Activation activation) {
    return [activation](const Sizes& s) {
        return moduleCase(
            {drawn({s.batch * s.length, s.width})},
            [s, activation](const Scope& scope) -> Computation {
                const auto width = static_cast<int>(s.width);
                const auto layers = std::make_shared<Mlp>(scope, width, 4 * width, activation);
                return [=](const TensorList& in) -> TensorList { return {layers->forward(in[0])}; };
            },
            [activation](const TensorList& in) -> TensorList {
                return {dense::linear(dense::activate(dense::linear(in[0], in[1], in[2]), activation), in[3], in[4])};
            });
    };
}

MakeCase attention(bool causal) {
    return [causal](const Sizes& s) {
        return moduleCase(
            {drawn({s.batch * s.length, s.width})},
            [s, causal](const Scope& scope) -> Computation {
                const auto module = attentionModule(scope, s);
                return [=](const TensorList& in) -> TensorList {
                    return {module->forward(in[0], {{{s.batch, s.length}}, causal, {}})};
                };
            },
            [s, causal](const TensorList& in) -> TensorList {
                const Tensor x = in[0].view({s.batch, s.length, s.width});
                return {dense::selfAttention(x, in, 1, s.heads, causal).flatten(0, 1)};
            });
    };
}

MakeCase attentionOfPackedTexts() {
    return [](const Sizes& s) {
        const Packing packing = packingOf(s);
        return moduleCase(
            {drawn({tokensOf(packing), s.width})},
            [=](const Scope& scope) -> Computation {
                const auto module = attentionModule(scope, s);
                return [=](const TensorList& in) -> TensorList {
                    return {module->forward(in[0], {packing, true, {}})};
                };
            },
            [=](const TensorList& in) -> TensorList {
                return {forEachSequence(
                    in[0], packing, [&](const Tensor& x) { return dense::selfAttention(x, in, 1, s.heads, true); })};
            });
    };
}

MakeCase attentionTraced() {
    return [](const Sizes& s) {
        return moduleCase(
            {drawn({s.batch, s.length, s.width})},
            [s](const Scope& scope) -> Computation {
                const auto module = attentionModule(scope, s);
                return [=](const TensorList& in) -> TensorList {
                    Tensor probabilities;
                    const Tensor out = module->forwardTraced(in[0], in[0], probabilities);
                    return {out, probabilities};
                };
            },
            [s](const TensorList& in) -> TensorList {
                const auto qkv = dense::linear(in[0], in[1], in[2]).chunk(3, -1);
                return {dense::selfAttention(in[0], in, 1, s.heads, false),
                        dense::attentionShares(qkv[0], qkv[1], s.heads)};
            });
    };
}

MakeCase attentionToOneQuery() {
    return [](const Sizes& s) {
        const Tensor ends = torch::randint(0, s.length, {s.batch}, torch::kLong);
        return moduleCase(
            {drawn({s.batch, s.width}), drawn({s.batch * s.length, s.width}),
             (torch::arange(s.length) <= ends.unsqueeze(1)).unsqueeze(1)},
            [s](const Scope& scope) -> Computation {
                const auto module = attentionModule(scope, s);
                return [=](const TensorList& in) -> TensorList {
                    return {module->forwardPooled(in[0], in[1], {{s.batch, s.length}}, in[2])};
                };
            },
            [s](const TensorList& in) -> TensorList {
                const auto weights = in[3].chunk(3), biases = in[4].chunk(3);
                const Tensor x = in[1].view({s.batch, s.length, s.width});
                const Tensor query = dense::linear(in[0], weights[0], biases[0]).unsqueeze(1);
                const Tensor seen = dense::attention(query, dense::linear(x, weights[1], biases[1]),
                                                     dense::linear(x, weights[2], biases[2]), s.heads, in[2]);
                return {dense::linear(seen.squeeze(1), in[5], in[6])};
            });
    };
}

MakeCase transformerBlock(bool causal, Activation activation) {
    return [=](const Sizes& s) {
        return moduleCase(
            {drawn({s.batch, s.length, s.width})},
            [=](const Scope& scope) -> Computation {
                const auto module = transformerModule(scope, s, 1, activation);
                return [=](const TensorList& in) -> TensorList { return {module->forward(in[0], causal)}; };
            },
            [=](const TensorList& in) -> TensorList {
                return {dense::block(in[0], in, 1, s.heads, causal, activation)};
            });
    };
}

MakeCase textPooling() {
    return [](const Sizes& s) {
        return moduleCase(
            {drawn({s.batch, s.length, s.width}), torch::randint(0, s.length, {s.batch}, torch::kLong)},
            [s](const Scope& scope) -> Computation {
                const auto module = transformerModule(scope, s, 2, Activation::QuickGelu);
                return [=](const TensorList& in) -> TensorList { return {module->forwardPooled(in[0], in[1], true)}; };
            },
            [s](const TensorList& in) -> TensorList {
                return {twoBlocks(in[0], in, 2, s.heads).index({torch::arange(s.batch), in[1]})};
            });
    };
}

MakeCase textPoolingOfPackedTexts() {
    return [](const Sizes& s) {
        const Packing packing = packingOf(s);
        return moduleCase(
            {drawn({tokensOf(packing), s.width})},
            [=](const Scope& scope) -> Computation {
                const auto module = transformerModule(scope, s, 2, Activation::QuickGelu);
                return [=](const TensorList& in) -> TensorList { return {module->forwardLast(in[0], packing)}; };
            },
            [=](const TensorList& in) -> TensorList {
                return {forEachSequence(in[0], packing, [&](const Tensor& x) {
                    return twoBlocks(x, in, 1, s.heads).narrow(1, x.size(1) - 1, 1);
                })};
            });
    };
}

}  // namespace diagonal
