// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "engine/base/file.h"
#include "engine/index/disk_library.h"
#include "engine/index/library_path.h"
#include "engine/index/load_snapshot.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMostPendingBytes = size_t{16} << 20;
constexpr int64_t kMostPendingChanges = 20000;
constexpr std::chrono::seconds kLongestUnflushed{2};
/// Fewer rows that are no longer used are not worth a new file.
constexpr int64_t kFewRows = 256;

/// A file that changed within the clock's last step could change again with the same stamp: it is looked at anew. A
/// camera's clock may set `modified` to the future.
FileStamp keptStamp(FileStamp stamp) {
    FileStamp change = stamp;
    change.modified = change.changed;
    if (!isSettled(change)) stamp.changed = 0;
    return stamp;
}

void bindStamp(SqliteStatement& statement, int first, const FileStamp& given) {
    const FileStamp stamp = keptStamp(given);
    statement.bind(first, stamp.size)
        .bind(first + 1, stamp.modified)
        .bind(first + 2, stamp.changed)
        .bind(first + 3, stamp.inode)
        .bind(first + 4, stamp.device);
}

void requireName(const fs::path& path) {
    if (path.empty() || path.native().find('\0') != std::string::npos)
        throw Error(displayName(path), "is no name that a library can keep");
}

}  // namespace

DiskLibrary::Changes::Changes(SqliteDatabase& database)
    : note(database,
           "INSERT INTO files (folder, name, source, size, modified, changed, inode, device, kind, format, camera, "
           "width, "
           "height, date, duration, error, waiting, row, rows) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0, 0, 0, 0, "
           "'', "
           "1, 0, 0) ON CONFLICT (folder, name) DO UPDATE SET source = excluded.source, size = excluded.size, modified "
           "= "
           "excluded.modified, changed = excluded.changed, inode = excluded.inode, device = excluded.device, waiting = "
           "1 "
           "RETURNING id"),
      put(database,
          "INSERT INTO files (folder, name, source, size, modified, changed, inode, device, kind, format, camera, "
          "width, "
          "height, date, duration, error, key, content, row, rows, waiting) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
          "?, ?, "
          "?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (folder, name) DO UPDATE SET source = excluded.source, size = "
          "excluded.size, "
          "modified = excluded.modified, changed = excluded.changed, inode = excluded.inode, device = excluded.device, "
          "kind "
          "= excluded.kind, format = excluded.format, camera = excluded.camera, width = excluded.width, height = "
          "excluded.height, date = excluded.date, duration = excluded.duration, error = excluded.error, key = "
          "excluded.key, content = excluded.content, row = excluded.row, rows = excluded.rows, waiting = 0 RETURNING "
          "id"),
      rename(
          database,
          "UPDATE files SET folder = ?, name = ?, source = ?, size = ?, modified = ?, changed = ?, inode = ?, device = "
          "?, waiting = (rows = 0 AND error = ''), error = CASE WHEN rows > 0 THEN '' ELSE error END WHERE id = ?"),
      fail(database, "UPDATE files SET changed = 0, waiting = 0, error = ? WHERE id = ?"),
      remove(database, "DELETE FROM files WHERE id = ?"),
      rows(database, "SELECT row, rows FROM files WHERE id = ?"),
      addFrame(database, "INSERT OR REPLACE INTO frames VALUES (?, ?, ?, ?, ?, ?)"),
      removeFrames(database, "DELETE FROM frames WHERE file = ?"),
      addCue(database, "INSERT OR REPLACE INTO cues VALUES (?, ?, ?, ?, ?)"),
      removeCues(database, "DELETE FROM cues WHERE file = ?"),
      copyFrames(database, "INSERT INTO frames SELECT ?, number, time, start, stop, patch FROM frames WHERE file = ?"),
      copyFacts(
          database,
          "UPDATE files SET (kind, format, camera, width, height, date, duration, error, key, content, row, rows, "
          "waiting) = (SELECT kind, format, camera, width, height, ?, duration, CASE WHEN rows > 0 THEN '' ELSE error "
          "END, key, content, ?, rows, 0 "
          "FROM files WHERE id = ?) WHERE id = ?"),
      setDate(database, "UPDATE files SET date = ? WHERE id = ?"),
      cues(database, "SELECT start, stop, text FROM cues WHERE file = ? ORDER BY number"),
      mark(database, "SELECT mark FROM subtitles WHERE file = ?"),
      setMark(database, "INSERT OR REPLACE INTO subtitles VALUES (?, ?)"),
      removeMark(database, "DELETE FROM subtitles WHERE file = ?") {
}

