// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/setup.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/job.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/part_weights.h"
#include "engine/checkpoint/presets.h"
#include "engine/text/load_tokenizer.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "engine/text/siglip_tokenizer.h"
#include "engine/text/tokenizer_fingerprint.h"
#include "training/data/caption_sample.h"
#include "training/data/fingerprint.h"
#include "training/losses/loss.h"
#include "training/optimizers/train_step.h"
#include "training/run/option_info.h"
#include "training/trainer/tuning.h"

namespace diagonal {

namespace {

using Message = std::function<void(const std::string&)>;

constexpr size_t kSuggestedLabels = 12;

TokenizerConfig configOf(const TextConfig& text) {
    return {.contextLength = text.contextLength,
            .vocabularySize = text.vocabularySize,
            .cleaning = TextCleaning::Whitespace,
            .padToContext = text.fillsContext};
}

/// Pretrained towers have a row a token, and a few spare ones.
void requireVocabulary(const Tokenizer& tokenizer, const TextConfig& text, const std::filesystem::path& path) {
    constexpr double kLeast = 0.9;
    if (text.hubName.empty()) return;  // its embedding is made as large as the vocabulary
    const int tokens = tokenizer.vocabularySize();
    if (tokens > text.vocabularySize || tokens < kLeast * text.vocabularySize)
        throw Error(displayName(path),
                    "the tokenizer has " + std::to_string(tokens) + " tokens, the text tower " + text.hubName + " " +
                        std::to_string(text.vocabularySize),
                    "Give the tokenizer that the tower was trained with.");
}

/// The tokenizer of a new model. Data that was packed brings its own, and so do weights of transformers.
std::shared_ptr<const Tokenizer> newTokenizer(const TrainOptions& options, const Dataset& data, const TextConfig& text,
                                              const Message& message, const std::stop_token& stop) {
    if (options.tokenizer != "captions" && options.tokenizer != "clip") {
        auto tokenizer = loadTokenizerFrom(options.tokenizer, configOf(text));
        requireVocabulary(*tokenizer, text, options.tokenizer);
        return tokenizer;
    }
    if (!text.hubName.empty()) {
        if (options.tokenizer == "clip")
            throw Error("--tokenizer clip", text.hubName + " has a vocabulary of its own",
                        "Leave it out: the tokenizer beside the weights is taken.");
        if (options.textWeights.empty())
            throw Error("--text-weights", "are not given, and " + text.hubName + " has a vocabulary of its own",
                        "Give the pretrained weights, or the vocabulary by --tokenizer PATH.");
        std::error_code error;
        if (!std::filesystem::exists(options.textWeights, error))
            throw Error("--text-weights " + displayName(options.textWeights), "there is no such file or folder",
                        "Give a folder of Hugging Face with the weights and the tokenizer.");
        const auto folder = std::filesystem::is_directory(options.textWeights, error)
                                ? options.textWeights
                                : options.textWeights.parent_path();
        auto tokenizer = loadTokenizer(folder, configOf(text));
        requireVocabulary(*tokenizer, text, folder);
        return tokenizer;
    }
    if (options.tokenizer == "clip") {
        if (!text.causal)
            throw Error("--tokenizer clip", "the text tower of " + options.model + " pools at the end of its padding",
                        "Leave the option out: a tokenizer of SigLIP's kind is trained on the captions.");
        return loadTokenizer({}, {.contextLength = text.contextLength});
    }
    const auto& packed = data.tokenizer();
    if (packed != nullptr && text.causal) {
        if (auto tokenizer = withContext(*packed, text.contextLength)) {
            message("the tokenizer of " + std::to_string(tokenizer->vocabularySize()) + " tokens is that of the pack");
            return tokenizer;
        }
    }
    const auto train = text.causal ? trainSentencePieceTokenizer : trainSiglipTokenizer;
    const auto start = std::chrono::steady_clock::now();
    const CaptionSample sample = sampleCaptions(data, kTokenizerCaptions, {}, stop);
    message(sample.note());
    auto tokenizer = train(sample.captions, options.vocabularySize, text.contextLength, stop);
    const auto spent = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start);
    message("tokenizer of " + std::to_string(tokenizer->vocabularySize()) + " tokens trained on the captions in " +
            std::to_string(spent.count()) + " s");
    return tokenizer;
}

/// The pretrained towers of a new model.
void loadParts(DualEncoder& model, const TrainOptions& options, const Message& message) {
    if (options.imageWeights.empty() && !options.textWeights.empty()) {
        if (options.lockImage)
            throw Error("--image-weights", "are not given, and --lock-image would keep random weights for good",
                        "Give the pretrained image tower, or leave --lock-image out.");
        message("--image-weights are not given: the image tower learns from random weights");
    }
    if (!options.imageWeights.empty()) loadImageWeights(model, options.imageWeights);
    if (!options.textWeights.empty()) loadTextWeights(model, options.textWeights);
}

ModelBundle newModel(const TrainOptions& options, const std::vector<Stage>& stages, const TrainingData& data,
                     const Message& message, const std::stop_token& stop) {
    ModelBundle bundle;
    auto config = architecture(options.model);
    requirePretrained(options.model, !options.imageWeights.empty(), !options.textWeights.empty());
    bundle.tokenizer = newTokenizer(options, *data.train, config.text, message, stop);
    if (config.text.hubName.empty()) {
        if (config.text.fillsContext) bundle.cleaning = TextCleaning::Canonicalize;
        config.text.vocabularySize = bundle.tokenizer->vocabularySize();
        if (config.text.pooling == Pooling::End)
            config.text.endId = static_cast<int>(bundle.tokenizer->encode("").back());
    }
    requireSizes(stages, config);
    if (!stages.empty()) config.imageSize = stages.front().imageSize;
    config.logitBias = config.logitBias || makeLoss(options.loss)->needsBias();
    bundle.model = std::make_shared<DualEncoder>(config);
    loadParts(*bundle.model, options, message);
    bundle.preprocess = preprocessFor(config);
    return bundle;
}

/// What the options say of the model itself; a checkpoint has learned further.
void prepareModel(DualEncoder& model, const TrainOptions& options) {
    constexpr double kFirstBias = -10;  // SigLIP's
    if (makeLoss(options.loss)->needsBias()) model.addLogitBias(kFirstBias);
    if (options.temperature <= 0) return;
    const torch::NoGradGuard noGrad;
    model.logitScale().fill_(-std::log(options.temperature));
}

std::optional<torch::ScalarType> autocastOf(const std::string& precision, const torch::Device& device) {
    if (precision == "fp16") return torch::kHalf;
    if (precision == "bf16" || (precision == "auto" && !device.is_cpu())) return torch::kBFloat16;
    return std::nullopt;
}

/// A GPU takes pictures faster than a few cores decode them; a CPU has to compute as well. The processes of a computer
/// share its cores.
int workersFor(const torch::Device& device, const World& world) {
    constexpr int kBesideComputing = 2, kMost = 64;
    if (device.is_cpu()) return std::max(1, kBesideComputing / world.localSize());
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    return std::clamp(cores / world.localSize() - 2, kBesideComputing, kMost);
}

/// --device, where it names no number: the processes of a computer take one GPU each.
torch::Device deviceOf(const std::string& asked, const World& world) {
    const torch::Device device(resolveDevice(asked));
    if (world.isAlone() || device.is_cpu() || asked.find(':') != std::string::npos) return device;
    // A launcher may show each process one GPU alone.
    const auto shown = static_cast<int>(devices().size()) - 1;
    const auto index = static_cast<c10::DeviceIndex>(world.localRank() % shown);
    return {device.type(), index};
}

/// The whole batch is shared evenly among the processes.
void shareBatch(TrainOptions& options, const World& world, int64_t images) {
    const int processes = world.size();
    if (options.batchSize % processes == 0) return;
    if (options.batchSize < images)
        throw Error("--batch-size " + std::to_string(options.batchSize),
                    "cannot be shared evenly among " + std::to_string(processes) + " processes",
                    "Give a multiple of " + std::to_string(processes) + ": the batch is that of all of them together.");
    if (images < processes)
        throw Error("--train-data " + options.trainData, "has fewer images than there are processes", "Start fewer.");
    options.batchSize = static_cast<int>(images / processes) * processes;
}

/// Throws where this process was given other options than the first, but for those of the computer it runs on.
void requireSameOptions(World& world, const TrainOptions& options, const torch::Device& device) {
    if (world.isAlone()) return;
    TrainOptions common = options;
    common.threads = common.workers = 0;
    common.trainData = common.validationData = {};  // what is there is compared when it is open
    common.device = c10::DeviceTypeName(device.type(), true);
    const auto all = world.texts(toJson(common).dump());
    const auto first = nlohmann::json::parse(all[0]);
    for (size_t rank = 1; rank < all.size(); ++rank) {
        if (all[rank] == all[0]) continue;
        const auto other = nlohmann::json::parse(all[rank]);
        for (const OptionInfo& info : optionInfos())
            if (first.at(info.key) != other.at(info.key))
                throw Error(info.flag(),
                            "is " + other.at(info.key).dump() + " in process " + std::to_string(rank + 1) + ", and " +
                                first.at(info.key).dump() + " in the first",
                            "Start all processes with the same options.");
    }
}

/// Throws where this process was given other data than the first, or other texts become other tokens.
void requireSame(World& world, const TrainingSetup& setup) {
    if (world.isAlone()) return;
    const auto all = world.texts(setup.fingerprint + ", validation " + setup.validationFingerprint + ", tokenizer " +
                                 tokenizerFingerprint(*setup.bundle.tokenizer));
    for (size_t rank = 1; rank < all.size(); ++rank)
        if (all[rank] != all[0])
            throw Error("process " + std::to_string(rank + 1) + " of " + std::to_string(all.size()),
                        "does not have the data of the first: " + all[rank] + ", not " + all[0],
                        "Give all processes the same files and options.");
}

/// "on cuda:0 in bf16"; where `auto` took the CPU beside a GPU, why.
std::string deviceText(const std::string& asked, const torch::Device& device,
                       const std::optional<torch::ScalarType>& autocast) {
    std::string text = "on " + device.str() + " in " +
                       (!autocast                   ? "fp32"
                        : *autocast == torch::kHalf ? "fp16"
                                                    : "bf16");
    if (asked == "auto" && device.is_cpu() && !gpuProblem().empty()) text += ", not on the GPU: " + gpuProblem();
    return text;
}

/// Says every few seconds how far the shards are that have no index yet.
JobContext openingOf(const Message& message, const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds kBetween(10);
    return {stop, [message, last = Clock::now()](const Progress& progress) mutable {
                if (Clock::now() - last < kBetween) return;
                last = Clock::now();
                message("indexing shard " + std::to_string(progress.done) + " of " + std::to_string(progress.total));
            }};
}

/// Throws where the run goes by what it will never measure.
void checkMeasured(const TrainOptions& options, const Dataset* validation) {
    if (options.schedule == "plateau" && validation == nullptr)
        throw Error("--lr-scheduler plateau", "no validation data is held back", "Give --val-data.");
    if (options.keepBest.empty()) return;
    if (validation == nullptr)
        throw Error("--keep-best " + options.keepBest, "no validation data is held back", "Give --val-data.");
    if (options.keepBest.starts_with("val/zero_shot") && validation->labels().empty())
        throw Error("--keep-best " + options.keepBest, "the validation data has no labels", "Choose val/loss.");
}

/// Of the teachers that the run learns from, for people and to tell their embeddings from others; empty: none are asked
/// for. Throws where the data has none.
std::string teachersText(const TrainOptions& options, const Dataset& train) {
    constexpr size_t kDigits = 16;
    if (options.distillWeight == 0) return {};
    if (train.teachers().empty())
        throw Error("--distill-weight", "--train-data " + options.trainData + " has no teacher's embeddings",
                    "Make a pack that has: dataset pack " + options.trainData + " PACK --teacher MODEL");
    std::string text;
    for (const Teacher& teacher : train.teachers())
        text += (text.empty() ? "" : ", ") + teacher.name + " (" + teacher.identity.substr(0, kDigits) + ")";
    return text;
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
                    const Message& message, const std::stop_token& stop, const std::shared_ptr<World>& world) {
    const auto mayGoOn = [&stop] {
        if (stop.stop_requested()) throw Cancelled();
    };
    TrainingSetup setup;
    setup.options = options;
    setup.world = world;
    setup.device = deviceOf(options.device, *world);
    requireSameOptions(*world, options, setup.device);
    world->use(setup.device);
    setup.autocast = autocastOf(options.precision, setup.device);
    setup.workers = options.workers > 0 ? options.workers : workersFor(setup.device, *world);
    message(deviceText(options.device, setup.device, setup.autocast) +
            (world->isAlone() ? "" : ", with " + std::to_string(world->size()) + " processes"));
    setup.stages = parseStages(options.stages, options.patchDropout);
    // Before the data is opened, which may take minutes.
    const bool isAdapted = options.loraRank > 0;
    const auto modelPath = checkpoint                      ? (isAdapted ? baseFolder(options.output) : *checkpoint)
                           : isArchitecture(options.model) ? std::filesystem::path()
                                                           : resolveModel(options.model);
    if (!checkpoint && !modelPath.empty() && !(options.imageWeights.empty() && options.textWeights.empty()))
        throw Error(options.imageWeights.empty() ? "--text-weights" : "--image-weights",
                    options.model + " has weights of its own", "Leave it out, or give an architecture by --model.");
    if (isAdapted && modelPath.empty())
        throw Error("--lora-rank", "a new model of " + options.model + " has learned nothing that could stand still",
                    "Give a model to fine-tune by --model or --pretrained.");
    if (setup.autocast && setup.device.is_cpu() && cpuFeatures().find("AVX-512") == std::string::npos)
        message("this processor has no units for " + options.precision + ": it is emulated, far slower than fp32");
    // The first opens alone: what it finds in shards is kept beside them, and the others read that.
    if (!world->isFirst()) world->any(false);
    setup.data = openTrainingData(
        options.trainData, options.validationData,
        {Split::All, options.imageKey, options.captionKey, options.templates, openingOf(message, stop)});
    if (world->isFirst()) world->any(false);
    checkMeasured(options, setup.data.validation.get());
    const auto& train = *setup.data.train;
    for (const auto& warning : train.warnings())
        message(warning);
    const auto images = static_cast<int64_t>(train.size());
    message(train.kind() + ": " + std::to_string(images) + " training images" +
            (setup.data.validation ? ", " + std::to_string(setup.data.validation->size()) + " for validation"
                                   : ", none held back for validation"));
    const std::string teachers = teachersText(options, train);
    if (!teachers.empty()) message("taught by " + teachers);
    if (images < 2)
        throw Error("--train-data " + options.trainData, "one image is too few: the loss compares images",
                    "Give more data.");
    if (images < options.batchSize) {
        setup.options.batchSize = static_cast<int>(images);
        shareBatch(setup.options, *world, images);
        message("fewer images than --batch-size " + std::to_string(options.batchSize) + ": every batch is " +
                (setup.options.batchSize == images ? "all" : std::to_string(setup.options.batchSize)) + " of them");
    }
    shareBatch(setup.options, *world, images);
    if (train.missing() > 0)
        message(std::to_string(train.missing()) +
                " images that the data names are not there; `dataset info` lists them");
    setup.stepsPerEpoch = std::max<int64_t>(1, images / setup.options.batchSize);
    setup.totalSteps = options.steps > 0 ? options.steps : options.epochs * setup.stepsPerEpoch;
    if (options.warmup >= setup.totalSteps && !checkpoint)
        message("--warmup " + std::to_string(options.warmup) + " is longer than the run of " +
                std::to_string(setup.totalSteps) + " steps: the learning rate never reaches --lr");
    if (options.saveFrequency > 0) setup.options.saveEvery = options.saveFrequency * setup.stepsPerEpoch;
    if (options.valFrequency > 0) setup.options.validateEvery = options.valFrequency * setup.stepsPerEpoch;
    if (const int64_t every = setup.options.validateEvery;
        options.schedule == "plateau" && every > 0 && setup.totalSteps / every <= options.plateauPatience + 1)
        message("the loss is validated " + std::to_string(setup.totalSteps / every) +
                " times in the run: too seldom for --plateau-patience " + std::to_string(options.plateauPatience) +
                " to lower the learning rate (--validate-every)");
    setup.fingerprint = fingerprint(train);
    if (!teachers.empty()) setup.fingerprint += ", taught by " + teachers;
    if (setup.data.validation) setup.validationFingerprint = fingerprint(*setup.data.validation);
    mayGoOn();

    torch::manual_seed(options.seed);
    if (modelPath.empty()) {
        setup.bundle = newModel(options, setup.stages, setup.data, message, stop);
    } else {
        setup.bundle = loadModel(modelPath, {.writable = true});
        resizeToStage(setup, checkpoint);
        if (!checkpoint) message("fine-tuning " + setup.bundle.info.name);
    }
    mayGoOn();
    if (const auto packed = train.tokenizer())
        setup.keptTokens = tokenizerFingerprint(*packed) == tokenizerFingerprint(*setup.bundle.tokenizer);
    if (!checkpoint) prepareModel(*setup.bundle.model, options);
    setup.bundle.model->setPatchDropout(setup.stages.empty() ? options.patchDropout
                                                             : setup.stages.front().patchDropout);
    setup.bundle.model->setGradCheckpointing(options.gradCheckpointing);
    setup.bundle.model->to(setup.device);
    describe(setup.bundle.info, options, train);
    requireSomethingToLearn(*setup.bundle.model, options);
    if (options.lockImage) setup.bundle.model->lockImageTower();
    setup.bundle.model->train();
    if (isAdapted) adaptModel(setup, message);
    if (!world->isAlone() && !canDivideBatches(*setup.bundle.model))
        message("the batch norms of each process see its own pairs alone: steps are not quite those of one process");
    // A run that began before this was checked goes on without.
    if (checkpoint && !canDivideBatches(*setup.bundle.model)) setup.options.microBatch = 0;
    if (setup.options.microBatch > 0) requireDivisible(*setup.bundle.model);
    requireSame(*world, setup);
    std::vector<torch::Tensor> weights = setup.bundle.model->parameters();
    for (const auto& statistic : setup.bundle.model->buffers())
        weights.push_back(statistic);
    for (const auto& [name, factor] : setup.bundle.model->lowRankFactors())
        weights.push_back(factor);
    world->takeFirst(weights);
    if (!setup.device.is_cpu()) useChannelsLast(*setup.bundle.model);
    return setup;
}

}  // namespace diagonal
