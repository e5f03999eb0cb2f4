// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/image/preprocess.h"
#include "engine/parts/config.h"

namespace diagonal {

/// Hugging Face's config.json of a CLIPModel or SiglipModel. `source` stands in errors. Throws Error, also for model
/// types that are neither, with their name.
ClipConfig clipConfigFromHuggingFace(const nlohmann::json& config, const std::string& source);

/// Their preprocessor_config.json; null has the defaults of the model's own processor.
PreprocessConfig preprocessFromHuggingFace(const nlohmann::json& processor, const ClipConfig& clip,
                                           const std::string& source);

/// config.json of a model. Throws Error where transformers has no such architecture (ResNet, CBOW).
nlohmann::json toHuggingFace(const ClipConfig& config);
/// preprocessor_config.json.
nlohmann::json toHuggingFace(const PreprocessConfig& config, bool siglip);

}  // namespace diagonal
