// SPDX-License-Identifier: Apache-2.0
#include "engine/index/embed_video.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/hub/sha256.h"
#include "engine/inference/session.h"

namespace diagonal {

namespace {

/// Pictures that are ready, at most; and how many the model sees at once.
constexpr size_t kMostReady = 64, kMostTogether = 32;
/// How long a stop may wait.
constexpr std::chrono::milliseconds kPatience{50};

struct FramePicture {
    Image image;
    LibraryRow row;
};

void addPart(std::string& note, const std::string& part) {
    note += note.empty() ? part : "; " + part;
}

}  // namespace

struct VideoEmbedder::Impl {
    std::filesystem::path video;
    VideoSampling sampling;
    PreprocessConfig preprocess;
    bool normalized = true;
    VideoInfo info;
    std::string note;
    size_t notFinite = 0;
    std::atomic<int64_t> done = 0, total = 0;  ///< ms
    std::mutex mutex;                          ///< guards what follows
    std::condition_variable_any changed;
    std::deque<FramePicture> ready;
    bool isDecoded = false;
    std::exception_ptr failure;
    std::jthread decoder;  ///< the last: it ends before all else does

    void decode(const std::stop_token& stop);
    void push(KeyFrame frame, const std::stop_token& stop);
    std::vector<FramePicture> take(size_t most, std::chrono::steady_clock::time_point until, bool& isOver);
    void finish(Session& session, NewFile& file);
};

void VideoEmbedder::Impl::push(KeyFrame frame, const std::stop_token& stop) {
    for (size_t i = 0; i < frame.images.size(); ++i) {
        FramePicture picture;
        picture.image = resizeAndCrop(frame.images[i], preprocess);
        picture.row.time = static_cast<int32_t>(frame.time);
        picture.row.start = static_cast<int32_t>(frame.start);
        picture.row.stop = static_cast<int32_t>(frame.stop);
        picture.row.patch = static_cast<uint16_t>(i);
        std::unique_lock lock(mutex);
        if (!changed.wait(lock, stop, [&] { return ready.size() < kMostReady; })) throw Cancelled();
        ready.push_back(std::move(picture));
        changed.notify_all();
    }
}

void VideoEmbedder::Impl::decode(const std::stop_token& stop) {
    std::exception_ptr problem;
    try {
        const JobContext job{stop, [this](const Progress& progress) {
                                 done = progress.done;
                                 total = progress.total;
                             }};
        info = readKeyFrames(
            video, sampling, [&](KeyFrame frame) { push(std::move(frame), stop); }, job);
    } catch (...) {
        problem = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    failure = problem;
    isDecoded = true;
    changed.notify_all();
}

std::vector<FramePicture> VideoEmbedder::Impl::take(size_t most, std::chrono::steady_clock::time_point until,
                                                    bool& isOver) {
    std::unique_lock lock(mutex);
    changed.wait_until(lock, std::min(until, std::chrono::steady_clock::now() + kPatience),
                       [&] { return isDecoded || ready.size() >= most; });
    std::vector<FramePicture> pictures;
    if (failure) std::rethrow_exception(failure);
    if (!isDecoded && ready.size() < most) return pictures;
    while (!ready.empty() && pictures.size() < most) {
        pictures.push_back(std::move(ready.front()));
        ready.pop_front();
    }
    isOver = isDecoded && ready.empty();
    changed.notify_all();
    return pictures;
}

void VideoEmbedder::Impl::finish(Session& session, NewFile& file) {
    if (file.rows.empty())
        throw Error(displayName(video), notFinite > 0 ? session.notFinite() : "no frame of the video can be decoded");
    file.kind = MediaKind::Video;
    file.format = videoFormat(video);
    file.width = info.width;
    file.height = info.height;
    file.duration = static_cast<int32_t>(info.duration);
    note = info.note;
    if (notFinite > 0)
        addPart(note, std::to_string(notFinite) + (notFinite == 1 ? " of its frames has" : " of its frames have") +
                          " no embedding that is finite");
    SubtitlesBeside beside = subtitlesBeside(video);
    file.cues = std::move(beside.cues);
    file.subtitleMark = beside.mark;
    if (!beside.note.empty()) addPart(note, beside.note);
}

VideoEmbedder::VideoEmbedder(std::filesystem::path video, const VideoSampling& sampling,
                             const PreprocessConfig& preprocess, bool normalized)
    : m_impl(std::make_unique<Impl>()) {
    m_impl->video = std::move(video);
    m_impl->sampling = sampling;
    m_impl->preprocess = preprocess;
    m_impl->normalized = normalized;
}

VideoEmbedder::~VideoEmbedder() = default;

bool VideoEmbedder::step(Session& session, std::chrono::milliseconds most, NewFile& file, const JobContext& job) {
    Impl& impl = *m_impl;
    const auto until = std::chrono::steady_clock::now() + most;
    if (!impl.decoder.joinable())
        impl.decoder = std::jthread([&impl](const std::stop_token& stop) { impl.decode(stop); });
    const size_t together = std::clamp<size_t>(static_cast<size_t>(session.options().batchSize), 1, kMostTogether);
    bool isOver = false;
    do {
        job.throwIfStopped();
        std::vector<FramePicture> taken = impl.take(together, until, isOver);
        std::vector<Image> pictures;
        pictures.reserve(taken.size());
        for (FramePicture& picture : taken)
            pictures.push_back(std::move(picture.image));
        const Embeddings embeddings = session.embedPictures(pictures, impl.normalized, job);
        for (size_t i = 0; i < taken.size(); ++i) {
            const auto row = embeddings.row(static_cast<int64_t>(i));
            if (!std::ranges::all_of(row, [](float value) { return std::isfinite(value); })) {
                ++impl.notFinite;
                continue;
            }
            file.rows.push_back(taken[i].row);
            file.values.insert(file.values.end(), row.begin(), row.end());
        }
        job.progress(impl.done, impl.total);
    } while (!isOver && std::chrono::steady_clock::now() < until);
    if (!isOver) return true;
    impl.finish(session, file);
    return false;
}

const VideoInfo& VideoEmbedder::info() const {
    return m_impl->info;
}

const std::string& VideoEmbedder::note() const {
    return m_impl->note;
}

int64_t subtitleMark(const std::vector<std::filesystem::path>& files) {
    Sha256 hash;
    for (const std::filesystem::path& file : files) {
        FileStamp stamp = stampOf(file).value_or(FileStamp());
        stamp.modified = stamp.changed;
        if (!isSettled(stamp)) return 0;
        const std::string name = file.filename().native();
        hash.add(name.c_str(), name.size() + 1);
        for (const int64_t number : {stamp.size, stamp.changed, stamp.inode})
            hash.add(&number, sizeof number);
    }
    int64_t mark = 0;
    std::memcpy(&mark, hash.bytes().data(), sizeof mark);
    return mark == 0 ? 1 : mark;
}

SubtitlesBeside subtitlesBeside(const std::filesystem::path& video) {
    SubtitlesBeside beside;
    const auto files = SubtitleFolder(video.parent_path()).filesOf(video);
    beside.mark = subtitleMark(files);
    Subtitles read = readSubtitles(files);
    for (Cue& cue : read.cues)
        beside.cues.push_back(
            {0, static_cast<int32_t>(cue.start), static_cast<int32_t>(cue.stop), std::move(cue.text)});
    for (const FileFailure& failure : read.failures)
        addPart(beside.note,
                "its subtitles “" + displayName(failure.path.filename()) + "” were left out: " + failure.reason);
    return beside;
}

EmbeddedVideo embedVideo(Session& session, const std::filesystem::path& video, const VideoSampling& sampling,
                         const JobContext& job) {
    VideoEmbedder embedder(video, sampling, session.preprocess());
    NewFile file;
    while (embedder.step(session, std::chrono::seconds(1), file, job)) {
    }
    EmbeddedVideo result;
    result.info = embedder.info();
    result.format = std::move(file.format);
    result.rows = std::move(file.rows);
    result.values = std::move(file.values);
    result.cues = std::move(file.cues);
    result.note = embedder.note();
    return result;
}

}  // namespace diagonal
