// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>

#include <memory>

#include "engine/base/libtorch.h"
#include "engine/parts/layers.h"
#include "engine/parts/packed_weight.h"
#include "training/checks/cases.h"
#include "training/checks/dense.h"
#include "training/checks/module_case.h"

namespace diagonal {

namespace {

using torch::Tensor;

/// A linear layer whose weight `pack` has packed, for its second use: the first may be a plain one.
OperationCase packedCase(const Sizes& s, Pack pack) {
    const auto packed = std::make_shared<std::shared_ptr<PackedWeight>>();
    const auto run = [packed, pack](const TensorList& in) -> TensorList {
        const torch::NoGradGuard noGrad;
        if (!*packed) {
            *packed = pack(in[1], in[2]);
            (**packed)(in[0]);
        }
        return {(**packed)(in[0])};
    };
    return {{drawn({s.batch * s.length, s.width}), drawn({2 * s.width, s.width}), drawn({2 * s.width})},
            run,
            [](const TensorList& in) -> TensorList { return {dense::linear(in[0], in[1], in[2])}; }};
}

}  // namespace

MakeCase tokenEmbedding() {
    return [](const Sizes& s) -> OperationCase {
        const int64_t vocabulary = 8 * s.width;
        return {{drawn({vocabulary, s.width}), drawn({s.length, s.width}),
                 torch::randint(0, vocabulary, {s.batch, s.length}, torch::kLong)},
                [](const TensorList& in) -> TensorList { return {torch::embedding(in[0], in[2]) + in[1]}; },
                [](const TensorList& in) -> TensorList {
                    const Tensor chosen = torch::one_hot(in[2], in[0].size(0)).to(torch::kDouble);
                    return {chosen.matmul(in[0]) + in[1]};
                }};
    };
}

MakeCase featureNormalisation() {
    return [](const Sizes& s) -> OperationCase {
        return {{drawn({s.batch * s.length, s.width})},
                [](const TensorList& in) -> TensorList { return {normalizedRows(in[0])}; },
                [](const TensorList& in) -> TensorList { return {dense::unitRows(in[0])}; }};
    };
}

MakeCase similaritySoftmax() {
    return [](const Sizes& s) -> OperationCase {
        constexpr double kScale = 10;
        return {{drawn({s.batch, s.width}), drawn({2 * s.batch, s.width})},
                [](const TensorList& in) -> TensorList {
                    const Tensor cosines = normalizedRows(in[0]).mm(normalizedRows(in[1]).t());
                    return {(kScale * cosines).softmax(1), cosines};
                },
                [](const TensorList& in) -> TensorList {
                    const Tensor cosines = dense::unitRows(in[0]).matmul(dense::unitRows(in[1]).t());
                    const Tensor shares = (kScale * cosines).exp();
                    return {shares / shares.sum(1, true), cosines};
                }};
    };
}

bool isCpuWithOneDnn(const c10::Device& device) {
    return device.is_cpu() && at::hasMKLDNN();
}

bool isCpuWithInt8(const c10::Device& device) {
    return device.is_cpu() && at::globalContext().qEngine() != at::QEngine::NoQEngine;
}

MakeCase linearPackedInBlocks() {
    return [](const Sizes& sizes) { return packedCase(sizes, packBlocks); };
}

MakeCase linearInInt8() {
    return [](const Sizes& sizes) { return packedCase(sizes, packInt8); };
}

}  // namespace diagonal
