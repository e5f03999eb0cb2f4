// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>

namespace diagonal {

/// What tells whether a file was changed: size in bytes, modification time in nanoseconds since 1970.
struct FileMark {
    int64_t size = 0, modified = 0;
    bool operator==(const FileMark&) const = default;
};

/// Of the name itself, not of what a symbolic link points to. Empty where nothing is there.
std::optional<FileMark> markOf(const std::filesystem::path& file);

/// Whether anything has this name, a dangling link too.
bool isTaken(const std::filesystem::path& name);

/// A byte for byte comparison of two regular files, or what links point to. False where one cannot be read.
bool haveSameContent(const std::filesystem::path& one, const std::filesystem::path& other,
                     const std::stop_token& stop = {});

/// Gives a file another name in the same file system. Never overwrites. Throws Error.
void renameFile(const std::filesystem::path& from, const std::filesystem::path& to);

/// Copies content, permissions and time stamps: written to `temporary`, which lies beside the target, fsync'ed, then
/// renamed. The target is there whole or not at all and never overwritten; a link is copied as what it points to.
/// Throws Error and Cancelled.
void copyFile(const std::filesystem::path& from, const std::filesystem::path& to,
              const std::filesystem::path& temporary, const std::stop_token& stop = {});

/// Makes a symbolic link to `target` at `to` and removes the one at `from`. Never overwrites. Throws Error.
void moveLink(const std::filesystem::path& from, const std::filesystem::path& to, const std::filesystem::path& target);

/// renameFile, or copyFile and then removal across file systems. A symbolic link stays a link to the same file: a
/// relative one becomes absolute. Throws Error and Cancelled; then the file is where it was.
void moveFile(const std::filesystem::path& from, const std::filesystem::path& to,
              const std::filesystem::path& temporary, const std::stop_token& stop = {});

}  // namespace diagonal
