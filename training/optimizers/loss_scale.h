// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

namespace diagonal {

/// torch.amp.GradScaler's rule for fp16: losses are multiplied so that small gradients do not vanish; the factor halves
/// when a gradient overflows and doubles after 2,000 steps without.
class LossScale {
  public:
    explicit LossScale(bool enabled) : m_enabled(enabled), m_scale(enabled ? 65536 : 1) {}

    bool isEnabled() const { return m_enabled; }
    double value() const { return m_scale; }
    /// Whether an overflow may be the scale's fault.
    bool canShrink() const { return m_enabled && m_scale > 1; }
    void shrink();
    void stepDone();

    /// double [2], for checkpoints.
    torch::Tensor state() const;
    void load(const torch::Tensor& state);

  private:
    bool m_enabled;
    double m_scale;
    int64_t m_goodSteps = 0;
};

}  // namespace diagonal
