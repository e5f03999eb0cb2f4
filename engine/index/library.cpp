// SPDX-License-Identifier: Apache-2.0
#include "engine/index/library.h"

#include <algorithm>
#include <array>

#include "engine/base/file.h"
#include "engine/index/disk_library.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

/// A folder where nothing stands, or what is left of a library whose making was cut off.
bool isFreeForLibrary(const fs::path& folder) {
    static constexpr std::array<std::string_view, 5> kOwn = {"library.db", "library.db-journal", "library.db-wal",
                                                             "library.db-shm", "library.lock"};
    if (isLibraryDatabase(folder / kLibraryFile)) return false;
    std::error_code error;
    // Of another program, or damaged: one that was cut off is empty, or has its journal.
    if (fs::file_size(folder / kLibraryFile, error) > 0 && !error &&
        !fs::exists(folder / (std::string(kLibraryFile) + "-journal"), error))
        return false;
    error.clear();
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename();
        // Of a library that was opened while its folder was deleted: it holds nothing.
        std::error_code unknown;
        const bool isEmptyRows = name.starts_with("rows-") && entry->file_size(unknown) == 0 && !unknown;
        if (!isEmptyRows && std::ranges::find(kOwn, name) == kOwn.end()) return false;
    }
    return !error;
}

}  // namespace

std::shared_ptr<Library> Library::create(const fs::path& folder, const LibraryModel& model, RowType type) {
    const fs::path place = fs::absolute(folder).lexically_normal();
    std::error_code error;
    fs::create_directories(place, error);
    if (error) throw Error(displayName(folder), "the folder cannot be made: " + error.message());
    const auto requireFree = [&] {
        if (isLibraryDatabase(place / kLibraryFile))
            throw Error(displayName(folder), "there is a library already", "Add to it, or choose another folder");
        if (!isFreeForLibrary(place))
            throw Error(displayName(folder), "the folder is not empty", "Choose a new or an empty one");
    };
    requireFree();  // also before the lock's file lies among what is there
    {
        FileLock lock(place / kLibraryLock);
        if (!lock.tryLock()) throw Error(displayName(folder), "another program begins a library there", "Try again");
        requireFree();
        LibraryState state;
        state.model = model;
        state.type = type;
        inLibrary(place, [&] {
            for (const char* ending : {"", "-journal", "-wal", "-shm"})
                fs::remove((place / kLibraryFile).native() + ending, error);
            createLibraryDatabase(place, state);
        });
        syncFolder(place);
    }
    return open(folder, Access::Write);
}

std::shared_ptr<Library> Library::open(const fs::path& folder, Access access) {
    const fs::path place = fs::absolute(folder).lexically_normal();
    std::error_code error;
    if (!fs::is_regular_file(place / kLibraryFile, error))
        throw Error(displayName(folder), "there is no library", "Begin one with “diagonal-cli index LIBRARY add PATH”");
    if (!isLibraryDatabase(place / kLibraryFile))
        throw Error(displayName(place / kLibraryFile), "it is damaged, or no library of Diagonal's",
                    "Restore it from a copy, or begin a new library");
    return inLibrary(place, [&]() -> std::shared_ptr<Library> { return std::make_shared<DiskLibrary>(place, access); });
}

bool Library::isLibrary(const fs::path& folder) {
    return isLibraryDatabase(folder / kLibraryFile);
}

}  // namespace diagonal
