// SPDX-License-Identifier: Apache-2.0
#include "training/run/memory_estimate.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <utility>

#include "engine/base/error.h"
#include "engine/parts/cost.h"
#include "engine/parts/low_rank_terms.h"
#include "training/data/feature_views.h"
#include "training/data/loader.h"
#include "training/run/activation_memory.h"
#include "training/run/stages.h"

namespace diagonal {

namespace {

constexpr double kFloatBytes = 4, kHalfBytes = 2;
constexpr double kProcess = 330e6;                       ///< LibTorch's and the program's own; measured
constexpr double kAspect = 4.0 / 3;                      ///< of a photograph
constexpr int64_t kTileOnCpu = 1024, kTileOnGpu = 8192;  ///< of the logits; of a large GPU
constexpr double kMostAhead = 3,
                 kAheadBytes = 1 << 30;  ///< of the loader: batches, and their bytes where they are more

struct ParameterCounts {
    double image = 0, text = 0, textMatrices = 0, embedding = 0;  ///< numbers
};

ParameterCounts countsOf(const ClipConfig& config) {
    const Cost cost = costOf(config);
    return {static_cast<double>(cost.imageParameters), static_cast<double>(cost.textParameters),
            static_cast<double>(cost.textMatrices),
            static_cast<double>(config.text.vocabularySize) * config.text.width};
}

/// Mean length of captions in tokens where nobody counted.
double guessedTokens(const TextConfig& text) {
    constexpr double kUsual = 16;
    return text.fillsContext ? text.contextLength : std::min<double>(kUsual, text.contextLength);
}

/// What AdamW learns of the towers.
ParameterCounts learnedOf(const TrainOptions& options, const ClipConfig& config, const ParameterCounts& weights) {
    ParameterCounts learned = weights;
    if (options.loraRank > 0) {
        const LowRankNumbers numbers = lowRankNumbers(config, {.rank = options.loraRank,
                                                               .attention = options.loraTargets != "mlp",
                                                               .mlp = options.loraTargets != "attention"});
        learned.image = static_cast<double>(numbers.image);
        learned.text = static_cast<double>(numbers.text);
        learned.embedding = 0;
    }
    if (options.lockImage) learned.image = 0;
    if (options.lockText) learned.text = learned.embedding = 0;
    return learned;
}

/// One, of the model's size, where there are none, or none that can be read.
std::vector<Stage> stagesOf(const TrainOptions& options, int imageSize) {
    std::vector<Stage> stages;
    try {
        stages = parseStages(options.stages, options.patchDropout);
    } catch (const Error&) {  // is told elsewhere
    }
    if (stages.empty()) stages.push_back({1, imageSize, options.patchDropout});
    return stages;
}

uint64_t wholeBytes(double count) {
    return static_cast<uint64_t>(std::max(0.0, count));
}

MemoryEstimate estimateStage(const TrainOptions& options, const MemoryFacts& facts) {
    const ClipConfig& config = facts.model;
    const ParameterCounts weights = countsOf(config);
    const bool halfText = options.textStorage == "bf16", halfMoments = options.adamStates == "bf16";
    const double image = weights.image * kFloatBytes;
    const double text = (weights.text - weights.textMatrices) * kFloatBytes +
                        weights.textMatrices * (halfText ? kHalfBytes : kFloatBytes);
    const ParameterCounts learned = learnedOf(options, config, weights);
    const double imageTrained = learned.image, textTrained = learned.text;
    const double trained = imageTrained + textTrained;

    const double batch = options.batchSize;
    const double ownBatch = batch / facts.processes;
    const bool inParts = options.microBatch > 0 && options.microBatch < ownBatch;
    const double atOnce = inParts ? options.microBatch : ownBatch;
    const double tokens = facts.captionTokens > 0 ? facts.captionTokens : guessedTokens(config.text);
    const TowerUse use = {facts.half, facts.onGpu, options.gradCheckpointing};
    const TowerMemory ofImage = imageTowerMemory(config, 1 - options.patchDropout, use),
                      ofText = textTowerMemory(config, tokens, use);
    const double imageKept = options.lockImage ? 0 : ofImage.kept, textKept = options.lockText ? 0 : ofText.kept;
    // Where a locked tower's features are made before the first step, no pictures pass in a step.
    const bool views = options.imageViews > 0;
    const double imageAround = views               ? 0
                               : options.lockImage ? ofImage.forward
                                                   : ofImage.around,
                 textAround = options.lockText ? ofText.forward : ofText.around;

    // Copies of the matrices in autocast's type: the graph keeps them until its backward pass is through; blocks that
    // are computed again make theirs anew.
    const double narrowText = halfText ? 0 : weights.textMatrices - weights.embedding;
    const bool keepsCopies = facts.half && !options.gradCheckpointing;
    const double imageCopies = keepsCopies ? weights.image * kHalfBytes : 0,
                 textCopies = keepsCopies ? narrowText * kHalfBytes : 0;

    // The text tower's backward pass comes first, beside all that the image tower keeps; then there are its gradients.
    // The embedding's gradient of a part is made whole before it is added.
    const double gradients = trained * kFloatBytes, textGradients = textTrained * kFloatBytes;
    const double spare = inParts ? learned.embedding * kFloatBytes : 0;
    const double before = inParts ? gradients : 0, between = inParts ? gradients : textGradients;
    const double first = before + atOnce * (imageKept + textKept + textAround) + imageCopies + textCopies;
    const double second = between + atOnce * (imageKept + imageAround) + imageCopies;
    const double third = between + spare + atOnce * imageKept + imageCopies;
    const double featuresOfViews = views ? kPicturesForFeatures * ofImage.forward : 0;
    const double most = std::max({first, second, third, gradients, featuresOfViews});
    const double ofGradients = most == featuresOfViews ? 0
                               : most == first         ? before
                               : most == gradients     ? gradients
                                                       : between + (most == third ? spare : 0);
    const double ofCopies = most == first ? imageCopies + textCopies : most == gradients ? 0 : imageCopies;

    const double features = (inParts ? 8 : 6) * batch * config.embedDim * kFloatBytes;
    const double side =
        static_cast<double>(std::min<int64_t>(facts.onGpu ? kTileOnGpu : kTileOnCpu, options.batchSize));
    const double pixels = 3.0 * config.imageSize * config.imageSize;
    const double pictures = (views ? kPicturesForFeatures : ownBatch) * pixels;
    const bool crops = facts.augments && options.augment && options.cropScale < 1;
    const double kept = pixels * (crops ? kAspect / options.cropScale : 1);

    MemoryEstimate estimate;
    estimate.onGpu = facts.onGpu;
    const auto add = [&](const char* key, const char* name, double count, bool onDevice = true) {
        if (count >= 1) estimate.parts.push_back({key, name, wholeBytes(count), onDevice || !facts.onGpu});
    };
    add("weights", "weights", image + text);
    add("moments", "AdamW's moments", 2 * trained * (halfMoments ? kHalfBytes : kFloatBytes));
    add("average", "average of the weights",
        options.emaDecay > 0 ? (options.loraRank > 0 ? trained : weights.image + weights.text) * kFloatBytes : 0);
    add("gradients", "gradients", ofGradients);
    add("weight_copies", "weights in half precision", ofCopies);
    add("activations", "activations", most - ofGradients - ofCopies);
    add("features", "features and loss", features + 4 * side * side * kFloatBytes);
    add("buckets", "sums of gradients", facts.processes > 1 ? gradients : 0);
    add("estimates", "FastCLIP's estimates",
        options.loss == "fastclip" ? 2 * kFloatBytes * static_cast<double>(facts.trainImages) : 0);
    // On a GPU the batch that is computed and the next one are there, and the host has pieces of those to come.
    const double ahead = std::clamp(std::floor(kAheadBytes / pictures), 1.0, kMostAhead) * pictures;
    if (facts.onGpu) add("pixels", "pictures of a batch and the next", 2 * pictures);
    add("batches", "pictures of the next batches",
        facts.onGpu ? std::min(kMostAhead * pictures, kAheadBytes) : pictures + ahead, false);
    add("validation", "pictures for validation",
        static_cast<double>(std::min<int64_t>(1000, facts.validationImages)) * 3 * config.imageSize * config.imageSize,
        false);
    add("picture_cache", "decoded pictures",
        std::min(kept * static_cast<double>(facts.trainImages), static_cast<double>(pictureCacheBytes())), false);
    add("feature_views", "features of the pictures",
        kHalfBytes * options.imageViews * featureWidth(config) * static_cast<double>(facts.trainImages), false);
    add("process", "the program", kProcess, false);
    return estimate;
}

}  // namespace

uint64_t MemoryEstimate::onDevice() const {
    uint64_t sum = 0;
    for (const MemoryPart& part : parts)
        sum += part.onDevice ? part.bytes : 0;
    return sum;
}

uint64_t MemoryEstimate::onComputer() const {
    uint64_t sum = 0;
    for (const MemoryPart& part : parts)
        sum += onGpu && part.onDevice ? 0 : part.bytes;
    return sum;
}

MemoryEstimate estimateMemory(const TrainOptions& options, const MemoryFacts& facts) {
    MemoryEstimate largest;
    for (const Stage& stage : stagesOf(options, facts.model.imageSize)) {
        TrainOptions ofStage = options;
        MemoryFacts then = facts;
        ofStage.patchDropout = stage.patchDropout;
        then.model.imageSize = stage.imageSize;
        MemoryEstimate estimate = estimateStage(ofStage, then);
        if (largest.parts.empty() || estimate.onDevice() > largest.onDevice()) largest = std::move(estimate);
    }
    return largest;
}

std::string memoryText(uint64_t bytes) {
    char text[32];
    const auto megabytes = static_cast<double>(bytes) / 1e6;
    if (megabytes >= 995)
        std::snprintf(text, sizeof(text), "%.1f GB", megabytes / 1e3);
    else
        std::snprintf(text, sizeof(text), "%.0f MB", std::max(1.0, megabytes));
    return text;
}

std::string describe(const MemoryEstimate& estimate) {
    auto parts = estimate.parts;
    std::ranges::stable_sort(parts, std::ranges::greater(), &MemoryPart::bytes);
    std::string list;
    for (const MemoryPart& part : parts)
        if (!estimate.onGpu || part.onDevice)
            list += (list.empty() ? "" : ", ") + part.text + " " + memoryText(part.bytes);
    return "needs about " + memoryText(estimate.onDevice()) + ": " + list;
}

uint64_t availableMemory() {
    std::ifstream file("/proc/meminfo");
    std::string name;
    uint64_t kibibytes = 0;
    while (file >> name >> kibibytes) {
        if (name == "MemAvailable:") return kibibytes << 10;
        file.ignore(64, '\n');
    }
    return 0;
}

}  // namespace diagonal
