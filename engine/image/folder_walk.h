// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/image/image_files.h"

namespace diagonal {

/// One folder of a walk.
struct WalkedFolder {
    std::filesystem::path path;
    std::vector<std::string> files;  ///< names of those that are wanted, in natural order
    std::string error;               ///< why it could not be read, or not to its end; a sentence part
    bool isEmpty = false;            ///< nothing at all is in it
    size_t leftBehind = 0;           ///< as in ImageFiles
    std::vector<std::string> leftBehindNames;
};

/// Goes through folders and those below. The same folder may be reached again through a symbolic link: it is told once,
/// and so loops end.
struct FolderWalk {
    using Seen = std::set<std::pair<uint64_t, uint64_t>>;  ///< device and inode

    WalkRule rule = WalkRule::LeaveOut;
    std::function<bool(std::string_view name)> isWanted;  ///< of a file
    std::stop_token stop;
    std::function<bool(const std::filesystem::path&)> enters;  ///< a folder below; empty: each
    /// What WalkRule::LeaveOut leaves out; empty: isLeftBehind.
    std::function<bool(std::string_view name)> leavesOut = {};

    void run(const std::filesystem::path& top, Seen& seen, const std::function<void(WalkedFolder)>& found) const;
};

}  // namespace diagonal
