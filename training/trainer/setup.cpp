// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/setup.h"

#include <torch/torch.h>

#include <algorithm>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/presets.h"
#include "engine/text/sentencepiece_tokenizer.h"

namespace diagonal {

namespace {

using Message = std::function<void(const std::string&)>;

constexpr size_t kSuggestedLabels = 12;

std::vector<std::string> allCaptions(const Dataset& dataset) {
    std::vector<std::string> captions;
    for (size_t i = 0; i < dataset.size(); ++i)
        captions.insert(captions.end(), dataset.captions(i).begin(), dataset.captions(i).end());
    return captions;
}

ModelBundle newModel(const TrainOptions& options, const TrainingData& data, const Message& message) {
    ModelBundle bundle;
    auto config = architecture(options.model);
    if (!config.text.causal)
        throw Error("--model " + options.model, "a text tower that sees its padding cannot start from new captions",
                    "Fine-tune a SigLIP model, or choose a CLIP architecture");
    bundle.tokenizer =
        trainSentencePieceTokenizer(allCaptions(*data.train), options.vocabularySize, config.text.contextLength);
    config.text.vocabularySize = bundle.tokenizer->vocabularySize();
    message("tokenizer of " + std::to_string(config.text.vocabularySize) + " tokens trained on the captions");
    bundle.model = std::make_shared<ClipModel>(config);
    bundle.preprocess.width = bundle.preprocess.height = config.imageSize;
    return bundle;
}

/// What the model folder says of the model to people who open it later.
void describe(ModelInfo& info, const TrainOptions& options, const Dataset& data) {
    info.name = displayName(std::filesystem::absolute(options.output).lexically_normal().filename());
    info.knows = data.kind() == "Scenes" ? "coloured shapes" : "";
    info.suggestedTemplate.clear();
    info.suggestedLabels.clear();
    info.familiarTexts = info.knows.empty() ? std::vector<std::string>() : data.labels();
    info.familiarCosine = 0;  // measured when the run is done
    if (data.labels().empty()) return;
    info.suggestedTemplate = data.promptTemplate();
    const auto& labels = data.labels();
    const size_t stride = std::max<size_t>(1, labels.size() / kSuggestedLabels + 1);
    for (size_t i = 0; i < labels.size(); i += stride)
        info.suggestedLabels.push_back(labels[i]);
}

}  // namespace

TrainingSetup setUp(const TrainOptions& options, const std::optional<std::filesystem::path>& checkpoint,
                    const Message& message) {
    TrainingSetup setup;
    setup.options = options;
    setup.device = torch::Device(resolveDevice(options.device));
    setup.bf16 = options.precision == "bf16" || (options.precision == "auto" && !setup.device.is_cpu());
    setup.data =
        openTrainingData(options.trainData, options.validationData, {Split::All, options.imageKey, options.captionKey});
    const auto& train = *setup.data.train;
    for (const auto& warning : train.warnings())
        message(warning);
    const auto images = static_cast<int64_t>(train.size());
    message(train.kind() + ": " + std::to_string(images) + " training images" +
            (setup.data.validation ? ", " + std::to_string(setup.data.validation->size()) + " for validation"
                                   : ", none held back for validation"));
    if (images < 2)
        throw Error("--train-data " + options.trainData, "one image is too few: the loss compares images",
                    "Give more data.");
    if (images < options.batchSize)
        message("fewer images than --batch-size " + std::to_string(options.batchSize) + ": every batch is all of them");
    setup.stepsPerEpoch = std::max<int64_t>(1, images / options.batchSize);
    setup.totalSteps = options.steps > 0 ? options.steps : options.epochs * setup.stepsPerEpoch;

    torch::manual_seed(options.seed);
    if (checkpoint) {
        setup.bundle = loadModel(*checkpoint, {.writable = true});
    } else if (isArchitecture(options.model)) {
        setup.bundle = newModel(options, setup.data, message);
    } else {
        setup.bundle = loadModel(resolveModel(options.model), {.writable = true});
        message("fine-tuning " + setup.bundle.info.name);
    }
    describe(setup.bundle.info, options, train);
    setup.bundle.model->to(setup.device);
    return setup;
}

TextTensors textTensors(const Tokenizer& tokenizer, std::span<const std::string> texts) {
    const auto batch = tokenizer.tokenize(texts);
    return {torch::tensor(batch.ids, torch::kLong).view({batch.count, batch.length}),
            torch::tensor(batch.ends, torch::kLong)};
}

}  // namespace diagonal
