// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/half_text.h"

#include "engine/base/libtorch.h"

namespace diagonal {

void storeTextInHalf(DualEncoder& model) {
    for (const auto& item : model.named_parameters()) {
        const std::string& name = item.key();
        torch::Tensor weight = item.value();
        if (name.starts_with("visual.") || name.starts_with("logit_") || weight.dim() < 2) continue;
        weight.set_data(weight.detach().to(torch::kBFloat16));
        weight.set_grad_dtype(torch::kFloat);
    }
}

}  // namespace diagonal
