// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/resources.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/model_source.h"
#include "engine/hub/hub.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

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

/// A file of a model folder stands for the folder: the configuration, or weights that lie beside one.
bool belongsToFolder(const fs::path& file) {
    static constexpr const char* kNames[] = {"open_clip_config.json",       "config.json",
                                             "open_clip_model.safetensors", "open_clip_pytorch_model.safetensors",
                                             "open_clip_pytorch_model.bin", "model.safetensors",
                                             "pytorch_model.bin",           "model.safetensors.index.json"};
    return std::any_of(std::begin(kNames), std::end(kNames),
                       [&](const char* name) { return file.filename() == name; }) &&
           isModelFolder(file.parent_path());
}

}  // namespace

fs::path resolveModel(const std::string& nameOrPath, const JobContext& job) {
    if (nameOrPath.empty()) throw Error("--model", "is empty", "Give a model, a run folder, or \"demo\"");
    if (nameOrPath == "demo") return demoModelFolder();
    const fs::path path(nameOrPath);
    std::error_code error;
    if (!fs::exists(path, error)) {
        if (isHubName(nameOrPath)) return getModel(nameOrPath, job);
        throw Error(displayName(path), "there is no such model",
                    "Give a model folder or file, a run folder, \"demo\", or a name of diagonal-cli models list");
    }
    if (!fs::is_directory(path, error)) {
        const fs::path file = fs::absolute(path);
        return belongsToFolder(file) ? file.parent_path() : file;
    }
    if (fs::exists(path / "open_clip_config.json", error)) return path;
    if (isModelFolder(path / "model")) return path / "model";
    if (const fs::path checkpoint = newestCheckpoint(path); !checkpoint.empty()) return checkpoint;
    if (fs::exists(path / "metrics.jsonl", error))
        throw Error(displayName(path), "this run has no finished checkpoint yet",
                    "Wait for its first checkpoint, or go on with train --resume");
    return path;  // of a Hugging Face model, or of none, which openModelSource says
}

}  // namespace diagonal
