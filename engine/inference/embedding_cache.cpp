// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/embedding_cache.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <span>
#include <thread>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/inference/cache_size.h"
#include "engine/inference/sqlite.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr int64_t kVersion = 1;
constexpr const char* kFileName = "embeddings-1.sqlite";
constexpr const char* kSchema = R"(
CREATE TABLE settings (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
CREATE TABLE files (path BLOB PRIMARY KEY, size INTEGER, modified INTEGER, changed INTEGER, inode INTEGER,
  device INTEGER, content BLOB) WITHOUT ROWID;
CREATE TABLE pictures (content BLOB, context BLOB, width INTEGER, height INTEGER, familiar INTEGER, used INTEGER,
  checksum INTEGER, id INTEGER, PRIMARY KEY (content, context)) WITHOUT ROWID;
CREATE TABLE vectors (id INTEGER PRIMARY KEY, numbers BLOB);
PRAGMA user_version = 1;)";
constexpr int kBusyMilliseconds = 10000;
constexpr size_t kEntriesAtOnce = 256, kNotesAtOnce = 4096;
/// A use is noted again after this many seconds.
constexpr int64_t kUseStep = 600;
/// What eviction leaves, so that it is not due again at once.
constexpr double kKept = 0.9;

int64_t now() {
    return std::time(nullptr);
}

