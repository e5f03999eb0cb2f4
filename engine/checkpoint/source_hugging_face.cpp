// SPDX-License-Identifier: Apache-2.0
#include <torch/types.h>

#include "engine/base/error.h"
#include "engine/base/json_reader.h"
#include "engine/checkpoint/hugging_face_config.h"
#include "engine/checkpoint/model_source.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// In transformers' order: what newer versions keep inside processor_config.json, else preprocessor_config.json.
json readProcessor(const fs::path& folder, std::string& file) {
    std::error_code error;
    if (const fs::path path = folder / "processor_config.json"; fs::exists(path, error)) {
        const std::string name = displayName(path);
        const json root = readJson(path);
        json inner = JsonReader(root, name, "processor").member("image_processor");
        if (!inner.is_null()) {
            file = name;
            return inner;
        }
    }
    const fs::path path = folder / "preprocessor_config.json";
    if (!fs::exists(path, error)) return {};
    file = displayName(path);
    return readJson(path);
}

}  // namespace

ModelSource openHuggingFaceFolder(const fs::path& folder) {
    ModelSource source;
    source.path = folder;
    const fs::path file = folder / "config.json";
    source.configFile = displayName(file);
    const json config = readJson(file);
    source.clip = clipConfigFromHuggingFace(config, source.configFile);
    source.format = std::string("Hugging Face ") + hubType(config["model_type"])->title() + " folder";
    std::string processorFile = source.configFile;
    const json processor = readProcessor(folder, processorFile);
    source.preprocess = preprocessFromHuggingFace(processor, source.clip, processorFile);
    source.activationFrom = "config.json";
    source.tokenizerFolder = folder;
    source.cleaning = TextCleaning::HuggingFace;
    // transformers' way for configurations of old, whose end-of-text token was wrong.
    constexpr int kOldEnd = 2, kDefaultEnd = 49407;
    const json text = towerJson(config, "text_config");
    if (source.clip.text.isClips()) {
        const int end =
            JsonReader(text, source.configFile, "text_config").integer("eos_token_id", kDefaultEnd, 0, 1 << 22);
        source.poolsLargest = end == kOldEnd;
        if (!source.poolsLargest) source.endId = end;
    }
    source.weights = findWeights(folder, {"model.safetensors", "pytorch_model.bin"});
    source.state = inOurNames(readModelState(source.weights), displayName(source.weights.front()));
    return source;
}

}  // namespace diagonal
