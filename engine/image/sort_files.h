// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/job.h"

namespace diagonal {

/// A picture and the folder, below the destination, that it belongs into. Any text is taken as a folder's name: see
/// safeFolderName.
struct SortItem {
    std::filesystem::path picture;
    std::string folder;
};

enum class SortMode { Copy, Move };

/// Why a picture is left alone.
enum class SortSkip {
    None,
    Missing,      ///< no such file, or a link to none
    NotAFile,     ///< a folder, a device, …
    InPlace,      ///< it lies in its folder already
    SameContent,  ///< an equal file of its name lies there already
    Twice,        ///< it stands earlier in the list
};
/// "the file is missing", …
std::string describe(SortSkip skip);
/// Whether the picture could not be had at all, as opposed to nothing being left to do.
bool isFailure(SortSkip skip);

struct PlannedFile {
    std::filesystem::path source;  ///< absolute
    std::filesystem::path target;  ///< absolute; empty where skipped, but for InPlace and SameContent
    std::string folder;            ///< name below the destination
    SortSkip skip = SortSkip::None;
};

struct SortPlan {
    std::filesystem::path destination;  ///< absolute
    SortMode mode = SortMode::Copy;
    std::vector<PlannedFile> files;  ///< one an item, in their order

    size_t count() const;  ///< files that are not skipped
};

/// Looks, and touches nothing. Folders whose names differ in case alone are one: one that is there already gives the
/// spelling, else the first in the list. Of equal file names in one folder the later get " (2)", " (3)", …, and so
/// does one whose name is taken there by another content. Throws Error where the destination cannot be written to or is
/// no folder, and Cancelled.
SortPlan planSort(const std::vector<SortItem>& items, const std::filesystem::path& destination, SortMode mode,
                  const JobContext& job = {});

struct SortResult {
    std::string id;                                        ///< for undoSort; empty where nothing was done
    std::vector<size_t> done;                              ///< indices into the plan's files
    std::vector<std::pair<size_t, std::string>> failures;  ///< likewise, with the reason
    bool isCancelled = false;                              ///< the rest is where it was
};

/// Carries the plan out, each file whole or not at all, nothing overwritten; what fails is recorded and the rest goes
/// on. Copies have the time stamps and permissions of their sources; of a symbolic link what it points to is copied.
/// Moves rename, or copy and remove across file systems; a symbolic link is moved as a link. What is done
/// stands in DESTINATION/.diagonal-sort.jsonl before it is done, so that undoSort works after a crash as well. Throws
/// Error where nothing could be begun, or the journal cannot be written; when stopped it returns what was done.
SortResult sortFiles(const SortPlan& plan, const JobContext& job = {});

struct UndoResult {
    SortMode mode = SortMode::Copy;
    /// Where a file came from, where the sort had put it. Moved back, or, of copies, removed.
    std::vector<std::pair<std::filesystem::path, std::filesystem::path>> undone;
    /// Left as they are for good: copies changed since, files that are gone.
    std::vector<std::pair<std::filesystem::path, std::string>> left;
    /// Could not be moved back or removed; a later undoSort tries again.
    std::vector<std::pair<std::filesystem::path, std::string>> failures;
    bool isCancelled = false;  ///< a later undoSort goes on
};

/// Takes back the last sort into the destination: moved files go back (into a folder made anew where theirs is gone;
/// never over another file), copies are removed where they are unchanged (size and modification time), then folders
/// that the sort made where they are empty, then its part of the journal. With an id, refuses to take back another
/// sort. Throws Error where there is nothing to undo.
UndoResult undoSort(const std::filesystem::path& destination, const std::string& id = {}, const JobContext& job = {});

}  // namespace diagonal
