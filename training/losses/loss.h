// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>

#include "training/losses/names.h"

namespace diagonal {

/// A batch as a loss sees it. Features: [n, d], unit length, row i of one belongs to row i of the other.
struct LossInputs {
    torch::Tensor image, text;
    torch::Tensor logScale;      ///< scalar, ln of the logit scale
    torch::Tensor logBias = {};  ///< scalar added to the scaled cosines; undefined: none
    /// int64 [n]: equal numbers are equal pictures and equal captions; undefined: all differ. Read by "soft".
    torch::Tensor imageIds = {}, captionIds = {};
};

/// Scalars on the device of the features. total carries the gradient; the two directions are for reporting.
struct LossTerms {
    torch::Tensor total;
    torch::Tensor imageToText;
    torch::Tensor textToImage;
};

/// What training minimises: a function of a batch's embeddings, the learned logit scale and bias. Computed in fp32
/// whatever the features' type; call it outside of autocast. The n x n logits are never there at once (see tiles.h).
class Loss {
  public:
    virtual ~Loss() = default;
    virtual LossTerms operator()(const LossInputs& inputs) const = 0;
    /// Whether the model needs SigLIP's logit bias.
    virtual bool needsBias() const { return false; }
};

struct LossOptions {
    double labelSmoothing = 0;  ///< probability that is spread over all pairs; not of "sigmoid"
    int64_t tile = 1024;        ///< rows and columns of the logits that are made at a time
};

/// "contrastive", "soft", "sigmoid". Throws Error listing the names.
std::unique_ptr<Loss> makeLoss(const std::string& name, const LossOptions& options = {});

}  // namespace diagonal
