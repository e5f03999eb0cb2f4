// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace diagonal {

/// open_clip's vision_cfg of a VisionTransformer.
struct VitConfig {
    int layers = 12;
    int width = 768;
    int headWidth = 64;
    double mlpRatio = 4.0;
    int patchSize = 32;
};

/// open_clip's vision_cfg of a ModifiedResNet: "layers" is a list of four.
struct ResNetConfig {
    std::vector<int> layers = {3, 4, 6, 3};
    int width = 64;
    int headWidth = 64;
};

/// open_clip's text_cfg.
struct TextConfig {
    int contextLength = 77;
    int vocabularySize = 49408;
    int width = 512;
    int heads = 8;
    int layers = 12;
    double mlpRatio = 4.0;
};

/// open_clip's model_cfg.
struct ClipConfig {
    int embedDim = 512;
    bool quickGelu = false;
    int imageSize = 224;
    std::variant<VitConfig, ResNetConfig> vision;
    TextConfig text;
};

}  // namespace diagonal
