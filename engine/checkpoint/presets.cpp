// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/presets.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/json_reader.h"
#include "engine/base/resources.h"
#include "engine/base/text.h"
#include "engine/checkpoint/config_json.h"
#include "engine/parts/text_kind.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// "ViT-B/32" is OpenAI's spelling of open_clip's "ViT-B-32", "ViT-L/14@336px" of "ViT-L-14-336".
std::string presetName(std::string name) {
    if (name.ends_with("@336px")) name.replace(name.size() - 6, 6, "-336");
    std::replace(name.begin(), name.end(), '/', '-');
    return name;
}

ClipConfig readPreset(const std::string& name) {
    const fs::path file = resourceFolder() / "architectures" / (name + ".json");
    return clipConfigFromJson(readJson(file), displayName(file));
}

/// All of them by name, read once.
const std::vector<std::pair<std::string, ClipConfig>>& allPresets() {
    static const auto all = [] {
        std::vector<std::pair<std::string, ClipConfig>> read;
        for (const auto& name : architectureNames())
            read.emplace_back(name, readPreset(name));
        return read;
    }();
    return all;
}

/// A ratio that rounds to the same hidden width is the same.
ClipConfig withHiddenWidth(ClipConfig config) {
    config.text.mlpRatio = hiddenWidth(config.text.width, config.text.mlpRatio);
    return config;
}

/// Without what no tensor's shape tells.
ClipConfig withShapesOnly(ClipConfig config) {
    config = withHiddenWidth(config);
    config.imageActivation = config.textActivation = Activation::Gelu;
    config.text = textKind(config.text).shapesOnly(config.text);
    config.vision = config.vision.shapesOnly();
    return config;
}

/// Pictures, texts and vocabulary are of any size: no number of the blocks depends on it.
void withSizesOf(const ClipConfig& from, ClipConfig& config) {
    config.imageSize = from.imageSize;
    config.text.contextLength = from.text.contextLength;
    config.text.vocabularySize = from.text.vocabularySize;
}

}  // namespace

std::vector<std::string> architectureNames() {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(resourceFolder() / "architectures", error)) {
        if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool isArchitecture(const std::string& name) {
    const fs::path given(name);
    std::error_code error;
    if (given.extension() == ".json" && fs::is_regular_file(given, error)) return true;
    const auto names = architectureNames();
    return std::find(names.begin(), names.end(), presetName(name)) != names.end();
}

ClipConfig architecture(const std::string& name) {
    if (isArchitecture(name))
        return name.ends_with(".json")
                   ? clipConfigFromJson(readJson(name), displayName(name), fs::path(name).parent_path())
                   : readPreset(presetName(name));
    throw Error("--model " + name, "neither a model nor an architecture",
                "Architectures: " + joined(architectureNames()) + ", or a JSON file in open_clip's form");
}

void requirePretrained(const std::string& name, bool hasImageWeights, bool hasTextWeights) {
    if (!name.ends_with(".json")) return;
    const json root = readJson(name);
    const JsonReader model(root, displayName(name), "model_cfg");
    const auto require = [&](const char* tower, const char* key, bool isGiven, const char* option) {
        if (isGiven || !model.object(tower).boolean(key, false)) return;
        throw Error(displayName(name), std::string("\"") + key + "\" asks for pretrained weights, which are not given",
                    std::string("Give them by ") + option + ", or set it to false to learn from random ones.");
    };
    require("vision_cfg", "timm_model_pretrained", hasImageWeights, "--image-weights");
    require("text_cfg", "hf_model_pretrained", hasTextWeights, "--text-weights");
}

std::string presetOf(const ClipConfig& config) {
    const ClipConfig wanted = withHiddenWidth(config);
    std::string otherVocabulary;
    for (const auto& [name, known] : allPresets()) {
        ClipConfig preset = withHiddenWidth(known);
        if (preset == wanted) return name;
        preset.text.vocabularySize = wanted.text.vocabularySize;
        if (preset == wanted && otherVocabulary.empty()) otherVocabulary = name;
    }
    return otherVocabulary;
}

std::optional<ClipConfig> presetWithShapesOf(const ClipConfig& config) {
    const ClipConfig wanted = withShapesOnly(config);
    std::optional<ClipConfig> resized;  // of the same vocabulary, where there is one
    bool hasVocabulary = false;
    for (const auto& [name, preset] : allPresets()) {
        ClipConfig same = withShapesOnly(preset);
        if (same == wanted) return preset;
        withSizesOf(config, same);
        const bool isOfVocabulary = preset.text.vocabularySize == config.text.vocabularySize;
        if (same != wanted || hasVocabulary || (resized && !isOfVocabulary)) continue;
        hasVocabulary = isOfVocabulary;
        resized = preset;
        withSizesOf(config, *resized);
    }
    return resized;
}

}  // namespace diagonal
