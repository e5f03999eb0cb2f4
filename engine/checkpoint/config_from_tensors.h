// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/checkpoint/state_dict.h"
#include "engine/parts/config.h"

namespace diagonal {

/// An architecture, and how sure it is.
struct ReadConfig {
    ClipConfig clip;
    bool isPreset = false;  ///< else heads and activation are assumed
};

/// The architecture that the shapes of a state dict tell, in our names. Heads and activations are a preset's with the
/// same shapes, else heads of width 64 (OpenAI's rule) and GELU. isOfKnownCode: the file's form tells whose code wrote
/// it, and that has such heads whatever the width and pools BERT's kin at their first token; else that is asked for.
/// Throws Error naming `file` where the shapes fit no model, or several.
ReadConfig configFromTensors(const Tensors& tensors, const std::string& file, bool isOfKnownCode);

}  // namespace diagonal
