// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "training/losses/loss.h"

namespace diagonal {

/// CLIP's symmetric cross entropy over the N x N logits (Radford et al., 2021, figure 3; InfoNCE): equal to
/// open_clip.loss.ClipLoss, with torch.nn.CrossEntropyLoss's label smoothing.
class ContrastiveLoss : public Loss {
  public:
    enum class Targets {
        Pairs,  ///< row i's answer is column i
        Soft,   ///< it is every column with the same picture or the same caption, in equal shares
    };

    explicit ContrastiveLoss(const LossOptions& options = {}, Targets targets = Targets::Pairs)
        : m_options(options), m_targets(targets) {}

    LossTerms operator()(const LossInputs& inputs) override;

  private:
    LossOptions m_options;
    Targets m_targets;
};

}  // namespace diagonal
