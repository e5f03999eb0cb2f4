// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/part_weights.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "engine/base/error.h"
#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/model_source.h"
#include "engine/parts/head.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/image_towers/efficientnet.h"
#include "engine/parts/image_towers/timm_kind.h"
#include "engine/parts/positions.h"
#include "engine/parts/text_kind.h"
#include "engine/parts/text_towers/bert.h"
#include "engine/parts/timm_vit.h"

namespace diagonal {

namespace fs = std::filesystem;
using torch::Tensor;

namespace {

/// What files hold beside a tower: last layers for other tasks, buffers that follow from the configuration.
bool isOfAnotherTask(const std::string& name) {
    static constexpr std::array kSigns = {
        "fc.",          "classifier", "head",       "cls.",        "lm_head",    "vocab_",    "pooler",
        "position_ids", "logit_",     "projection", "mask_token.", "qa_outputs", "attn_mask", "num_batches_tracked"};
    return std::ranges::any_of(kSigns, [&](const char* sign) { return name.find(sign) != std::string::npos; });
}

StateDict weightsAt(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error))
        throw Error(displayName(path), "there are no weights", "Give a file with weights, or a folder that has one.");
    if (!fs::is_directory(path, error)) return readStateDict({path});
    return readStateDict(findWeights(path, {"model.safetensors", "pytorch_model.bin", "open_clip_model.safetensors",
                                            "open_clip_pytorch_model.safetensors", "open_clip_pytorch_model.bin"}));
}

/// What stands before the tower's own names in a file: the beginning that most of the wanted names have there.
std::string prefixOf(const Tensors& theirs, const Tensors& wanted, const std::string& place) {
    std::map<std::string, size_t> counts;
    for (const auto& [name, tensor] : wanted) {
        const std::string own = name.substr(place.size());
        for (const auto& [given, other] : theirs)
            if (given.ends_with(own) && (given.size() == own.size() || given[given.size() - own.size() - 1] == '.'))
                ++counts[given.substr(0, given.size() - own.size())];
    }
    const auto best = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
    return best == counts.end() ? std::string() : best->first;
}

/// The model's own tensors of a tower, without those of its head, by name.
Tensors tensorsOf(const DualEncoder& model, const std::string& side) {
    Tensors wanted;
    for (const auto& [name, tensor] : model.stateDict())
        if (name.starts_with(side) && !isOwnHead(name) && !name.ends_with(".num_batches_tracked"))
            wanted.emplace(name, tensor);
    return wanted;
}

/// Throws where the file is of the other tower: a mix-up is told before a missing tensor is.
void refuseOther(const Tensors& tensors, const std::string& file, bool wantsImage) {
    const auto has = [&](const auto& sign) { return std::ranges::any_of(tensors, sign); };
    const bool hasWords =
        has([](const auto& entry) { return entry.first.find("word_embeddings.weight") != std::string::npos; });
    const bool hasPictures = has([](const auto& entry) { return entry.second.dim() == 4; });  // convolutions
    if (wantsImage && hasWords && !hasPictures)
        throw Error(file, "is a text tower, of BERT's family", "Give it by --text-weights, and an image tower here.");
    if (!wantsImage && hasPictures && !hasWords)
        throw Error(file, "is an image tower", "Give it by --image-weights, and a text tower here.");
}

/// All or nothing.
void fill(Tensors& wanted, const Tensors& given, const std::string& file) {
    for (const auto& [name, tensor] : wanted) {
        const auto found = given.find(name);
        if (found == given.end())
            throw Error(file, "has no tensor for \"" + name + "\" of the model",
                        "Give weights of the architecture that the model's configuration names.");
        if (found->second.sizes() != tensor.sizes()) {
            std::ostringstream problem;
            problem << "tensor \"" << name << "\" has the shape " << found->second.sizes() << ", the model needs "
                    << tensor.sizes();
            throw Error(file, problem.str(), "Give weights of the architecture that the model's configuration names.");
        }
    }
    for (const auto& [name, tensor] : given)
        if (!wanted.contains(name) && !isOfAnotherTask(name))
            throw Error(file, "holds a tensor \"" + name + "\", for which the model has no place",
                        "Give weights of the architecture that the model's configuration names.");
    const torch::NoGradGuard noGrad;
    for (auto& [name, tensor] : wanted)
        tensor.copy_(given.at(name));
}

