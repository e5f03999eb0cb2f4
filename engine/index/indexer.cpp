// SPDX-License-Identifier: Apache-2.0
#include "engine/index/indexer.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <ctime>
#include <future>
#include <mutex>
#include <new>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/base/file.h"
#include "engine/index/content_hash.h"
#include "engine/index/embed_video.h"
#include "engine/index/reach.h"
#include "engine/index/scan.h"
#include "engine/inference/image_loader.h"
#include "engine/inference/session.h"

namespace diagonal {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr size_t kFewestPictures = 16, kMostPictures = 8192;
constexpr size_t kMostFailed = 100000;

struct HashOfContent {
    size_t operator()(const ContentHash& content) const {
        size_t hash = 0;
        std::memcpy(&hash, content.data(), sizeof hash);
        return hash;
    }
};

void restFor(const IndexOptions& options, const std::stop_token& stop) {
    if (!options.rest) return;
    const milliseconds pause = options.rest();
    if (pause <= milliseconds::zero()) return;
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, pause, [] { return false; });
}

size_t placeOf(MediaKind kind) {
    return kind == MediaKind::Video ? 1 : 0;
}

/// Whether that says nothing of the file: with more memory it can be read.
bool isOutOfMemory(const std::string& why) {
    return why.find("not enough memory") != std::string::npos;
}

/// When a file was changed last: seconds since 1970, local time as if it were UTC.
int64_t changeOf(const fs::path& file) {
    const auto stamp = stampOf(file);
    if (!stamp) return 0;
    const std::time_t time = stamp->modified / 1'000'000'000;
    std::tm local = {};
    return ::localtime_r(&time, &local) == nullptr ? time : ::timegm(&local);
}

int64_t dateOf(const PictureFile& picture, const fs::path& file) {
    return picture.facts.taken ? *picture.facts.taken : changeOf(file);
}

}  // namespace

void IndexReport::addFailure(const fs::path& path, const std::string& reason) {
    ++failed;
    if (failures.size() < kMostNamed) failures.push_back({path, reason});
}

void IndexReport::addNote(const fs::path& path, const std::string& note) {
    if (notes.size() < kMostNamed) notes.push_back({path, note});
}

struct Indexer::Impl {
    std::shared_ptr<Library> library;
    IndexOptions options;
    IndexReport report;
    int64_t total = 0, done = 0;  ///< files that waited at the last scan, and those that wait no longer
    int64_t after = 0;            ///< id of the waiting file that was taken last
    double perSecond = 0;         ///< pictures
    std::mutex mutex;             ///< guards what follows
    std::unordered_set<ContentHash, HashOfContent> begun;  ///< contents of this slice
    /// Contents that could not be decoded since the last scan, with a file of each and why: none is tried twice. By
    /// kind.
    std::array<std::unordered_map<ContentHash, FileFailure, HashOfContent>, 2> undecodable;
    struct OpenVideo {
        WaitingFile file;
        NewFile made;
        std::unique_ptr<VideoEmbedder> embedder;
    };
    std::optional<OpenVideo> video;
    /// The content of the next video, which may take longer than a slice.
    struct Hashing {
        int64_t file = 0;
        std::optional<FileStamp> stamp;  ///< before
        std::stop_source stop;
        std::future<std::optional<ContentHash>> content;

        ~Hashing() { stop.request_stop(); }
    };
    std::unique_ptr<Hashing> hashing;

    bool isKnown(const ContentHash& content);
    void requireModel(Session& session) const;
    std::vector<WaitingFile> nextPictures(size_t most);
    void embedPictures(Session& session, const std::vector<WaitingFile>& files, const JobContext& job);
    void add(const WaitingFile& file, ImageEmbedding&& image);
    bool wantsPatches(const WaitingFile& file) const;
    bool addEqual(const WaitingFile& file, const ContentHash& content, const std::optional<FileStamp>& stamp,
                  int64_t date);
    void fail(const WaitingFile& file, NewFile&& failed, const std::string& why);
    void failForNow(const WaitingFile& file, NewFile&& failed, const std::string& why);
    bool isHashed(const WaitingFile& file, steady_clock::time_point end, const JobContext& job);
    bool beginVideo(const WaitingFile& file, Session& session);
    bool embed(Session& session, milliseconds most, const JobContext& job);
    void embedVideo(Session& session, milliseconds most, const JobContext& job);
    /// What scan took for changed, by its stamp.
    void countUnchanged() {
        if (report.changed == 0) return;
        --report.changed;
        ++report.unchanged;
    }
    void count(const JobContext& job) {
        total = std::max(total, ++done);
        report.left = total - done;
        job.progress(done, total);
    }
};

