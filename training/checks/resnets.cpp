// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "engine/base/libtorch.h"
#include "engine/parts/resnet_layers.h"
#include "training/checks/cases.h"
#include "training/checks/dense.h"
#include "training/checks/module_case.h"

namespace diagonal {

namespace {

using torch::Tensor;

/// A batch norm's five tensors from `first` on.
struct NormWeights {
    NormWeights(const TensorList& from, size_t first)
        : gain(from[first]), bias(from[first + 1]), mean(from[first + 2]), variance(from[first + 3]) {}
    Tensor gain, bias, mean, variance;
};

/// Normalises; while training with the batch's own statistics, which the running ones follow.
Tensor denseNorm(const Tensor& x, NormWeights& weights, bool training) {
    if (!training) return dense::batchNorm(x, weights.gain, weights.bias, weights.mean, weights.variance);
    constexpr double kMomentum = 0.1;
    const auto count = static_cast<double>(x.size(0) * x.size(2) * x.size(3));
    const Tensor mean = x.mean({0, 2, 3}), variance = x.var({0, 2, 3}, /*unbiased=*/false);
    weights.mean = (1 - kMomentum) * weights.mean + kMomentum * mean.detach();
    weights.variance = (1 - kMomentum) * weights.variance + kMomentum * variance.detach() * (count / (count - 1));
    return dense::batchNorm(x, weights.gain, weights.bias, mean, variance);
}

Tensor densePool(const Tensor& x, int64_t stride) {
    return x.unflatten(3, {-1, stride}).unflatten(2, {-1, stride}).mean({3, 5});
}

}  // namespace

MakeCase batchNorm(bool training) {
    return [training](const Sizes& s) {
        return moduleCase(
            {drawn({s.batch, s.width, 2 * s.length, 2 * s.length})},
            [s, training](const Scope& scope) -> Computation {
                const auto norm = std::make_shared<BatchNorm2d>(scope, s.width);
                norm->train(training);
                return [=](const TensorList& in) -> TensorList { return {(*norm)(in[0]), in[3], in[4]}; };
            },
            [training](const TensorList& in) -> TensorList {
                NormWeights weights(in, 1);
                const Tensor out = denseNorm(in[0], weights, training);
                return {out, weights.mean, weights.variance};
            });
    };
}

MakeCase resNetBlock(bool training, int64_t stride) {
    return [=](const Sizes& s) {
        constexpr size_t kConvolutionAndNorm = 6;
        const int64_t in = stride > 1 ? s.width : Bottleneck::kExpansion * s.width;
        return moduleCase(
            {drawn({s.batch, in, 2 * s.length, 2 * s.length})},
            [=](const Scope& scope) -> Computation {
                const auto block = std::make_shared<Bottleneck>(scope, in, s.width, stride);
                block->train(training);
                return [=](const TensorList& in) -> TensorList { return {block->forward(in[0])}; };
            },
            [=](const TensorList& in) -> TensorList {
                const auto layer = [&](const Tensor& x, size_t i) {
                    const size_t first = 1 + i * kConvolutionAndNorm;
                    NormWeights weights(in, first + 1);
                    return denseNorm(dense::convolution(x, in[first]), weights, training);
                };
                const Tensor inner = layer(densePool(layer(layer(in[0], 0).relu(), 1).relu(), stride), 2);
                return {(inner + (stride > 1 ? layer(densePool(in[0], stride), 3) : in[0])).relu()};
            });
    };
}

MakeCase resNetPool() {
    return [](const Sizes& s) {
        return moduleCase(
            {drawn({s.batch, s.width, s.length, s.length})},
            [s](const Scope& scope) -> Computation {
                const auto pool = std::make_shared<AttentionPool>(scope, s.length, s.width, s.heads, s.width);
                return [=](const TensorList& in) -> TensorList { return {pool->forward(in[0])}; };
            },
            [s](const TensorList& in) -> TensorList {
                const Tensor cells = in[0].flatten(2).transpose(1, 2);
                const Tensor x = torch::cat({cells.mean(1, true), cells}, 1) + in[1];
                const Tensor seen =
                    dense::attention(dense::linear(x.narrow(1, 0, 1), in[4], in[5]), dense::linear(x, in[2], in[3]),
                                     dense::linear(x, in[6], in[7]), s.heads);
                return {dense::linear(seen.squeeze(1), in[8], in[9])};
            });
    };
}

}  // namespace diagonal
