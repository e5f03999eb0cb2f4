// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/json_reader.h"

namespace diagonal {

/// The config.json of one of transformers' text models.
struct HubTextConfig {
    nlohmann::json json;
    std::string source;  ///< for errors
};

/// What open_clip's hf_model_name means: a folder beside the configuration, else a model whose config.json ships
/// (resources/text-models, "/" as "--"). Throws Error listing those.
HubTextConfig readHubTextConfig(const std::string& name, const std::filesystem::path& folder, const JsonReader& text);

}  // namespace diagonal
