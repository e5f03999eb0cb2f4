// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/resources.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/model_folder.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

bool isModelFolder(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder / "open_clip_config.json", error);
}

/// Newest RUN/checkpoints/step-N with its DONE file, or an empty path.
fs::path newestCheckpoint(const fs::path& run) {
    std::error_code error;
    fs::path newest;
    int64_t newestStep = -1;
    for (const auto& entry : fs::directory_iterator(run / "checkpoints", error)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("step-") || !fs::exists(entry.path() / "DONE", error)) continue;
        int64_t step = -1;
        std::from_chars(name.data() + 5, name.data() + name.size(), step);
        if (step > newestStep) {
            newestStep = step;
            newest = entry.path();
        }
    }
    return newest;
}

/// "ViT-B/32" is OpenAI's spelling of open_clip's "ViT-B-32".
std::string presetName(std::string name) {
    std::replace(name.begin(), name.end(), '/', '-');
    return name;
}

}  // namespace

fs::path resolveModelFolder(const std::string& nameOrPath) {
    if (nameOrPath.empty()) throw Error("--model", "is empty", "Give a model folder, a run folder, or \"demo\"");
    if (nameOrPath == "demo") return demoModelFolder();
    fs::path path(nameOrPath);
    std::error_code error;
    if (fs::is_regular_file(path, error) &&
        (path.filename() == "open_clip_config.json" || path.filename() == "open_clip_model.safetensors"))
        path = fs::absolute(path).parent_path();
    if (!fs::exists(path, error))
        throw Error(displayName(path), "there is no such model", "Give a model folder, a run folder, or \"demo\"");
    if (!fs::is_directory(path, error))
        throw Error(displayName(path), "cannot be read as a model", "Give an open_clip model folder or a run folder");
    if (isModelFolder(path)) return path;
    if (isModelFolder(path / "model")) return path / "model";
    if (const fs::path checkpoint = newestCheckpoint(path); !checkpoint.empty()) return checkpoint;
    if (fs::exists(path / "metrics.jsonl", error))
        throw Error(displayName(path), "this run has no finished checkpoint yet",
                    "Wait for its first checkpoint, or go on with train --resume");
    throw Error(displayName(path), "no model here: open_clip_config.json is missing",
                "Give an open_clip model folder or a run folder");
}

std::vector<std::string> architectureNames() {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(resourceFolder() / "architectures", error)) {
        if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

ClipConfig architecture(const std::string& name) {
    std::error_code error;
    const fs::path given(name);
    if (given.extension() == ".json" && fs::is_regular_file(given, error))
        return clipConfigFromJson(readJson(given), displayName(given));
    const auto names = architectureNames();
    const std::string preset = presetName(name);
    if (std::find(names.begin(), names.end(), preset) == names.end()) {
        std::string list;
        for (const auto& known : names)
            list += (list.empty() ? "" : ", ") + known;
        throw Error("--model " + name, "neither a model nor an architecture",
                    "Architectures: " + list + ", or a JSON file in open_clip's form");
    }
    const fs::path file = resourceFolder() / "architectures" / (preset + ".json");
    return clipConfigFromJson(readJson(file), displayName(file));
}

}  // namespace diagonal
