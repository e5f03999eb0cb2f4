// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "engine/base/libtorch.h"

namespace diagonal {

/// A module in float32 for as long as this lives. The narrower weights are kept beside, so that going back needs no
/// memory and cannot fail; nor does it where the memory for float32 runs out half way, which is thrown.
class InFloat32 {
  public:
    explicit InFloat32(const torch::nn::Module& module);
    ~InFloat32();
    InFloat32(const InFloat32&) = delete;
    InFloat32& operator=(const InFloat32&) = delete;

  private:
    void goBack() noexcept;

    std::vector<std::pair<torch::Tensor, torch::Tensor>> m_narrow;  ///< a weight, what it was
};

}  // namespace diagonal
