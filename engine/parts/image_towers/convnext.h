// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>

#include "engine/parts/image_tower.h"

namespace diagonal {

/// ConvNeXt (Liu et al., 2022, arXiv 2201.03545). The features pass a layer norm behind the pool.
struct ConvNextSpec {
    std::array<int, 4> depths = {3, 3, 9, 3};
    std::array<int, 4> channels = {96, 192, 384, 768};
    double epsilon = 1e-6;  ///< of the layer norms

    bool operator==(const ConvNextSpec&) const = default;
};

/// timm's names: stem.{0, 1}, stages.S.downsample.{0, 1}, stages.S.blocks.B.{conv_dw, norm, mlp.fc1, mlp.fc2, gamma},
/// head.norm.
std::shared_ptr<ImageTower> makeConvNext(const Scope& scope, const ConvNextSpec& spec);

}  // namespace diagonal
