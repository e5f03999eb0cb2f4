// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/zero_shot_accuracy.h"

#include "engine/base/libtorch.h"

namespace diagonal {

std::vector<int> bestLabels(const torch::Tensor& images, const torch::Tensor& labels) {
    const torch::NoGradGuard noGrad;
    const auto similarity = images.mm(labels.t());
    const auto [value, index] = similarity.masked_fill(~similarity.isfinite(), -INFINITY).max(1);
    const auto best = index.masked_fill(~value.isfinite(), -1).to(torch::kInt).cpu().contiguous();
    return {best.data_ptr<int>(), best.data_ptr<int>() + best.numel()};
}

double accuracy(const std::vector<int>& predicted, const std::vector<int>& truth) {
    TORCH_CHECK(predicted.size() == truth.size(), "one prediction for each image");
    size_t known = 0, right = 0;
    for (size_t i = 0; i < truth.size(); ++i) {
        if (truth[i] < 0) continue;
        ++known;
        if (predicted[i] == truth[i]) ++right;
    }
    return known == 0 ? -1 : static_cast<double>(right) / static_cast<double>(known);
}

}  // namespace diagonal