void DiskLibrary::openRows() {
    m_rows = std::make_unique<RowFile>(m_state.rowPath(m_folder), m_state.rows, m_state.rowBytes());
}

template <typename Work>
auto DiskLibrary::change(const Work& work) {
    if (!m_changes) throw Error(displayName(m_folder), "the library is open to be read only");
    return inLibrary(m_folder, [&] {
        try {
            if (!m_isChanging) {
                requirePlace();
                m_database.run("BEGIN IMMEDIATE");
                m_isChanging = true;
                m_pendingChanges = 0;
                m_changed = std::chrono::steady_clock::now();
            }
            ++m_pendingChanges;
            if constexpr (std::is_void_v<decltype(work())>) {
                work();
                if (isDue()) flush();
            } else {
                const auto result = work();
                if (isDue()) flush();
                return result;
            }
        } catch (...) {
            rollBack();
            throw;
        }
    });
}

bool DiskLibrary::isDue() const {
    return m_rows->pendingBytes() >= kMostPendingBytes || m_pendingChanges >= kMostPendingChanges ||
           std::chrono::steady_clock::now() - m_changed >= kLongestUnflushed;
}

void DiskLibrary::rollBack() noexcept {
    if (!m_isChanging) return;
    m_database.rollBack();
    m_isChanging = false;
    m_state = m_flushed;
    m_rows->cut(m_flushed.rows);
    m_lastFolder = {};
}

/// Rows are on the disk before the database says that they are.
void DiskLibrary::flush() {
    if (!m_isChanging) return;
    inLibrary(m_folder, [&] {
        try {
            requirePlace();
            m_rows->flush();
            writeState(m_database, m_state);
            m_database.run("COMMIT");
        } catch (...) {
            rollBack();
            throw;
        }
    });
    m_isChanging = false;
    m_flushed = m_state;
    const int64_t gone = m_state.rows - m_state.used;
    if (gone < std::max(kFewRows, m_fewestGone) || gone <= m_state.rows / 4 || !hasRoom()) return;
    try {
        compact();
        m_fewestGone = 0;
    } catch (const std::exception&) {
        m_fewestGone = 2 * gone;  // with each flush again it would fill the disk again and again
        removeOldRowFiles();
    }
}

/// For the rows that are used a second time, and as much for others who write there.
bool DiskLibrary::hasRoom() const {
    std::error_code unknown;
    const fs::space_info space = fs::space(m_folder, unknown);
    return unknown || space.available / 2 >= static_cast<uintmax_t>(m_state.used) * m_state.rowBytes();
}

void DiskLibrary::dropRows(int64_t file) {
    SqliteStatement& rows = m_changes->rows;
    rows.bind(1, file);
    if (rows.step()) m_state.used -= std::clamp<int64_t>(rows.number(1), 0, m_state.used);
    rows.reset();
    m_changes->removeFrames.bind(1, file).run();
    m_changes->removeCues.bind(1, file).run();
    m_changes->removeMark.bind(1, file).run();
}

void DiskLibrary::addFrames(int64_t file, const NewFile& from) {
    for (size_t i = 0; from.kind == MediaKind::Video && i < from.rows.size(); ++i) {
        const LibraryRow& row = from.rows[i];
        m_changes->addFrame.bind(1, file)
            .bind(2, static_cast<int64_t>(i))
            .bind(3, row.time)
            .bind(4, row.start)
            .bind(5, row.stop)
            .bind(6, row.patch)
            .run();
    }
}

