// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/checkpoint/state_dict.h"
#include "engine/parts/config.h"

namespace diagonal {

/// The architecture that the shapes of a state dict tell, in our names. Heads and activations are a preset's with the
/// same shapes, else heads of width 64 (OpenAI's rule) and GELU. Throws Error naming `file` where the shapes fit no
/// model.
ClipConfig configFromTensors(const Tensors& tensors, const std::string& file);

}  // namespace diagonal
