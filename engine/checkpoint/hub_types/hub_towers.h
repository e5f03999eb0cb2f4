// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/json_reader.h"
#include "engine/parts/config.h"
#include "engine/parts/tensor_rules.h"

namespace diagonal {

// The towers that CLIP, SigLIP and their kin have in common in transformers.

/// transformers' defaults for what a config.json leaves out.
struct HubDefaults {
    int textWidth, textLayers, textHeads, textHidden, contextLength, vocabularySize;
    int patchSize;
    const char* activation;
    double epsilon;
};
inline constexpr HubDefaults kHubClip = {512, 12, 8, 2048, 77, 49408, 32, "quick_gelu", 1e-5};
inline constexpr HubDefaults kHubSiglip = {768, 12, 12, 3072, 64, 32000, 16, "gelu_pytorch_tanh", 1e-6};

/// The numbers of a text tower, its activation too.
void readHubText(const JsonReader& text, const HubDefaults& defaults, ClipConfig& config);

/// The numbers of an image tower.
struct HubVision {
    int width, heads, layers, patch;
    double ratio;
};
/// The image's size and the activation go into config.
HubVision readHubVision(const JsonReader& vision, const HubDefaults& defaults, ClipConfig& config);
/// The same with a class token: CLIP's.
void readHubVit(const JsonReader& vision, ClipConfig& config);

/// "vision_config" and "text_config" but for model_type.
nlohmann::json writeHubVision(const HubVision& vision, const ClipConfig& config, double epsilon);
nlohmann::json writeHubVit(const ClipConfig& config);
nlohmann::json writeHubText(const ClipConfig& config);

/// A CLIPModel's image tower, its projection and the logit scale.
TensorRules hubVitRules(int layers);
/// What the image towers of all have.
void addHubImageRules(TensorRules& rules, int layers);
/// A CLIPTextModel, SiglipTextModel: without the projection.
void addHubTextRules(TensorRules& rules, int layers);

}  // namespace diagonal
