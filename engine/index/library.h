// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/image/left_out_names.h"
#include "engine/index/snapshot.h"
#include "engine/inference/embedding_cache.h"

namespace diagonal {

/// A file as it goes into a library.
struct NewFile {
    std::filesystem::path path;  ///< absolute; of imported rows any name
    int64_t source = 0;          ///< 0: of none, as imported rows; no scan looks at it
    FileStamp stamp;
    ContentHash content{};
    MediaKind kind = MediaKind::Picture;
    std::string format, camera, error;  ///< error: why it has no rows
    int32_t width = 0, height = 0, duration = 0;
    int64_t date = 0;
    std::vector<LibraryRow> rows;  ///< their `file` is ignored
    std::vector<float> values;     ///< rows.size() x dim, unit length
    std::vector<LibraryCue> cues;
    int64_t subtitleMark = 0;  ///< of a video: SubtitlesBeside::mark
};

/// What a library knows of a file, to tell whether it changed.
struct KnownFile {
    int64_t id = 0, source = 0;
    FileStamp stamp;
    ContentHash content{};
    bool hasRows = false, hasFailed = false;
    bool isWaiting = false;   ///< to be embedded; where it has rows, they are those of what it was before
    bool hasPatches = false;  ///< a video, with rows of parts of its frames
};

struct LibraryCounts {
    int64_t pictures = 0, videos = 0;  ///< with rows
    int64_t failed = 0, waiting = 0;   ///< could not be read; are to be embedded, anew or for the first time
    int64_t rows = 0, goneRows = 0;    ///< used, and no longer used
    int64_t bytes = 0;                 ///< of all on the disk
};

/// A file that is to be embedded.
struct WaitingFile {
    int64_t id = 0, source = 0;
    std::filesystem::path path;
    MediaKind kind = MediaKind::Picture;
};

/// A folder with `library.db` (SQLite: sources, files, rows) and the rows themselves in a file that is mapped
/// (docs/formats.md). One program at a time writes it, any number read; killed at any moment it loses what was not
/// flushed and nothing else. Any thread may call snapshot(); the rest belongs to one thread at a time. What changes it
/// throws Error where it was opened to be read.
class Library {
  public:
    enum class Access { Read, Write };

    /// Begins one in a folder that is new or empty. Throws Error, as all below.
    static std::shared_ptr<Library> create(const std::filesystem::path& folder, const LibraryModel& model,
                                           RowType type = RowType::Float16);
    /// Read works on a disk that cannot be written. Write: Error where another program writes it.
    static std::shared_ptr<Library> open(const std::filesystem::path& folder, Access access);
    static bool isLibrary(const std::filesystem::path& folder);
    virtual ~Library() = default;

    virtual const std::filesystem::path& folder() const = 0;
    virtual LibraryModel model() const = 0;
    virtual std::vector<LibrarySource> sources() const = 0;
    virtual LibraryCounts counts(std::optional<int64_t> source = {}) const = 0;
    /// Frames of its videos, without parts of frames: counted one by one.
    virtual int64_t frames(std::optional<int64_t> source = {}) const = 0;
    /// Why a file has no rows, or only those of what it was before: path and sentence part.
    virtual std::vector<std::pair<std::filesystem::path, std::string>> failures(
        std::optional<int64_t> source = {}) const = 0;
    /// What is flushed so far, also by another program. The same one again where nothing changed.
    virtual std::shared_ptr<const Snapshot> snapshot() = 0;

    virtual int64_t addSource(const std::filesystem::path& path, bool isWatched) = 0;
    virtual void setWatched(int64_t source, bool isWatched) = 0;
    /// What is taken of it from the next scan on: LibrarySource::takesAll, hasPatches. Videos that are there wait anew
    /// where they had no patches.
    virtual void setTaken(int64_t source, bool takesAll, bool hasPatches) = 0;
    virtual void removeSource(int64_t source) = 0;  ///< and its files
    /// Names that scans leave out of sources that do not take all; of a new library the usual ones.
    virtual LeftOutNames leftOut() const = 0;
    /// From the next scan on: what has such a name by then leaves, what has none any more comes.
    virtual void setLeftOut(const LeftOutNames& names) = 0;

    virtual std::optional<KnownFile> find(const std::filesystem::path& path) const = 0;
    /// Those of one folder, by name: without those of folders below.
    virtual std::vector<std::pair<std::filesystem::path, KnownFile>> filesIn(
        const std::filesystem::path& folder) const = 0;
    /// One after the other, in order of id; `found` may not change the library.
    virtual void filesOf(int64_t source,
                         const std::function<void(const std::filesystem::path&, const KnownFile&)>& found) const = 0;
    /// Whether a file of this content has rows, as far as it is flushed. Any thread may call it.
    virtual bool hasContent(const ContentHash& content) const = 0;
    /// Files of this content, there or not, that have rows.
    virtual std::vector<std::pair<std::filesystem::path, KnownFile>> findContent(const ContentHash& content) const = 0;

    /// A file that is to be embedded: path, source, stamp and kind. Known under this path: it keeps its rows till then.
    /// Returns its id.
    virtual int64_t note(const NewFile& file) = 0;
    /// Those of greater ids, by id, at most so many.
    virtual std::vector<WaitingFile> waiting(int64_t after, size_t most) const = 0;
    /// In place of what the library has under this path. Written in groups, at the latest by flush(). Throws Error
    /// also for values that are not rows.size() x dim finite numbers.
    virtual void put(const NewFile& file) = 0;
    /// The same with the rows, the kind and the facts of another file of equal content; path, source, stamp and date
    /// are those of `file`, and so are the subtitles of a video.
    virtual void copy(int64_t from, const NewFile& file) = 0;
    /// The file has another name, stamp or source now, and the same content: it waits no longer, unless it has no rows
    /// yet. What was known under that name goes.
    virtual void rename(int64_t file, const std::filesystem::path& path, const FileStamp& stamp, int64_t source) = 0;
    /// Of a video that has rows: those beside it now. Whether their texts are others than before.
    virtual bool setSubtitles(int64_t file, std::span<const LibraryCue> cues, int64_t mark) = 0;
    /// As they were read last; 0: not known.
    virtual int64_t subtitleMark(int64_t file) const = 0;
    /// It could not be read now, or not anew: it waits no longer and keeps its rows; no stamp is its own, so that the
    /// next scan notes it again.
    virtual void failForNow(int64_t file, const std::string& why) = 0;
    virtual void remove(int64_t file) = 0;
    virtual void flush() = 0;

    /// Takes out all rows: another model will make them again. Files stay, as not embedded.
    virtual void beginAgain(const LibraryModel& model) = 0;
};

}  // namespace diagonal
