// SPDX-License-Identifier: Apache-2.0
#include "engine/video/key_frames.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/image/preprocess.h"
#include "engine/video/shot_detector.h"
#include "engine/video/video_file.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

/// Frames of which the middle one is chosen; in memory at a time.
constexpr size_t kMostCandidates = 16, kFewestCandidates = 3;
constexpr size_t kCandidateBytes = size_t{192} << 20;
constexpr double kFirstStride = 200;  ///< ms from one to the next
/// A piece that is longer is divided, in units of VideoSampling::every.
constexpr double kLongPiece = 1.5;
constexpr double kShortest = 1000;  ///< ms that lack at the end of a video before it is said
/// Times are kept as int32, ms: 24 days.
constexpr double kMostTime = std::numeric_limits<int32_t>::max();

int64_t milliseconds(double time) {
    return std::llround(std::clamp(time, 0.0, kMostTime));
}

/// Puts frames into pieces of the video and picks one of each, while the video is read.
class Pieces {
  public:
    Pieces(const VideoSampling& sampling, const std::function<void(KeyFrame)>& found)
        : m_every(sampling.every * 1000), m_withPatches(sampling.patches), m_found(found) {}

    void begin(double time) { m_start = time; }
    void cut(double time) {
        if (time > m_start) finish(time);
    }
    void add(const VideoFile& video, bool isBlack) {
        const double time = video.time();
        while (m_every > 0 && time - m_start >= kLongPiece * m_every)
            divide(time);
        if (!m_candidates.empty() && time < m_candidates.back().time + m_stride) return;
        const size_t most =
            std::clamp(kCandidateBytes / std::max(video.imageBytes(), size_t{1}), kFewestCandidates, kMostCandidates);
        while (m_candidates.size() >= most)
            thin();
        m_candidates.push_back({time, isBlack, video.image()});
    }
    /// Ends the piece; frames from there on belong to the next.
    void finish(double stop) {
        const auto next = std::find_if(m_candidates.begin(), m_candidates.end(),
                                       [&](const Candidate& candidate) { return candidate.time >= stop; });
        if (next == m_candidates.begin()) {
            m_start = stop;
            return;
        }
        const double middle = (m_start + stop) / 2;
        const auto best = std::min_element(m_candidates.begin(), next, [&](const Candidate& a, const Candidate& b) {
            if (a.isBlack != b.isBlack) return b.isBlack;
            return std::abs(a.time - middle) < std::abs(b.time - middle);
        });
        KeyFrame frame{milliseconds(best->time), milliseconds(m_start), milliseconds(stop), {}};
        frame.images.push_back(std::move(best->image));
        m_candidates.erase(m_candidates.begin(), next);
        m_start = stop;
        m_stride = kFirstStride;
        if (m_withPatches) addPatches(frame);
        m_found(std::move(frame));
    }

  private:
    struct Candidate {
        double time;
        bool isBlack;
        Image image;
    };

    void divide(double now) {
        const double end = m_start + m_every;
        for (const Candidate& candidate : m_candidates)
            if (candidate.time >= end) return finish(candidate.time);
        finish(now);
    }
    void thin() {
        size_t kept = 0;
        for (size_t i = 0; i < m_candidates.size(); i += 2)
            if (kept++ != i) m_candidates[kept - 1] = std::move(m_candidates[i]);
        m_candidates.resize(kept);
        m_stride *= 2;
    }
    static void addPatches(KeyFrame& frame) {
        const int width = frame.images[0].width, height = frame.images[0].height;
        for (int patch = 1; patch <= patchCount(width, height); ++patch) {
            const PixelRect rect = patchRect(width, height, patch);
            const auto side = static_cast<int>(rect.width);
            Image part{side, side, {}};
            part.rgb.resize(static_cast<size_t>(side) * static_cast<size_t>(side) * 3);
            for (int y = 0; y < side; ++y) {
                const size_t from =
                    (static_cast<size_t>(rect.y) + static_cast<size_t>(y)) * static_cast<size_t>(width) +
                    static_cast<size_t>(rect.x);
                std::copy_n(frame.images[0].rgb.data() + from * 3, static_cast<size_t>(side) * 3,
                            part.rgb.data() + static_cast<size_t>(y) * static_cast<size_t>(side) * 3);
            }
            frame.images.push_back(std::move(part));
        }
    }

    double m_every;
    bool m_withPatches;
    const std::function<void(KeyFrame)>& m_found;
    double m_start = 0, m_stride = kFirstStride;
    std::vector<Candidate> m_candidates;  ///< in order of time
};

/// Whether the video goes on after this time when it is read anew, in ms.
bool goesOn(const fs::path& path, double after, const JobContext& job) {
    VideoFile video(path);
    while (video.next()) {
        job.throwIfStopped();
        if (video.time() >= after) return true;
    }
    return false;
}

