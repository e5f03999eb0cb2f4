// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/checkpoint/hub_type.h"
#include "engine/image/preprocess.h"
#include "engine/parts/config.h"

namespace diagonal {

/// "text_config" or "vision_config" of config.json. Where an old file has "text_config_dict" as well, transformers
/// takes that alone, with defaults for what it does not say; for SigLIP there never was one.
nlohmann::json towerJson(const nlohmann::json& root, const std::string& key);

/// Hugging Face's config.json of a whole model of one of hubTypes(). `source` stands in errors. Throws Error, also for
/// other types, with their name and what to take in their place.
ClipConfig clipConfigFromHuggingFace(const nlohmann::json& config, const std::string& source);

/// Their preprocessor_config.json; null has the defaults of the model's own processor.
PreprocessConfig preprocessFromHuggingFace(const nlohmann::json& processor, const ClipConfig& clip,
                                           const std::string& source);

/// The type that a model is written as. Throws Error where transformers has no such architecture (ResNet, CBOW).
const HubType& hubTypeToWrite(const ClipConfig& config);
/// preprocessor_config.json.
nlohmann::json toHuggingFace(const PreprocessConfig& config, const HubType& type);

}  // namespace diagonal
