// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace diagonal {

class EmbeddingTable;
class SqliteError;

/// SHA-256.
using ContentHash = std::array<uint8_t, 32>;

/// What a model made of one picture: the embedding as it left the model, not normalised.
struct CachedEmbedding {
    std::vector<float> values;
    int width = 0, height = 0;  ///< of the file
    bool familiar = true;
};

/// A file as the system describes it. Equal stamps: the content was not read again.
struct FileStamp {
    int64_t size = 0;
    int64_t modified = 0, changed = 0;  ///< ns since 1970; a change of the content cannot set `changed` back
    int64_t inode = 0, device = 0;

    bool operator==(const FileStamp&) const = default;
};

/// Of a regular file (links are followed); nothing where there is none.
std::optional<FileStamp> stampOf(const std::filesystem::path& file);

/// Whether a file of this stamp may be known by it: one that changed within the last two seconds could change again
/// within the clock's step.
bool isSettled(const FileStamp& stamp);

/// A picture whose embedding is to be kept.
struct CacheEntry {
    std::filesystem::path file;
    std::optional<FileStamp> stamp;  ///< where it is settled
    ContentHash content{};
    CachedEmbedding embedding;
};

struct CacheInfo {
    std::filesystem::path file;
    int64_t embeddings = 0, files = 0;
    int64_t bytes = 0;  ///< on the disk
    int64_t limit = 0;  ///< bytes
    bool isOnNetwork = false;
};

/// Image embeddings in an SQLite database, found by what made them (a context: model, preprocessing, precision) and the
/// SHA-256 of the file's bytes. A second table knows the hash of files by path and stamp, so that unchanged files are
/// not read. Several processes may share it, and several computers where the folder lies on a network. It never fails
/// its user: instead of a damaged database one of a fresh name is begun, and where the folder cannot be written work
/// goes on without a cache; both are told once. Any thread may call any function; finding waits for no one who writes.
class EmbeddingCache {
  public:
    static constexpr int64_t kDefaultLimit = int64_t{2} << 30;

    /// Opens or begins the cache in `folder`. isOnNetwork: what the folder says where it is not given.
    explicit EmbeddingCache(const std::filesystem::path& folder, std::optional<bool> isOnNetwork = {});
    /// Writes what is pending, and ends an eviction that is under way.
    ~EmbeddingCache();
    EmbeddingCache(const EmbeddingCache&) = delete;
    EmbeddingCache& operator=(const EmbeddingCache&) = delete;

    /// $DIAGONAL_EMBEDDING_CACHE, else diagonal in $XDG_CACHE_HOME or ~/.cache. Empty where the variable says "off".
    static std::filesystem::path defaultFolder();

    bool isOpen() const;
    /// What went wrong since the last call, a sentence each.
    std::vector<std::string> takeMessages();

    std::optional<CachedEmbedding> find(const ContentHash& context, const std::filesystem::path& file,
                                        const FileStamp& stamp);
    std::optional<CachedEmbedding> find(const ContentHash& context, const ContentHash& content);
    /// Written in groups, at the latest by flush(); past the limit what was used longest ago goes, by days. An
    /// embedding that is not finite is not kept.
    void add(const ContentHash& context, CacheEntry entry);
    /// A file whose content has an embedding already.
    void addFile(const std::filesystem::path& file, const FileStamp& stamp, const ContentHash& content);
    void flush();

    CacheInfo info();
    /// Throws Error where another process keeps it from being cleared.
    void clear();
    /// Kept in the database; $DIAGONAL_EMBEDDING_CACHE_LIMIT (bytes) goes before it. Throws Error where there is no
    /// cache to keep it in.
    void setLimit(int64_t bytes);

  private:
    struct Pending;

    void open();
    void use(int64_t block);
    bool isPendingFull() const;
    int64_t limitOf(EmbeddingTable& table) const;
    void beginEviction(int64_t limit);
    void endEviction();
    /// Runs `work` on the reader or the writer, where there is one; what SQLite throws is told, and ends or renews the
    /// cache. False: not done.
    bool read(const std::function<void(EmbeddingTable&)>& work);
    bool write(const std::function<void(EmbeddingTable&)>& work);
    bool run(std::mutex& mutex, const std::unique_ptr<EmbeddingTable>& table,
             const std::function<void(EmbeddingTable&)>& work);
    void fail(const SqliteError& error, const std::filesystem::path& file);
    void tell(std::string message);

    std::filesystem::path m_folder;
    bool m_isOnNetwork = false;
    // Who takes several takes them in this order.
    std::mutex m_writing, m_reading;  ///< guard the tables; both together m_file
    std::filesystem::path m_file;
    std::unique_ptr<EmbeddingTable> m_writer, m_reader;
    bool m_replaced = false;
    std::thread m_evictor;  ///< guarded by m_writing
    std::atomic<bool> m_isEvicting = false, m_isOpen = false, m_isToldTooSmall = false;
    mutable std::mutex m_mutex;  ///< guards what follows
    std::unique_ptr<Pending> m_pending;
    std::vector<std::string> m_messages;
};

}  // namespace diagonal
