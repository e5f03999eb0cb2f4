// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/path_array.h"

namespace diagonal {

struct FileFailure {
    std::filesystem::path path;
    std::string reason;  ///< a sentence part: "the file is empty"
};

struct ImageFiles {
    PathArray files;                           ///< in natural order within each folder
    std::vector<FileFailure> failures;         ///< folders that cannot be read
    size_t leftBehind = 0;                     ///< folders and pictures that were left out, see isLeftBehind
    std::vector<std::string> leftBehindNames;  ///< some of their names, each once

    /// Adds what another walk has found.
    void add(const ImageFiles& more);
    /// "3 folders and pictures left out that are hidden or of an indexer, a bin or a system (@eaDir, #recycle)"; empty
    /// where there are none.
    std::string leftBehindNote() const;
};

/// Whether a folder walk leaves a name out: hidden ones, and those of what indexers of NAS boxes, bins, cameras and
/// file systems leave behind (@eaDir, #recycle, $RECYCLE.BIN, lost+found, …; in any case).
bool isLeftBehind(std::string_view name);

/// What a walk takes. macOS's resource forks (._photo.jpg) are pictures by their names alone: always left out.
enum class WalkRule { LeaveOut, All };

/// Whether the name ends like an image that can be decoded (.jpg, .png, …; any case).
bool hasImageExtension(const std::filesystem::path& path);

/// Files stay as given, there or not; folders are walked recursively for image names, and are taken whatever their own
/// name. Symbolic-link loops end. Nothing is thrown for one bad path.
ImageFiles listImages(const std::vector<std::filesystem::path>& inputs, const std::stop_token& stop = {},
                      WalkRule rule = WalkRule::LeaveOut);
/// isWanted: which names are taken of folders; empty: those of images.
ImageFiles listImages(const PathArray& inputs, const std::stop_token& stop = {}, WalkRule rule = WalkRule::LeaveOut,
                      const std::function<bool(std::string_view name)>& isWanted = {});
/// The same in pieces while the walk goes on: at most 2000 files each, some ten a second of a slow walk. None is empty.
void listImages(const std::vector<std::filesystem::path>& inputs, const std::stop_token& stop,
                const std::function<void(ImageFiles)>& found, WalkRule rule = WalkRule::LeaveOut);

}  // namespace diagonal