Indexer::Indexer(std::shared_ptr<Library> library, IndexOptions options) : m_impl(std::make_unique<Impl>()) {
    m_impl->library = std::move(library);
    m_impl->options = std::move(options);
    m_impl->report.left = m_impl->total = m_impl->library->counts().waiting;
}

Indexer::~Indexer() = default;

const IndexReport& Indexer::report() const {
    return m_impl->report;
}

void Indexer::clearReport() {
    const int64_t left = m_impl->report.left;
    m_impl->report = {};
    m_impl->report.left = left;
}

void Indexer::scan(const JobContext& job, std::optional<int64_t> source) {
    m_impl->video.reset();
    m_impl->hashing.reset();
    m_impl->undecodable = {};
    m_impl->report.unreached.clear();
    LibraryScan(*m_impl->library, m_impl->options.rule, m_impl->report, job).run(source);
    m_impl->after = m_impl->done = 0;
    m_impl->total = m_impl->report.left;
}

void Indexer::Impl::requireModel(Session& session) const {
    const LibraryModel model = library->model();
    if (model.identity == session.identity()) return;
    if (model.identity.empty())
        throw Error(displayName(library->folder()), "its rows were imported: nothing can be embedded beside them",
                    "Begin another library");
    throw Error(displayName(library->folder()),
                "its rows were made by another model (" + model.name + "), and do not compare with this one's",
                "Open it with that model, or embed it again");
}

/// Whether its rows are there, or are being made: each content is embedded once. Any thread asks.
bool Indexer::Impl::isKnown(const ContentHash& content) {
    if (library->hasContent(content)) return true;
    const std::lock_guard lock(mutex);
    return undecodable[placeOf(MediaKind::Picture)].contains(content) || !begun.insert(content).second;
}

bool Indexer::embed(Session& session, milliseconds most, const JobContext& job) {
    m_impl->requireModel(session);
    try {
        return m_impl->embed(session, most, job);
    } catch (const Cancelled&) {
        m_impl->after = 0;
        m_impl->library->flush();
        throw;
    } catch (...) {
        m_impl->after = 0;  // what was not flushed waits again
        m_impl->video.reset();
        m_impl->hashing.reset();
        throw;
    }
}

bool Indexer::Impl::embed(Session& session, milliseconds most, const JobContext& job) {
    const auto end = steady_clock::now() + most;
    while (steady_clock::now() < end) {
        job.throwIfStopped();
        if (video) {
            embedVideo(session, std::chrono::duration_cast<milliseconds>(end - steady_clock::now()), job);
            continue;
        }
        const double seconds = std::chrono::duration<double>(end - steady_clock::now()).count();
        const auto size =
            std::clamp(static_cast<size_t>(std::max(0.0, perSecond * seconds)), kFewestPictures, kMostPictures);
        const auto files = nextPictures(size);
        if (files.empty()) break;
        if (files.front().kind == MediaKind::Picture) {
            embedPictures(session, files, job);
            continue;
        }
        if (!isHashed(files.front(), end, job)) {
            after = files.front().id - 1;
            break;
        }
        if (!beginVideo(files.front(), session)) count(job);
    }
    library->flush();
    const bool isLeft = video.has_value() || !library->waiting(after, 1).empty();
    if (!isLeft) report.left = total = done = 0;
    return isLeft;
}

/// The next files that wait: pictures up to the next video, or one video.
std::vector<WaitingFile> Indexer::Impl::nextPictures(size_t most) {
    auto files = library->waiting(after, most);
    const auto video = std::ranges::find(files, MediaKind::Video, &WaitingFile::kind);
    if (video == files.begin() && video != files.end())
        files.resize(1);
    else
        files.erase(video, files.end());
    if (!files.empty()) after = files.back().id;
    return files;
}

