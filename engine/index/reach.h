// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "engine/inference/embedding_cache.h"

namespace diagonal {

/// What a path leads to; links are followed.
enum class Reach {
    File,      ///< a regular file
    Other,     ///< a folder, a pipe, …
    Nothing,   ///< nothing has that name
    Dangling,  ///< a link to what is not there, as on a drive that is not connected
    Unknown    ///< that cannot be told now: the drive does not answer, or its folder may not be entered
};

struct ReachedFile {
    Reach reach = Reach::File;
    FileStamp stamp;      ///< of a file
    std::string problem;  ///< of Dangling and Unknown: a sentence part
};

ReachedFile reachOf(const std::filesystem::path& file);

/// Whether the file has this size and these times still, and its begin and its end can be read.
bool isReadable(const std::filesystem::path& file, const FileStamp& stamp);

/// Whether that file was not changed since: by its size and its times. Device and inode do not tell: on FAT, FUSE and
/// networks they are others each time they are mounted, and where they stay a rename sets `changed`.
bool isSameStamp(const FileStamp& one, const FileStamp& other);

}  // namespace diagonal
