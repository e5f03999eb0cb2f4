// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/job.h"

namespace diagonal {

/// A model that can be had by name: resources/catalogue.json.
struct CatalogueModel {
    std::string name;         ///< "ViT-B/32", or "hf:owner/name"
    std::string description;  ///< what it is good at, one line
    std::string licence;
    uint64_t bytes = 0;       ///< to download
    std::string url, sha256;  ///< of OpenAI's single files; empty for hf:
};

/// A model of the catalogue, or any other that lies in a cache of this computer.
struct HubModel {
    CatalogueModel about;
    std::filesystem::path path;  ///< file or folder to open; empty: not on this computer
    std::string where;           ///< "Diagonal's cache", "~/.cache/clip", "Hugging Face's cache", "open_clip's cache"
    bool removable = false;      ///< in Diagonal's own cache
};

/// The catalogue and what else lies in the caches; the catalogue's order, then by name. Throws Error when the catalogue
/// cannot be read.
std::vector<HubModel> hubModels();

/// Whether a --model value is a name for the hub: one of the nine names (with "/" or "-"), or "hf:owner/name".
bool isHubName(const std::string& name);

/// Looks in Diagonal's cache, ~/.cache/clip, Hugging Face's hub cache and open_clip's, in this order.
std::optional<std::filesystem::path> findModel(const std::string& name);

/// findModel, else downloads: progress in bytes, resumed where an earlier try ended, SHA-256 verified before the files
/// are renamed into place. Throws Error (offline, no space, wrong hash, no such model), Cancelled.
std::filesystem::path getModel(const std::string& name, const JobContext& job = {});

/// Removes a model, and what is left of unfinished downloads of it, from Diagonal's own cache. Throws Error.
void removeModel(const std::string& name);

}  // namespace diagonal
