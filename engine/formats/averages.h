// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace diagonal {

/// Whether a part of a name says that what it holds are averaged weights: "model_ema", "swa_model".
bool isAverage(const std::string& name);

}  // namespace diagonal
