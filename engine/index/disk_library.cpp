// SPDX-License-Identifier: Apache-2.0
#include "engine/index/disk_library.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "engine/base/file.h"
#include "engine/index/library_path.h"
#include "engine/index/load_snapshot.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

// The columns of knownFile.
#define KNOWN_COLUMNS                                                                                                  \
    "files.id, source, size, modified, changed, inode, device, content, rows > 0, rows = 0 AND error <> '', waiting, " \
    "kind = 1 AND EXISTS (SELECT 1 FROM frames WHERE file = files.id AND patch > 0), name"

KnownFile knownFile(const SqliteStatement& row) {
    KnownFile file;
    file.id = row.number(0);
    file.source = row.number(1);
    file.stamp = {row.number(2), row.number(3), row.number(4), row.number(5), row.number(6)};
    if (const auto content = row.bytes(7); content.size() == file.content.size())
        std::ranges::copy(content, file.content.begin());
    file.hasRows = row.number(8) != 0;
    file.hasFailed = row.number(9) != 0;
    file.isWaiting = row.number(10) != 0;
    file.hasPatches = row.number(11) != 0;
    return file;
}

fs::path joinedPath(std::string_view folder, std::string_view name) {
    std::string path(folder);
    path += name;
    return path;
}

}  // namespace

std::pair<std::string, std::string> folderAndNameOf(const fs::path& path) {
    const std::string& bytes = path.native();
    const size_t end = bytes.rfind('/') + 1;  // 0 without one
    return {bytes.substr(0, end), bytes.substr(end)};
}

