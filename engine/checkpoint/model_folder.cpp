// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/model_folder.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/loaded_weights.h"
#include "engine/checkpoint/model_notes.h"
#include "engine/checkpoint/model_source.h"
#include "engine/checkpoint/not_finite.h"
#include "engine/checkpoint/presets.h"
#include "engine/checkpoint/resize_positions.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/parts/text_kind.h"
#include "engine/parts/text_towers/bert.h"
#include "engine/parts/text_towers/hub_text_config.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kConfigFile = "open_clip_config.json";
constexpr const char* kWeightsFile = "open_clip_model.safetensors";

std::string dtypeName(torch::ScalarType type) {
    switch (type) {
        case torch::kHalf:
            return "float16";
        case torch::kBFloat16:
            return "bfloat16";
        case torch::kDouble:
            return "float64";
        case torch::kLong:
            return "int64";
        default:
            return type == torch::kFloat ? "float32" : torch::toString(type);
    }
}

/// The folder's own name; of RUN/model and RUN/checkpoints/step-N the run's.
std::string nameOf(const fs::path& folder) {
    const fs::path path = fs::absolute(folder).lexically_normal();
    const fs::path clean = path.has_filename() ? path : path.parent_path();
    const std::string last = displayName(clean.filename());
    const fs::path parent = clean.parent_path();
    if (last == "model" && fs::exists(parent / "metrics.jsonl")) return displayName(parent.filename());
    if (parent.filename() == "checkpoints") return displayName(parent.parent_path().filename()) + " " + last;
    return last;
}

void resizeInput(ModelSource& source, int imageSize) {
    const int smallest = source.clip.vision.smallestSize();
    if (imageSize < smallest || imageSize > 4096 || imageSize % smallest != 0)
        throw Error("--image-size " + std::to_string(imageSize),
                    smallest > 1 ? "this image tower needs a multiple of " + std::to_string(smallest) + ", at most 4096"
                                 : "must be from 1 to 4096");
    source.clip.imageSize = imageSize;
    setSize(source.preprocess, imageSize);
    if (gridSize(source.clip) < 1)
        throw Error("--image-size " + std::to_string(imageSize), "is smaller than a patch of the model");
    resizePositions(source.state, source.clip);
}

/// Without a temperature, which is e to the power of -logit_scale, no two features can be compared.
void requireFinite(const std::string& name, double value, const std::vector<fs::path>& files) {
    constexpr double kLargest = 88;  // e to its power is near float32's largest number
    if (std::abs(value) <= kLargest || (name == "logit_bias" && std::isfinite(value))) return;
    throw Error(displayName(fileOfTensor(files, name)),
                "tensor \"" + name + "\" is " + std::to_string(value) +
                    (name == "logit_scale" ? ", from which no temperature follows" : ", which is no number"),
                kNotFiniteRemedy);
}

/// What stands in the files beside the weights: the type that most numbers are stored in, the logit scale.
void describeStorage(const StateDict& state, ModelInfo& info) {
    const auto scalar = [&](const char* name) -> std::optional<double> {
        const auto found = state.tensors.find(name);
        if (found == state.tensors.end() || found->second.numel() != 1) return std::nullopt;
        return found->second.to(torch::kDouble).item<double>();
    };
    info.metadata = state.metadata;
    std::map<std::string, int64_t> numbers;           // by their type
    for (const char* noise : {"format", "training"})  // "pt" and "false" in every file of their kind
        info.metadata.erase(noise);
    for (const auto& [name, tensor] : state.tensors) {
        info.tensors.push_back({name, tensor.sizes().vec(), dtypeName(tensor.scalar_type())});
        if (isStatistic(name)) continue;
        info.parameters += tensor.numel();
        numbers[dtypeName(tensor.scalar_type())] += tensor.numel();
    }
    const auto most = std::ranges::max_element(numbers, {}, [](const auto& entry) { return entry.second; });
    if (most != numbers.end()) info.dtype = most->first;
    if (const auto scale = scalar("logit_scale")) {
        requireFinite("logit_scale", *scale, info.files);
        info.logitScale = std::exp(*scale);
        info.temperature = 1 / info.logitScale;
    }
    if (const auto bias = scalar("logit_bias")) {
        requireFinite("logit_bias", *bias, info.files);
        info.hasLogitBias = true;
        info.logitBias = *bias;
    }
}

