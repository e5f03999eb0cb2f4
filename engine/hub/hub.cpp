// SPDX-License-Identifier: Apache-2.0
#include "engine/hub/hub.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/hub/caches.h"
#include "engine/hub/catalogue.h"
#include "engine/hub/fetch.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

uint64_t bytesIn(const fs::path& folder) {
    uint64_t bytes = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (const auto size = entry.file_size(error); !error) bytes += size;
    return bytes;
}

}  // namespace

std::vector<HubModel> hubModels() {
    std::vector<HubModel> models;
    const auto add = [&](CatalogueModel about) {
        CachedModel cached = findInCaches(about);
        models.push_back({std::move(about), std::move(cached.path), std::move(cached.where), cached.removable});
    };
    const auto catalogue = readCatalogue();
    for (const auto& model : catalogue)
        add(model);
    for (const auto& repository : repositoriesInCaches()) {
        const bool known = std::any_of(catalogue.begin(), catalogue.end(), [&](const CatalogueModel& model) {
            return model.name == "hf:" + repository || model.openClip == repository;
        });
        if (known) continue;
        CatalogueModel about;
        about.name = "hf:" + repository;
        add(std::move(about));
        models.back().about.bytes = bytesIn(models.back().path);
    }
    return models;
}

std::optional<CatalogueModel> catalogueModelOf(const std::string& nameOrPath) {
    std::error_code failure;
    const auto catalogue = readCatalogue();
    if (!fs::exists(nameOrPath, failure)) {
        const CatalogueModel* model = isHubName(nameOrPath) ? findInCatalogue(catalogue, nameOrPath) : nullptr;
        return model != nullptr ? std::optional(*model) : std::nullopt;
    }
    for (const auto& model : catalogue)
        if (const fs::path path = findInCaches(model).path; !path.empty() && fs::equivalent(path, nameOrPath, failure))
            return model;
    return {};
}

std::optional<fs::path> findModel(const std::string& name) {
    CachedModel cached = findInCaches(describeModel(name));
    if (cached.path.empty()) return {};
    return std::move(cached.path);
}

fs::path getModel(const std::string& name, const JobContext& job) {
    const CatalogueModel model = describeModel(name);
    if (CachedModel cached = findInCaches(model); !cached.path.empty()) return std::move(cached.path);
    return fetchModel(model, job);
}

void removeModel(const std::string& name) {
    const CatalogueModel model = describeModel(name);
    const fs::path own = ownPath(model);
    const CachedModel cached = findInCaches(model);
    std::error_code error;
    uintmax_t removed = 0;
    for (const char* rest : {"", ".part"}) {
        const uintmax_t count = fs::remove_all(own.string() + rest, error);
        if (error) throw Error(displayName(own), "cannot be removed: " + error.message());
        removed += count;
    }
    if (removed > 0) return;
    if (!cached.path.empty())
        throw Error(model.name, "is not Diagonal's to remove; it lies in " + cached.where,
                    "Remove " + displayName(cached.path) + " by hand if nothing else needs it");
    throw Error(model.name, "is not on this computer");
}

}  // namespace diagonal