/// Of a whole model, in our names; nothing where the file is none.
std::optional<Tensors> ofWholeModel(Tensors& theirs, const std::string& side) {
    const Layout* layout = layoutOf(theirs);
    if (layout == nullptr) return std::nullopt;
    Tensors ours = layout->toOurs(theirs);
    std::erase_if(ours, [&](const auto& entry) { return !entry.first.starts_with(side) || isOwnHead(entry.first); });
    return ours;
}

Tensors imageTensors(Tensors theirs, const Tensors& wanted, const std::string& place) {
    if (auto ours = ofWholeModel(theirs, "visual.")) return *ours;
    for (const ImageKind* kind : imageKinds())
        if (const auto rules = kind->foreignRules(theirs); !rules.empty()) {
            Tensors own = applyRules(rules, theirs);
            own.merge(theirs);
            theirs = std::move(own);
            break;
        }
    const std::string prefix = prefixOf(theirs, wanted, place);
    Tensors placed;
    for (const auto& [name, tensor] : theirs)
        placed.emplace("visual.trunk." + (name.starts_with(prefix) ? name.substr(prefix.size()) : name), tensor);
    // A classifier is none of the tower's, and would be taken for a projection.
    if (place == "visual.trunk.")
        for (const char* name : {"visual.trunk.head.weight", "visual.trunk.head.bias"})
            if (!wanted.contains(name)) placed.erase(name);
    Tensors ours = applyRules(rulesOf(imageKinds(), placed), placed);
    ours.merge(placed);
    return ours;
}

Tensors textTensors(Tensors theirs, const std::string& file) {
    if (auto ours = ofWholeModel(theirs, "text.")) return *ours;
    constexpr std::string_view kEmbedding = "embeddings.word_embeddings.weight";
    const auto found =
        std::ranges::find_if(theirs, [&](const auto& entry) { return entry.first.ends_with(kEmbedding); });
    if (found == theirs.end())
        throw Error(file, "holds no text tower of BERT's family", "Give a folder or file of such a model.");
    const std::string prefix = found->first.substr(0, found->first.size() - kEmbedding.size());
    Tensors ours = applyRules(bertRules(theirs, prefix), theirs);
    ours.merge(theirs);
    return ours;
}

/// config.json of the folder that the weights are in; null where there is none.
nlohmann::json configBeside(const fs::path& path, fs::path& file) {
    std::error_code error;
    file = (fs::is_directory(path, error) ? path : path.parent_path()) / "config.json";
    return fs::is_regular_file(file, error) ? readJson(file) : nlohmann::json();
}

/// timm's tower of a name, with or without a tag; nothing where it is none that is known.
std::optional<ImageSpec> towerNamed(const std::string& name) {
    const nlohmann::json vision = {{"timm_model_name", name}};
    ClipConfig config;
    for (const ImageKind* kind : imageKinds())
        if (auto spec = kind->parse(JsonReader(vision, name, "vision_cfg"), config)) return spec;
    return std::nullopt;
}

/// Whether the same tensors compute the same in both; pooling and image size are no matter of the tensors.
bool isAlike(const ImageSpec& one, const ImageSpec& other) {
    const auto *left = one.as<TimmVitConfig>(), *right = other.as<TimmVitConfig>();
    if (left == nullptr || right == nullptr) return one == other;
    return left->vit.blocks == right->vit.blocks && left->vit.rotary == right->vit.rotary;
}

