// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/checkpoint/state_dict.h"

namespace diagonal {

/// The tensors of the model that training code holds under a name of its own, without that name: of
/// "clip_model.visual.conv1.weight" beside "loss.labels" the first, as "visual.conv1.weight". Those of a whole model
/// are returned as they are, without an average of its weights beside it and without a loss. What is left out is noted,
/// and that an average is taken where there is nothing else (an AveragedModel's "n_averaged" says so too). Throws Error
/// naming the file where it holds several models, or LoRA's factors that were not merged.
Tensors modelWithin(Tensors tensors, const std::string& file, std::vector<std::string>& notes);

}  // namespace diagonal
