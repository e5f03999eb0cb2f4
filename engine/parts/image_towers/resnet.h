// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "engine/parts/image_tower.h"

namespace diagonal {

/// torchvision's and timm's ResNet (He et al., 2015, arXiv 1512.03385). Bottlenecks stride in their 3x3 convolution.
struct ResNetSpec {
    std::array<int, 4> depths = {3, 4, 6, 3};
    std::array<int, 4> channels = {64, 128, 256, 512};  ///< a bottleneck's output has four times as many
    bool bottleneck = true;                             ///< three convolutions a block, else two
    int groups = 1, groupWidth = 64;                    ///< ResNeXt: 32 x 4; wide ResNet: 1 x 128

    bool operator==(const ResNetSpec&) const = default;
};

/// Length of the features.
int64_t widthOf(const ResNetSpec& spec);
/// timm's names: conv1, bn1, layerN.M.{convK, bnK, downsample.0, downsample.1}.
std::shared_ptr<ImageTower> makeResNet(const Scope& scope, const ResNetSpec& spec);

}  // namespace diagonal
