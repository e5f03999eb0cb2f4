// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/loss_scale.h"

#include <algorithm>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

constexpr int64_t kGrowthInterval = 2000;
constexpr double kLargest = 1 << 24;  // further doubling gains nothing and could reach infinity

}  // namespace

void LossScale::shrink() {
    m_scale = std::max(1.0, m_scale / 2);
    m_goodSteps = 0;
}

void LossScale::stepDone() {
    if (!m_enabled || ++m_goodSteps < kGrowthInterval) return;
    m_scale = std::min(kLargest, m_scale * 2);
    m_goodSteps = 0;
}

torch::Tensor LossScale::state() const {
    return torch::tensor({m_scale, static_cast<double>(m_goodSteps)}, torch::kDouble);
}

void LossScale::load(const torch::Tensor& state) {
    if (!m_enabled) return;
    m_scale = state[0].item<double>();
    m_goodSteps = state[1].item<int64_t>();
}

}  // namespace diagonal