bool isBelow(std::string_view path, std::string_view folder) {
    if (folder == "/") return path.starts_with('/');
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

int64_t keyOfContent(const ContentHash& content) {
    int64_t key = 0;
    std::memcpy(&key, content.data(), sizeof key);
    return key;
}

DiskLibrary::Statements::Statements(SqliteDatabase& database)
    : findFolder(database, "SELECT id FROM folders WHERE path = ?"),
      addFolder(database, "INSERT INTO folders (path) VALUES (?) RETURNING id"),
      find(database, "SELECT " KNOWN_COLUMNS " FROM files WHERE folder = ? AND name = ?"),
      filesIn(database, "SELECT " KNOWN_COLUMNS " FROM files WHERE folder = ? ORDER BY name"),
      filesOf(database, "SELECT " KNOWN_COLUMNS
                        ", path FROM files JOIN folders ON folders.id = folder WHERE source = ? ORDER BY files.id"),
      findContent(database,
                  "SELECT " KNOWN_COLUMNS
                  ", path FROM files JOIN folders ON folders.id = folder WHERE key = ? AND content = ? AND rows > 0"),
      waiting(
          database,
          "SELECT files.id, source, kind, path, name FROM files JOIN folders ON folders.id = folder WHERE waiting = 1 "
          "AND files.id > ? ORDER BY files.id LIMIT ?") {
}

DiskLibrary::DiskLibrary(fs::path folder, Access access)
    : m_folder(std::move(folder)),
      m_database(inLibrary(m_folder,
                           [&] {
                               if (access == Access::Read) return openLibraryToRead(m_folder);
                               lock();
                               return openLibraryToWrite(m_folder);
                           })),
      m_place(stampOf(m_folder / kLibraryFile)),
      m_statements(m_database) {
    m_flushed = m_state = readState(m_database, m_folder);
    if (access == Access::Read) return;
    m_changes.emplace(m_database);
    openRows();
    removeOldRowFiles();
}

/// Who stops in the middle keeps what was flushed.
DiskLibrary::~DiskLibrary() {
    try {
        flush();
    } catch (...) {
        rollBack();
    }
    m_changes.reset();
}

void DiskLibrary::lock() {
    const fs::path file = m_folder / kLibraryLock;
    m_lock.emplace(file);
    if (!m_lock->tryLock()) {
        std::string owner;
        std::getline(std::ifstream(file), owner);
        const std::string number = std::to_string(::getpid()) + " ";
        std::string who = owner.starts_with(number) ? "this program has it open to write already"
                          : owner.empty()           ? "another program writes to it"
                                                    : "another program writes to it (process " + owner + ")";
        throw Error(displayName(m_folder), std::move(who), "Wait until it is done, or stop it");
    }
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    std::ofstream(file) << ::getpid() << " on " << displayName(host.data()) << "\n";
}

void DiskLibrary::requirePlace() const {
    const auto now = stampOf(m_folder / kLibraryFile);
    if (now && m_place && now->inode == m_place->inode && now->device == m_place->device) return;
    throw Error(displayName(m_folder),
                "the library is no longer where it was opened: it was moved, deleted or replaced", "Open it again");
}

LibraryModel DiskLibrary::model() const {
    if (m_changes) return m_state.model;
    return look([&] { return readState(m_database, m_folder).model; });
}

std::vector<LibrarySource> DiskLibrary::sources() const {
    return look([&] { return readSources(m_database); });
}

LeftOutNames DiskLibrary::leftOut() const {
    return look([&] { return readLeftOut(m_database, m_folder); });
}

LibraryCounts DiskLibrary::counts(std::optional<int64_t> source) const {
    LibraryCounts counts;
    look([&] {
        SqliteStatement sums(m_database,
                             "SELECT sum(kind = 0 AND rows > 0), sum(kind = 1 AND rows > 0), sum(error <> '' AND "
                             "waiting = 0), sum(waiting), sum(rows) FROM files WHERE ? < 0 OR source = ?");
        sums.bind(1, source ? int64_t{0} : int64_t{-1}).bind(2, source.value_or(0));
        if (!sums.step()) return;
        counts = {sums.number(0), sums.number(1), sums.number(2), sums.number(3), sums.number(4)};
        const LibraryState state = m_changes ? m_state : readState(m_database, m_folder);
        counts.goneRows = state.rows - state.used;
    });
    std::error_code error;
    for (fs::directory_iterator entry(m_folder, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code unknown;
        const auto size = entry->file_size(unknown);
        if (!unknown) counts.bytes += static_cast<int64_t>(size);
    }
    return counts;
}

int64_t DiskLibrary::frames(std::optional<int64_t> source) const {
    return look([&] {
        SqliteStatement all(m_database,
                            "SELECT count(*) FROM frames JOIN files ON files.id = file WHERE patch = 0 AND rows > 0 "
                            "AND (? < 0 OR source = ?)");
        all.bind(1, source ? int64_t{0} : int64_t{-1}).bind(2, source.value_or(0));
        return all.step() ? all.number(0) : 0;
    });
}

std::vector<std::pair<fs::path, std::string>> DiskLibrary::failures(std::optional<int64_t> source) const {
    std::vector<std::pair<fs::path, std::string>> failures;
    look([&] {
        SqliteStatement all(m_database,
                            "SELECT path, name, error FROM files JOIN folders ON folders.id = folder WHERE error <> '' "
                            "AND waiting = 0 AND (? < 0 OR source = ?) ORDER BY path, name");
        all.bind(1, source ? int64_t{0} : int64_t{-1}).bind(2, source.value_or(0));
        while (all.step())
            failures.emplace_back(joinedPath(all.text(0), all.text(1)), std::string(all.text(2)));
    });
    return failures;
}

/// A library on a disk that cannot be written, or is full, is read as if it never changed: where it did, it is opened
/// anew.
SqliteDatabase& DiskLibrary::reader() const {
    requirePlace();
    const auto stamp = stampOf(m_folder / kLibraryFile);
    if (m_reader && (m_readerStamp == stamp || (!m_reader->isFrozen() && ::access(m_folder.c_str(), W_OK) == 0)))
        return *m_reader;
    m_hasContent.reset();
    m_reader.reset();
    m_reader.emplace(openLibraryToRead(m_folder));
    m_readerStamp = stamp;
    m_version = -1;
    return *m_reader;
}

std::shared_ptr<const Snapshot> DiskLibrary::snapshot() {
    const std::lock_guard lock(m_mutex);
    return inLibrary(m_folder, [&] {
        SqliteDatabase& database = reader();
        const int64_t version = database.number("PRAGMA data_version");
        if (m_snapshot && version == m_version) return m_snapshot;
        // Between the look into the database and at the rows, another program may have begun a new file of them.
        for (int tries = 3;; --tries) {
            try {
                m_snapshot = loadSnapshot(database, m_folder);
                break;
            } catch (const Error&) {
                if (tries == 0) throw;
            }
        }
        m_version = version;
        return m_snapshot;
    });
}

bool DiskLibrary::hasContent(const ContentHash& content) const {
    const std::lock_guard lock(m_mutex);
    return inLibrary(m_folder, [&] {
        SqliteDatabase& database = reader();
        if (!m_hasContent)
            m_hasContent.emplace(database, "SELECT 1 FROM files WHERE key = ? AND content = ? AND rows > 0");
        m_hasContent->bind(1, keyOfContent(content)).bind(2, content);
        const bool isThere = m_hasContent->step();
        m_hasContent->reset();
        return isThere;
    });
}

/// 0: not known.
int64_t DiskLibrary::folderNumber(const std::string& folder, bool isAdding) const {
    if (m_lastFolder.second != 0 && m_lastFolder.first == folder) return m_lastFolder.second;
    const auto bytes = bytesOfName(folder);
    SqliteStatement& find = m_statements.findFolder;
    find.bind(1, bytes);
    int64_t number = find.step() ? find.number(0) : 0;
    find.reset();
    if (number == 0 && isAdding) {
        m_statements.addFolder.bind(1, bytes);
        m_statements.addFolder.step();
        number = m_statements.addFolder.number(0);
        m_statements.addFolder.reset();
    }
    m_lastFolder = {folder, number};
    return number;
}

std::optional<KnownFile> DiskLibrary::find(const fs::path& path) const {
    return look([&]() -> std::optional<KnownFile> {
        const auto [folder, name] = folderAndNameOf(path);
        const int64_t number = folderNumber(folder, false);
        if (number == 0) return std::nullopt;
        SqliteStatement& find = m_statements.find;
        find.bind(1, number).bind(2, bytesOfName(name));
        std::optional<KnownFile> file;
        if (find.step()) file = knownFile(find);
        find.reset();
        return file;
    });
}

std::vector<std::pair<fs::path, KnownFile>> DiskLibrary::filesIn(const fs::path& folder) const {
    std::vector<std::pair<fs::path, KnownFile>> files;
    look([&] {
        std::string prefix = folder.native();
        if (!prefix.ends_with('/')) prefix += '/';
        const int64_t number = folderNumber(prefix, false);
        if (number == 0) return;
        SqliteStatement& all = m_statements.filesIn;
        for (all.bind(1, number); all.step();)
            files.emplace_back(joinedPath(prefix, all.text(12)), knownFile(all));
        all.reset();
    });
    return files;
}

void DiskLibrary::filesOf(int64_t source, const std::function<void(const fs::path&, const KnownFile&)>& found) const {
    look([&] {
        SqliteStatement& all = m_statements.filesOf;
        for (all.bind(1, source); all.step();)
            found(joinedPath(all.text(13), all.text(12)), knownFile(all));
        all.reset();
    });
}

std::vector<std::pair<fs::path, KnownFile>> DiskLibrary::findContent(const ContentHash& content) const {
    std::vector<std::pair<fs::path, KnownFile>> files;
    look([&] {
        SqliteStatement& all = m_statements.findContent;
        for (all.bind(1, keyOfContent(content)).bind(2, content); all.step();)
            files.emplace_back(joinedPath(all.text(13), all.text(12)), knownFile(all));
        all.reset();
    });
    return files;
}

std::vector<WaitingFile> DiskLibrary::waiting(int64_t after, size_t most) const {
    std::vector<WaitingFile> files;
    look([&] {
        SqliteStatement& all = m_statements.waiting;
        for (all.bind(1, after).bind(2, static_cast<int64_t>(most)); all.step();)
            files.push_back({all.number(0), all.number(1), joinedPath(all.text(3), all.text(4)),
                             all.number(2) == 1 ? MediaKind::Video : MediaKind::Picture});
        all.reset();
    });
    return files;
}

int64_t DiskLibrary::subtitleMark(int64_t file) const {
    if (!m_changes) return 0;
    return look([&] {
        SqliteStatement& find = m_changes->mark;
        const int64_t mark = find.bind(1, file).step() ? find.number(0) : 0;
        find.reset();
        return mark;
    });
}

}  // namespace diagonal
