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
        m_weights.push_back(weight.detach());
        m_stored.emplace_back(name, weight.detach().clone());
    }
}

void WeightAverage::update(const torch::Tensor& refused) {
    if (!isEnabled()) return;
    const torch::NoGradGuard noGrad;
    const auto done = static_cast<double>(m_updates);
    const double decay = std::min(m_decay, (1 + done) / (10 + done));
    const torch::Tensor share = (1 - refused) * (1 - decay);
    for (size_t i = 0; i < m_weights.size(); ++i)
        m_stored[i].second.lerp_(m_weights[i], share);
}

void WeightAverage::restart() {
    const torch::NoGradGuard noGrad;
    for (size_t i = 0; i < m_weights.size(); ++i)
        m_stored[i].second.copy_(m_weights[i]);
}

void WeightAverage::swap() {
    const torch::NoGradGuard noGrad;
    for (size_t i = 0; i < m_weights.size(); ++i) {
        auto& stored = m_stored[i].second;
        const auto kept = stored.clone();
        stored.copy_(m_weights[i]);
        m_weights[i].copy_(kept);
    }
}

}  // namespace diagonal
