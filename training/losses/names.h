// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace diagonal {

/// Those that makeLoss knows.
std::vector<std::string> lossNames();

}  // namespace diagonal
