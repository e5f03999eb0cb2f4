// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/hub/file_lock.h"
#include "engine/index/library.h"
#include "engine/index/library_database.h"
#include "engine/index/row_file.h"

namespace diagonal {

/// Library on a disk. What is changed stands in a transaction until flush() has written the rows.
class DiskLibrary : public Library {
  public:
    DiskLibrary(std::filesystem::path folder, Access access);
    ~DiskLibrary() override;

    const std::filesystem::path& folder() const override { return m_folder; }
    LibraryModel model() const override;
    std::vector<LibrarySource> sources() const override;
    LibraryCounts counts(std::optional<int64_t> source) const override;
    int64_t frames(std::optional<int64_t> source) const override;
    std::vector<std::pair<std::filesystem::path, std::string>> failures(std::optional<int64_t> source) const override;
    std::shared_ptr<const Snapshot> snapshot() override;

    int64_t addSource(const std::filesystem::path& path, bool isWatched) override;
    void setWatched(int64_t source, bool isWatched) override;
    void setTaken(int64_t source, bool takesAll, bool hasPatches) override;
    void removeSource(int64_t source) override;
    LeftOutNames leftOut() const override;
    void setLeftOut(const LeftOutNames& names) override;

    std::optional<KnownFile> find(const std::filesystem::path& path) const override;
    std::vector<std::pair<std::filesystem::path, KnownFile>> filesIn(
        const std::filesystem::path& folder) const override;
    void filesOf(int64_t source,
                 const std::function<void(const std::filesystem::path&, const KnownFile&)>& found) const override;
    bool hasContent(const ContentHash& content) const override;
    std::vector<std::pair<std::filesystem::path, KnownFile>> findContent(const ContentHash& content) const override;

    int64_t note(const NewFile& file) override;
    std::vector<WaitingFile> waiting(int64_t after, size_t most) const override;
    void put(const NewFile& file) override;
    void copy(int64_t from, const NewFile& file) override;
    void rename(int64_t file, const std::filesystem::path& path, const FileStamp& stamp, int64_t source) override;
    bool setSubtitles(int64_t file, std::span<const LibraryCue> cues, int64_t mark) override;
    int64_t subtitleMark(int64_t file) const override;
    void failForNow(int64_t file, const std::string& why) override;
    void remove(int64_t file) override;
    void flush() override;
    void beginAgain(const LibraryModel& model) override;

  private:
    /// A connection with the statements that are asked often.
    struct Statements {
        explicit Statements(SqliteDatabase& database);

        SqliteStatement findFolder, addFolder, find, filesIn, filesOf, findContent, waiting;
    };
    struct Changes {
        explicit Changes(SqliteDatabase& database);

        SqliteStatement note, put, rename, fail, remove, rows, addFrame, removeFrames, addCue, removeCues, copyFrames,
            copyFacts, setDate, cues, mark, setMark, removeMark;
    };

    void lock();
    /// Whoever deletes or replaces what is open leaves a file without a name: what is written there would be lost, and
    /// what stands in its place is another library. Throws Error.
    void requirePlace() const;
    void openRows();
    /// Runs `work` within the transaction, which it begins where there is none; afterwards flushes when it is time.
    template <typename Work>
    auto change(const Work& work);
    template <typename Work>
    auto look(const Work& work) const {
        return inLibrary(m_folder, work);
    }
    void rollBack() noexcept;
    bool isDue() const;
    int64_t folderNumber(const std::string& folder, bool isAdding) const;
    void bindFile(SqliteStatement& statement, const NewFile& file, int64_t folder, const std::string& name) const;
    void dropRows(int64_t file);
    void addRows(int64_t file, std::span<const std::byte> rows);
    void addFrames(int64_t file, const NewFile& from);
    void addSubtitles(int64_t file, std::span<const LibraryCue> cues, int64_t mark);
    void removeFile(int64_t file);
    bool hasRoom() const;
    /// Writes the rows that are used into a file of the next number.
    void compact();
    void removeOldRowFiles() const;

    std::filesystem::path m_folder;
    std::optional<FileLock> m_lock;
    mutable SqliteDatabase m_database;
    std::optional<FileStamp> m_place;  ///< of library.db when it was opened: inode and device
    mutable Statements m_statements;
    mutable std::optional<Changes> m_changes;  ///< of who writes
    LibraryState m_state;                      ///< with what is not flushed yet
    LibraryState m_flushed;
    std::unique_ptr<RowFile> m_rows;
    bool m_isChanging = false;
    int64_t m_pendingChanges = 0;
    int64_t m_fewestGone = 0;  ///< rows before compact() is tried again
    std::chrono::steady_clock::time_point m_changed;
    mutable std::pair<std::string, int64_t> m_lastFolder;

    mutable std::mutex m_mutex;  ///< guards what follows
    mutable std::optional<SqliteDatabase> m_reader;
    mutable std::optional<FileStamp> m_readerStamp;
    mutable std::optional<SqliteStatement> m_hasContent;
    std::shared_ptr<const Snapshot> m_snapshot;
    mutable int64_t m_version = -1;  ///< of what the snapshot shows
    SqliteDatabase& reader() const;
};

}  // namespace diagonal
