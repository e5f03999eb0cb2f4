// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/spike_detector.h"

#include <algorithm>
#include <limits>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

constexpr size_t kWindow = 64;
constexpr size_t kFewest = 16;  // norms that make a usual one

}  // namespace

double SpikeDetector::limit() const {
    if (m_factor <= 0 || m_norms.size() < kFewest) return std::numeric_limits<double>::max();
    auto sorted = m_norms;
    const auto middle = sorted.begin() + static_cast<ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return m_factor * *middle;
}

void SpikeDetector::add(double norm) {
    if (m_norms.size() == kWindow) m_norms.erase(m_norms.begin());
    m_norms.push_back(norm);
}

torch::Tensor SpikeDetector::state() const {
    return torch::tensor(m_norms, torch::kDouble);
}

void SpikeDetector::load(const torch::Tensor& state) {
    const auto norms = state.to(torch::kDouble).contiguous();
    m_norms.assign(norms.const_data_ptr<double>(), norms.const_data_ptr<double>() + norms.numel());
}

}  // namespace diagonal
