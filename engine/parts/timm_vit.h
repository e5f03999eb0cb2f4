// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/parts/image_spec.h"
#include "engine/parts/vit.h"

namespace diagonal {

/// A vision transformer of timm 1.0 (VisionTransformer, Eva), as open_clip's TimmModel uses it: with a head apart, with
/// its own classifier as projection, or without any.
struct TimmVitConfig {
    std::string name;  ///< timm's
    Vit vit;

    std::shared_ptr<ImageTower> build(const Scope& scope, const ClipConfig& config) const;
    void write(const ClipConfig& config, nlohmann::json& vision) const;
    std::string describe() const;
    int cell() const { return vit.patchSize; }
    int width() const { return vit.projection == Vit::Projection::None ? vit.blocks.width : 0; }
    GridPositions positions() const { return {"positional_embedding", vit.classToken && vit.classPosition ? 1 : 0}; }
    int64_t flops(const ClipConfig& config) const;
    TimmVitConfig shapesOnly() const { return {"", diagonal::shapesOnly(vit)}; }
    bool operator==(const TimmVitConfig&) const = default;
};

/// A tower of timm's by its name.
struct TimmVit {
    std::string name;
    int imageSize = 224;
    Vit vit;                ///< with the pooling that timm gives it
    bool movesNorm = true;  ///< made with average pooling, timm puts the last norm behind it
};

/// All that are known. Names say size, patch, pretraining and image size.
const std::vector<TimmVit>& timmVits();

/// Null for other names.
const TimmVit* timmVit(const std::string& name);

}  // namespace diagonal
