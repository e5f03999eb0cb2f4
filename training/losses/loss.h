// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

namespace diagonal {

/// Scalars on the device of the features. total carries the gradient; the two directions are for reporting.
struct LossTerms {
    torch::Tensor total;
    torch::Tensor imageToText;
    torch::Tensor textToImage;
};

/// What training minimises: a function of a batch's embeddings and the learned logit scale.
class Loss {
  public:
    virtual ~Loss() = default;

    /// image, text: [n, d], unit length, row i of one belongs to row i of the other. logScale: scalar, ln of the logit
    /// scale. Computed in fp32 whatever the features' type; call it outside of autocast.
    virtual LossTerms operator()(const torch::Tensor& image, const torch::Tensor& text,
                                 const torch::Tensor& logScale) const = 0;
};

/// "contrastive". Throws Error listing the names.
std::unique_ptr<Loss> makeLoss(const std::string& name);
std::vector<std::string> lossNames();

}  // namespace diagonal
