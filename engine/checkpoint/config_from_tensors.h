// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/checkpoint/state_dict.h"
#include "engine/parts/config.h"

namespace diagonal {

/// The architecture that the shapes of a state dict tell, in our names. Heads and activations are a preset's with the
/// same shapes. isOfKnownCode: the file's form tells whose code wrote it, and that has but one rule for what shapes do
/// not tell: heads of width 64 (OpenAI's), GELU, the first token's output of BERT's kin. Throws Error naming `file`
/// where the shapes fit no model, or several.
ClipConfig configFromTensors(const Tensors& tensors, const std::string& file, bool isOfKnownCode);

}  // namespace diagonal
