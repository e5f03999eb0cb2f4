// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "training/losses/loss.h"

namespace diagonal {

/// CLIP's symmetric cross entropy over the n x n logits (Radford et al., 2021, figure 3; InfoNCE), equal to
/// open_clip.loss.ClipLoss. The logits are made in tiles of rows with a running log-sum-exp and the gradient is
/// written out by hand (as in Inf-CL, arXiv 2410.17243), so that memory grows with n, not with n squared.
class ContrastiveLoss : public Loss {
  public:
    explicit ContrastiveLoss(int64_t tileRows = 2048) : m_tileRows(tileRows) {}

    LossTerms operator()(const torch::Tensor& image, const torch::Tensor& text,
                         const torch::Tensor& logScale) const override;

  private:
    int64_t m_tileRows;
};

}  // namespace diagonal
