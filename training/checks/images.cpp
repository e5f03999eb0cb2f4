// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "engine/base/libtorch.h"
#include "engine/parts/image_normalizer.h"
#include "engine/parts/layers.h"
#include "training/checks/cases.h"
#include "training/checks/module_case.h"

namespace diagonal {

namespace {

using torch::Tensor;

constexpr std::array<float, 3> kMean = {0.48145466F, 0.4578275F, 0.40821073F};
constexpr std::array<float, 3> kDeviation = {0.26862954F, 0.26130258F, 0.27577711F};

}  // namespace

MakeCase imageNormalisation() {
    return [](const Sizes& sizes) -> OperationCase {
        const auto run = [](const TensorList& in) -> TensorList {
            return {ImageNormalizer(in[0].device(), kMean, kDeviation)(in[0])};
        };
        const auto reference = [](const TensorList& in) -> TensorList {
            const auto channels = [](const std::array<float, 3>& values) {
                return torch::tensor({values[0], values[1], values[2]}).to(torch::kDouble);
            };
            return {((in[0].to(torch::kDouble) / 255 - channels(kMean)) / channels(kDeviation)).permute({0, 3, 1, 2})};
        };
        return {{torch::randint(0, 256, {sizes.batch, sizes.length, sizes.length, 3}, torch::kByte)}, run, reference};
    };
}

MakeCase patchEmbedding() {
    return [](const Sizes& s) {
        const int64_t side = s.length * s.patch;
        return moduleCase(
            {drawn({s.batch, 3, side, side})},
            [s](const Scope& scope) -> Computation {
                const auto patches = std::make_shared<Conv2d>(scope, 3, s.width, s.patch, s.patch, true);
                return
                    [=](const TensorList& in) -> TensorList { return {(*patches)(in[0]).flatten(2).transpose(1, 2)}; };
            },
            [s](const TensorList& in) -> TensorList {
                const Tensor patches = in[0]
                                           .reshape({s.batch, 3, s.length, s.patch, s.length, s.patch})
                                           .permute({0, 2, 4, 1, 3, 5})
                                           .reshape({s.batch, s.length * s.length, -1});
                return {patches.matmul(in[1].flatten(1).t()) + in[2]};
            });
    };
}

}  // namespace diagonal
