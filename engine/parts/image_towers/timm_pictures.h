// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace diagonal {

inline constexpr std::array<float, 3> kImageNetMean = {0.485F, 0.456F, 0.406F};
inline constexpr std::array<float, 3> kImageNetDeviation = {0.229F, 0.224F, 0.225F};

/// How a tower's pretrained weights want their pictures (timm's pretrained_cfg).
struct TimmPictures {
    std::array<float, 3> mean = kImageNetMean;
    std::array<float, 3> deviation = kImageNetDeviation;
    bool bilinear = false;  ///< else bicubic
};

/// By timm's name of a tower, for the weights that timm takes where none are named; what stands behind a dot
/// ("resnet50.a1_in1k") names weights and is left out. Nothing where the name is not known.
std::optional<TimmPictures> timmPictures(std::string_view name);

}  // namespace diagonal
