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
    std::string openClip;     ///< Hugging Face repository in which open_clip keeps the same weights; may be empty
    std::string languages;    ///< of texts it knows: "English", "109 languages"; empty: not known
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

/// Whether a --model value is a name for the hub: one of the catalogue's ("ViT-B/32", "vit-b-32"), "hf:owner/name"
/// (with open_clip's "hf-hub:" too), or a model's address at huggingface.co. Throws Error when the catalogue cannot be
/// read.
bool isHubName(const std::string& name);

/// Looks in Diagonal's cache, ~/.cache/clip, Hugging Face's hub cache and open_clip's, in this order: a file or folder
/// to open. Throws Error for what is no name of a model.
std::optional<std::filesystem::path> findModel(const std::string& name);

/// What the catalogue says of a model given by name, or by the path in a cache where it lies; nothing for others.
/// Throws Error when the catalogue cannot be read.
std::optional<CatalogueModel> catalogueModelOf(const std::string& nameOrPath);

/// findModel, else downloads: progress in bytes, resumed where an earlier try ended, SHA-256 verified before the files
/// are renamed into place. Another process that gets the same model is waited for. Throws Error (offline, no space,
/// wrong hash, no such model), Cancelled.
std::filesystem::path getModel(const std::string& name, const JobContext& job = {});

/// Where Diagonal keeps models: $DIAGONAL_CACHE, else diagonal/models in $XDG_CACHE_HOME or ~/.cache.
std::filesystem::path modelCache();

/// Removes a model, and what is left of unfinished downloads of it, from Diagonal's own cache. Throws Error.
void removeModel(const std::string& name);

}  // namespace diagonal
