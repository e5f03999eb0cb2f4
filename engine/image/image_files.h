// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace diagonal {

struct FileFailure {
    std::filesystem::path path;
    std::string reason;  ///< a sentence part: "the file is empty"
};

struct ImageFiles {
    std::vector<std::filesystem::path> files;  ///< in natural order within each folder
    std::vector<FileFailure> failures;         ///< missing paths, folders that cannot be read
};

/// Whether the name ends like an image that can be decoded (.jpg, .png, …; any case).
bool hasImageExtension(const std::filesystem::path& path);

/// Files stay as given; folders are walked recursively for image names. Symbolic-link loops end. Nothing is thrown for
/// one bad path.
ImageFiles listImages(const std::vector<std::filesystem::path>& inputs, const std::stop_token& stop = {});
/// The same in pieces while the walk goes on: at most 2000 files each, some ten a second of a slow walk. None is empty.
void listImages(const std::vector<std::filesystem::path>& inputs, const std::stop_token& stop,
                const std::function<void(ImageFiles)>& found);

}  // namespace diagonal
