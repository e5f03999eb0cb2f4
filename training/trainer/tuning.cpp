// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/tuning.h"

#include <algorithm>
#include <variant>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/parts/head.h"
#include "engine/parts/positions.h"
#include "training/optimizers/model_parts.h"
#include "training/run/checkpoint.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

std::string mebibytes(int64_t bytes) {
    constexpr double kMebibyte = 1 << 20;
    const double amount = static_cast<double>(bytes) / kMebibyte;
    char text[32];
    std::snprintf(text, sizeof text, amount < 10 ? "%.1f MiB" : "%.0f MiB", amount);
    return text;
}

}  // namespace

fs::path baseFolder(const fs::path& run) {
    return run / "base";
}

void keepBase(const TrainingSetup& setup) {
    if (setup.options.loraRank > 0) replaceModelFolder(baseFolder(setup.options.output), setup.bundle);
}

void resizeModel(ModelBundle& bundle, int imageSize) {
    bundle.model->setImageSize(imageSize);
    setSize(bundle.preprocess, imageSize);
}

void requireSizes(const std::vector<Stage>& stages, const ClipConfig& config) {
    for (const Stage& stage : stages)
        if (stage.patchDropout > 0 && !config.vision.hasPatches())
            throw Error("--stages", "the image tower has no patches to leave out",
                        "Leave the dropout out, or choose a vision transformer.");
    for (const Stage& stage : stages)
        if (stage.imageSize % config.vision.cell() != 0 && stage.imageSize != config.imageSize)
            throw Error("--stages",
                        std::to_string(stage.imageSize) + " pixels are no multiple of " +
                            std::to_string(config.vision.cell()) + ", the side of a patch of this model",
                        "Give another size.");
}

void resizeToStage(TrainingSetup& setup, const std::optional<fs::path>& checkpoint) {
    if (setup.stages.empty()) return;
    if (checkpoint) return resizeModel(setup.bundle, readModelInfo(*checkpoint).imageSize);
    requireSizes(setup.stages, setup.bundle.model->config());
    resizeModel(setup.bundle, setup.stages.front().imageSize);
}

bool hasOwnHead(const DualEncoder& model) {
    return std::ranges::any_of(model.named_parameters(), [](const auto& item) { return isOwnHead(item.key()); });
}

void requireSomethingToLearn(const DualEncoder& model, const TrainOptions& options) {
    if (!options.lockImage || !options.lockText || hasOwnHead(model)) return;
    if (options.fixTemperature)
        throw Error("--fix-temperature", "both towers are locked too: nothing is left to learn",
                    "Leave one of the three out.");
    if (options.temperatureLearningRate > 0)
        throw Error("--lr-tau", "both towers are locked: the temperature is all that learns, at --lr", "Leave it out.");
}

void adaptModel(TrainingSetup& setup, const std::function<void(const std::string&)>& message) {
    const auto& options = setup.options;
    DualEncoder& model = *setup.bundle.model;
    int64_t all = 0, learned = 0, weights = 0;
    for (const torch::Tensor& parameter : model.parameters()) {
        all += parameter.numel();
        weights += parameter.requires_grad() ? parameter.numel() : 0;
    }
    const double alpha = options.loraAlpha > 0 ? options.loraAlpha : options.loraRank;
    model.adapt({.rank = options.loraRank,
                 .scale = alpha / options.loraRank,
                 .image = !options.lockImage,
                 .text = !options.lockText,
                 .attention = options.loraTargets != "mlp",
                 .mlp = options.loraTargets != "attention"});
    const auto factors = model.lowRankFactors();
    for (const auto& [name, factor] : factors)
        learned += factor.numel();
    constexpr int64_t kMoments = 2 * sizeof(float);
    message("low-rank terms of rank " + std::to_string(options.loraRank) + " on " + std::to_string(factors.size() / 2) +
            " matrices: " + std::to_string(learned) + " numbers learn beside " + std::to_string(all) +
            " that stand still; AdamW keeps " + mebibytes(kMoments * learned) + ", not " +
            mebibytes(kMoments * weights));
}

}  // namespace diagonal