void DiskLibrary::addSubtitles(int64_t file, std::span<const LibraryCue> cues, int64_t mark) {
    for (size_t i = 0; i < cues.size(); ++i)
        m_changes->addCue.bind(1, file)
            .bind(2, static_cast<int64_t>(i))
            .bind(3, cues[i].start)
            .bind(4, cues[i].stop)
            .bind(5, std::string_view(cues[i].text))
            .run();
    if (mark != 0) m_changes->setMark.bind(1, file).bind(2, mark).run();
}

void DiskLibrary::removeFile(int64_t file) {
    dropRows(file);
    m_changes->remove.bind(1, file).run();
}

int64_t DiskLibrary::addSource(const fs::path& path, bool isWatched) {
    requireName(path);
    return change([&] {
        SqliteStatement add(m_database,
                            "INSERT INTO sources (path, watched, takes_all, patches) VALUES (?, ?, 0, 0) ON CONFLICT "
                            "(path) DO UPDATE SET watched = "
                            "excluded.watched RETURNING id");
        add.bind(1, bytesOfName(path.native())).bind(2, isWatched ? 1 : 0);
        add.step();
        return add.number(0);
    });
}

void DiskLibrary::setWatched(int64_t source, bool isWatched) {
    change([&] {
        SqliteStatement(m_database, "UPDATE sources SET watched = ? WHERE id = ?")
            .bind(1, isWatched ? 1 : 0)
            .bind(2, source)
            .run();
    });
}

void DiskLibrary::setTaken(int64_t source, bool takesAll, bool hasPatches) {
    change([&] {
        // Videos that are there get their parts, too. Their content is forgotten: it would tell that nothing changed.
        if (hasPatches)
            SqliteStatement(m_database,
                            "UPDATE files SET waiting = 1, key = NULL, content = NULL WHERE source = ? AND kind = 1 "
                            "AND rows > 0 AND (SELECT patches FROM sources WHERE id = ?) = 0")
                .bind(1, source)
                .bind(2, source)
                .run();
        SqliteStatement(m_database, "UPDATE sources SET takes_all = ?, patches = ? WHERE id = ?")
            .bind(1, takesAll ? 1 : 0)
            .bind(2, hasPatches ? 1 : 0)
            .bind(3, source)
            .run();
    });
}

/// Files that another source holds too are its own from now on.
void DiskLibrary::removeSource(int64_t source) {
    const auto all = sources();
    const auto leaving = std::ranges::find(all, source, &LibrarySource::id);
    if (leaving == all.end()) return;
    const LibrarySource* outer = nullptr;
    for (const LibrarySource& one : all)
        if (one.id != source && isBelow(leaving->path, one.path) &&
            (outer == nullptr || outer->path.size() < one.path.size()))
            outer = &one;
    change([&] {
        if (outer != nullptr) {
            SqliteStatement(m_database, "UPDATE files SET source = ? WHERE source = ?")
                .bind(1, outer->id)
                .bind(2, source)
                .run();
        } else {
            SqliteStatement used(m_database, "SELECT sum(rows) FROM files WHERE source = ?");
            if (used.bind(1, source).step()) m_state.used -= std::clamp<int64_t>(used.number(0), 0, m_state.used);
            used.reset();
            for (const char* table : {"frames", "cues", "subtitles"})
                SqliteStatement(m_database, (std::string("DELETE FROM ") + table +
                                             " WHERE file IN (SELECT id FROM files WHERE source = ?)")
                                                .c_str())
                    .bind(1, source)
                    .run();
            SqliteStatement(m_database, "DELETE FROM files WHERE source = ?").bind(1, source).run();
            m_database.run("DELETE FROM folders WHERE id NOT IN (SELECT folder FROM files)");
            m_lastFolder = {};
        }
        SqliteStatement(m_database, "DELETE FROM sources WHERE id = ?").bind(1, source).run();
    });
}

void DiskLibrary::setLeftOut(const LeftOutNames& names) {
    change([&] { writeLeftOut(m_database, names); });
}

void DiskLibrary::bindFile(SqliteStatement& statement, const NewFile& file, int64_t folder,
                           const std::string& name) const {
    statement.bind(1, folder).bind(2, bytesOfName(name)).bind(3, file.source);
    bindStamp(statement, 4, file.stamp);
    statement.bind(9, file.kind == MediaKind::Video ? 1 : 0);
}

