// SPDX-License-Identifier: Apache-2.0
#include "engine/hub/caches.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/hub_type.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

using nlohmann::json;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// Expands the "~/" that people leave in such variables.
fs::path folderFrom(const std::string& text) {
    return text.starts_with("~/") ? fs::path(environment("HOME")) / text.substr(2) : fs::path(text);
}

fs::path userCache() {
    const std::string folder = environment("XDG_CACHE_HOME");
    return folder.empty() ? fs::path(environment("HOME")) / ".cache" : fs::path(folder);
}

fs::path huggingFaceHome() {
    const std::string folder = environment("HF_HOME");
    return folder.empty() ? userCache() / "huggingface" : folderFrom(folder);
}

bool isFile(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error) && fs::file_size(path, error) > 0;
}

/// The JSON of a small file; discarded when it cannot be read.
json jsonOf(const fs::path& file) {
    try {
        return json::parse(readText(file, 16 << 20), nullptr, false);
    } catch (const Error&) {
        return json(json::value_t::discarded);
    }
}

/// Whether every shard that a ….index.json names is there.
bool hasShards(const fs::path& index) {
    if (!isFile(index)) return false;
    const json document = jsonOf(index);
    if (!document.is_object() || !document.contains("weight_map") || !document["weight_map"].is_object()) return false;
    std::set<std::string> shards;
    for (const auto& shard : document["weight_map"]) {
        if (!shard.is_string()) return false;
        shards.insert(shard.get<std::string>());
    }
    return !shards.empty() && std::all_of(shards.begin(), shards.end(), [&](const std::string& shard) {
        return shard.find('/') == std::string::npos && isFile(index.parent_path() / shard);
    });
}

bool isRevision(const std::string& text) {
    return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// The snapshot to use: what refs/main names, else the newest that holds a whole model; empty when there is none.
fs::path snapshotOf(const fs::path& repository) {
    std::error_code error;
    const fs::path snapshots = repository / "snapshots";
    if (isFile(repository / "refs" / "main")) {
        std::string revision = readText(repository / "refs" / "main", 1000);
        while (!revision.empty() && std::isspace(static_cast<unsigned char>(revision.back())) != 0)
            revision.pop_back();
        if (isRevision(revision) && holdsModel(snapshots / revision)) return snapshots / revision;
    }
    std::map<fs::file_time_type, fs::path> byTime;
    for (const auto& entry : fs::directory_iterator(snapshots, error))
        if (holdsModel(entry.path())) byTime[entry.last_write_time(error)] = entry.path();
    return byTime.empty() ? fs::path() : byTime.rbegin()->second;
}

fs::path folderInHuggingFaceCache(const Repository& repository) {
    return huggingFaceCache() / ("models--" + repository.owner + "--" + repository.name);
}

}  // namespace

fs::path modelCache() {
    const std::string folder = environment("DIAGONAL_CACHE");
    return folder.empty() ? userCache() / "diagonal" / "models" : folderFrom(folder);
}

fs::path huggingFaceCache() {
    for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
        if (const std::string folder = environment(name); !folder.empty()) return folderFrom(folder);
    return huggingFaceHome() / "hub";
}

std::string huggingFaceToken() {
    std::string token = environment("HF_TOKEN");
    if (token.empty()) token = environment("HUGGING_FACE_HUB_TOKEN");
    if (token.empty()) {
        const std::string named = environment("HF_TOKEN_PATH");
        const fs::path file = named.empty() ? huggingFaceHome() / "token" : folderFrom(named);
        if (isFile(file)) token = readText(file, 10000);
    }
    const auto isSpace = [](unsigned char c) { return std::isspace(c) != 0; };
    while (!token.empty() && isSpace(token.back()))
        token.pop_back();
    // Anything else in it could end the header and begin another.
    const bool plain = std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    return plain ? token : "";
}

std::string kindOfModel(const fs::path& folder) {
    if (isFile(folder / "open_clip_config.json")) return "open_clip";
    if (!isFile(folder / "config.json")) return {};
    const json config = jsonOf(folder / "config.json");
    const auto kind = config.is_object() ? config.find("model_type") : config.end();
    return kind != config.end() && kind->is_string() ? kind->get<std::string>() : "";
}

bool isClipKind(const std::string& kind) {
    return kind == "open_clip" || hubType(kind) != nullptr;
}

bool holdsModel(const fs::path& folder) {
    const std::string kind = kindOfModel(folder);
    static const std::vector<std::string> kOpenClips = {
        "open_clip_model.safetensors", "open_clip_pytorch_model.safetensors", "open_clip_pytorch_model.bin"};
    static const std::vector<std::string> kHubs = {"model.safetensors", "pytorch_model.bin"};
    if (kind.empty()) return false;
    return std::ranges::any_of(kind == "open_clip" ? kOpenClips : kHubs, [&](const std::string& name) {
        return isFile(folder / name) || hasShards(folder / (name + ".index.json"));
    });
}

fs::path ownPath(const CatalogueModel& model) {
    const auto repository = repositoryOf(model.name);
    return modelCache() / (repository ? repository->owner + "--" + repository->name : fileOf(model));
}

CachedModel findInCaches(const CatalogueModel& model) {
    const fs::path own = ownPath(model);
    if (const auto repository = repositoryOf(model.name)) {
        if (holdsModel(own)) return {own, "Diagonal's cache", true};
        if (const fs::path folder = snapshotOf(folderInHuggingFaceCache(*repository)); !folder.empty())
            return {folder, "Hugging Face's cache"};
        return {};
    }
    if (isFile(own)) return {own, "Diagonal's cache", true};
    const fs::path clip = fs::path(environment("HOME")) / ".cache" / "clip" / fileOf(model);
    if (isFile(clip)) return {clip, "~/.cache/clip"};
    if (const auto repository = parseRepository(model.openClip)) {
        if (const fs::path folder = snapshotOf(folderInHuggingFaceCache(*repository)); !folder.empty())
            return {folder, "open_clip's cache"};
    }
    return {};
}

std::vector<std::string> repositoriesInCaches() {
    std::set<std::string> found;
    const auto collect = [&](const fs::path& cache, const std::string& prefix) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(cache, error)) {
            const std::string file = entry.path().filename().string();
            if (!file.starts_with(prefix)) continue;
            const size_t dashes = file.find("--", prefix.size());
            if (dashes == std::string::npos) continue;
            const std::string name = file.substr(prefix.size(), dashes - prefix.size()) + '/' + file.substr(dashes + 2);
            if (!parseRepository(name)) continue;
            const fs::path folder = prefix.empty() ? entry.path() : snapshotOf(entry.path());
            if (!folder.empty() && holdsModel(folder) && isClipKind(kindOfModel(folder))) found.insert(name);
        }
    };
    collect(modelCache(), "");
    collect(huggingFaceCache(), "models--");
    return {found.begin(), found.end()};
}

}  // namespace diagonal
