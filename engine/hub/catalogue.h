// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hub/hub.h"

namespace diagonal {

/// A model repository at Hugging Face.
struct Repository {
    std::string owner, name;

    std::string id() const { return owner + "/" + name; }
};

/// $DIAGONAL_CATALOGUE, else resources/catalogue.json; every field is checked. Throws Error.
std::vector<CatalogueModel> readCatalogue();

/// The repository that "hf:owner/name", "hf-hub:owner/name" or https://huggingface.co/owner/name means; nothing for
/// other names. Throws Error for "hf:" with what can be no repository.
std::optional<Repository> repositoryOf(const std::string& name);

/// "owner/name" by the rules of huggingface.co, so that it is safe in file names and addresses.
std::optional<Repository> parseRepository(std::string_view id);

/// The catalogue's model of that name, however it is spelled.
const CatalogueModel* findInCatalogue(const std::vector<CatalogueModel>& catalogue, const std::string& name);

/// The catalogue's model, or for another "hf:" repository one that has nothing but its name. Throws Error.
CatalogueModel describeModel(const std::string& name);

/// Name of the single file that the model's address ends in: "ViT-B-32.pt".
std::string fileOf(const CatalogueModel& model);

}  // namespace diagonal
