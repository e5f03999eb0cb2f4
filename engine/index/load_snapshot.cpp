// SPDX-License-Identifier: Apache-2.0
#include "engine/index/load_snapshot.h"

#include <limits>
#include <unordered_map>

#include "engine/base/file.h"
#include "engine/index/row_file.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

std::string bytesAsText(std::span<const uint8_t> bytes) {
    return {bytes.begin(), bytes.end()};
}

/// Texts by the number they have in a list, at most as many as Number counts; what is beyond is the first, empty one.
template <typename Number>
class Names {
  public:
    explicit Names(std::vector<std::string>& names) : m_names(names) {}

    Number operator()(std::string_view name) {
        const auto known = m_numbers.find(std::string(name));
        if (known != m_numbers.end()) return known->second;
        if (m_names.size() > std::numeric_limits<Number>::max()) return 0;
        const auto number = static_cast<Number>(m_names.size());
        m_names.emplace_back(name);
        m_numbers.emplace(name, number);
        return number;
    }

  private:
    std::vector<std::string>& m_names;
    std::unordered_map<std::string, Number> m_numbers;
};

void loadFiles(SqliteDatabase& database, const fs::path& folder, Snapshot& snapshot,
               std::unordered_map<int64_t, int32_t>& videos) {
    std::unordered_map<int64_t, std::string> folders;
    for (SqliteStatement all(database, "SELECT id, path FROM folders"); all.step();)
        folders.emplace(all.number(0), bytesAsText(all.bytes(1)));
    Names<uint8_t> formats(snapshot.formats);
    Names<uint16_t> cameras(snapshot.cameras);
    formats("");
    cameras("");
    const auto rows = static_cast<int64_t>(snapshot.rows.size());
    std::string path;
    SqliteStatement all(
        database,
        "SELECT id, folder, name, source, kind, format, camera, width, height, size, date, duration, row, "
        "rows FROM files WHERE rows > 0 OR (error <> '' AND waiting = 0)");
    while (all.step()) {
        const auto index = static_cast<int32_t>(snapshot.files.size());
        if (snapshot.files.size() >= static_cast<size_t>(std::numeric_limits<int32_t>::max())) failDamagedRows(folder);
        LibraryFile& file = snapshot.files.emplace_back();
        file.id = all.number(0);
        file.source = all.number(3);
        file.kind = all.number(4) == 1 ? MediaKind::Video : MediaKind::Picture;
        file.format = formats(all.text(5));
        file.camera = cameras(all.text(6));
        file.width = static_cast<int32_t>(all.number(7));
        file.height = static_cast<int32_t>(all.number(8));
        file.size = all.number(9);
        file.date = all.number(10);
        file.duration = static_cast<int32_t>(all.number(11));
        const int64_t first = all.number(12), count = all.number(13);
        file.hasFailed = count == 0;
        if (first < 0 || count < 0 || count > rows || first > rows - count) failDamagedRows(folder);
        for (int64_t row = first; row < first + count; ++row) {
            int32_t& owner = snapshot.rows[static_cast<size_t>(row)].file;
            if (owner != LibraryRow::kGone) failDamagedRows(folder);
            owner = index;
        }
        if (file.kind == MediaKind::Video && count > 0) videos.emplace(file.id, index);
        path = folders[all.number(1)];
        path += all.text(2);
        snapshot.paths.add(std::string_view(path));
    }
}

/// Times of frames; rows of videos follow each other.
void loadFrames(SqliteDatabase& database, Snapshot& snapshot, const std::unordered_map<int64_t, int32_t>& videos) {
    SqliteStatement range(database, "SELECT row, rows FROM files WHERE id = ?");
    SqliteStatement frames(database, "SELECT number, time, start, stop, patch FROM frames WHERE file = ?");
    SqliteStatement cues(database, "SELECT start, stop, text FROM cues WHERE file = ? ORDER BY number");
    for (const auto& [id, index] : videos) {
        range.bind(1, id);
        if (!range.step()) continue;
        const int64_t first = range.number(0), count = range.number(1);
        range.reset();
        for (frames.bind(1, id); frames.step();) {
            const int64_t number = frames.number(0);
            if (number < 0 || number >= count) continue;
            LibraryRow& row = snapshot.rows[static_cast<size_t>(first + number)];
            row.time = static_cast<int32_t>(frames.number(1));
            row.start = static_cast<int32_t>(frames.number(2));
            row.stop = static_cast<int32_t>(frames.number(3));
            row.patch = static_cast<uint16_t>(frames.number(4));
        }
        frames.reset();
        for (cues.bind(1, id); cues.step();)
            snapshot.cues.push_back({index, static_cast<int32_t>(cues.number(0)), static_cast<int32_t>(cues.number(1)),
                                     std::string(cues.text(2))});
        cues.reset();
    }
}

}  // namespace

std::vector<LibrarySource> readSources(SqliteDatabase& database) {
    std::vector<LibrarySource> sources;
    for (SqliteStatement all(database, "SELECT id, path, watched, takes_all, patches FROM sources ORDER BY id");
         all.step();)
        sources.push_back(
            {all.number(0), bytesAsText(all.bytes(1)), all.number(2) != 0, all.number(3) != 0, all.number(4) != 0});
    return sources;
}

std::shared_ptr<const Snapshot> loadSnapshot(SqliteDatabase& database, const fs::path& folder) {
    auto snapshot = std::make_shared<Snapshot>();
    database.run("BEGIN");
    try {
        const LibraryState state = readState(database, folder);
        snapshot->model = state.model;
        snapshot->type = state.type;
        const auto mapped = mapRows(state.rowPath(folder), state.rows, state.rowBytes());
        if (mapped)
            snapshot->vectors =
                std::as_bytes(mapped->bytes()).first(static_cast<size_t>(state.rows) * state.rowBytes());
        snapshot->memory = mapped;
        snapshot->rows.resize(static_cast<size_t>(state.rows));
        snapshot->sources = readSources(database);
        std::unordered_map<int64_t, int32_t> videos;
        loadFiles(database, folder, *snapshot, videos);
        loadFrames(database, *snapshot, videos);
    } catch (...) {
        database.rollBack();
        throw;
    }
    database.run("COMMIT");
    return snapshot;
}

}  // namespace diagonal