ModelInfo describe(const ModelSource& source, const Tokenizer& tokenizer) {
    ModelInfo info;
    info.name = nameOf(source.path);
    info.path = source.path;
    info.format = source.format;
    const ClipConfig& clip = source.clip;
    const std::string preset = presetOf(clip);
    info.architecture = preset.empty() ? describeArchitecture(clip) : preset;
    const int tokens = tokenizer.vocabularySize();
    info.tokenizer = tokens == 0 ? "none" : tokenizer.kind() + ", " + std::to_string(tokens) + " tokens";
    if (tokens == 0) {
        try {
            tokenizer.encode("");
        } catch (const Error& error) {
            info.notes.push_back(error.problem().starts_with("has no tokenizer")
                                     ? "has no tokenizer and embeds pictures alone; --tokenizer gives one for texts"
                                     : "embeds pictures alone, for its tokenizer cannot be read: " + error.subject() +
                                           " " + error.problem());
        }
    }
    info.preprocessing = describePreprocessing(source.preprocess);
    info.activation = nameOf(clip.imageActivation);
    if (clip.textActivation != clip.imageActivation && !clip.text.isCbow())
        info.activation += " (images), " + nameOf(clip.textActivation) + " (texts)";
    info.activationFrom = source.activationFrom;
    info.embedDim = clip.embedDim;
    info.imageSize = clip.imageSize;
    info.contextLength = clip.text.contextLength;
    info.files = source.weights;
    info.notes.insert(info.notes.end(), source.notes.begin(), source.notes.end());
    info.notes.insert(info.notes.end(), source.state.notes.begin(), source.state.notes.end());
    describeStorage(source.state, info);
    readNotes(source.path, info);
    return info;
}

/// A feature that stands at a token which the tokenizer never makes would be another's.
void requireEnd(const ModelSource& source, const Tokenizer& tokenizer) {
    const TextConfig& text = source.clip.text;
    const std::optional<int> wanted = text.pooling == Pooling::End ? text.endId : source.endId;
    if (!wanted || tokenizer.vocabularySize() == 0) return;
    const std::vector<int64_t> nothing = tokenizer.encode("");
    if (!nothing.empty() && nothing.back() == *wanted) return;
    throw Error(source.configFile,
                "looks for the end of a text at token " + std::to_string(*wanted) +
                    ", and the tokenizer beside it ends texts with another: " + tokenizer.kind(),
                text.pooling == Pooling::End
                    ? "Put the model's own tokenizer there: XLM-V's for MetaCLIP 2 (mT5's cannot be read)"
                    : "Put the model's own tokenizer there, or correct eos_token_id in its text_config");
}

struct OpenModel {
    ModelSource source;
    std::shared_ptr<const Tokenizer> tokenizer;
    ModelInfo info;
};

OpenModel openModel(const fs::path& path, const LoadOptions& options) {
    OpenModel open{openModelSource(path, options.hints), nullptr, {}};
    if (options.imageSize) resizeInput(open.source, *options.imageSize);
    const TextConfig& text = open.source.clip.text;
    const TokenizerConfig config = {.contextLength = text.contextLength,
                                    .vocabularySize = text.vocabularySize,
                                    .cleaning = open.source.cleaning,
                                    .padToContext = text.fillsContext,
                                    .poolsLargest = open.source.poolsLargest,
                                    .stripSeparator = open.source.stripSeparator};
    open.tokenizer = options.hints.tokenizer.empty() ? loadTokenizerIfAny(open.source.tokenizerFolder, config)
                                                     : loadTokenizerFrom(options.hints.tokenizer, config);
    requireEnd(open.source, *open.tokenizer);
    open.info = describe(open.source, *open.tokenizer);
    return open;
}

