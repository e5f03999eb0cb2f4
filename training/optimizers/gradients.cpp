// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/gradients.h"

#include "engine/base/libtorch.h"

namespace diagonal {

torch::Tensor clipGradients(const std::vector<torch::Tensor>& gradients, double maxNorm) {
    const torch::NoGradGuard noGrad;
    const auto norm = torch::stack(at::_foreach_norm(gradients, 2)).norm();
    if (maxNorm <= 0) return norm;
    // A tensor as factor spares a GPU the wait for its value.
    const auto factor = maxNorm / (norm + 1e-6);
    const bool isShort = norm.is_cpu() && factor.item<double>() >= 1;
    if (!isShort) at::_foreach_mul_(gradients, factor.clamp_max(1.0));
    return norm;
}

}  // namespace diagonal
