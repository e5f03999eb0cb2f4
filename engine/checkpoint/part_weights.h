// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "engine/parts/dual_encoder.h"

namespace diagonal {

/// Fills the image tower, without its head, with pretrained weights: a file of timm, torchvision or the like
/// (safetensors, .pt, .pth, .bin), a folder with such a file under Hugging Face's name, or a whole model, of which its
/// image tower is taken. A classifier's last layer is left out, prefixes ("model.", "backbone.") do not matter,
/// positions are interpolated. Throws Error naming the file where a tensor is missing, has another shape, or belongs to
/// no such tower, and where its name, or a config.json beside it, is that of another of
/// timm's.
void loadImageWeights(DualEncoder& model, const std::filesystem::path& path);

/// The same for the text tower: a folder or file of transformers' BERT family, or a whole model. A config.json beside
/// it must have the heads, epsilon, activation, first position and padding of the model's.
void loadTextWeights(DualEncoder& model, const std::filesystem::path& path);

}  // namespace diagonal
