// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/generator_state.h"

#include "engine/base/libtorch.h"

namespace diagonal {

torch::Tensor generatorState(const torch::Device& device) {
    return at::globalContext().defaultGenerator(device).get_state();
}

void setGeneratorState(const torch::Device& device, const torch::Tensor& state) {
    auto generator = at::globalContext().defaultGenerator(device);
    generator.set_state(state.clone());
}

}  // namespace diagonal
