// SPDX-License-Identifier: Apache-2.0
#include "engine/index/library_database.h"

#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/network_folder.h"
#include "engine/index/library_path.h"
#include "engine/index/row_file.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr int64_t kLibraryVersion = 1;
constexpr int64_t kApplication = 0x44694C62;  // "DiLb"
constexpr int kLibraryBusyMilliseconds = 20000;
// `row` is a file's first row, `rows` how many follow each other from there. `key` is the first 64 bits of `content`.
constexpr const char* kLibrarySchema = R"(
CREATE TABLE settings (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE sources (id INTEGER PRIMARY KEY AUTOINCREMENT, path BLOB UNIQUE, watched INTEGER, takes_all INTEGER,
  patches INTEGER);
CREATE TABLE folders (id INTEGER PRIMARY KEY, path BLOB UNIQUE);
CREATE TABLE files (id INTEGER PRIMARY KEY AUTOINCREMENT, folder INTEGER, name BLOB, source INTEGER, size INTEGER,
  modified INTEGER, changed INTEGER, inode INTEGER, device INTEGER, key INTEGER, content BLOB, kind INTEGER,
  format TEXT, camera TEXT, width INTEGER, height INTEGER, date INTEGER, duration INTEGER, error TEXT,
  waiting INTEGER, row INTEGER, rows INTEGER, UNIQUE (folder, name));
CREATE INDEX files_of_key ON files (key) WHERE key IS NOT NULL;
CREATE INDEX files_of_source ON files (source);
CREATE INDEX files_waiting ON files (id) WHERE waiting = 1;
CREATE TABLE frames (file INTEGER, number INTEGER, time INTEGER, start INTEGER, stop INTEGER, patch INTEGER,
  PRIMARY KEY (file, number)) WITHOUT ROWID;
CREATE TABLE cues (file INTEGER, number INTEGER, start INTEGER, stop INTEGER, text TEXT,
  PRIMARY KEY (file, number)) WITHOUT ROWID;)";
// Not in libraries of the first version: made where they are opened to be written.
constexpr const char* kSubtitlesSchema =
    "CREATE TABLE IF NOT EXISTS subtitles (file INTEGER PRIMARY KEY, mark INTEGER)";

void setLibraryJournal(SqliteDatabase& database, const fs::path& folder) {
    database.run(isOnNetwork(folder) ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL");
    // What is not committed stays in memory: on a network readers would have to wait for it.
    database.run("PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA cache_spill = OFF");
    database.run("PRAGMA journal_size_limit = 67108864");
}

void requireForm(SqliteDatabase& database, const fs::path& folder) {
    const int64_t version = database.number("PRAGMA user_version");
    if (database.number("PRAGMA application_id") != kApplication || version == 0)
        throw Error(displayName(folder / kLibraryFile), "it is no library of Diagonal's");
    if (version > kLibraryVersion)
        throw Error(displayName(folder / kLibraryFile), "it was made by a later version of Diagonal",
                    "Update this one");
}

std::string settingOf(SqliteDatabase& database, std::string_view name) {
    SqliteStatement find(database, "SELECT value FROM settings WHERE name = ?");
    find.bind(1, name);
    return find.step() ? std::string(find.text(0)) : std::string();
}

int64_t numberOfSetting(SqliteDatabase& database, std::string_view name) {
    SqliteStatement find(database, "SELECT value FROM settings WHERE name = ?");
    find.bind(1, name);
    return find.step() ? find.number(0) : 0;
}

}  // namespace

fs::path LibraryState::rowPath(const fs::path& folder) const {
    return folder / rowFileName(rowFile, type);
}

bool isLibraryDatabase(const fs::path& file) {
    // The database file's header: https://www.sqlite.org/fileformat2.html
    std::array<char, 100> header{};
    std::ifstream stream(file, std::ios::binary);
    if (!stream.read(header.data(), header.size())) return false;
    const auto big = [&](size_t at) {
        uint32_t value = 0;
        for (size_t i = 0; i < sizeof value; ++i)
            value = value << 8 | static_cast<uint8_t>(header[at + i]);
        return value;
    };
    return std::memcmp(header.data(), "SQLite format 3", 16) == 0 && big(60) != 0 && big(68) == kApplication;
}

void createLibraryDatabase(const fs::path& folder, const LibraryState& state) {
    SqliteDatabase database(folder / kLibraryFile, kLibraryBusyMilliseconds);
    database.run("PRAGMA page_size = 8192; BEGIN IMMEDIATE");
    database.run(kLibrarySchema);
    database.run(kSubtitlesSchema);
    writeState(database, state);
    database.run("PRAGMA application_id = 1147751522; PRAGMA user_version = 1; COMMIT");
}

SqliteDatabase openLibraryToWrite(const fs::path& folder) {
    SqliteDatabase database(folder / kLibraryFile, kLibraryBusyMilliseconds, SqliteAccess::Write);
    requireForm(database, folder);
    setLibraryJournal(database, folder);
    database.run(kSubtitlesSchema);
    return database;
}

