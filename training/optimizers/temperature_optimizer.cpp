// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/temperature_optimizer.h"

#include <cmath>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

const std::string kPrefix = "temperature/";

}  // namespace

TemperatureOptimizer::TemperatureOptimizer(std::unique_ptr<Optimizer> others, const torch::Tensor& logScale,
                                           const AdamWOptions& options, double rate)
    : m_others(std::move(others)),
      m_logScale(logScale),
      m_optimizer({{"logit_scale", logScale}}, options),
      m_rate(rate) {
}

void TemperatureOptimizer::zeroGradients() {
    m_others->zeroGradients();
    m_optimizer.zeroGradients();
}

std::vector<torch::Tensor> TemperatureOptimizer::gradients() {
    auto all = m_others->gradients();
    all.push_back(m_optimizer.gradients().front());
    return all;
}

void TemperatureOptimizer::step(double learningRate, const torch::Tensor& refused) {
    constexpr double kLow = 0.03, kRest = 1.0 / 3;
    m_others->step(learningRate, refused);
    const torch::NoGradGuard noGrad;
    const torch::Tensor before = m_logScale.clone();
    m_optimizer.step(m_rate, refused);
    // AdamW's step grows with its rate; which it is is decided on the device.
    const torch::Tensor share = 1 - (1 - kRest) * (before >= -std::log(kLow)).to(before.scalar_type());
    m_logScale.copy_(torch::lerp(before, m_logScale, share));
}

NamedParameters TemperatureOptimizer::state() const {
    auto state = m_others->state();
    for (const auto& [name, tensor] : m_optimizer.state())
        state.emplace_back(kPrefix + name, tensor);
    return state;
}

void TemperatureOptimizer::load(const std::map<std::string, torch::Tensor>& state, const std::string& source) {
    m_others->load(state, source);
    std::map<std::string, torch::Tensor> mine;
    for (const auto& [name, tensor] : state)
        if (name.starts_with(kPrefix)) mine[name.substr(kPrefix.size())] = tensor;
    m_optimizer.load(mine, source);
}

}  // namespace diagonal
