// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/model_folder.h"

#include <torch/torch.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/text/sentencepiece_tokenizer.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kConfigFile = "open_clip_config.json";
constexpr const char* kWeightsFile = "open_clip_model.safetensors";
/// What only Diagonal knows of a model: its name, what it was made for, labels for a start. Optional.
constexpr const char* kNotesFile = "diagonal.json";

struct FolderConfig {
    ClipConfig clip;
    PreprocessConfig preprocess;
};

FolderConfig readFolderConfig(const fs::path& folder) {
    const fs::path file = folder / kConfigFile;
    if (!fs::exists(file))
        throw Error(displayName(folder), std::string("no model here: ") + kConfigFile + " is missing",
                    "Choose an open_clip model folder or a run folder");
    const std::string source = displayName(file);
    const json root = readJson(file);
    if (!root.is_object() || !root.contains("model_cfg")) throw Error(source, "\"model_cfg\" is missing");
    FolderConfig config;
    config.clip = clipConfigFromJson(root["model_cfg"], source);
    config.preprocess = preprocessFromJson(root.value("preprocess_cfg", json()), config.clip.imageSize, source);
    return config;
}

void readNotes(const fs::path& folder, ModelInfo& info) {
    const fs::path file = folder / kNotesFile;
    if (!fs::exists(file)) return;
    const json notes = readJson(file);
    try {
        info.name = notes.value("name", info.name);
        info.knows = notes.value("knows", "");
        info.suggestedTemplate = notes.value("template", "");
        info.suggestedLabels = notes.value("labels", std::vector<std::string>());
        info.familiarTexts = notes.value("familiar_texts", std::vector<std::string>());
        info.familiarCosine = notes.value("familiar_cosine", 0.0);
    } catch (const json::exception& error) {
        throw Error(displayName(file), std::string("has an ill-typed value: ") + error.what());
    }
}

void writeNotes(const fs::path& folder, const ModelInfo& info) {
    if (info.knows.empty() && info.suggestedTemplate.empty() && info.suggestedLabels.empty()) return;
    json notes = {{"name", info.name},
                  {"knows", info.knows},
                  {"template", info.suggestedTemplate},
                  {"labels", info.suggestedLabels}};
    if (!info.familiarTexts.empty()) {
        notes["familiar_texts"] = info.familiarTexts;
        notes["familiar_cosine"] = info.familiarCosine;
    }
    writeFile(folder / kNotesFile, notes.dump(2) + "\n");
}

bool isBuffer(const std::string& name) {
    return name.ends_with(".running_mean") || name.ends_with(".running_var") || name.ends_with(".num_batches_tracked");
}

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

ModelInfo describe(const fs::path& folder, const ClipConfig& config, const TensorFile& weights,
                   const Tokenizer& tokenizer) {
    ModelInfo info;
    info.name = nameOf(folder);
    info.path = folder;
    info.architecture = describeArchitecture(config);
    info.tokenizer = tokenizer.kind() + ", " + std::to_string(tokenizer.vocabularySize()) + " tokens";
    info.activation = config.quickGelu ? "QuickGELU" : "GELU";
    info.embedDim = config.embedDim;
    info.imageSize = config.imageSize;
    info.contextLength = config.text.contextLength;
    for (const auto& [name, tensor] : weights.tensors) {
        info.tensors.push_back({name, tensor.sizes().vec(), dtypeName(tensor.scalar_type())});
        if (isBuffer(name)) continue;
        info.parameters += tensor.numel();
        if (tensor.dim() >= 2) info.dtype = dtypeName(tensor.scalar_type());
    }
    const auto scale = weights.tensors.find("logit_scale");
    if (scale != weights.tensors.end() && scale->second.numel() == 1) {
        info.logitScale = std::exp(scale->second.to(torch::kDouble).item<double>());
        info.temperature = 1 / info.logitScale;
    }
    readNotes(folder, info);
    return info;
}

void loadWeights(ClipModel& model, const TensorFile& weights, const std::string& file) {
    const torch::NoGradGuard noGrad;
    auto state = model.stateDict();
    for (auto& [name, target] : state) {
        const auto found = weights.tensors.find(name);
        if (found == weights.tensors.end()) {
            if (name.ends_with(".num_batches_tracked")) continue;
            throw Error(file, "tensor \"" + name + "\" is missing", "The file does not fit its open_clip_config.json");
        }
        const torch::Tensor& source = found->second;
        if (source.sizes() != target.sizes()) {
            std::ostringstream shapes;
            shapes << "tensor \"" << name << "\" has the shape " << source.sizes() << ", the model needs "
                   << target.sizes();
            throw Error(file, shapes.str(), "The file does not fit its open_clip_config.json");
        }
        target.copy_(source);
    }
    for (const auto& [name, tensor] : weights.tensors) {
        if (!state.contains(name))
            throw Error(file, "tensor \"" + name + "\" is not part of the model",
                        "The file does not fit its open_clip_config.json");
    }
}

struct OpenFolder {
    FolderConfig config;
    TensorFile weights;
    std::shared_ptr<const Tokenizer> tokenizer;
    ModelInfo info;
};

OpenFolder openFolder(const fs::path& folder) {
    OpenFolder open;
    open.config = readFolderConfig(folder);
    const fs::path weights = folder / kWeightsFile;
    if (!fs::exists(weights))
        throw Error(displayName(weights), "the file with the weights is missing",
                    "Copy it beside open_clip_config.json");
    open.weights = readSafetensors(weights);
    open.tokenizer = loadSentencePieceTokenizer(folder, open.config.clip.text.contextLength);
    if (open.tokenizer->vocabularySize() != open.config.clip.text.vocabularySize)
        throw Error(displayName(folder),
                    "the tokenizer has " + std::to_string(open.tokenizer->vocabularySize()) + " tokens, the model " +
                        std::to_string(open.config.clip.text.vocabularySize),
                    "The files of two models are mixed here");
    open.info = describe(folder, open.config.clip, open.weights, *open.tokenizer);
    return open;
}

}  // namespace

ModelBundle loadModelFolder(const fs::path& folder) {
    OpenFolder open = openFolder(folder);
    ModelBundle bundle;
    bundle.model = std::make_shared<ClipModel>(open.config.clip);
    loadWeights(*bundle.model, open.weights, displayName(folder / kWeightsFile));
    bundle.model->eval();
    bundle.tokenizer = std::move(open.tokenizer);
    bundle.preprocess = open.config.preprocess;
    bundle.info = std::move(open.info);
    return bundle;
}

ModelInfo readModelInfo(const fs::path& folder) {
    return openFolder(folder).info;
}

void saveModelFolder(const fs::path& folder, const ModelBundle& bundle) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw Error(displayName(folder), "cannot be created: " + error.message());

    json model = toJson(bundle.model->config());
    model["text_cfg"]["hf_tokenizer_name"] = "diagonal";  // any name: open_clip then takes the folder's tokenizer
    const json config = {{"model_cfg", model}, {"preprocess_cfg", toJson(bundle.preprocess)}};
    NamedTensors tensors;
    for (const auto& [name, tensor] : bundle.model->stateDict())
        tensors.emplace_back(name, tensor.detach());
    bundle.tokenizer->save(folder);
    writeNotes(folder, bundle.info);
    writeSafetensors(folder / kWeightsFile, tensors, {{"format", "pt"}});
    writeFile(folder / kConfigFile, config.dump(2) + "\n");
}

}  // namespace diagonal
