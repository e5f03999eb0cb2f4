// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace diagonal {

/// What captions say of a class: a text with {} where the label goes, the name of a set that comes with Diagonal
/// (resources/templates), or a file with one a line; empty: "a photo of a {}.". Throws Error.
std::vector<std::string> promptTemplates(const std::string& given);

}  // namespace diagonal