/// Throws where config.json beside the weights, or the name of their file or folder, is that of another tower of timm's
/// than the model's: the shapes may be the same, as they are of efficientnet_lite0 and tf_efficientnet_lite0.
void requireSameTower(const ClipConfig& config, const fs::path& path) {
    nlohmann::json vision = nlohmann::json::object();
    config.vision.write(config, vision);
    const std::string wanted = vision.value("timm_model_name", "");
    if (wanted.empty()) return;
    std::vector<std::pair<std::string, std::string>> sources;  // what says so, the name
    fs::path file;
    if (const auto theirs = configBeside(path, file); theirs.is_object())
        sources.emplace_back(displayName(file),
                             JsonReader(theirs, displayName(file), "config").text("architecture", ""));
    const fs::path whole = fs::absolute(path);
    for (const fs::path& part : {whole.filename(), whole.parent_path().filename()})
        sources.emplace_back(displayName(path), part.string().substr(0, part.string().find('-')));
    for (const auto& [source, name] : sources) {
        const auto given = towerNamed(name);
        if (given && !isAlike(*given, config.vision))
            throw Error(source, "is of timm's " + withoutTag(name) + ", the model has a " + wanted,
                        "Give weights of the architecture that the model's configuration names.");
    }
}

/// Throws where config.json beside the weights says other numbers than the model's, which no tensor's shape tells.
void requireSameNumbers(const ClipConfig& config, const fs::path& path) {
    fs::path file;
    const nlohmann::json hub = configBeside(path, file);
    if (config.text.kind != "bert" || !hub.is_object() || !hub.contains("model_type")) return;
    ClipConfig theirs = config;
    readBertConfig(JsonReader(hub, displayName(file), "config"), theirs);
    const auto require = [&](const char* what, auto wanted, auto given) {
        if (wanted == given) return;
        std::ostringstream problem;
        problem << "says " << given << " for " << what << ", the model's configuration " << wanted;
        throw Error(displayName(file), problem.str(), "Give weights of the text tower that the configuration names.");
    };
    require("heads of attention", config.text.heads, theirs.text.heads);
    require("the epsilon of its norms", config.text.epsilon, theirs.text.epsilon);
    require("its activation", nameOf(config.textActivation), nameOf(theirs.textActivation));
    require("the first position", config.text.positionOffset, theirs.text.positionOffset);
    require("the padding's id", config.text.padId, theirs.text.padId);
}

}  // namespace

void loadImageWeights(DualEncoder& model, const fs::path& path) {
    const std::string place = model.config().vision.width() > 0 ? "visual.trunk." : "visual.";
    Tensors wanted = tensorsOf(model, "visual.");
    const StateDict state = weightsAt(path);
    if (layoutOf(state.tensors) == nullptr) {
        refuseOther(state.tensors, displayName(path), true);
        requireSameTower(model.config(), path);
        const auto* net = model.config().vision.as<EfficientNetConfig>();
        if (net != nullptr && !net->tensorFlow && !efficientNetLiteRules(state.tensors).empty())
            throw Error(displayName(path), "has TensorFlow's weights, which pad pictures otherwise than timm's own",
                        "Name the tower tf_efficientnet_lite* in the model's configuration.");
    }
    Tensors given = imageTensors(state.tensors, wanted, place);
    if (const auto positions = given.find(positionsName(model.config())); positions != given.end())
        positions->second = resizedPositions(positions->second, model.config());
    fill(wanted, given, displayName(path));
}

void loadTextWeights(DualEncoder& model, const fs::path& path) {
    Tensors wanted = tensorsOf(model, "text.");
    const StateDict state = weightsAt(path);
    if (layoutOf(state.tensors) == nullptr) {
        refuseOther(state.tensors, displayName(path), false);
        requireSameNumbers(model.config(), path);
    }
    fill(wanted, textTensors(state.tensors, displayName(path)), displayName(path));
}

}  // namespace diagonal
