// SPDX-License-Identifier: Apache-2.0
#include "engine/index/transfer.h"

#include <c10/util/Half.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/new_folder.h"
#include "engine/embeddings/items.h"
#include "engine/embeddings/projector.h"
#include "engine/embeddings/read_embeddings.h"
#include "engine/image/image.h"
#include "engine/index/library_database.h"
#include "engine/text/unicode.h"
#include "engine/video/key_frames.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFrameColumns[] = {"time", "start", "stop", "patch"};
constexpr int64_t kRowsBetweenReports = 1024;
constexpr size_t kMostFileBytes = size_t{1} << 30;

/// Where the columns of frames stand among those of a file; -1: not there.
struct FrameColumns {
    int places[4] = {-1, -1, -1, -1};

    explicit FrameColumns(const std::vector<std::string>& columns) {
        for (int kind = 0; kind < 4; ++kind)
            for (size_t i = 0; i < columns.size(); ++i)
                if (columns[i] == kFrameColumns[kind]) places[kind] = static_cast<int>(i);
    }
    /// In ms, or as it is; 0 where there is none.
    int32_t number(const EmbeddingRow& row, int kind) const {
        double value = 0;
        if (places[kind] < 0) return 0;
        const std::string& cell = row.more[static_cast<size_t>(places[kind])];
        std::from_chars(cell.data(), cell.data() + cell.size(), value);
        const double scaled = kind == 3 ? value : value * 1000;
        return std::isfinite(scaled) && std::abs(scaled) < 2e9 ? static_cast<int32_t>(std::llround(scaled)) : 0;
    }
    bool isFrame(const EmbeddingRow& row) const {
        return places[0] >= 0 && !row.more[static_cast<size_t>(places[0])].empty();
    }
};

bool toUnitLength(std::span<const float> from, std::vector<float>& to) {
    double square = 0;
    for (const float value : from)
        square += static_cast<double>(value) * value;
    if (!std::isfinite(square) || square <= 0) return false;
    const double length = std::sqrt(square);
    for (const float value : from)
        to.push_back(static_cast<float>(value / length));
    return true;
}

class Importer {
  public:
    Importer(Library& library, const fs::path& file, const EmbeddingRows& rows)
        : m_library(library), m_folder(fs::absolute(file).parent_path()), m_columns(rows.columns()) {}

    void add(const EmbeddingRow& row) {
        const bool isFrame = m_columns.isFrame(row);
        if (row.name.find('\0') != std::string_view::npos) {
            m_report.failures.push_back({fs::path(row.name), "its name has a zero byte, as no file's has"});
            return;
        }
        if (!isFrame || !m_isVideo || row.name != m_name) begin(row, isFrame);
        if (!toUnitLength(row.values, m_file.values)) {
            m_report.failures.push_back({m_file.path, "its row is no direction: NaN, infinite or all zero"});
            return;
        }
        if (m_file.values.size() * sizeof(float) > kMostFileBytes)
            throw Error(displayName(m_file.path), "it has more than 1 GB of rows", "Give them several names");
        LibraryRow at;
        if (isFrame) {
            at.time = m_columns.number(row, 0);
            at.start = m_columns.number(row, 1);
            at.stop = std::max(m_columns.number(row, 2), at.time);
            at.patch = static_cast<uint16_t>(m_columns.number(row, 3));
            m_file.duration = std::max(m_file.duration, at.stop);
        }
        m_file.rows.push_back(at);
        ++m_report.rows;
    }

    void finish() {
        if (!m_file.rows.empty()) {
            m_library.put(m_file);
            ++m_report.files;
        }
        m_file = {};
    }

    ImportReport take() { return std::move(m_report); }

  private:
    void begin(const EmbeddingRow& row, bool isFrame) {
        finish();
        m_name = row.name;
        m_isVideo = isFrame;
        m_file.path = placeOf(m_name);
        m_file.kind = isFrame ? MediaKind::Video : MediaKind::Picture;
    }

