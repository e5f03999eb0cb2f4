// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/image/preprocess.h"
#include "engine/parts/config.h"

namespace diagonal {

/// open_clip's model_cfg. `source` stands in errors. Throws Error for missing, ill-typed or out-of-range values and for
/// options that would change the computation and are not supported. folder: where the configuration lies; text towers
/// of transformers may be described beside it.
ClipConfig clipConfigFromJson(const nlohmann::json& modelConfig, const std::string& source,
                              const std::filesystem::path& folder = {});
nlohmann::json toJson(const ClipConfig& config);

/// open_clip's preprocess_cfg; what is missing has open_clip's defaults.
PreprocessConfig preprocessFromJson(const nlohmann::json& preprocessConfig, int imageSize, const std::string& source);
nlohmann::json toJson(const PreprocessConfig& config);
/// What a new model, or one that comes without a configuration, should do with its pictures: what the published weights
/// of its image tower want, where it is known, else CLIP's.
PreprocessConfig preprocessFor(const ClipConfig& config);

/// Whether open_clip keeps the text tower's tensors apart, under "text." (its CustomTextCLIP).
bool isCustomText(const ClipConfig& config);

/// What it computes with, in words: "ViT, 12 layers, width 768, patch 32".
std::string describeArchitecture(const ClipConfig& config);
/// "shorter side to 224, bicubic, centre crop".
std::string describePreprocessing(const PreprocessConfig& config);

}  // namespace diagonal