std::shared_ptr<DualEncoder> build(ModelSource& source, Loading loading, const JobContext& job = {}) {
    textKind(source.clip.text).prune(source.clip, source.state.tensors);
    LoadedWeights weights(std::move(source.state), loading, displayName(source.weights.front()), job);
    auto model = std::make_shared<DualEncoder>(source.clip, weights);
    weights.finish();
    model->eval();
    return model;
}

}  // namespace

ModelBundle loadModel(const fs::path& path, const LoadOptions& options) {
    const torch::NoGradGuard noGrad;
    OpenModel open = openModel(path, options);
    ModelBundle bundle;
    bundle.model = build(open.source, options.writable ? Loading::Writable : Loading::Mapped, options.job);
    bundle.tokenizer = std::move(open.tokenizer);
    bundle.preprocess = open.source.preprocess;
    bundle.cleaning = open.source.cleaning;
    bundle.stripSeparator = open.source.stripSeparator;
    bundle.info = std::move(open.info);
    return bundle;
}

ModelInfo readModelInfo(const fs::path& path, const LoadOptions& options, ClipConfig* clip) {
    const torch::NoGradGuard noGrad;
    OpenModel open = openModel(path, options);
    build(open.source, Loading::Checked);
    if (clip != nullptr) *clip = open.source.clip;
    return open.info;
}

bool hasClipVocabulary(const ModelBundle& bundle) {
    return bundle.tokenizer->kind() != "SentencePiece" &&
           bundle.tokenizer->vocabularySize() == TokenizerConfig().vocabularySize;
}

void saveModelFolder(const fs::path& folder, const ModelBundle& bundle) {
    saveModelFolder(folder, bundle, bundle.model->stateDict());
}

void saveModelFolder(const fs::path& folder, const ModelBundle& bundle, const Tensors& weights) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw Error(displayName(folder), "cannot be created: " + error.message());

    const ClipConfig& clip = bundle.model->config();
    json model = toJson(clip);
    bundle.tokenizer->save(folder);
    // A tokenizer of the folder's own needs a name, any name; open_clip has CLIP's built in.
    if (!hasClipVocabulary(bundle)) {
        model["text_cfg"]["hf_tokenizer_name"] = "diagonal";
        json options;
        if (bundle.cleaning == TextCleaning::Canonicalize ||
            (bundle.cleaning == TextCleaning::HuggingFace && clip.text.fillsContext))
            options["clean"] = "canonicalize";
        else if (bundle.cleaning == TextCleaning::Lower)
            options["clean"] = "lower";
        if (bundle.stripSeparator) options["strip_sep_token"] = true;
        if (!options.is_null()) model["text_cfg"]["tokenizer_kwargs"] = options;
    }
    if (model["text_cfg"].value("hf_model_name", "") == kHubFolder) {
        fs::create_directories(folder / kHubFolder);
        writeFile(folder / kHubFolder / "config.json", hubConfigOf(clip).dump(2) + "\n");
    }
    json config = {{"model_cfg", model}, {"preprocess_cfg", toJson(bundle.preprocess)}};
    // open_clip leaves the activation to timm, which has another than Hugging Face's SigLIP.
    if (clipConfigFromJson(model, "", folder).imageActivation != clip.imageActivation)
        config["diagonal"] = {{"image_activation", nameOf(clip.imageActivation)}};

    const Tensors tensors = openClipLayout().toTheirs(weights);
    writeNotes(folder, bundle.info);
    writeSafetensors(folder / kWeightsFile, {tensors.begin(), tensors.end()}, {{"format", "pt"}});
    writeFile(folder / kConfigFile, config.dump(2) + "\n");
}

}  // namespace diagonal
