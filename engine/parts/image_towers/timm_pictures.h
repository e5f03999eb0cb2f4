// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace diagonal {

/// How a tower's pretrained weights want their pictures (timm's pretrained_cfg).
struct TimmPictures {
    int size = 224;  ///< of both sides
    std::array<float, 3> mean = {0.485F, 0.456F, 0.406F};
    std::array<float, 3> deviation = {0.229F, 0.224F, 0.225F};
    double crop = 0.875;    ///< share of the shorter side that is kept
    bool bilinear = false;  ///< else bicubic
};

/// By timm's name of a convolutional tower; what stands behind a dot ("resnet50.a1_in1k") names weights and is left
/// out. Nothing where the name is not known.
std::optional<TimmPictures> timmPictures(std::string_view name);

}  // namespace diagonal
