// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/architectures.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/resources.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/json_reader.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

/// Attention, MLP and two norms, with biases.
int64_t blocks(int64_t layers, int64_t width, double mlpRatio) {
    const auto hidden = static_cast<int64_t>(static_cast<double>(width) * mlpRatio);
    return layers * (4 * width * width + 4 * width + 2 * width * hidden + hidden + width + 4 * width);
}

int64_t countVision(const VitConfig& vit, int64_t imageSize, int64_t embedDim) {
    const int64_t width = vit.width, grid = imageSize / vit.patchSize;
    return 3 * width * vit.patchSize * vit.patchSize + width + (grid * grid + 1) * width + 4 * width +
           blocks(vit.layers, width, vit.mlpRatio) + width * embedDim;
}

int64_t countVision(const ResNetConfig& resnet, int64_t imageSize, int64_t embedDim) {
    const int64_t width = resnet.width, half = width / 2;
    int64_t sum = 27 * half + 9 * half * half + 9 * half * width + 2 * (half + half + width);
    int64_t in = width;
    for (size_t stage = 0; stage < resnet.layers.size(); ++stage) {
        const int64_t planes = width << stage, out = 4 * planes;
        for (int layer = 0; layer < resnet.layers[stage]; ++layer) {
            sum += in * planes + 9 * planes * planes + planes * out + 2 * (planes + planes + out);
            if (layer == 0) sum += in * out + 2 * out;
            in = out;
        }
    }
    const int64_t grid = imageSize / 32;
    return sum + (grid * grid + 1) * in + 3 * (in * in + in) + in * embedDim + embedDim;
}

}  // namespace

int64_t countParameters(const ClipConfig& config) {
    const int64_t width = config.text.width, embedDim = config.embedDim;
    const int64_t text = (config.text.vocabularySize + config.text.contextLength) * width +
                         blocks(config.text.layers, width, config.text.mlpRatio) + 2 * width + width * embedDim;
    const int64_t vision =
        std::visit([&](const auto& tower) { return countVision(tower, config.imageSize, embedDim); }, config.vision);
    return text + vision + 1;
}

std::vector<ArchitectureChoice> architectureChoices() {
    std::vector<ArchitectureChoice> choices;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(resourceFolder() / "architectures", ignored)) {
        if (entry.path().extension() != ".json") continue;
        try {
            const auto config = clipConfigFromJson(readJson(entry.path()), entry.path().string());
            choices.push_back({QString::fromStdString(entry.path().stem().string()), config.imageSize,
                               config.text.vocabularySize, countParameters(config)});
        } catch (const Error&) {
            continue;
        }
    }
    std::sort(choices.begin(), choices.end(), [](const auto& a, const auto& b) { return a.parameters < b.parameters; });
    return choices;
}

}  // namespace diagonal