    /// Its path where it names a file that is there, else the name; each once.
    fs::path placeOf(const std::string& name) {
        fs::path path = name.empty() ? "(no name)" : name;
        std::error_code ignored;
        for (const fs::path& place : {m_folder / path, fs::absolute(path, ignored)})
            if (path.is_relative() && fs::is_regular_file(place, ignored)) path = place.lexically_normal();
        const fs::path plain = path;
        if (m_names.insert(fs::hash_value(path)).second) return path;
        ++m_report.doubled;
        // From the last number on: a list of few names for many rows would else take for ever.
        int64_t& number = m_numbers.try_emplace(fs::hash_value(plain), 1).first->second;
        do
            path = plain.native() + " (" + std::to_string(++number) + ")";
        while (!m_names.insert(fs::hash_value(path)).second);
        return path;
    }

    Library& m_library;
    fs::path m_folder;
    FrameColumns m_columns;
    std::string m_name;
    bool m_isVideo = false;
    NewFile m_file;
    std::unordered_set<size_t> m_names;
    std::unordered_map<size_t, int64_t> m_numbers;  ///< of names that stood there before: the last one taken
    ImportReport m_report;
};

std::string factOf(const std::map<std::string, std::string>& facts, const char* key) {
    const auto found = facts.find(key);
    return found == facts.end() ? std::string() : found->second;
}

/// What opens the model again, where the file tells.
void takeSource(const std::map<std::string, std::string>& facts, LibraryModel& model) {
    model.source = factOf(facts, "model_source");
    if (model.source.empty()) return;
    model.precision = factOf(facts, "model_precision");
    const std::string size = factOf(facts, "model_image_size");
    int pixels = 0;
    std::from_chars(size.data(), size.data() + size.size(), pixels);
    model.imageSize = std::max(pixels, 0);
}

void removeLibrary(const fs::path& folder, bool wasThere) {
    std::error_code ignored;
    if (!wasThere) {
        fs::remove_all(folder, ignored);
        return;
    }
    for (const auto& entry : fs::directory_iterator(folder, ignored))
        fs::remove_all(entry.path(), ignored);
}

}  // namespace

ImportReport importLibrary(const fs::path& folder, const fs::path& file, const ImportOptions& options,
                           const JobContext& job) {
    const ReadEmbeddings read = readEmbeddings(file, options.names);
    LibraryModel model = options.model;
    if (model.dim != 0 && model.dim != read.rows->dim())
        throw Error(displayName(file),
                    "its rows have " + std::to_string(read.rows->dim()) + " numbers, those of the model " +
                        std::to_string(model.dim),
                    "Name the model that made them");
    if (read.rows->dim() < 1 || read.rows->dim() > kMostLibraryDim)
        throw Error(displayName(file),
                    "its rows have " + std::to_string(read.rows->dim()) +
                        " numbers, more than a library takes: " + std::to_string(kMostLibraryDim),
                    "Give a file with a row for each picture");
    if (model.identity.empty()) {
        model.identity = factOf(read.facts, "model_identity");
        model.name = factOf(read.facts, "model");
        if (!model.identity.empty()) takeSource(read.facts, model);
    }
    model.dim = read.rows->dim();
    if (model.name.empty()) model.name = repairUtf8(file.filename().native());
    requireNew(folder);
    std::error_code ignored;
    const bool wasThere = fs::exists(folder, ignored);
    // Before it is this one's own nothing is removed: another program may have begun one there meanwhile.
    std::shared_ptr<Library> library = Library::create(folder, model, options.type);
    try {
        Importer importer(*library, file, *read.rows);
        int64_t done = 0;
        read.rows->forEach([&](const EmbeddingRow& row) {
            if (done++ % kRowsBetweenReports == 0) {
                job.throwIfStopped();
                job.progress(done, read.rows->count());
            }
            importer.add(row);
        });
        importer.finish();
        library->flush();
        ImportReport report = importer.take();
        if (report.rows == 0) throw Error(displayName(file), "holds no row that could be looked for");
        return report;
    } catch (...) {
        library.reset();
        removeLibrary(folder, wasThere);
        throw;
    }
}

