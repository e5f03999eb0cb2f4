// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "app/cli/console.h"
#include "app/cli/index_commands.h"
#include "app/cli/inputs.h"
#include "app/cli/signals.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image_files.h"
#include "engine/index/approximate_index.h"
#include "engine/index/indexer.h"
#include "engine/index/search.h"
#include "engine/video/key_frames.h"

namespace diagonal::cli {

namespace fs = std::filesystem;

namespace {

void requireReadable(const fs::path& file, const std::string& given) {
    std::error_code error;
    if (fs::is_regular_file(file, error) && !hasImageExtension(file) && !hasVideoExtension(file) &&
        file.has_extension())
        throw Error(displayName(given), "is neither a picture nor a video by its name",
                    "Add pictures, videos, or folders of them");
}

/// One library at work. The model is opened when it is needed.
class IndexRun {
  public:
    explicit IndexRun(const IndexRunOptions& options) : m_options(options), m_folder(*options.library) {}

    int run();

  private:
    void open();
    void addSources();
    LibraryModel modelOf(Session& session) const;
    Session& session();
    void index();
    void tell() const;
    Json countsAsJson() const;
    void writeLines() const;
    void tellLeftOut() const;
    void makeSearchIndex();
    void tellFiles();
    void watch();
    int64_t leftOver() const;
    std::string summary() const;