int64_t DiskLibrary::note(const NewFile& file) {
    requireName(file.path);
    return change([&] {
        const auto [folder, name] = folderAndNameOf(file.path);
        SqliteStatement& note = m_changes->note;
        bindFile(note, file, folderNumber(folder, true), name);
        note.step();
        const int64_t id = note.number(0);
        note.reset();
        return id;
    });
}

void DiskLibrary::put(const NewFile& file) {
    requireName(file.path);
    const bool isWhole = file.values.size() == file.rows.size() * static_cast<size_t>(m_state.model.dim);
    if (!isWhole || !std::ranges::all_of(file.values, [](float value) { return std::isfinite(value); }))
        throw Error(displayName(file.path),
                    isWhole ? "its embedding is not finite" : "its embedding has another width");
    const auto bytes = packedRow(file.values, m_state.type);
    change([&] {
        const auto [folder, name] = folderAndNameOf(file.path);
        if (const auto known = find(file.path)) dropRows(known->id);
        SqliteStatement& put = m_changes->put;
        bindFile(put, file, folderNumber(folder, true), name);
        const auto count = static_cast<int64_t>(file.rows.size());
        put.bind(10, std::string_view(file.format))
            .bind(11, std::string_view(file.camera))
            .bind(12, file.width)
            .bind(13, file.height)
            .bind(14, file.date)
            .bind(15, file.duration)
            .bind(16, std::string_view(file.error));
        if (file.content == ContentHash{})
            put.bindNull(17).bindNull(18);
        else
            put.bind(17, keyOfContent(file.content)).bind(18, file.content);
        put.bind(19, count == 0 ? 0 : m_state.rows).bind(20, count);
        put.step();
        const int64_t id = put.number(0);
        put.reset();
        m_rows->add(bytes);
        m_state.rows += count;
        m_state.used += count;
        addFrames(id, file);
        addSubtitles(id, file.cues, file.subtitleMark);
    });
}

void DiskLibrary::copy(int64_t from, const NewFile& file) {
    const auto known = find(file.path);
    if (known && known->id == from) {
        rename(from, file.path, file.stamp, file.source);
        change([&] { m_changes->setDate.bind(1, file.date).bind(2, from).run(); });
        return;
    }
    const int64_t id = note(file);
    change([&] {
        dropRows(id);
        SqliteStatement& rows = m_changes->rows;
        rows.bind(1, from);
        const int64_t first = rows.step() ? rows.number(0) : 0, count = rows.number(1);
        rows.reset();
        m_changes->copyFacts.bind(1, file.date).bind(2, count == 0 ? 0 : m_state.rows).bind(3, from).bind(4, id).run();
        m_rows->add(m_rows->read(first, count));
        m_state.rows += count;
        m_state.used += count;
        m_changes->copyFrames.bind(1, id).bind(2, from).run();
        addSubtitles(id, file.cues, file.subtitleMark);
    });
}

bool DiskLibrary::setSubtitles(int64_t file, std::span<const LibraryCue> cues, int64_t mark) {
    if (!m_changes) throw Error(displayName(m_folder), "the library is open to be read only");
    const bool isSame = look([&] {
        SqliteStatement& kept = m_changes->cues;
        size_t same = 0;
        bool isAnother = false;
        for (kept.bind(1, file); !isAnother && kept.step(); ++same)
            isAnother = same == cues.size() || kept.number(0) != cues[same].start ||
                        kept.number(1) != cues[same].stop || kept.text(2) != cues[same].text;
        kept.reset();
        return !isAnother && same == cues.size();
    });
    if (isSame && mark == subtitleMark(file)) return false;
    change([&] {
        m_changes->removeMark.bind(1, file).run();
        if (!isSame) m_changes->removeCues.bind(1, file).run();
        addSubtitles(file, isSame ? std::span<const LibraryCue>() : cues, mark);
    });
    return !isSame;
}

