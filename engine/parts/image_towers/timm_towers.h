// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/parts/image_towers/convnext.h"
#include "engine/parts/image_towers/efficientnet.h"
#include "engine/parts/image_towers/fastvit.h"
#include "engine/parts/image_towers/resnet.h"

namespace diagonal {

using ConvTowerSpec = std::variant<ResNetSpec, EfficientNetSpec, ConvNextSpec, FastVitSpec>;

/// How a tower's pretrained weights want their pictures (timm's pretrained_cfg).
struct TimmPictures {
    int size = 224;  ///< of both sides
    std::array<float, 3> mean = {0.485F, 0.456F, 0.406F};
    std::array<float, 3> deviation = {0.229F, 0.224F, 0.225F};
    double crop = 0.875;  ///< share of the shorter side that is kept
    bool bilinear = false;  ///< else bicubic
};

/// A convolutional tower by timm's name.
struct TimmTower {
    std::string_view name;
    ConvTowerSpec spec;
    TimmPictures pictures;
};

/// All that are known.
const std::vector<TimmTower>& timmTowers();
/// Null: timm knows no such tower, or this project does not. What stands behind a dot ("resnet50.a1_in1k") names
/// weights and is left out.
const TimmTower* findTimmTower(std::string_view name);

std::shared_ptr<ImageTower> makeConvTower(const Scope& scope, const ConvTowerSpec& spec);
/// Length of the features.
int64_t widthOf(const ConvTowerSpec& spec);
/// Multiplications and additions (two for each product) of the convolutions and linear layers for one image.
int64_t flopsOf(const ConvTowerSpec& spec, int imageSize);
/// Pixels to a side of a place of the last feature map with kFewestCells (see ImageTrace).
int cellSizeOf(const ConvTowerSpec& spec, int imageSize);

}  // namespace diagonal