LibraryRows::LibraryRows(std::shared_ptr<const Snapshot> snapshot) : m_snapshot(std::move(snapshot)) {
    bool hasVideos = false;
    for (const LibraryRow& row : m_snapshot->rows) {
        if (row.file == LibraryRow::kGone) continue;
        ++m_count;
        hasVideos = hasVideos || m_snapshot->files[static_cast<size_t>(row.file)].kind == MediaKind::Video;
    }
    if (hasVideos) m_columns.assign(std::begin(kFrameColumns), std::end(kFrameColumns));
}

void LibraryRows::forEach(const std::function<void(const EmbeddingRow&)>& visit) const {
    const auto dim = static_cast<size_t>(m_snapshot->model.dim);
    std::vector<float> values(dim);
    std::vector<std::string> more(m_columns.size());
    for (size_t i = 0; i < m_snapshot->rows.size(); ++i) {
        const LibraryRow& row = m_snapshot->rows[i];
        if (row.file == LibraryRow::kGone) continue;
        const std::byte* bytes = m_snapshot->vectors.data() + i * m_snapshot->rowBytes();
        if (m_snapshot->type == RowType::Float32) {
            std::memcpy(values.data(), bytes, dim * sizeof(float));
        } else {
            for (size_t n = 0; n < dim; ++n) {
                uint16_t bits = 0;
                std::memcpy(&bits, bytes + n * sizeof bits, sizeof bits);
                values[n] = static_cast<float>(c10::Half(bits, c10::Half::from_bits()));
            }
        }
        const auto file = static_cast<size_t>(row.file);
        if (!more.empty()) {
            if (m_snapshot->files[file].kind == MediaKind::Video)
                more = {exactSeconds(row.time), exactSeconds(row.start), exactSeconds(row.stop),
                        std::to_string(row.patch)};
            else
                more.assign(m_columns.size(), {});
        }
        visit({m_snapshot->paths.view(file), values, more});
    }
}

std::map<std::string, std::string> LibraryRows::facts() const {
    std::map<std::string, std::string> facts = {{"model", repairUtf8(m_snapshot->model.name)}, {"normalized", "true"}};
    const LibraryModel& model = m_snapshot->model;
    if (!model.identity.empty()) facts["model_identity"] = model.identity;
    if (!model.identity.empty() && !model.source.empty()) {
        facts["model_source"] = repairUtf8(model.source);
        facts["model_precision"] = model.precision;
        facts["model_image_size"] = std::to_string(model.imageSize);
    }
    return facts;
}

int64_t exportLibrary(const std::shared_ptr<const Snapshot>& snapshot, const fs::path& file, FloatType type,
                      const JobContext& job) {
    const LibraryRows rows(snapshot);
    if (rows.count() == 0) throw Error(displayName(file), "not written: the library has no rows");
    if (!isProjector(file)) {
        writeEmbeddings(file, rows, {type, rows.facts()}, job);
        return rows.count();
    }
    requireNew(file);
    SpriteSheet sheet(rows.count());
    int64_t done = 0;
    for (const LibraryRow& row : snapshot->rows) {
        if (row.file == LibraryRow::kGone || sheet.tile() == 0) continue;
        job.throwIfStopped();
        job.progress(++done, rows.count());
        const auto number = static_cast<size_t>(row.file);
        Image picture;
        try {
            picture = snapshot->files[number].kind == MediaKind::Video
                          ? readFrame(snapshot->paths[number], row.time)
                          : readImage(snapshot->paths[number], sheet.tile());
        } catch (const Error&) {
            // A drive that is not connected: its places stay empty.
        }
        sheet.add(picture);
    }
    writeProjector(file, rows, sheet.tile() > 0 ? &sheet : nullptr, {job.stop, {}});
    return rows.count();
}

}  // namespace diagonal
