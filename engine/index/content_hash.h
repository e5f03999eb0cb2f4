// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "engine/base/job.h"
#include "engine/inference/embedding_cache.h"

namespace diagonal {

/// SHA-256 of a file's bytes, read a piece at a time; none where it cannot be read, or changed meanwhile. Throws
/// Cancelled.
std::optional<ContentHash> contentOf(const std::filesystem::path& file, const JobContext& job);

}  // namespace diagonal
