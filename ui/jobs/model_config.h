// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "engine/parts/config.h"

namespace diagonal {

/// The architecture that `--model` of a run names: a preset, or a model on this computer, of which only headers are
/// read. None where it cannot be read.
std::optional<ClipConfig> modelConfig(const std::string& model);

}  // namespace diagonal
