// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/in_float32.h"

namespace diagonal {

using torch::Tensor;

InFloat32::InFloat32(const torch::nn::Module& module) {
    std::vector<Tensor> weights = module.parameters();
    const std::vector<Tensor> buffers = module.buffers();
    weights.insert(weights.end(), buffers.begin(), buffers.end());
    std::erase_if(weights, [](const Tensor& weight) {
        return !weight.is_floating_point() || weight.scalar_type() == torch::kFloat;
    });
    m_narrow.reserve(weights.size());
    try {
        for (Tensor& weight : weights) {
            const Tensor wide = weight.data().to(torch::kFloat);
            m_narrow.emplace_back(weight, weight.data());
            weight.set_data(wide);
        }
    } catch (...) {
        goBack();
        throw;
    }
}

InFloat32::~InFloat32() {
    goBack();
}

void InFloat32::goBack() noexcept {
    for (auto& [weight, narrow] : m_narrow)
        weight.set_data(narrow);
    m_narrow.clear();
}

}  // namespace diagonal
