// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/embedding_table.h"

#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <thread>
#include <tuple>

#include "engine/hub/sha256.h"
#include "engine/inference/finite.h"

namespace diagonal {

namespace {

constexpr int64_t kVersion = 2;
// Keys are narrow, so that a million of them fit in the connection's memory: the first 64 bits of the content's hash.
constexpr const char* kSchema = R"(
CREATE TABLE settings (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
CREATE TABLE contexts (id INTEGER PRIMARY KEY, context BLOB UNIQUE);
CREATE TABLE pictures (id INTEGER PRIMARY KEY, content BLOB, context INTEGER, width INTEGER, height INTEGER,
  familiar INTEGER, checksum INTEGER, numbers BLOB);
CREATE TABLE keys (key INTEGER, context INTEGER, id INTEGER, PRIMARY KEY (key, context)) WITHOUT ROWID;
CREATE TABLE blocks (block INTEGER PRIMARY KEY, day INTEGER);
CREATE TABLE files (folder INTEGER, name BLOB, size INTEGER, modified INTEGER, changed INTEGER, inode INTEGER,
  device INTEGER, content BLOB, PRIMARY KEY (folder, name)) WITHOUT ROWID;
PRAGMA user_version = 2;)";
constexpr int kBusyMilliseconds = 10000;
/// What eviction leaves, so that it is not due again at once.
constexpr double kKept = 0.9;
constexpr size_t kKeysAtOnce = 4096;

std::span<const uint8_t> bytesOf(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::span<const uint8_t> bytesOf(const std::vector<float>& values) {
    return {reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(float)};
}

int64_t checksumOf(std::span<const uint8_t> bytes) {
    return static_cast<int64_t>(crc32_z(0, bytes.data(), bytes.size()));
}

int64_t keyOf(std::span<const uint8_t> content) {
    int64_t key = 0;
    std::memcpy(&key, content.data(), sizeof key);
    return key;
}

/// A path as its folder's key and its name: neighbours in a folder are neighbours in the table, and few pages change
/// when they come one after the other.
std::pair<int64_t, std::string_view> folderAndName(std::string_view path) {
    const size_t slash = path.rfind('/');
    const std::string_view folder = path.substr(0, slash == std::string_view::npos ? 0 : slash);
    static thread_local std::pair<std::string, int64_t> last;
    if (last.first != folder || last.second == 0) {
        Sha256 hash;
        hash.add(folder.data(), folder.size());
        last = {std::string(folder), keyOf(hash.bytes())};
    }
    return {last.second, path.substr(slash == std::string_view::npos ? 0 : slash + 1)};
}

/// Spreads the numbers of blocks: SplitMix64 (Steele et al., 2014).
uint64_t mixed(int64_t block) {
    uint64_t value = static_cast<uint64_t>(block) + 0x9E3779B97F4A7C15;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
    return value ^ (value >> 31);
}

/// Where several processes begin the database at once, SQLite does not wait for its lock here.
void setJournal(SqliteDatabase& database, bool isShared) {
    for (int tries = 100;; --tries) {
        try {
            return database.run(isShared ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL");
        } catch (const SqliteError& error) {
            if (!error.isBusy() || tries == 0) throw;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

}  // namespace

SqliteDatabase EmbeddingTable::opened(const std::filesystem::path& file, bool isShared) {
    SqliteDatabase database(file, kBusyMilliseconds);
    // Rows of some kilobytes: a page holds several. Said again, the second would be written each time.
    if (database.number("PRAGMA page_count") == 0)
        database.run("PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL");
    setJournal(database, isShared);
    database.run("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768");
    // A page of keys changes with every group of rows: in the log, and seldom in the file.
    database.run("PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4096; BEGIN IMMEDIATE");
    const int64_t version = database.number("PRAGMA user_version");
    if (version == 0 && database.number("SELECT count(*) FROM sqlite_master") == 0)
        database.run(kSchema);
    else if (version != kVersion)
        throw SqliteError(11, "it is of another form");  // as damaged
    database.run("COMMIT");
    return database;
}

EmbeddingTable::EmbeddingTable(const std::filesystem::path& file, bool isShared) : m_database(opened(file, isShared)) {
}

std::optional<ContentHash> EmbeddingTable::contentOf(const std::string& name, const FileStamp& stamp) {
    const auto [folder, inFolder] = folderAndName(name);
    m_contentOf.bind(1, folder)
        .bind(2, bytesOf(inFolder))
        .bind(3, stamp.size)
        .bind(4, stamp.modified)
        .bind(5, stamp.changed)
        .bind(6, stamp.inode)
        .bind(7, stamp.device);
    std::optional<ContentHash> content;
    if (m_contentOf.step()) {
        const auto bytes = m_contentOf.bytes(0);
        if (bytes.size() == sizeof(ContentHash)) std::ranges::copy(bytes, content.emplace().begin());
    }
    m_contentOf.reset();
    return content;
}

/// 0: not known, and not added.
int64_t EmbeddingTable::contextNumber(const ContentHash& context, bool isWriting) {
    const auto known = m_contexts.find(context);
    if (known != m_contexts.end()) return known->second;
    m_context.bind(1, context);
    int64_t number = m_context.step() ? m_context.number(0) : 0;
    m_context.reset();
    if (number == 0 && isWriting) {
        m_addContext.bind(1, context).step();
        number = m_addContext.number(0);
        m_addContext.reset();
    }
    if (number != 0 && !isWriting) m_contexts.emplace(context, number);  // a transaction may be rolled back
    return number;
}

std::optional<EmbeddingTable::Found> EmbeddingTable::find(const ContentHash& context, const ContentHash& content) {
    const int64_t number = contextNumber(context, false);
    if (number == 0) return std::nullopt;
    m_find.bind(1, keyOf(content)).bind(2, number);
    std::optional<Found> found;
    if (m_find.step()) {
        const auto numbers = m_find.bytes(7);
        // A key is part of a hash, and rows may have gone and come since; and a page that rotted on the disk is not
        // found out by SQLite.
        if (std::ranges::equal(m_find.bytes(1), content) && m_find.number(2) == number &&
            m_find.number(6) == checksumOf(numbers) && numbers.size() % sizeof(float) == 0) {
            found.emplace();
            found->embedding.values.resize(numbers.size() / sizeof(float));
            std::memcpy(found->embedding.values.data(), numbers.data(), numbers.size());
            found->embedding.width = static_cast<int>(m_find.number(3));
            found->embedding.height = static_cast<int>(m_find.number(4));
            found->embedding.familiar = m_find.number(5) != 0;
            found->block = m_find.number(0) / kBlock;
        }
    }
    m_find.reset();
    if (found && !isFiniteRow(found->embedding.values)) found.reset();
    return found;
}

void EmbeddingTable::transact(const std::function<void()>& work) {
    m_database.run("BEGIN IMMEDIATE");
    try {
        work();
        m_database.run("COMMIT");
    } catch (const SqliteError&) {
        m_database.rollBack();
        throw;
    }
}

void EmbeddingTable::addRow(const Row& row, int64_t day) {
    const int64_t context = contextNumber(row.context, true), key = keyOf(row.content);
    const auto numbers = bytesOf(row.embedding.values);
    m_find.bind(1, key).bind(2, context);
    const bool isKnown =
        m_find.step() && std::ranges::equal(m_find.bytes(1), row.content) && m_find.number(2) == context;
    int64_t id = isKnown ? m_find.number(0) : 0;
    m_find.reset();
    if (isKnown) {
        m_setRow.bind(1, checksumOf(numbers)).bind(2, numbers).bind(3, id).run();
    } else {
        m_addRow.bind(1, row.content)
            .bind(2, context)
            .bind(3, row.embedding.width)
            .bind(4, row.embedding.height)
            .bind(5, row.embedding.familiar ? 1 : 0)
            .bind(6, checksumOf(numbers))
            .bind(7, numbers)
            .step();
        id = m_addRow.number(0);
        m_addRow.reset();
        m_addKey.bind(1, key).bind(2, context).bind(3, id).run();
    }
    m_addBlock.bind(1, id / kBlock).bind(2, day).run();
}

void EmbeddingTable::write(std::span<const Row> rows, std::span<const File> files, std::span<const int64_t> used,
                           int64_t day) {
    // In the order of the tables: each page is changed once.
    std::vector<std::pair<std::pair<int64_t, std::string_view>, const File*>> places;
    for (const File& file : files)
        places.emplace_back(folderAndName(file.name), &file);
    std::ranges::stable_sort(places, {}, &decltype(places)::value_type::first);
    transact([&] {
        for (const Row& row : rows)
            addRow(row, day);
        for (const auto& [place, file] : places)
            m_addFile.bind(1, place.first)
                .bind(2, bytesOf(place.second))
                .bind(3, file->stamp.size)
                .bind(4, file->stamp.modified)
                .bind(5, file->stamp.changed)
                .bind(6, file->stamp.inode)
                .bind(7, file->stamp.device)
                .bind(8, file->content)
                .run();
        for (const int64_t block : used)
            m_use.bind(1, day).bind(2, block).bind(3, day).run();
    });
}

int64_t EmbeddingTable::rows() {
    return m_database.number("SELECT count(*) FROM keys");
}

int64_t EmbeddingTable::files() {
    return m_database.number("SELECT count(*) FROM files");
}

int64_t EmbeddingTable::usedBytes() {
    return (m_database.number("PRAGMA page_count") - m_database.number("PRAGMA freelist_count")) *
           m_database.number("PRAGMA page_size");
}

std::optional<int64_t> EmbeddingTable::limit() {
    const int64_t kept = m_database.number("SELECT value FROM settings WHERE name = 'limit'");
    return kept > 0 ? std::optional(kept) : std::nullopt;
}

void EmbeddingTable::setLimit(int64_t bytes) {
    SqliteStatement keep(m_database, "INSERT OR REPLACE INTO settings VALUES ('limit', ?)");
    keep.bind(1, bytes).run();
}

void EmbeddingTable::clear() {
    transact([this] {
        m_database.run(
            "DELETE FROM files; DELETE FROM keys; DELETE FROM blocks; DELETE FROM pictures; DELETE FROM contexts");
    });
    m_contexts.clear();
    shrink();
}

void EmbeddingTable::shrink() {
    m_database.run("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)");
}

std::vector<EmbeddingTable::Key> EmbeddingTable::removeBlock(int64_t block) {
    std::vector<Key> keys;
    const int64_t first = block * kBlock, last = first + kBlock - 1;
    transact([&] {
        SqliteStatement rows(m_database, "SELECT content, context, id FROM pictures WHERE id BETWEEN ? AND ?");
        rows.bind(1, first).bind(2, last);
        while (rows.step())
            if (rows.bytes(0).size() == sizeof(ContentHash))
                keys.push_back({keyOf(rows.bytes(0)), rows.number(1), rows.number(2)});
        SqliteStatement(m_database, "DELETE FROM pictures WHERE id BETWEEN ? AND ?").bind(1, first).bind(2, last).run();
        SqliteStatement(m_database, "DELETE FROM blocks WHERE block = ?").bind(1, block).run();
    });
    return keys;
}

/// Where a row of that number came anew meanwhile its key goes too: it is then a row that is not found.
void EmbeddingTable::removeKeys(std::vector<Key> keys) {
    std::ranges::sort(keys, {}, [](const Key& one) { return std::tuple(one.key, one.context, one.row); });
    SqliteStatement remove(m_database, "DELETE FROM keys WHERE key = ? AND context = ? AND id = ?");
    for (size_t first = 0; first < keys.size(); first += kKeysAtOnce)
        transact([&] {
            for (size_t i = first; i < std::min(first + kKeysAtOnce, keys.size()); ++i)
                remove.bind(1, keys[i].key).bind(2, keys[i].context).bind(3, keys[i].row).run();
        });
}

/// Goes on where it ended the last time, and takes out files whose content has no row.
void EmbeddingTable::sweepFiles(int64_t most) {
    SqliteStatement next(
        m_database,
        "SELECT folder, name, content FROM files WHERE (folder, name) > (?, ?) ORDER BY folder, name LIMIT ?");
    SqliteStatement isKnown(m_database, "SELECT 1 FROM keys WHERE key = ? LIMIT 1");
    SqliteStatement remove(m_database, "DELETE FROM files WHERE folder = ? AND name = ?");
    constexpr int64_t kAtOnce = 4096;
    for (int64_t done = 0; done < most; done += kAtOnce) {
        bool isAtEnd = false;
        transact([&] {
            std::vector<std::pair<int64_t, std::vector<uint8_t>>> leaving;
            const std::vector<uint8_t> last = m_swept.second;
            next.bind(1, m_swept.first).bind(2, last).bind(3, kAtOnce);
            int64_t count = 0;
            for (; next.step(); ++count) {
                const auto name = next.bytes(1), content = next.bytes(2);
                m_swept = {next.number(0), {name.begin(), name.end()}};
                const bool isWhole = content.size() == sizeof(ContentHash);
                if (isWhole && isKnown.bind(1, keyOf(content)).step()) {
                    isKnown.reset();
                    continue;
                }
                isKnown.reset();
                leaving.push_back(m_swept);
            }
            next.reset();
            for (const auto& [folder, name] : leaving)
                remove.bind(1, folder).bind(2, name).run();
            isAtEnd = count < kAtOnce;
        });
        if (!isAtEnd) continue;
        m_swept = {std::numeric_limits<int64_t>::min(), {}};
        return;
    }
}

std::optional<int64_t> EmbeddingTable::evict(int64_t limit) {
    std::optional<int64_t> lastDay;
    for (int64_t used = usedBytes(); used > limit; used = usedBytes()) {
        std::vector<std::pair<int64_t, int64_t>> blocks;  // day, block
        for (SqliteStatement all(m_database, "SELECT day, block FROM blocks"); all.step();)
            blocks.emplace_back(all.number(0), all.number(1));
        if (blocks.empty()) {
            sweepFiles(std::numeric_limits<int64_t>::max());
            break;
        }
        std::ranges::sort(blocks, {}, [](const auto& one) { return std::pair(one.first, mixed(one.second)); });
        const double share = 1 - kKept * static_cast<double>(limit) / static_cast<double>(used);
        blocks.resize(static_cast<size_t>(std::ceil(static_cast<double>(blocks.size()) * share)));
        std::vector<Key> keys;
        for (const auto& [day, block] : blocks) {
            const auto more = removeBlock(block);
            keys.insert(keys.end(), more.begin(), more.end());
        }
        lastDay = std::max(lastDay.value_or(blocks.back().first), blocks.back().first);
        const auto files = static_cast<int64_t>(4 * keys.size());
        removeKeys(std::move(keys));
        sweepFiles(files);
    }
    return lastDay;
}

}  // namespace diagonal
