// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "engine/base/path_array.h"

namespace diagonal {

/// Paths that a text names, one a line.
struct PathList {
    PathArray paths;
    size_t blank = 0;     ///< lines without a name
    size_t comments = 0;  ///< lines that were left out as comments
};

/// A .txt or .lst file, in any case: a list of pictures where pictures are asked for.
bool isPathList(const std::filesystem::path& file);

/// Names are any bytes between LF, CRLF or, where there is no LF, CR; or zero bytes (find -print0). A byte-order mark
/// is skipped, and UTF-16 with a mark is decoded. A relative path is taken from `folder`. Where no file has a name as
/// it is written, it is tried without blanks and "quotes" around it, as a file:// address, with the \xNN of displayName
/// and with / for the \ of Windows. Throws Error for UTF-16 without a mark; `subject` is the error's.
PathList parsePathList(std::string bytes, const std::string& subject, const std::filesystem::path& folder = {});

/// The paths of a list file, relative ones from its folder; lines that begin with # and name no file are comments.
/// Throws Error for a file of which no line names a picture or a file.
PathList readPathList(const std::filesystem::path& file);

}  // namespace diagonal
