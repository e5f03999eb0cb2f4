// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <array>

namespace diagonal {

/// (x / 255 - mean) / std on a device, where its constants stay.
class ImageNormalizer {
  public:
    ImageNormalizer(const torch::Device& device, const std::array<float, 3>& mean, const std::array<float, 3>& std);
    /// uint8 [n, h, w, 3] on any device -> [n, 3, h, w] of that type on the normalizer's, channels last in memory.
    /// Computed in float32.
    torch::Tensor operator()(const torch::Tensor& pixels, torch::ScalarType type = torch::kFloat) const;

  private:
    torch::Tensor m_factor, m_shift;  ///< [3, 1, 1]
};

}  // namespace diagonal
