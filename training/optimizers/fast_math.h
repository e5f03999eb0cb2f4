// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

namespace diagonal {

/// While it lives, NVIDIA GPUs multiply float32 on their TF32 units (10 bits of the factors, sums in float32), and
/// cuDNN tries which of its ways is the quickest for a shape: what open_clip trains with. Nothing on other devices.
class FastMath {
  public:
    explicit FastMath(const torch::Device& device);
    ~FastMath();
    FastMath(const FastMath&) = delete;
    FastMath& operator=(const FastMath&) = delete;

  private:
    bool m_enabled;
    bool m_products = false, m_convolutions = false, m_benchmark = false;  ///< as it was before
};

}  // namespace diagonal
