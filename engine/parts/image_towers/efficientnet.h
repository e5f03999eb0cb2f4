// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/parts/image_tower.h"

namespace diagonal {

/// Inverted residual blocks (Sandler et al., 2018, arXiv 1801.04381) of one size; the first strides.
struct EfficientNetStage {
    int blocks = 1, kernel = 3, stride = 1;
    int expansion = 6;  ///< of the block's input; 1: a depthwise and a pointwise convolution
    int channels = 16;

    bool operator==(const EfficientNetStage&) const = default;
};

/// EfficientNet-Lite (Tan and Le, 2019, arXiv 1905.11946, without squeeze-and-excite and with ReLU6).
struct EfficientNetSpec {
    std::vector<EfficientNetStage> stages;
    int stemChannels = 32, features = 1280;
    bool tensorFlow = true;  ///< TensorFlow's padding and batch norm's epsilon of 1e-3: timm's tf_efficientnet_lite*

    bool operator==(const EfficientNetSpec&) const = default;
};

/// Lite0 to Lite4 by their factors of width and depth.
EfficientNetSpec efficientNetLite(double width, double depth, bool tensorFlow);
/// timm's names: conv_stem, bn1, blocks.STAGE.BLOCK.{conv_pw, bn1, conv_dw, bn2, conv_pwl, bn3}, conv_head, bn2.
std::shared_ptr<ImageTower> makeEfficientNet(const Scope& scope, const EfficientNetSpec& spec);

}  // namespace diagonal
