// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "engine/parts/config.h"

namespace diagonal {

struct TimmSiglip {
    SiglipVitConfig vit;
    Activation activation = Activation::Gelu;
};

/// The tower that timm builds for "vit_base_patch16_siglip_224" and its kind (timm 1.0); nothing for other names.
std::optional<TimmSiglip> siglipOfTimm(const std::string& name);

/// timm's name of a tower, empty where it has none.
std::string timmNameOf(const SiglipVitConfig& vit, int imageSize);

}  // namespace diagonal