void DiskLibrary::rename(int64_t file, const fs::path& path, const FileStamp& stamp, int64_t source) {
    requireName(path);
    change([&] {
        if (const auto known = find(path); known && known->id != file) removeFile(known->id);
        const auto [folder, name] = folderAndNameOf(path);
        SqliteStatement& rename = m_changes->rename;
        rename.bind(1, folderNumber(folder, true)).bind(2, bytesOfName(name)).bind(3, source);
        bindStamp(rename, 4, stamp);
        rename.bind(9, file).run();
    });
}

void DiskLibrary::failForNow(int64_t file, const std::string& why) {
    change([&] { m_changes->fail.bind(1, std::string_view(why)).bind(2, file).run(); });
}

void DiskLibrary::remove(int64_t file) {
    change([&] { removeFile(file); });
}

void DiskLibrary::compact() {
    struct Range {
        int64_t id, row, rows;
    };
    inLibrary(m_folder, [&] {
        std::vector<Range> ranges;
        for (SqliteStatement all(m_database, "SELECT id, row, rows FROM files WHERE rows > 0"); all.step();)
            ranges.push_back({all.number(0), all.number(1), all.number(2)});
        std::ranges::sort(ranges, {}, &Range::row);
        int64_t end = 0;
        for (const Range& range : ranges) {
            if (range.row < end || range.rows > m_state.rows - range.row) failDamagedRows(m_folder);
            end = range.row + range.rows;
        }
        LibraryState state = m_state;
        ++state.rowFile;
        auto moved = std::make_unique<RowFile>(state.rowPath(m_folder), 0, state.rowBytes());
        RowFile& rows = *moved;
        for (Range& range : ranges) {
            rows.add(m_rows->read(range.row, range.rows));
            range.row = rows.rows() - range.rows;
            if (rows.pendingBytes() >= kMostPendingBytes) rows.flush();
        }
        rows.flush();
        syncFolder(m_folder);
        state.rows = state.used = rows.rows();
        m_database.run("BEGIN IMMEDIATE");
        try {
            SqliteStatement move(m_database, "UPDATE files SET row = ? WHERE id = ?");
            for (const Range& range : ranges)
                move.bind(1, range.row).bind(2, range.id).run();
            m_database.run("DELETE FROM folders WHERE id NOT IN (SELECT folder FROM files)");
            writeState(m_database, state);
            m_database.run("COMMIT");
        } catch (...) {
            m_database.rollBack();
            throw;
        }
        m_lastFolder = {};
        m_flushed = m_state = state;
        m_rows = std::move(moved);  // opened once: it might not open again
        removeOldRowFiles();
    });
}

/// Whoever still reads an old one keeps it to the end.
void DiskLibrary::removeOldRowFiles() const {
    const fs::path current = m_state.rowPath(m_folder).filename();
    std::error_code error;
    for (fs::directory_iterator entry(m_folder, error), end; !error && entry != end; entry.increment(error)) {
        const fs::path name = entry->path().filename();
        std::error_code ignored;
        if (name != current && name.native().starts_with("rows-")) fs::remove(entry->path(), ignored);
    }
}

void DiskLibrary::beginAgain(const LibraryModel& model) {
    if (m_state.model.identity.empty())
        throw Error(displayName(m_folder), "its rows were imported: there is nothing to embed them from");
    const bool hasImported = look(
        [&] { return m_database.number("SELECT EXISTS (SELECT 1 FROM files WHERE source = 0 AND rows > 0)") != 0; });
    if (hasImported)
        throw Error(displayName(m_folder), "its rows were imported: there is nothing to embed them from",
                    "Begin another library");
    change([] {});
    flush();
    LibraryState state = m_state;
    ++state.rowFile;
    state.rows = state.used = 0;
    state.model = model;
    std::error_code ignored;
    fs::remove(state.rowPath(m_folder), ignored);
    auto begun = std::make_unique<RowFile>(state.rowPath(m_folder), 0, state.rowBytes());
    syncFolder(m_folder);
    change([&] {
        m_database.run(
            "UPDATE files SET waiting = 1, row = 0, rows = 0, error = ''; DELETE FROM frames; DELETE FROM cues; "
            "DELETE FROM subtitles");
        m_state = state;
    });
    flush();
    m_rows = std::move(begun);
    removeOldRowFiles();
}

}  // namespace diagonal
