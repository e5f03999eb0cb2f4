// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace diagonal {

class ImageTower;
class Scope;
struct ClipConfig;

/// torchvision's and timm's ResNet (He et al., 2015, arXiv 1512.03385). Bottlenecks stride in their 3x3 convolution.
struct ResNetConfig {
    std::array<int, 4> depths = {3, 4, 6, 3};
    std::array<int, 4> channels = {64, 128, 256, 512};  ///< a bottleneck's output has four times as many
    bool bottleneck = true;                             ///< three convolutions a block, else two
    int groups = 1, groupWidth = 64;                    ///< ResNeXt: 32 x 4; wide ResNet: 1 x 128

    std::shared_ptr<ImageTower> build(const Scope& scope, const ClipConfig& config) const;
    void write(const ClipConfig& config, nlohmann::json& vision) const;
    std::string describe() const;
    int cell() const { return 32; }
    int width() const { return channels.back() * (bottleneck ? 4 : 1); }
    bool operator==(const ResNetConfig&) const = default;
};

}  // namespace diagonal