int64_t nanoseconds(const timespec& time) {
    return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::span<const uint8_t> bytesOf(const std::string& text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::span<const uint8_t> bytesOf(const std::vector<float>& values) {
    return {reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(float)};
}

int64_t checksumOf(std::span<const uint8_t> bytes) {
    return static_cast<int64_t>(crc32_z(0, bytes.data(), bytes.size()));
}

std::string absoluteName(const fs::path& file) {
    std::error_code error;
    const fs::path path = fs::absolute(file, error);
    return (error ? file : path).native();
}

ino_t inodeOf(const fs::path& file) {
    struct stat status = {};
    return ::stat(file.c_str(), &status) == 0 ? status.st_ino : 0;
}

}  // namespace

std::optional<FileStamp> stampOf(const fs::path& file) {
    struct stat status = {};
    if (::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    return FileStamp{status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim),
                     static_cast<int64_t>(status.st_ino), static_cast<int64_t>(status.st_dev)};
}

bool isSettled(const FileStamp& stamp) {
    constexpr int64_t kClockStep = 2'000'000'000;
    timespec time = {};
    ::clock_gettime(CLOCK_REALTIME, &time);
    return nanoseconds(time) - std::max(stamp.modified, stamp.changed) > kClockStep;
}

struct EmbeddingCache::Database {
    explicit Database(const fs::path& file) : connection(prepared(file)), inode(inodeOf(file)) {}

    static SqliteDatabase prepared(const fs::path& file) {
        SqliteDatabase database(file, kBusyMilliseconds);
        // Rows of some kilobytes: a page holds several. Both settings count for a new file alone.
        database.run("PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL");
        makeWal(database);
        database.run("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768");
        database.run("PRAGMA journal_size_limit = 67108864; BEGIN IMMEDIATE");
        const int64_t version = database.number("PRAGMA user_version");
        if (version == 0 && database.number("SELECT count(*) FROM sqlite_master") == 0)
            database.run(kSchema);
        else if (version != kVersion)
            throw SqliteError(11, "it is of another form");  // as damaged
        database.run("COMMIT");
        return database;
    }

    /// Where several processes begin the database at once, SQLite does not wait for its lock here.
    static void makeWal(SqliteDatabase& database) {
        for (int tries = 100;; --tries) {
            try {
                return database.run("PRAGMA journal_mode = WAL");
            } catch (const SqliteError& error) {
                if (!error.isBusy() || tries == 0) throw;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }

    int64_t usedBytes() {
        return (connection.number("PRAGMA page_count") - connection.number("PRAGMA freelist_count")) *
               connection.number("PRAGMA page_size");
    }

    SqliteDatabase connection;
    ino_t inode;  ///< another at m_file: another process has begun a new database
    SqliteStatement findByFile{connection,
                               "SELECT width, height, familiar, used, checksum, numbers, content, context FROM files "
                               "JOIN pictures USING (content) JOIN vectors USING (id) WHERE path = ? AND size = ? AND "
                               "modified = ? AND changed = ? AND inode = ? AND device = ? AND context = ?"};
    SqliteStatement findByContent{connection,
                                  "SELECT width, height, familiar, used, checksum, numbers, content, context FROM "
                                  "pictures JOIN vectors USING (id) WHERE content = ? AND context = ?"};
    SqliteStatement exists{connection, "SELECT id FROM pictures WHERE content = ? AND context = ?"};
    SqliteStatement addVector{connection, "INSERT INTO vectors (numbers) VALUES (?) RETURNING id"};
    SqliteStatement setVector{connection, "UPDATE vectors SET numbers = ? WHERE id = ?"};
    SqliteStatement addPicture{connection, "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
    SqliteStatement addFile{connection, "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)"};
    SqliteStatement use{connection, "UPDATE pictures SET used = ? WHERE content = ? AND context = ?"};
};

struct EmbeddingCache::Pending {
    struct Entry {
        ContentHash context, content;
        CachedEmbedding embedding;
    };
    struct File {
        std::string name;
        FileStamp stamp;
        ContentHash content;
    };
    std::vector<Entry> entries;
    std::vector<File> files;
    std::vector<std::pair<ContentHash, ContentHash>> uses;  ///< content, context
};

EmbeddingCache::EmbeddingCache(const fs::path& folder)
    : m_file(folder / kFileName), m_pending(std::make_unique<Pending>()) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        m_messages.push_back("Going on without the cache of embeddings: " + displayName(folder) + ": " +
                             error.message() + ".");
        return;
    }
    try {
        open();
    } catch (const SqliteError& failure) {
        guarded([&] { throw failure; });
    }
}

EmbeddingCache::~EmbeddingCache() {
    flush();
}

fs::path EmbeddingCache::defaultFolder() {
    const std::string folder = environment("DIAGONAL_EMBEDDING_CACHE");
    if (folder == "off") return {};
    if (folder.starts_with("~/")) return fs::path(environment("HOME")) / folder.substr(2);
    if (!folder.empty()) return folder;
    const std::string cache = environment("XDG_CACHE_HOME");
    return (cache.empty() ? fs::path(environment("HOME")) / ".cache" : fs::path(cache)) / "diagonal";
}

void EmbeddingCache::open() {
    m_database = std::make_unique<Database>(m_file);
}

bool EmbeddingCache::isOpen() const {
    const std::lock_guard lock(m_mutex);
    return m_database != nullptr;
}

std::vector<std::string> EmbeddingCache::takeMessages() {
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_messages, {});
}

bool EmbeddingCache::guarded(const std::function<void()>& work) {
    try {
        work();
        return true;
    } catch (const SqliteError& error) {
        if (error.isBusy() && m_database) {
            *m_pending = {};
            return false;
        }
        if (error.isDamage() && !m_replaced) {
            replaceDamaged();
            return false;
        }
        m_database.reset();
        m_messages.push_back("Going on without the cache of embeddings: " + displayName(m_file) + ": " + error.what() +
                             ".");
    }
    return false;
}

void EmbeddingCache::replaceDamaged() {
    m_replaced = true;
    const bool isOurs = !m_database || m_database->inode == inodeOf(m_file);
    m_database.reset();
    *m_pending = {};
    std::error_code error;
    if (isOurs) {
        fs::path damaged = m_file;
        damaged += ".damaged";
        fs::rename(m_file, damaged, error);
        if (!error)
            m_messages.push_back("The cache of embeddings was damaged; a new one is begun. The old one is " +
                                 displayName(damaged) + ".");
        for (const char* ending : {"-wal", "-shm"}) {
            std::error_code ignored;
            fs::remove(m_file.native() + ending, ignored);
        }
    }
    guarded([&] {
        if (error) throw SqliteError(14, "is damaged and cannot be renamed: " + error.message());
        open();
    });
}

std::optional<CachedEmbedding> EmbeddingCache::readRow(bool byFile) {
    SqliteStatement& row = byFile ? m_database->findByFile : m_database->findByContent;
    std::optional<CachedEmbedding> found;
    if (row.step()) {
        const auto numbers = row.bytes(5);
        const auto content = row.bytes(6), context = row.bytes(7);
        // A page that rotted on the disk is not found out by SQLite.
        if (row.number(4) == checksumOf(numbers) && numbers.size() % sizeof(float) == 0 && content.size() == 32) {
            found.emplace();
            found->values.resize(numbers.size() / sizeof(float));
            std::memcpy(found->values.data(), numbers.data(), numbers.size());
            found->width = static_cast<int>(row.number(0));
            found->height = static_cast<int>(row.number(1));
            found->familiar = row.number(2) != 0;
            if (now() - row.number(3) > kUseStep) {
                auto& [usedContent, usedContext] = m_pending->uses.emplace_back();
                std::ranges::copy(content, usedContent.begin());
                std::ranges::copy(context, usedContext.begin());
            }
        }
    }
    row.reset();
    return found;
}

std::optional<CachedEmbedding> EmbeddingCache::find(const ContentHash& context, const fs::path& file,
                                                    const FileStamp& stamp) {
    const std::string name = absoluteName(file);
    const std::lock_guard lock(m_mutex);
    std::optional<CachedEmbedding> found;
    if (!m_database) return found;
    guarded([&] {
        m_database->findByFile.bind(1, bytesOf(name))
            .bind(2, stamp.size)
            .bind(3, stamp.modified)
            .bind(4, stamp.changed)
            .bind(5, stamp.inode)
            .bind(6, stamp.device)
            .bind(7, context);
        found = readRow(true);
        if (isPendingFull()) writePending();
    });
    return found;
}

std::optional<CachedEmbedding> EmbeddingCache::find(const ContentHash& context, const ContentHash& content) {
    const std::lock_guard lock(m_mutex);
    std::optional<CachedEmbedding> found;
    if (!m_database) return found;
    guarded([&] {
        m_database->findByContent.bind(1, content).bind(2, context);
        found = readRow(false);
    });
    return found;
}

void EmbeddingCache::add(const ContentHash& context, CacheEntry entry) {
    const std::lock_guard lock(m_mutex);
    if (!m_database) return;
    if (entry.stamp) m_pending->files.push_back({absoluteName(entry.file), *entry.stamp, entry.content});
    m_pending->entries.push_back({context, entry.content, std::move(entry.embedding)});
    if (isPendingFull()) guarded([&] { writePending(); });
}

void EmbeddingCache::addFile(const fs::path& file, const FileStamp& stamp, const ContentHash& content) {
    const std::lock_guard lock(m_mutex);
    if (!m_database) return;
    m_pending->files.push_back({absoluteName(file), stamp, content});
    if (isPendingFull()) guarded([&] { writePending(); });
}

void EmbeddingCache::flush() {
    const std::lock_guard lock(m_mutex);
    if (m_database) guarded([&] { writePending(); });
}

bool EmbeddingCache::isPendingFull() const {
    return m_pending->entries.size() >= kEntriesAtOnce || m_pending->files.size() >= kNotesAtOnce ||
           m_pending->uses.size() >= kNotesAtOnce;
}

void EmbeddingCache::writePending() {
    const Pending pending = std::exchange(*m_pending, {});
    if (pending.entries.empty() && pending.files.empty() && pending.uses.empty()) return;
    Database& database = *m_database;
    database.connection.run("BEGIN IMMEDIATE");
    try {
        for (const auto& [context, content, embedding] : pending.entries) {
            const auto numbers = bytesOf(embedding.values);
            database.exists.bind(1, content).bind(2, context);
            const bool known = database.exists.step();
            int64_t id = known ? database.exists.number(0) : 0;
            database.exists.reset();
            if (known) {
                database.setVector.bind(1, numbers).bind(2, id).run();
            } else {
                database.addVector.bind(1, numbers).step();
                id = database.addVector.number(0);
                database.addVector.reset();
            }
            database.addPicture.bind(1, content)
                .bind(2, context)
                .bind(3, embedding.width)
                .bind(4, embedding.height)
                .bind(5, embedding.familiar ? 1 : 0)
                .bind(6, now())
                .bind(7, checksumOf(numbers))
                .bind(8, id)
                .run();
        }
        for (const auto& [name, stamp, content] : pending.files)
            database.addFile.bind(1, bytesOf(name))
                .bind(2, stamp.size)
                .bind(3, stamp.modified)
                .bind(4, stamp.changed)
                .bind(5, stamp.inode)
                .bind(6, stamp.device)
                .bind(7, content)
                .run();
        for (const auto& [content, context] : pending.uses)
            database.use.bind(1, now()).bind(2, content).bind(3, context).run();
        evict(limit());
        database.connection.run("COMMIT");
    } catch (const SqliteError&) {
        database.connection.rollBack();
        throw;
    }
}

/// Inside a transaction.
void EmbeddingCache::evict(int64_t limit) {
    SqliteDatabase& connection = m_database->connection;
    bool any = false;
    for (int64_t used = m_database->usedBytes(); used > limit; used = m_database->usedBytes()) {
        const int64_t count = connection.number("SELECT count(*) FROM pictures");
        if (count == 0) break;
        const double share = 1 - kKept * static_cast<double>(limit) / static_cast<double>(used);
        const auto oldest = static_cast<int64_t>(std::ceil(static_cast<double>(count) * share));
        connection.run("CREATE TEMP TABLE IF NOT EXISTS leaving (content, context, id)");
        SqliteStatement choose(
            connection, "INSERT INTO leaving SELECT content, context, id FROM pictures ORDER BY used, id LIMIT ?");
        choose.bind(1, oldest).run();
        connection.run(
            "DELETE FROM vectors WHERE id IN (SELECT id FROM leaving);"
            "DELETE FROM pictures WHERE (content, context) IN (SELECT content, context FROM leaving);"
            "DELETE FROM files WHERE content NOT IN (SELECT content FROM pictures);"
            "DELETE FROM leaving");
        any = true;
    }
    if (any) connection.run("PRAGMA incremental_vacuum");
}

int64_t EmbeddingCache::limit() {
    if (const std::string given = environment("DIAGONAL_EMBEDDING_CACHE_LIMIT"); !given.empty())
        if (const auto bytes = parseBytes(given)) return *bytes;
    const int64_t kept = m_database->connection.number("SELECT value FROM settings WHERE name = 'limit'");
    return kept > 0 ? kept : kDefaultLimit;
}

CacheInfo EmbeddingCache::info() {
    const std::lock_guard lock(m_mutex);
    CacheInfo info{.file = m_file, .limit = kDefaultLimit};
    if (!m_database) return info;
    guarded([&] {
        writePending();
        info.embeddings = m_database->connection.number("SELECT count(*) FROM pictures");
        info.files = m_database->connection.number("SELECT count(*) FROM files");
        info.limit = limit();
    });
    for (const char* ending : {"", "-wal"}) {
        std::error_code error;
        const auto size = fs::file_size(m_file.native() + ending, error);
        if (!error) info.bytes += static_cast<int64_t>(size);
    }
    return info;
}

void EmbeddingCache::clear() {
    const std::lock_guard lock(m_mutex);
    *m_pending = {};
    if (!m_database) return;
    guarded([&] {
        m_database->connection.run(
            "BEGIN IMMEDIATE; DELETE FROM files; DELETE FROM pictures; DELETE FROM vectors; COMMIT");
        m_database->connection.run("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)");
    });
}

void EmbeddingCache::setLimit(int64_t bytes) {
    const std::lock_guard lock(m_mutex);
    const bool done =
        m_database && guarded([&] {
            writePending();
            m_database->connection.run("BEGIN IMMEDIATE");
            SqliteStatement keep(m_database->connection, "INSERT OR REPLACE INTO settings VALUES ('limit', ?)");
            keep.bind(1, bytes).run();
            evict(limit());
            m_database->connection.run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
        });
    if (!done) throw Error(displayName(m_file), "cannot be written, so the limit was not kept");
}

}  // namespace diagonal