/// Reads a video to its end: each frame, and the cuts that became certain with it. The info's duration is measured.
VideoInfo readAll(const fs::path& path, const VideoSampling& sampling, const JobContext& job,
                  const std::function<void(const VideoFile&, const std::vector<VideoCut>&, bool isBlack)>& onFrame,
                  const std::function<void(const std::vector<VideoCut>&, double stop, int64_t frames)>& onEnd) {
    ShotDetector detector(sampling);
    VideoFile video(path);
    VideoInfo info = video.info();
    int64_t frames = 0;
    double begin = 0, stop = 0, last = 0;
    bool isTooLong = false;
    while (video.next()) {
        job.throwIfStopped();
        if (video.time() > kMostTime) {
            isTooLong = true;
            break;
        }
        VideoPixels hsv;
        double brightness = 0;
        last = video.time();
        if (!video.read() || !video.shrink(hsv, brightness)) continue;
        if (frames++ == 0) begin = video.time();
        stop = video.time() + video.step();
        onFrame(video, detector.add(video.time(), hsv, brightness), detector.isBlack(brightness));
        job.progress(milliseconds(video.time()), std::max(info.duration, milliseconds(video.time())));
    }
    if (frames == 0) throw Error(video.name(), "no frame of the video can be decoded");
    stop = std::min(stop, kMostTime);
    const int64_t told = info.duration;
    const bool isShort = !isTooLong && static_cast<double>(told) - (stop - begin) >
                                           std::max(kShortest, 0.05 * static_cast<double>(told));
    // FFmpeg tells of no error; but a file that is cut short ends at the same place each time.
    if (isShort && goesOn(path, last + kShortest, job))
        throw ReadingBrokeOff(video.name(), "reading it broke off before its end", "Try again");
    onEnd(detector.finish(), stop, frames);
    info.duration = milliseconds(stop);
    if (isTooLong)
        info.note = "only its first 24 days were read";
    else if (isShort)
        info.note = "the video is truncated or damaged: " + std::to_string(std::lround(stop / 1000)) + " of " +
                    std::to_string(std::lround(static_cast<double>(told) / 1000)) + " seconds can be read";
    return info;
}

/// Where parts lie along a side: half a part from one to the next or less, the last one at the end.
int partsAlong(int length, int side) {
    const int half = std::max(side / 2, 1);
    return (length - side + half - 1) / half + 1;
}

int patchSide(int width, int height) {
    return std::max({std::min(width, height) / 2, std::max(width, height) / 8, 1});
}

bool hasParts(int width, int height) {
    return patchSide(width, height) <= std::min(width, height);
}

constexpr std::array kVideoEndings = {"mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "mts", "m2ts",
                                      "ts",  "wmv", "asf", "flv", "3gp",  "3g2", "ogv", "vob",  "mxf", "divx"};

std::string endingOf(const fs::path& path) {
    const std::string ending = lowered(path.extension().native());
    return ending.empty() ? ending : ending.substr(1);
}

}  // namespace

bool hasVideoExtension(const fs::path& path) {
    return std::ranges::find(kVideoEndings, endingOf(path)) != kVideoEndings.end();
}

std::string videoFormat(const fs::path& path) {
    std::string name = hasVideoExtension(path) ? endingOf(path) : "video";
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return name;
}

VideoInfo readVideoInfo(const fs::path& path) {
    return VideoFile(path).info();
}

VideoInfo readKeyFrames(const fs::path& path, const VideoSampling& sampling, const std::function<void(KeyFrame)>& found,
                        const JobContext& job) {
    Pieces pieces(sampling, found);
    bool isFirst = true;
    return readAll(
        path, sampling, job,
        [&](const VideoFile& video, const std::vector<VideoCut>& cuts, bool isBlack) {
            if (std::exchange(isFirst, false)) pieces.begin(video.time());
            for (const VideoCut& cut : cuts)
                pieces.cut(cut.time);
            pieces.add(video, isBlack);
        },
        [&](const std::vector<VideoCut>& cuts, double stop, int64_t) {
            for (const VideoCut& cut : cuts)
                pieces.cut(cut.time);
            pieces.finish(stop);
        });
}

std::vector<VideoShot> findShots(const fs::path& path, const VideoSampling& sampling, const JobContext& job) {
    std::vector<VideoShot> shots;
    const auto add = [&](const std::vector<VideoCut>& cuts) {
        for (const VideoCut& cut : cuts) {
            shots.back().frames = cut.frame - shots.back().firstFrame;
            shots.back().stop = cut.time;
            shots.push_back({cut.frame, 0, cut.time, cut.time});
        }
    };
    readAll(
        path, sampling, job,
        [&](const VideoFile& video, const std::vector<VideoCut>& cuts, bool) {
            if (shots.empty()) shots.push_back({0, 0, video.time(), video.time()});
            add(cuts);
        },
        [&](const std::vector<VideoCut>& cuts, double stop, int64_t frames) {
            add(cuts);
            shots.back().frames = frames - shots.back().firstFrame;
            shots.back().stop = stop;
        });
    return shots;
}

Image readFrame(const fs::path& path, int64_t time) {
    VideoFile video(path);
    const double wanted = static_cast<double>(std::max<int64_t>(time, 0)) + 0.5;  // times are rounded
    // Colours of frames far before it are not needed, unless one of them is shown for long.
    for (const bool readsAll : {false, true}) {
        Image image;
        bool isFirst = true, isRead = false;
        video.seek(wanted);
        while (video.next() && (isFirst || video.time() <= wanted)) {
            isFirst = false;
            isRead = readsAll || video.time() + 2 * video.step() >= wanted;
            if (isRead && video.read()) image = video.image();
        }
        if (isRead && !image.isEmpty()) return image;
    }
    throw Error(video.name(), "no frame of the video can be decoded");
}

int patchCount(int width, int height) {
    if (!hasParts(width, height)) return 0;
    const int side = patchSide(width, height);
    return partsAlong(width, side) * partsAlong(height, side);
}

PixelRect patchRect(int width, int height, int patch) {
    const int side = patchSide(width, height), columns = partsAlong(width, side), rows = partsAlong(height, side);
    const auto place = [&](int i, int count, int length) {
        return count < 2 ? 0 : static_cast<int>(static_cast<int64_t>(length - side) * i / (count - 1));
    };
    const int x = place((patch - 1) % columns, columns, width), y = place((patch - 1) / columns, rows, height);
    return {static_cast<double>(x), static_cast<double>(y), static_cast<double>(side), static_cast<double>(side)};
}

}  // namespace diagonal
