// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/cost.h"

#include "engine/parts/clip.h"
#include "engine/parts/weights.h"

namespace diagonal {

namespace {

/// Counts what a model asks for; BatchNorm's statistics are no parameters.
class Counter : public MetaWeights {
  public:
    torch::Tensor take(const std::string& name, at::IntArrayRef shape, Init init) override {
        torch::Tensor tensor = MetaWeights::take(name, shape, init);
        if (!isStatistic(name)) (name.starts_with("visual.") ? image : rest) += tensor.numel();
        if (!name.starts_with("visual.") && shape.size() >= 2) matrices += tensor.numel();
        return tensor;
    }
    int64_t image = 0, rest = 0, matrices = 0;
};

int64_t linear(int64_t tokens, int64_t in, int64_t out) {
    return 2 * tokens * in * out;
}

int64_t blocks(int64_t count, int64_t tokens, int64_t width, int64_t hidden) {
    const int64_t attention =
        linear(tokens, width, 3 * width) + 4 * tokens * tokens * width + linear(tokens, width, width);
    return count * (attention + linear(tokens, width, hidden) + linear(tokens, hidden, width));
}

int64_t flops(const ClipConfig& config, const VitConfig& vit) {
    const int64_t patches = int64_t{gridSize(config)} * gridSize(config), width = vit.width;
    return linear(patches, int64_t{3} * vit.patchSize * vit.patchSize, width) +
           blocks(vit.layers, patches + 1, width, hiddenWidth(vit.width, vit.mlpRatio)) +
           linear(1, width, config.embedDim);
}

int64_t flops(const ClipConfig& config, const SiglipVitConfig& vit) {
    const int64_t patches = int64_t{gridSize(config)} * gridSize(config), width = vit.width;
    const int64_t hidden = hiddenWidth(vit.width, vit.mlpRatio);
    const int64_t pool = linear(1, width, width) + linear(patches, width, 2 * width) + 4 * patches * width +
                         linear(1, width, width) + 2 * linear(1, width, hidden);
    return linear(patches, int64_t{3} * vit.patchSize * vit.patchSize, width) +
           blocks(vit.layers, patches, width, hidden) + pool;
}

int64_t flops(const ClipConfig& config, const ResNetConfig& net) {
    const int64_t width = net.width, half = width / 2;
    int64_t side = (config.imageSize + 1) / 2;
    int64_t sum =
        linear(side * side, 27, half) + linear(side * side, 9 * half, half) + linear(side * side, 9 * half, width);
    side /= 2;
    int64_t in = width;
    for (size_t stage = 0; stage < net.layers.size(); ++stage) {
        const int64_t planes = width << stage, out = 4 * planes;
        for (int layer = 0; layer < net.layers[stage]; ++layer) {
            const int64_t before = side * side;
            if (layer == 0 && stage > 0) side /= 2;
            const int64_t after = side * side;
            sum += linear(before, in, planes) + linear(before, 9 * planes, planes) + linear(after, planes, out);
            if (layer == 0) sum += linear(after, in, out);
            in = out;
        }
    }
    const int64_t tokens = side * side + 1;
    return sum + linear(tokens, in, 3 * in) + 4 * tokens * tokens * in + linear(tokens, in, config.embedDim);
}

int64_t textFlops(const ClipConfig& config) {
    const TextConfig& text = config.text;
    return blocks(text.layers, text.contextLength, text.width, hiddenWidth(text.width, text.mlpRatio)) +
           linear(1, text.width, config.embedDim);
}

}  // namespace

Cost costOf(const ClipConfig& config) {
    Counter counter;
    const ClipModel model(config, counter);
    Cost cost;
    cost.imageParameters = counter.image;
    cost.textParameters = counter.rest - 1 - (config.logitBias ? 1 : 0);
    cost.textMatrices = counter.matrices;
    cost.parameters = counter.image + counter.rest;
    cost.imageFlops = std::visit([&](const auto& tower) { return flops(config, tower); }, config.vision);
    cost.textFlops = textFlops(config);
    return cost;
}

}  // namespace diagonal
