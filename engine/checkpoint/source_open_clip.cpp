// SPDX-License-Identifier: Apache-2.0
#include <torch/types.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/json_reader.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/model_source.h"

namespace diagonal {

using nlohmann::json;

namespace {

/// Under open_clip's own names, and under those that it takes as well, in its order.
const std::vector<std::string>& weightFiles(bool isOwnAlone) {
    static const std::vector<std::string> own = {"open_clip_model.safetensors", "open_clip_pytorch_model.safetensors",
                                                 "open_clip_pytorch_model.bin", "open_clip_pytorch_model.pth"};
    static const std::vector<std::string> all = [] {
        std::vector<std::string> names = own;
        names.insert(names.end(), {"model.safetensors", "pytorch_model.bin", "pytorch_model.pth", "model.pth"});
        return names;
    }();
    return isOwnAlone ? own : all;
}

/// open_clip's own tokenizer, unless the configuration names a Hugging Face one.
TextCleaning cleaningOf(const JsonReader& text) {
    if (!text.has("hf_tokenizer_name")) return TextCleaning::Lower;
    const std::string clean =
        text.has("tokenizer_kwargs") ? text.object("tokenizer_kwargs").text("clean", "whitespace") : "whitespace";
    if (clean == "lower") return TextCleaning::Lower;
    if (clean == "whitespace") return TextCleaning::Whitespace;
    if (clean == "canonicalize") return TextCleaning::Canonicalize;
    throw text.bad("tokenizer_kwargs", "has the unknown \"clean\" \"" + clean + "\"");
}

/// What Diagonal adds where open_clip has no word for it.
void readOwn(const json& root, const std::string& file, ClipConfig& clip) {
    if (!root.contains("diagonal")) return;
    const JsonReader own(root["diagonal"], file, "diagonal");
    const std::string name = own.text("image_activation", "");
    if (name.empty()) return;
    for (const auto activation : {Activation::Gelu, Activation::QuickGelu, Activation::GeluTanh})
        if (name == nameOf(activation)) {
            clip.imageActivation = activation;
            return;
        }
    own.refuse("image_activation");
}

}  // namespace

bool hasOpenClipWeights(const std::filesystem::path& folder) {
    return std::ranges::any_of(weightFiles(true), [&](const std::string& name) {
        std::error_code error;
        return std::filesystem::exists(folder / name, error) ||
               std::filesystem::exists(folder / (name + ".index.json"), error);
    });
}

ModelSource openOpenClipFolder(const std::filesystem::path& folder) {
    ModelSource source;
    source.path = folder;
    source.format = "open_clip folder";
    const auto file = folder / "open_clip_config.json";
    source.configFile = displayName(file);
    const json root = readJson(file);
    const JsonReader config(root, source.configFile, "configuration");
    source.clip = clipConfigFromJson(config.member("model_cfg"), source.configFile, folder);
    source.preprocess = preprocessFromJson(config.member("preprocess_cfg"), source.clip.imageSize, source.configFile);
    readOwn(root, source.configFile, source.clip);
    source.activationFrom = "open_clip_config.json";
    source.tokenizerFolder = folder;
    const JsonReader text = config.object("model_cfg").object("text_cfg");
    source.cleaning = cleaningOf(text);
    source.stripSeparator =
        text.has("tokenizer_kwargs") && text.object("tokenizer_kwargs").boolean("strip_sep_token", false);
    source.poolsLargest = source.clip.text.kind == "clip" && text.text("pool_type", "argmax") == "argmax";
    source.weights = findWeights(folder, weightFiles(false));
    source.state = inOurNames(readModelState(source.weights), displayName(source.weights.front()));
    return source;
}

}  // namespace diagonal
