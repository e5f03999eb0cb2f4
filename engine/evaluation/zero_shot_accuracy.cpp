// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/zero_shot_accuracy.h"

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

constexpr int64_t kImagesAtOnce = 1024, kLabelsAtOnce = 8192;

}  // namespace

std::vector<int> bestLabels(const torch::Tensor& images, const torch::Tensor& labels) {
    const torch::NoGradGuard noGrad;
    const int64_t n = images.size(0), k = labels.size(0);
    const auto best = torch::full({n}, -1, images.options().dtype(torch::kLong));
    const auto highest = torch::full({n}, -INFINITY, images.options());
    for (int64_t row = 0; row < n; row += kImagesAtOnce) {
        const int64_t rows = std::min(kImagesAtOnce, n - row);
        auto bestOfRows = best.narrow(0, row, rows), highestOfRows = highest.narrow(0, row, rows);
        for (int64_t label = 0; label < k; label += kLabelsAtOnce) {
            const auto some = labels.narrow(0, label, std::min(kLabelsAtOnce, k - label));
            const auto similarity = images.narrow(0, row, rows).mm(some.t());
            const auto [value, index] = similarity.masked_fill(~similarity.isfinite(), -INFINITY).max(1);
            const auto isBetter = value > highestOfRows;
            bestOfRows.copy_((index + label).where(isBetter, bestOfRows));
            highestOfRows.copy_(value.where(isBetter, highestOfRows));
        }
    }
    const auto result = best.to(torch::kInt).cpu();
    return {result.data_ptr<int>(), result.data_ptr<int>() + result.numel()};
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
