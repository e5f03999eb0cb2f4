// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/hub/catalogue.h"

namespace diagonal {

/// Of $HF_HUB_CACHE, $HF_HOME and the rest, as the huggingface_hub library reads them.
std::filesystem::path huggingFaceCache();

/// $HF_TOKEN, else what `huggingface-cli login` wrote; empty without one.
std::string huggingFaceToken();

/// Whether a folder holds a model with all its weights: open_clip_config.json or a config.json with a model_type, and
/// safetensors or PyTorch files, of a sharded model every shard.
bool holdsModel(const std::filesystem::path& folder);

/// model_type of the folder's config.json, "open_clip" where open_clip_config.json is, empty where nothing is known.
std::string kindOfModel(const std::filesystem::path& folder);

/// Whether kindOfModel names one that Diagonal can open.
bool isClipKind(const std::string& kind);

/// What in a cache is a model, and whose cache it is.
struct CachedModel {
    std::filesystem::path path;
    std::string where;
    bool removable = false;
};

/// The first place of findModel's order that has the model; an empty path when none has.
CachedModel findInCaches(const CatalogueModel& model);

/// Repositories ("owner/name") that lie in Diagonal's and Hugging Face's cache and that Diagonal can open, by name.
std::vector<std::string> repositoriesInCaches();

/// Where Diagonal keeps this model: a .pt file, or a folder "owner--name".
std::filesystem::path ownPath(const CatalogueModel& model);

}  // namespace diagonal
