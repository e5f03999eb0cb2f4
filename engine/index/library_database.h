// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/base/error.h"
#include "engine/image/left_out_names.h"
#include "engine/index/snapshot.h"
#include "engine/inference/sqlite.h"

namespace diagonal {

inline constexpr const char* kLibraryFile = "library.db";
inline constexpr const char* kLibraryLock = "library.lock";

/// Numbers of a row at most.
inline constexpr int64_t kMostLibraryDim = 1 << 20;

/// What a library keeps of itself: the table `settings`.
struct LibraryState {
    LibraryModel model;
    RowType type = RowType::Float16;
    int64_t rowFile = 0;  ///< the number in its name
    int64_t rows = 0;     ///< that the file holds, used or not
    int64_t used = 0;

    size_t rowBytes() const {
        return static_cast<size_t>(model.dim) * (type == RowType::Float16 ? sizeof(uint16_t) : sizeof(float));
    }
    std::filesystem::path rowPath(const std::filesystem::path& folder) const;
};

/// Whether a file begins like the database of a library that was made to its end.
bool isLibraryDatabase(const std::filesystem::path& file);

/// Makes library.db in a folder. Throws SqliteError.
void createLibraryDatabase(const std::filesystem::path& folder, const LibraryState& state);
/// Opens it to be written. Throws SqliteError; Error for another form.
SqliteDatabase openLibraryToWrite(const std::filesystem::path& folder);
/// The same to be read, on a disk that cannot be written too. Throws Error where changes in its log cannot be read
/// there.
SqliteDatabase openLibraryToRead(const std::filesystem::path& folder);

/// Throws Error where it makes no sense.
LibraryState readState(SqliteDatabase& database, const std::filesystem::path& folder);
void writeState(SqliteDatabase& database, const LibraryState& state);

/// The setting `left_out`, each name with a zero byte behind it; the usual ones where there is none. Throws Error.
LeftOutNames readLeftOut(SqliteDatabase& database, const std::filesystem::path& folder);
void writeLeftOut(SqliteDatabase& database, const LeftOutNames& names);

/// What SQLite says as an Error about library.db.
Error libraryError(const SqliteError& error, const std::filesystem::path& folder);

/// Runs `work`, and throws what SQLite says as an Error.
template <typename Work>
auto inLibrary(const std::filesystem::path& folder, const Work& work) {
    try {
        return work();
    } catch (const SqliteError& error) {
        throw libraryError(error, folder);
    }
}

}  // namespace diagonal
