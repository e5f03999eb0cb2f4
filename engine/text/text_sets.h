// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace diagonal {

/// Lists of texts, one a line, that have a name: prompt templates ("photos", "openai-80") and labels ("imagenet").
enum class TextSets { Templates, Labels };

/// Names in order, of the sets that are on this computer: scripts/setup fetches those of CLIP's authors.
std::vector<std::string> textSetNames(TextSets kind);

/// The file of a set, or nothing where none has this name.
std::optional<std::filesystem::path> textSetFile(TextSets kind, const std::string& name);

}  // namespace diagonal
