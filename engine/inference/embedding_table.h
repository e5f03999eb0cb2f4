// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/inference/embedding_cache.h"
#include "engine/inference/sqlite.h"

namespace diagonal {

/// A connection to the database of EmbeddingCache (docs/formats.md). Rows are numbered as they come, and kBlock
/// neighbours are a block: when it was used last is noted for all of them, and they leave together. One thread at a
/// time; all functions throw SqliteError.
class EmbeddingTable {
  public:
    static constexpr int64_t kBlock = 256;

    struct Row {
        ContentHash context, content;
        CachedEmbedding embedding;
    };
    struct File {
        std::string name;  ///< absolute
        FileStamp stamp;
        ContentHash content;
    };
    struct Found {
        CachedEmbedding embedding;
        int64_t block;
    };

    /// Opens or begins it. isShared: other computers may have it open, which SQLite's WAL does not allow.
    EmbeddingTable(const std::filesystem::path& file, bool isShared);

    std::optional<ContentHash> contentOf(const std::string& name, const FileStamp& stamp);
    std::optional<Found> find(const ContentHash& context, const ContentHash& content);

    /// In one transaction; `day` (since 1970) is when the rows and the blocks `used` were used.
    void write(std::span<const Row> rows, std::span<const File> files, std::span<const int64_t> used, int64_t day);

    int64_t rows();
    int64_t files();
    int64_t usedBytes();             ///< of the file's pages
    std::optional<int64_t> limit();  ///< that setLimit has kept
    void setLimit(int64_t bytes);
    void clear();
    /// Gives free pages back to the file system.
    void shrink();

    /// Takes out the blocks that were used longest ago until nine tenths of the limit are left, in transactions of some
    /// milliseconds. Of those of one day some drawn by their numbers go, always the same: a pass over more than fits
    /// finds a part of it again, where strict order would take each block out just before it is read. Returns the last
    /// day of those that went, none where nothing did.
    std::optional<int64_t> evict(int64_t limit);

  private:
    struct Key {
        int64_t key, context, row;
    };

    static SqliteDatabase opened(const std::filesystem::path& file, bool isShared);
    int64_t contextNumber(const ContentHash& context, bool isWriting);
    void addRow(const Row& row, int64_t day);
    void transact(const std::function<void()>& work);
    std::vector<Key> removeBlock(int64_t block);
    void removeKeys(std::vector<Key> keys);
    void sweepFiles(int64_t most);

    SqliteDatabase m_database;
    std::map<ContentHash, int64_t> m_contexts;
    /// Folder and name of the file that was looked at last.
    std::pair<int64_t, std::vector<uint8_t>> m_swept{std::numeric_limits<int64_t>::min(), {}};

    SqliteStatement m_contentOf{
        m_database,
        "SELECT content FROM files WHERE folder = ? AND name = ? AND size = ? AND modified = ? AND "
        "changed = ? AND inode = ? AND device = ?"};
    SqliteStatement m_find{
        m_database,
        "SELECT id, content, pictures.context, width, height, familiar, checksum, numbers FROM keys JOIN "
        "pictures USING (id) WHERE key = ? AND keys.context = ?"};
    SqliteStatement m_context{m_database, "SELECT id FROM contexts WHERE context = ?"};
    SqliteStatement m_addContext{m_database, "INSERT INTO contexts (context) VALUES (?) RETURNING id"};
    SqliteStatement m_addRow{
        m_database,
        "INSERT INTO pictures (content, context, width, height, familiar, checksum, numbers) VALUES (?, ?, "
        "?, ?, ?, ?, ?) RETURNING id"};
    SqliteStatement m_setRow{m_database, "UPDATE pictures SET checksum = ?, numbers = ? WHERE id = ?"};
    SqliteStatement m_addKey{m_database, "INSERT OR REPLACE INTO keys VALUES (?, ?, ?)"};
    SqliteStatement m_addBlock{m_database, "INSERT OR REPLACE INTO blocks VALUES (?, ?)"};
    SqliteStatement m_use{m_database, "UPDATE blocks SET day = ? WHERE block = ? AND day < ?"};
    SqliteStatement m_addFile{m_database, "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
};

}  // namespace diagonal
