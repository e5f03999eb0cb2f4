// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "engine/index/library_database.h"

namespace diagonal {

/// All that the library in `folder` holds now, in one look. Throws Error for what makes no sense; SqliteError.
std::shared_ptr<const Snapshot> loadSnapshot(SqliteDatabase& database, const std::filesystem::path& folder);

std::vector<LibrarySource> readSources(SqliteDatabase& database);

}  // namespace diagonal