void Indexer::Impl::embedPictures(Session& session, const std::vector<WaitingFile>& files, const JobContext& job) {
    PathArray paths;
    for (const WaitingFile& file : files)
        paths.add(file.path);
    {
        const std::lock_guard lock(mutex);
        begun.clear();
    }
    const auto begin = steady_clock::now();
    std::vector<std::pair<size_t, ImageEmbedding>> equal;  ///< pictures whose content another one of these has
    const JobContext quiet{job.stop, {}};
    session.describeImages(
        paths, DescribeFiles{[this](const ContentHash& content) { return isKnown(content); }},
        [&](std::vector<ImageEmbedding> batch) {
            for (ImageEmbedding& image : batch) {
                const WaitingFile& file = files[image.index];
                if (!image.isKnown) {
                    add(file, std::move(image));
                } else if (!addEqual(file, image.file->content, image.file->stamp, dateOf(*image.file, file.path))) {
                    equal.emplace_back(image.index, std::move(image));
                    continue;
                }
                count(job);
            }
            restFor(options, job.stop);
        },
        quiet);
    library->flush();
    for (const auto& [index, image] : equal) {
        const WaitingFile& file = files[index];
        if (addEqual(file, image.file->content, image.file->stamp, dateOf(*image.file, file.path))) {
            count(job);
            continue;
        }
        // The file that had it is another one by now (two that changed places): it is embedded the next time.
        after = std::min(after, files[index].id - 1);
    }
    const double seconds = std::chrono::duration<double>(steady_clock::now() - begin).count();
    perSecond = static_cast<double>(files.size()) / std::max(seconds, 1e-3);
}

void Indexer::Impl::fail(const WaitingFile& file, NewFile&& failed, const std::string& why) {
    failed.error = why;
    failed.rows.clear();
    failed.values.clear();
    failed.cues.clear();
    const auto before = library->find(file.path);
    library->put(failed);
    if (before && before->hasFailed && before->content == failed.content && before->content != ContentHash{})
        countUnchanged();  // as was said
    else
        report.addFailure(file.path, why);
    const std::lock_guard lock(mutex);
    auto& known = undecodable[placeOf(file.kind)];
    if (failed.content != ContentHash{} && known.size() < kMostFailed)
        known.try_emplace(failed.content, FileFailure{file.path, why});
}

/// What is wrong lies not in the file's bytes: the rows that it has stay, and the next scan tries it again.
void Indexer::Impl::failForNow(const WaitingFile& file, NewFile&& failed, const std::string& why) {
    if (const auto known = library->find(file.path); known && known->hasRows) {
        library->failForNow(known->id, why);
        report.addFailure(file.path, why);
        return;
    }
    failed.stamp = {};
    failed.content = {};
    fail(file, std::move(failed), why);
}

void Indexer::Impl::add(const WaitingFile& file, ImageEmbedding&& image) {
    NewFile made;
    made.path = file.path;
    made.source = file.source;
    made.kind = file.kind;
    made.width = image.width;
    made.height = image.height;
    if (image.file) {
        made.stamp = image.file->stamp.value_or(FileStamp());
        made.content = image.file->content;
        made.format = image.file->format;
        made.camera = image.file->facts.camera;
        made.date = dateOf(*image.file, file.path);
    } else {
        // Not read. What is no file any more is another thing than before.
        if (reachOf(file.path).reach == Reach::Other) return fail(file, std::move(made), image.error);
        return failForNow(file, std::move(made), image.error);
    }
    if (isOutOfMemory(image.error)) return failForNow(file, std::move(made), image.error);
    if (!image.error.empty()) return fail(file, std::move(made), image.error);
    if (!image.note.empty()) report.addNote(file.path, image.note);
    made.rows.emplace_back();
    made.values = std::move(image.values);
    library->put(made);
}

bool Indexer::Impl::wantsPatches(const WaitingFile& file) const {
    if (file.kind != MediaKind::Video) return false;
    if (options.video.patches) return true;
    const auto sources = library->sources();
    const auto source = std::ranges::find(sources, file.source, &LibrarySource::id);
    return source != sources.end() && source->hasPatches;
}