SqliteDatabase openLibraryToRead(const fs::path& folder) {
    const auto opened = [&](SqliteAccess access) {
        SqliteDatabase database(folder / kLibraryFile, kLibraryBusyMilliseconds, access);
        requireForm(database, folder);
        return database;
    };
    const auto hasLog = [&] {
        std::error_code none;
        const auto size = fs::file_size(folder / (std::string(kLibraryFile) + "-wal"), none);
        return !none && size > 0;
    };
    // Without a right to write, the log of one who writes can be read where it lies; where nobody does there is none.
    if (::access(folder.c_str(), W_OK) == 0 && ::access((folder / kLibraryFile).c_str(), W_OK) == 0) {
        try {
            return opened(SqliteAccess::Write);
        } catch (const SqliteError& error) {
            // A full disk has no room for what readers share; without a log they need nothing of it.
            if (error.isDamage() || error.isBusy() || hasLog()) throw;
        }
        return opened(SqliteAccess::Frozen);
    }
    try {
        return opened(SqliteAccess::Read);
    } catch (const SqliteError& error) {
        if (!error.cannotOpen()) throw;
    }
    if (hasLog())
        throw Error(displayName(folder / kLibraryFile),
                    "its latest changes are in a log beside it, which cannot be read where nothing can be written",
                    "Copy its folder to a disk that can be written, and open that");
    return opened(SqliteAccess::Frozen);
}

LibraryState readState(SqliteDatabase& database, const fs::path& folder) {
    LibraryState state;
    state.model.identity = settingOf(database, "identity");
    state.model.source = settingOf(database, "source");
    state.model.name = settingOf(database, "name");
    state.model.dim = numberOfSetting(database, "dim");
    state.model.precision = settingOf(database, "precision");
    state.model.imageSize = static_cast<int>(numberOfSetting(database, "image_size"));
    const std::string type = settingOf(database, "type");
    state.type = type == "fp32" ? RowType::Float32 : RowType::Float16;
    state.rowFile = numberOfSetting(database, "row_file");
    state.rows = numberOfSetting(database, "rows");
    state.used = numberOfSetting(database, "used");
    constexpr int64_t kMostRows = int64_t{1} << 40;
    if (state.model.dim < 1 || state.model.dim > kMostLibraryDim || state.rows < 0 || state.rows > kMostRows ||
        state.used < 0 || state.used > state.rows || (type != "fp16" && type != "fp32"))
        throw Error(displayName(folder / kLibraryFile), "it is damaged: its settings make no sense",
                    "Restore it from a copy, or begin a new library");
    return state;
}

void writeState(SqliteDatabase& database, const LibraryState& state) {
    SqliteStatement set(database, "INSERT OR REPLACE INTO settings VALUES (?, ?)");
    const auto setText = [&](std::string_view name, std::string_view value) { set.bind(1, name).bind(2, value).run(); };
    const auto setNumber = [&](std::string_view name, int64_t value) { set.bind(1, name).bind(2, value).run(); };
    setText("identity", state.model.identity);
    setText("source", state.model.source);
    setText("name", state.model.name);
    setNumber("dim", state.model.dim);
    setText("precision", state.model.precision);
    setNumber("image_size", state.model.imageSize);
    setText("type", state.type == RowType::Float16 ? "fp16" : "fp32");
    setNumber("row_file", state.rowFile);
    setNumber("rows", state.rows);
    setNumber("used", state.used);
}

LeftOutNames readLeftOut(SqliteDatabase& database, const fs::path& folder) {
    SqliteStatement find(database, "SELECT value FROM settings WHERE name = 'left_out'");
    if (!find.step()) return {};
    std::vector<std::string> names(1);
    for (const uint8_t byte : find.bytes(0)) {
        if (byte == 0)
            names.emplace_back();
        else
            names.back() += static_cast<char>(byte);
    }
    names.pop_back();
    try {
        return LeftOutNames(std::move(names));
    } catch (const Error& error) {
        throw Error(displayName(folder / kLibraryFile), "its list of what is left out is damaged: " + error.problem(),
                    "Set it anew");
    }
}

void writeLeftOut(SqliteDatabase& database, const LeftOutNames& names) {
    if (names == LeftOutNames()) {
        database.run("DELETE FROM settings WHERE name = 'left_out'");
        return;
    }
    std::string all;
    for (const std::string& name : names.names())
        all += name + '\0';
    SqliteStatement(database, "INSERT OR REPLACE INTO settings VALUES ('left_out', ?)").bind(1, bytesOfName(all)).run();
}

Error libraryError(const SqliteError& error, const fs::path& folder) {
    const std::string subject = displayName(folder / kLibraryFile);
    if (error.isDamage())
        return {subject, std::string("the library is damaged: ") + error.what(),
                "Restore it from a copy, or begin a new library"};
    if (error.isFull())
        return {subject, "cannot be written: the disk is full",
                "Make room and begin again: what was written before is kept"};
    if (error.isBusy()) return {subject, "another program keeps it from being used", "Try again"};
    return {subject, error.what()};
}

}  // namespace diagonal
