// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/weight_average.h"

#include <algorithm>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

NamedParameters weightsOf(const torch::nn::Module& model) {
    NamedParameters weights;
    for (const auto& item : model.named_parameters())
        weights.emplace_back(item.key(), item.value());
    for (const auto& item : model.named_buffers())
        if (item.value().is_floating_point()) weights.emplace_back(item.key(), item.value());
    return weights;
}

}  // namespace

WeightAverage::WeightAverage(const torch::nn::Module& model, double decay) : WeightAverage(weightsOf(model), decay) {
}

WeightAverage::WeightAverage(const NamedParameters& weights, double decay) : m_decay(decay) {
    if (!isEnabled()) return;
    for (const auto& [name, weight] : weights) {
        // An average that moves by less than bf16 resolves would stand still.
        const bool isHalf = weight.scalar_type() == torch::kBFloat16;
        m_weights.push_back(weight);
        m_stored.emplace_back(name, weight.detach().to(isHalf ? torch::kFloat : weight.scalar_type(),
                                                       /*non_blocking=*/false, /*copy=*/true));
    }
}

void WeightAverage::update(const torch::Tensor& refused) {
    if (!isEnabled()) return;
    const torch::NoGradGuard noGrad;
    const auto done = static_cast<double>(m_updates);
    const double decay = std::min(m_decay, (1 + done) / (10 + done));
    const torch::Tensor share = (1 - refused) * (1 - decay);
    for (size_t i = 0; i < m_weights.size(); ++i)
        m_stored[i].second.lerp_(m_weights[i].to(m_stored[i].second.scalar_type()), share);
}

void WeightAverage::swap() {
    for (size_t i = 0; i < m_weights.size(); ++i) {
        const auto weight = m_weights[i].detach();
        m_weights[i].set_data(m_stored[i].second);
        m_stored[i].second = weight;
    }
}

}  // namespace diagonal
