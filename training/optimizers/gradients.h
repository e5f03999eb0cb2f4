// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <vector>

namespace diagonal {

/// Scales all gradients down so that their joint norm is at most maxNorm (0: leaves them), as
/// torch.nn.utils.clip_grad_norm_. Returns the norm before, a scalar on the gradients' device.
torch::Tensor clipGradients(const std::vector<torch::Tensor>& gradients, double maxNorm);

}  // namespace diagonal
