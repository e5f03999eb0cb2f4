// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "training/distributed/world.h"
#include "training/losses/names.h"

namespace diagonal {

/// A batch as a loss sees it: the rows of this process; those of all processes together are the batch. Features:
/// [n, d], row i of one belongs to row i of the other; of unit length, but for "contrastive", "soft" and "mutual".
struct LossInputs {
    torch::Tensor image, text;
    torch::Tensor logScale;      ///< scalar, ln of the logit scale
    torch::Tensor logBias = {};  ///< scalar added to the scaled cosines; undefined: none
    /// int64 [n]: equal numbers are equal pictures and equal captions; undefined: all differ. Read by "soft".
    torch::Tensor imageIds = {}, captionIds = {};
    torch::Tensor samples = {};  ///< int64 [n], places in the data set; undefined: not known. Read by "fastclip".
    int64_t epoch = 0;           ///< passes over the data before. Read by "fastclip".
    std::shared_ptr<World> world = oneProcess();
    /// float16 [n, 2, width]: the embeddings that the teachers made of each image and each text, of all teachers one
    /// after the other; undefined: there are none. Read by DistilledLoss.
    torch::Tensor teachers = {};
};

/// Scalars on the device of the features, of the whole batch and equal in all processes. total carries the gradient:
/// that of this process's features is whole, that of what all processes share is this one's part, to be summed. The two
/// directions are for reporting.
struct LossTerms {
    torch::Tensor total;
    torch::Tensor imageToText;
    torch::Tensor textToImage;
    torch::Tensor distillation = {};  ///< the teachers' term; undefined: there are none
};

/// What training minimises: a function of a batch's embeddings, the learned logit scale and bias. Computed in fp32
/// whatever the features' type; call it outside of autocast. The logits are never there at once (see tiles.h). One
/// thread at a time.
class Loss {
  public:
    virtual ~Loss() = default;
    virtual LossTerms operator()(const LossInputs& inputs) = 0;
    /// Whether the model needs SigLIP's logit bias.
    virtual bool needsBias() const { return false; }

    /// Remembers what the last call found of its samples, of losses that remember. refused: float scalar on the
    /// device; where it is 1 nothing changes, and the host need not know.
    virtual void keep(const torch::Tensor& refused) { (void)refused; }
    /// What it remembers, for checkpoints.
    virtual std::vector<std::pair<std::string, torch::Tensor>> state() const { return {}; }
    /// Takes state() back. Throws Error (naming `source`) where a tensor is missing or has another shape.
    virtual void load(const std::map<std::string, torch::Tensor>& state, const std::string& source) {
        (void)state, (void)source;
    }
};

/// Of "fastclip" alone.
struct FastClipOptions {
    double gamma = 0.2;       ///< share of a sample's newest normaliser in its moving estimate, at last
    int64_t decayEpochs = 1;  ///< until then, from 1
    double rho = 6.5;         ///< the larger, the lower the temperature that is learned
    int64_t samples = 0;      ///< of the data set
};

struct LossOptions {
    double labelSmoothing = 0;  ///< probability that is spread over all pairs; of "contrastive" and "soft"
    int64_t tile = 1024;        ///< rows and columns of the logits that are made at a time
    FastClipOptions fastClip = {};
    double targetTemperature = 0;  ///< of "mutual", see MutualLoss; 0: 1 / that of the logits
    bool targetGradient = false;   ///< of "mutual": the gradient passes through the targets too, as in the tutorial
    torch::Device device = torch::kCPU;  ///< of what it remembers
};

/// "contrastive", "soft", "mutual", "sigmoid", "fastclip". Throws Error listing the names.
std::unique_ptr<Loss> makeLoss(const std::string& name, const LossOptions& options = {});

}  // namespace diagonal
