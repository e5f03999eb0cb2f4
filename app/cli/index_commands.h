// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "engine/index/library.h"

namespace diagonal::cli {

/// What `index LIBRARY add` and `refresh` do.
struct IndexRunOptions : ModelOptions {
    IndexRunOptions() { model.clear(); }  // the library's own

    std::shared_ptr<std::string> library;
    std::vector<std::string> paths;
    bool adds = false;  ///< `paths` become sources
    bool isFp32 = false, watches = false, again = false;
    std::optional<bool> allFolders, patches;  ///< not given: a source that is there already keeps its own
    bool unwatches = false;                   ///< the sources are watched no longer
    double every = 0;                         ///< seconds; 0: when something changes
    Format format = Format::Table;
};

int runIndex(const IndexRunOptions& options);

/// A path as a library knows its sources: absolute, without a slash at its end. Throws UsageError for none.
std::filesystem::path sourcePath(const std::string& given);
/// LibraryModel::source of what --model names: paths become absolute.
std::string modelSource(const std::string& model);

/// Throws Error where a library's model was a folder or file that is not there now.
void requireModelFolder(const std::filesystem::path& library, const LibraryModel& model);

/// {"path": …}, and where the name is no UTF-8 its bytes.
void addPath(Json& json, const std::filesystem::path& path);

}  // namespace diagonal::cli
