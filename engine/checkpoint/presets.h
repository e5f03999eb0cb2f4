// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/parts/config.h"

namespace diagonal {

/// ARCH of `train`: "demo", "tiny", "small", OpenAI's and open_clip's names (resources/architectures), or a JSON file
/// in model_cfg form. Throws Error listing the names.
ClipConfig architecture(const std::string& name);
std::vector<std::string> architectureNames();
/// Throws Error where ARCH is a JSON file that asks for a tower's published weights (timm_model_pretrained,
/// hf_model_pretrained) and none are given: nothing is downloaded, and random ones would be taken in their place.
void requirePretrained(const std::string& name, bool hasImageWeights, bool hasTextWeights);
/// Whether `architecture` knows the name, or it is a JSON file.
bool isArchitecture(const std::string& name);

/// The preset that computes the same, if need be with another vocabulary; empty when there is none.
std::string presetOf(const ClipConfig& config);

/// The first preset whose tensors have the same shapes: it tells what shapes cannot (heads, activation). Where only
/// image size, context length or vocabulary are others, it comes with those of config.
std::optional<ClipConfig> presetWithShapesOf(const ClipConfig& config);

}  // namespace diagonal