/// Whether the rows of that content were there, and are the file's now; or it failed just now.
bool Indexer::Impl::addEqual(const WaitingFile& file, const ContentHash& content, const std::optional<FileStamp>& stamp,
                             int64_t date) {
    auto equal = library->findContent(content);
    if (wantsPatches(file)) std::erase_if(equal, [](const auto& one) { return !one.second.hasPatches; });
    if (equal.empty()) {
        const auto& failures = undecodable[placeOf(file.kind)];
        const auto known = failures.find(content);
        if (known == failures.end()) return false;
        const auto [other, why] = known->second;
        NewFile made;
        made.path = file.path;
        made.source = file.source;
        made.stamp = stamp.value_or(FileStamp());
        made.content = content;
        made.kind = file.kind;
        fail(file, std::move(made),
             other == file.path ? why : "equal to " + displayName(other) + ", which could not be read");
        return true;
    }
    NewFile copy;
    copy.path = file.path;
    copy.source = file.source;
    copy.stamp = stamp.value_or(FileStamp());
    copy.kind = file.kind;
    copy.date = date;
    const auto own = std::ranges::find(equal, file.id, [](const auto& one) { return one.second.id; });
    if (own != equal.end()) {
        // Touched, and nothing else but perhaps its subtitles.
        library->copy(file.id, copy);
        if (file.kind == MediaKind::Video) {
            const SubtitlesBeside beside = subtitlesBeside(file.path);
            if (!beside.note.empty()) report.addNote(file.path, beside.note);
            if (library->setSubtitles(file.id, beside.cues, beside.mark)) return true;
        }
        countUnchanged();
        return true;
    }
    if (file.kind == MediaKind::Video) {
        SubtitlesBeside beside = subtitlesBeside(file.path);
        copy.cues = std::move(beside.cues);
        copy.subtitleMark = beside.mark;
        if (!beside.note.empty()) report.addNote(file.path, beside.note);
    }
    library->copy(equal.front().second.id, copy);
    return true;
}

/// False: that goes on in the next slice.
bool Indexer::Impl::isHashed(const WaitingFile& file, steady_clock::time_point end, const JobContext& job) {
    constexpr milliseconds kHashNap{20};
    if (!whyNoVideos().empty()) return true;
    if (!hashing || hashing->file != file.id) {
        hashing = std::make_unique<Hashing>();
        hashing->file = file.id;
        hashing->stamp = stampOf(file.path);
        hashing->content = std::async(std::launch::async, [path = file.path, stop = hashing->stop.get_token()] {
            return contentOf(path, {stop, {}});
        });
    }
    while (hashing->content.wait_for(kHashNap) != std::future_status::ready) {
        job.throwIfStopped();
        if (steady_clock::now() >= end) return false;
    }
    return true;
}

/// False: it has what it needs already, or cannot be read.
bool Indexer::Impl::beginVideo(const WaitingFile& file, Session& session) {
    NewFile made;
    made.path = file.path;
    made.source = file.source;
    made.kind = file.kind;
    if (const std::string why = whyNoVideos(); !why.empty()) {
        // Without its stamp: it is tried again once videos can be read.
        fail(file, std::move(made), why);
        return false;
    }
    const std::unique_ptr<Hashing> hashed = std::move(hashing);
    const auto stamp = hashed->stamp;
    made.stamp = stamp.value_or(FileStamp());
    made.date = changeOf(file.path);
    const auto content = hashed->content.get();
    if (!content) {
        std::string why = "it cannot be read to its end, or changed meanwhile";
        try {
            ::close(openRegular(file.path).first);
        } catch (const Error& error) {
            why = error.problem();
        }
        // What is no file any more is another thing than before.
        if (reachOf(file.path).reach == Reach::Other)
            fail(file, std::move(made), why);
        else
            failForNow(file, std::move(made), why);
        return false;
    }
    if (addEqual(file, *content, stamp, changeOf(file.path))) return false;
    made.content = *content;
    VideoSampling sampling = options.video;
    sampling.patches = wantsPatches(file);
    video.emplace(
        OpenVideo{file, std::move(made), std::make_unique<VideoEmbedder>(file.path, sampling, session.preprocess())});
    return true;
}

void Indexer::Impl::embedVideo(Session& session, milliseconds most, const JobContext& job) {
    OpenVideo& open = *video;
    const JobContext quiet{job.stop, {}};
    std::string why;
    bool isBrokenOff = false;
    try {
        if (open.embedder->step(session, most, open.made, quiet)) {
            restFor(options, job.stop);
            return;
        }
    } catch (const ReadingBrokeOff& error) {
        why = error.problem();
        isBrokenOff = true;
    } catch (const Error& error) {
        why = error.problem();
        isBrokenOff = !isReadable(open.file.path, open.made.stamp);
    } catch (const std::bad_alloc&) {
        why = "there is not enough memory to decode it";
    }
    if (const std::string note = open.embedder->note(); !note.empty()) report.addNote(open.file.path, note);
    if (why.empty())
        library->put(open.made);
    else if (isBrokenOff || isOutOfMemory(why))
        failForNow(open.file, std::move(open.made), why);
    else
        fail(open.file, std::move(open.made), why);
    video.reset();
    count(job);
}

}  // namespace diagonal
