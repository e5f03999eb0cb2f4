// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "training/losses/loss.h"

namespace diagonal {

/// Cross entropy with targets that the pictures and the captions of a batch make for each other (the objective of the
/// Keras example "Natural language image search with a dual encoder" and of moein-shariatnia/OpenAI-CLIP, after it).
/// With scale s = 1 / temperature, logits L = s image text^T and similarities A = (image image^T + text text^T) / 2,
/// caption j shall find picture i with probability
///     Q_ij = exp(A_ij / T) / sum_k exp(A_kj / T),
/// and picture i caption j with the same Q_ij, which over the captions of a picture do not add up to 1. The total is
///     -sum_ij Q_ij (ln softmax over the row + ln softmax over the column)(L)_ij / 2N.
/// T is s unless it is given: there the tutorial multiplies by its temperature, where the logits are divided by it.
/// Its embeddings have any length, and A grows with it: of unit-length ones it is at most 1, and all targets are nearly
/// equal unless T is small.
class MutualLoss : public Loss {
  public:
    explicit MutualLoss(const LossOptions& options = {}) : m_options(options) {}

    LossTerms operator()(const LossInputs& inputs) override;

  private:
    LossOptions m_options;
};

}  // namespace diagonal
