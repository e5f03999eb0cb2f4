// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

namespace diagonal {

/// State of torch's default generator of a device, uint8, for drawing the same numbers again.
torch::Tensor generatorState(const torch::Device& device);
void setGeneratorState(const torch::Device& device, const torch::Tensor& state);

}  // namespace diagonal
