// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "training/losses/loss.h"

namespace diagonal {

/// SigLIP's loss (Zhai et al., 2023): every one of the N x N pairs is a yes-or-no question of its own, and the sum is
/// divided by N. Equal to open_clip.loss.SigLipLoss. It has no directions: both are reported as the total.
class SigmoidLoss : public Loss {
  public:
    explicit SigmoidLoss(const LossOptions& options = {}) : m_tile(options.tile) {}

    LossTerms operator()(const LossInputs& inputs) override;
    bool needsBias() const override { return true; }

  private:
    int64_t m_tile;
};

}  // namespace diagonal
