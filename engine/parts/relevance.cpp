// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/relevance.h"

#include <cmath>
#include <optional>

#include "engine/base/libtorch.h"
#include "engine/parts/layers.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr int kFirstStageStride = 4;

/// Of one image: [1, heads, queries, keys] -> [queries, keys]
Tensor weighted(const Tensor& attention, const Tensor& gradient) {
    return (attention * gradient).relu().mean(1)[0];
}

/// The rows of R = (I + A_last) ... (I + A_first) that `row` [1, tokens] picks.
Tensor rollOut(Tensor row, const std::vector<Tensor>& attention, const std::vector<Tensor>& gradients) {
    for (size_t block = attention.size(); block-- > 0;)
        row = row + row.matmul(weighted(attention[block], gradients[block]));
    return row[0];
}

/// [patches] of a square grid, a class token perhaps before them -> [rows, columns]
Tensor onGrid(const Tensor& tokens) {
    const auto side = static_cast<int64_t>(std::sqrt(static_cast<double>(tokens.numel())));
    return tokens.slice(0, tokens.numel() - side * side).view({side, side});
}

Tensor ofTransformer(const ImageTrace& trace, const std::vector<Tensor>& gradients) {
    const Tensor& last = trace.attention.back();
    const int64_t first = trace.tokensBefore, patches = last.size(-1) - first;
    if (trace.pooling.defined())
        return onGrid(rollOut(weighted(trace.pooling, gradients.back()), trace.attention, gradients).slice(0, first));
    Tensor row = torch::zeros({1, last.size(-1)}, last.options().requires_grad(false));
    if (trace.averages) {
        row.slice(1, first).fill_(1.0 / static_cast<double>(patches));
        return onGrid((rollOut(row, trace.attention, gradients) - row[0]).slice(0, first));
    }
    row.select(1, 0).fill_(1);
    return onGrid(rollOut(row, trace.attention, gradients).slice(0, first));
}

Tensor ofFeatureMap(const Tensor& features, const Tensor& gradient) {
    return (features * gradient.mean({2, 3}, true)).sum(1).relu()[0];
}

}  // namespace

Tensor relevanceGrids(ImageTower& tower, const Tensor& image, const Tensor& texts, double logitScale) {
    const torch::AutoGradMode withGradients(true);
    ImageTrace trace;
    const Tensor features = normalizedRows(tower.forwardTraced(image, trace));
    const Tensor logits = features.matmul(texts.t())[0] * logitScale;  // [k]
    std::vector<Tensor> inputs = trace.attention;
    for (const Tensor& one : {trace.pooling, trace.featureMap})
        if (one.defined()) inputs.push_back(one);

    std::vector<Tensor> grids;
    for (int64_t i = 0; i < logits.size(0); ++i) {
        const bool isLast = i + 1 == logits.size(0);
        const auto gradients = torch::autograd::grad({logits[i]}, inputs, {}, !isLast);
        const torch::NoGradGuard noGrad;
        grids.push_back(trace.featureMap.defined() ? ofFeatureMap(trace.featureMap, gradients.front())
                                                   : ofTransformer(trace, gradients));
    }
    return torch::stack(grids).detach();
}

int cellSize(const ClipConfig& config) {
    int cell = config.vision.cell();
    while (!config.vision.hasPatches() && cell > kFirstStageStride && config.imageSize / cell < kFewestCells)
        cell /= 2;
    return cell;
}

}  // namespace diagonal
