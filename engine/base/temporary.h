// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>

namespace diagonal {

/// Gives `make` names beside the target (target, ending, random digits) until it makes something new of one, and
/// returns that; after a failure of another kind than EEXIST an empty path, with errno as `make` left it. Not by
/// process ids: those of containers repeat, and what a killed process left would stand in the way.
std::filesystem::path makeTemporary(const std::filesystem::path& target, const char* ending,
                                    const std::function<bool(const std::filesystem::path&)>& make);

}  // namespace diagonal
