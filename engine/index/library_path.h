// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/inference/embedding_cache.h"

namespace diagonal {

/// A path as a library keeps it: what stands up to the last slash, with it, and the name.
std::pair<std::string, std::string> folderAndNameOf(const std::filesystem::path& path);

/// Whether a path is that of a folder, or of something in it or below.
bool isBelow(std::string_view path, std::string_view folder);

/// The first 64 bits.
int64_t keyOfContent(const ContentHash& content);

/// As SQLite takes them; of a null pointer it would make NULL.
inline std::span<const uint8_t> bytesOfName(std::string_view name) {
    return {reinterpret_cast<const uint8_t*>(name.empty() ? "" : name.data()), name.size()};
}

}  // namespace diagonal
