// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/retrieval.h"

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

constexpr int64_t kTileRows = 1024;

/// Sums of hit probabilities at 1, 5, 10 for queries with `better` foreign candidates above their match, whose
/// similarity is `own`, and `equal` ones beside it. A match that is no number is a miss: no candidate is above or
/// beside it.
torch::Tensor hits(const torch::Tensor& own, const torch::Tensor& better, const torch::Tensor& equal) {
    std::vector<torch::Tensor> sums;
    for (const int k : {1, 5, 10})
        sums.push_back(((k - better) / (equal + 1)).clamp(0, 1).where(own.isfinite(), 0).sum(torch::kDouble));
    return torch::stack(sums);
}

RecallAtK share(const torch::Tensor& sums, int64_t count) {
    const auto values = (sums / count).cpu();
    return {values[0].item<double>(), values[1].item<double>(), values[2].item<double>()};
}

}  // namespace

RetrievalRecall retrievalRecall(const torch::Tensor& images, const torch::Tensor& texts,
                                const std::vector<int64_t>& imageOfText) {
    const torch::NoGradGuard noGrad;
    const int64_t n = images.size(0), m = texts.size(0);
    TORCH_CHECK(static_cast<int64_t>(imageOfText.size()) == m && n > 0 && m > 0, "a text must have an image");
    const auto owner = torch::tensor(imageOfText, torch::kLong).to(images.device());
    auto toText = torch::zeros({3}, images.options().dtype(torch::kDouble)), toImage = torch::zeros_like(toText);
    for (int64_t begin = 0; begin < m; begin += kTileRows) {
        const int64_t count = std::min(kTileRows, m - begin);
        const auto similarity = texts.narrow(0, begin, count).mm(images.t());
        const auto own = similarity.gather(1, owner.narrow(0, begin, count).unsqueeze(1));
        toImage += hits(own.squeeze(1), (similarity > own).sum(1), (similarity == own).sum(1) - 1);
    }
    for (int64_t begin = 0; begin < n; begin += kTileRows) {
        const int64_t count = std::min(kTileRows, n - begin);
        const auto similarity = images.narrow(0, begin, count).mm(texts.t());
        const auto rows = torch::arange(begin, begin + count, owner.options()).unsqueeze(1);
        const auto isOwn = rows == owner.unsqueeze(0);
        const auto best = similarity.masked_fill(~isOwn | similarity.isnan(), -INFINITY).amax(1, /*keepdim=*/true);
        const auto foreign = similarity.masked_fill(isOwn, -INFINITY);
        toText += hits(best.squeeze(1), (foreign > best).sum(1), (foreign == best).sum(1));
    }
    return {share(toText, n), share(toImage, m)};
}

}  // namespace diagonal
