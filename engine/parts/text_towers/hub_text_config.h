// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
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

/// The config.json that ships for a name of the hub, or nothing.
std::optional<HubTextConfig> publishedTextConfig(const std::string& name);

/// hf_model_name of towers that no name of the hub describes: the folder beside the configuration where saveModelFolder
/// puts their config.json.
inline constexpr const char* kHubFolder = "text";

}  // namespace diagonal