    const IndexRunOptions& m_options;
    const fs::path m_folder;
    std::shared_ptr<Library> m_library;
    std::shared_ptr<Session> m_session;
    std::optional<Indexer> m_indexer;
    bool m_isIncomplete = false;
    int64_t m_noted = 0;     ///< what the last scan found to be embedded
    int64_t m_leftOver = 0;  ///< of it, what is neither new nor changed
};

LibraryModel IndexRun::modelOf(Session& session) const {
    LibraryModel model;
    model.identity = session.identity();
    model.source = m_options.model.empty() ? (m_library ? m_library->model().source : "demo") : m_options.model;
    std::error_code error;
    if (fs::exists(model.source, error)) model.source = sourcePath(model.source).string();
    model.name = session.info().name;
    model.dim = session.info().embedDim;
    model.precision = session.options().precision;
    model.imageSize = session.options().imageSize.value_or(0);
    return model;
}

/// Of the command line, or as the library was made.
Session& IndexRun::session() {
    if (m_session) return *m_session;
    IndexRunOptions options = m_options;
    if (options.model.empty() && m_library) {
        const LibraryModel model = m_library->model();
        options.model = model.source;
        requireModelFolder(m_folder, model);
        if (options.precision == "auto" && !model.precision.empty()) options.precision = model.precision;
        if (options.imageSize == 0) options.imageSize = model.imageSize;
    }
    if (options.model.empty()) options.model = "demo";
    m_session = openSession(options);
    return *m_session;
}

void IndexRun::open() {
    if (!Library::isLibrary(m_folder) && m_options.adds) {
        const RowType type = m_options.isFp32 ? RowType::Float32 : RowType::Float16;
        m_library = Library::create(m_folder, modelOf(session()), type);
        return;
    }
    m_library = Library::open(m_folder, Library::Access::Write);
    if (m_options.isFp32 && m_library->snapshot()->type != RowType::Float32)
        throw Error(displayName(m_folder), "keeps numbers of 16 bits: --fp32 is for new libraries",
                    "Leave it out, or begin another library");
    const LibraryModel known = m_library->model();
    if (known.identity.empty())
        throw Error(displayName(m_folder), "its rows were imported: nothing can be embedded beside them",
                    "Begin another library");
    if (m_options.again) {
        m_library->beginAgain(modelOf(session()));
    } else if (!m_options.model.empty() && session().identity() != known.identity) {
        throw Error(displayName(m_folder),
                    "it was made by another model (" + known.name + ", " + known.source + ", precision " +
                        known.precision + "), whose embeddings do not compare with this one's",
                    "Leave --model out, or embed all anew with --again");
    }
}

void IndexRun::addSources() {
    std::unordered_map<std::string, LibrarySource> sources;
    for (LibrarySource& source : m_library->sources())
        sources.emplace(source.path, std::move(source));
    for (const std::string& given : m_options.paths) {
        const fs::path path = sourcePath(given);
        const LibrarySource& known = sources[path.native()];
        const int64_t source =
            m_library->addSource(path, m_options.watches || (known.isWatched && !m_options.unwatches));
        m_library->setTaken(source, m_options.allFolders.value_or(known.takesAll),
                            m_options.patches.value_or(known.hasPatches));
    }
    m_library->flush();
}

void IndexRun::index() {
    {
        ProgressLine progress("files looked at");
        m_indexer->scan(progress.job());
    }
    const IndexReport& found = m_indexer->report();
    m_noted = found.left;
    m_leftOver = std::max<int64_t>(found.left - found.added - found.changed, 0);
    if (m_indexer->report().left > 0) {
        Session& model = session();
        ProgressLine progress("files");
        const JobContext job = progress.job();
        while (m_indexer->embed(model, std::chrono::minutes(1), job)) {
        }
    }
    tellFiles();
    makeSearchIndex();
}

/// Of a library of millions of rows, where it has none, or has grown by a quarter.
void IndexRun::makeSearchIndex() {
    const int64_t rows = m_library->counts().rows;
    if (rows <= ApproximateIndex::kExactRows) return;
    const auto snapshot = m_library->snapshot();
    if (!ApproximateIndex::isWanted(rows, ApproximateIndex::open(m_folder, *snapshot).get())) return;
    ProgressLine progress("rows in the search index");
    const auto index =
        ApproximateIndex::build(*snapshot, m_folder, embedUnrelatedTexts(session(), progress.job()), progress.job());
    console().clearLive();
    console().note("Searches use an index of " + grouped(rows) + " rows, which finds " +
                   fixed(index->recall() * 100, 1) + "% of the ten nearest.");
}

void IndexRun::tellFiles() {
    const IndexReport& report = m_indexer->report();
    for (const FileFailure& note : report.notes)
        reportNote(note.path, note.reason);
    for (const FileFailure& failure : report.failures)
        reportUnreadable(failure.path, failure.reason);
    if (const int64_t more = report.failed - static_cast<int64_t>(report.failures.size()); more > 0)
        console().problem(grouped(more) + " more could not be read: diagonal-cli index LIBRARY failures lists them");
    for (const std::string& source : report.unreached)
        console().problem(displayName(source) +
                          ": is not there, or empty (a drive that is not connected?); what is known of it stays");
    if (!report.failures.empty() || !report.unreached.empty()) m_isIncomplete = true;
}

/// Files that were embedded though they are neither new nor changed.
int64_t IndexRun::leftOver() const {
    return std::clamp<int64_t>(m_noted - m_indexer->report().failed, 0, m_leftOver);
}

std::string IndexRun::summary() const {
    const IndexReport& report = m_indexer->report();
    std::string text;
    const auto add = [&](int64_t count, const char* what) {
        if (count > 0) text += (text.empty() ? "" : ", ") + grouped(count) + " " + what;
    };
    add(report.added, "new");
    add(report.changed, "changed");
    add(report.renamed, "renamed");
    add(report.removed, "gone");
    add(report.unchanged, "unchanged");
    add(leftOver(), m_options.again ? "embedded anew" : "embedded that were left over");
    add(report.failed, "could not be read");
    add(report.left, "still to be embedded");
    if (!text.empty()) return text;
    return report.unreached.empty() ? "no files" : "none looked at: they are not there now";
}

Json IndexRun::countsAsJson() const {
    const IndexReport& report = m_indexer->report();
    const LibraryCounts counts = m_library->counts();
    Json json;
    addPath(json, m_library->folder());
    json.update({{"added", report.added},
                 {"changed", report.changed},
                 {"renamed", report.renamed},
                 {"removed", report.removed},
                 {"unchanged", report.unchanged},
                 {"again", leftOver()},
                 {"left", report.left},
                 {"pictures", counts.pictures},
                 {"videos", counts.videos},
                 {"frames", m_library->frames()},
                 {"rows", counts.rows}});
    return json;
}

/// A line a file that could not be read, a line a source that is not there, then one of counts.
void IndexRun::writeLines() const {
    const IndexReport& report = m_indexer->report();
    Output output;
    const auto write = [&](const fs::path& path, const char* key, const Json& value) {
        Json one;
        addPath(one, path);
        one[key] = value;
        output.write(dump(one) + "\n");
    };
    for (const FileFailure& failure : report.failures)
        write(failure.path, "error", failure.reason);
    for (const std::string& source : report.unreached)
        write(source, "reachable", false);
    output.write(dump(countsAsJson()) + "\n");
    output.finish();
}

void IndexRun::tell() const {
    const IndexReport& report = m_indexer->report();
    if (m_options.format == Format::JsonLines) {
        writeLines();
        tellLeftOut();
        return;
    }
    const LibraryCounts counts = m_library->counts();
    Output output;
    if (m_options.format == Format::Json) {
        Json json = countsAsJson();
        json["failures"] = Json::array();
        for (const FileFailure& failure : report.failures) {
            Json one;
            addPath(one, failure.path);
            one["error"] = failure.reason;
            json["failures"].push_back(std::move(one));
        }
        json["unreached"] = Json::array();
        for (const std::string& source : report.unreached) {
            Json one;
            addPath(one, source);
            json["unreached"].push_back(std::move(one));
        }
        output.write(dump(json, 2) + "\n");
    } else {
        output.write(
            renderFacts({{"Library", displayName(m_library->folder())},
                         {"Files", summary()},
                         {"Embeddings",
                          grouped(counts.rows) + (counts.videos > 0 ? " (" + counted(m_library->frames(), "frame") +
                                                                          " of " + counted(counts.videos, "video") + ")"
                                                                    : "")}}));
    }
    output.finish();
    tellLeftOut();
}

void IndexRun::tellLeftOut() const {
    const IndexReport& report = m_indexer->report();
    if (report.leftBehind == 0) return;
    std::string names;
    for (const std::string& name : report.leftBehindNames)
        names += (names.empty() ? "" : ", ") + displayName(name);
    if (report.leftBehind > report.leftBehindNames.size()) names += ", …";
    const bool isUsual = m_library->leftOut() == LeftOutNames();
    console().note("Note: " + counted(report.leftBehind, "folder or picture", "folders and pictures") +
                   (isUsual ? " left out that are hidden, or of an indexer, a bin or a system ("
                            : " left out by the library's list (") +
                   names +
                   (isUsual ? "); “add PATH --all-folders” takes them." : "); “index LIBRARY leave-out” shows it."));
}

/// Until Ctrl-C.
void IndexRun::watch() {
    std::mutex mutex;
    std::condition_variable_any wakes;
    bool hasChanged = false;
    std::vector<WatchedFolder> folders;
    for (const LibrarySource& source : m_library->sources())
        folders.push_back({source.path, source.takesAll});
    const FolderWatch watch(folders, m_library->leftOut(), [&] {
        const std::lock_guard lock(mutex);
        hasChanged = true;
        wakes.notify_one();
    });
    auto unreached = m_indexer->report().unreached;
    console().note("Watching " + counted(folders.size(), "source") + "; Ctrl-C ends it.");
    const auto stop = stopToken();
    while (true) {
        {
            std::unique_lock lock(mutex);
            const auto isDue = [&] { return hasChanged; };
            if (m_options.every > 0)
                wakes.wait_for(lock, stop, std::chrono::duration<double>(m_options.every), isDue);
            else
                wakes.wait(lock, stop, isDue);
            hasChanged = false;
        }
        if (stop.stop_requested()) throw Cancelled();
        m_indexer->clearReport();
        index();
        const IndexReport& report = m_indexer->report();
        const bool isNews = report.added + report.changed + report.renamed + report.removed > 0;
        if (isNews) console().note(summary() + ".");
        if (m_options.format == Format::JsonLines &&
            (isNews || !report.failures.empty() || report.unreached != unreached))
            writeLines();
        unreached = report.unreached;
    }
}

int IndexRun::run() {
    for (const std::string& given : m_options.paths) {
        std::error_code error;
        if (!fs::exists(sourcePath(given), error)) throw Error(displayName(given), "there is no such file or folder");
        requireReadable(sourcePath(given), given);
    }
    open();
    addSources();
    if (m_library->sources().empty())
        throw Error(displayName(m_folder), "the library has no sources",
                    "Add a folder: diagonal-cli index LIBRARY add PATH");
    m_indexer.emplace(m_library);
    index();
    tell();
    if (m_options.watches) watch();
    return m_isIncomplete ? kSomeUnreadable : kDone;
}

}  // namespace

int runIndex(const IndexRunOptions& options) {
    if (options.every > 0 && !options.watches) throw UsageError("--every is for --watch.");
    if (options.watches && options.unwatches) throw UsageError("--watch and --no-watch: give one of them.");
    if (options.watches && options.format == Format::Json)
        throw UsageError("--format json is one object; with --watch take jsonl, which has a line for each change.");
    return IndexRun(options).run();
}

}  // namespace diagonal::cli
