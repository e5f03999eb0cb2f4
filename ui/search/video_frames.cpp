// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/video_frames.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/video/key_frames.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

constexpr size_t kMostPeaks = 5;

VideoFrames factsOf(const Snapshot& snapshot, int file) {
    VideoFrames video;
    video.file = file;
    const auto at = static_cast<size_t>(file);
    video.path = fromPath(snapshot.paths[at]);
    video.width = snapshot.files[at].width;
    video.height = snapshot.files[at].height;
    video.duration = snapshot.files[at].duration;
    return video;
}

/// Of a head that says nothing, the frames tell the duration.
void complete(VideoFrames& video) {
    video.cuts = cutsOf(video.points);
    for (const CurvePoint& point : video.points)
        video.duration = std::max({video.duration, qint64{point.stop}, qint64{point.time}});
}

/// The highest of what lies between the moments.
std::vector<CurvePoint> peaksBelow(const VideoFrames& video) {
    std::vector<CurvePoint> peaks;
    const auto& points = video.points;
    for (size_t i = 0; i < points.size(); ++i) {
        const double own = points[i].relevance;
        if (!std::isfinite(own) || (i > 0 && points[i - 1].relevance > own) ||
            (i + 1 < points.size() && points[i + 1].relevance >= own))
            continue;
        const bool isWithin = std::ranges::any_of(video.moments, [&](const Moment& moment) {
            return points[i].time >= moment.start && points[i].time <= moment.stop;
        });
        if (!isWithin) peaks.push_back(points[i]);
    }
    std::ranges::sort(peaks, std::greater<>(), &CurvePoint::relevance);
    peaks.resize(std::min(peaks.size(), kMostPeaks));
    std::ranges::sort(peaks, {}, &CurvePoint::time);
    return peaks;
}

}  // namespace

int VideoFrames::frameAt(qint64 time) const {
    int best = -1;
    for (size_t i = 0; i < points.size(); ++i)
        if (best < 0 || points[i].start <= time) best = static_cast<int>(i);
    return best;
}

int VideoFrames::bestMoment() const {
    const auto best = std::ranges::max_element(moments, {}, &Moment::relevance);
    return best == moments.end() ? -1 : static_cast<int>(best - moments.begin());
}

qint64 VideoFrames::bestTime() const {
    if (const int best = bestMoment(); best >= 0) return moments[static_cast<size_t>(best)].best;
    if (points.empty()) return 0;
    // What is no number is no better than what came before.
    return std::ranges::max_element(points, {}, &CurvePoint::relevance)->time;
}

std::vector<qint64> cutsOf(const std::vector<CurvePoint>& points) {
    const double divided = 1000 * VideoSampling().every;
    std::vector<qint64> cuts;
    for (size_t i = 1; i < points.size(); ++i)
        if (points[i].start - points[i - 1].start < divided) cuts.push_back(points[i].start);
    return cuts;
}

int fileAt(const Snapshot& snapshot, const QString& path, int likely) {
    const std::string wanted = toPath(path).native();
    const size_t count = snapshot.files.size();
    if (likely >= 0 && static_cast<size_t>(likely) < count &&
        snapshot.paths.view(static_cast<size_t>(likely)) == wanted)
        return likely;
    for (size_t i = 0; i < count; ++i)
        if (snapshot.paths.view(i) == wanted) return static_cast<int>(i);
    return -1;
}

VideoFrames readVideoFrames(const Snapshot& snapshot, int file) {
    VideoFrames video = factsOf(snapshot, file);
    const float none = std::numeric_limits<float>::quiet_NaN();
    for (size_t i = 0; i < snapshot.rows.size(); ++i) {
        const LibraryRow& row = snapshot.rows[i];
        if (row.file == file && row.patch == 0)
            video.points.push_back({row.time, row.start, row.stop, none, none, static_cast<int64_t>(i)});
    }
    std::ranges::sort(video.points, {}, &CurvePoint::time);
    complete(video);
    return video;
}

VideoFrames readVideoFrames(const Searcher& searcher, int file, std::span<const QueryTerm> query,
                            const std::vector<Moment>& moments, double line) {
    VideoFrames video = factsOf(*searcher.snapshot(), file);
    video.points = searcher.curve(file, query);
    video.moments = moments;
    video.line = line;
    video.hasQuery = true;
    video.below = peaksBelow(video);
    complete(video);
    return video;
}

}  // namespace diagonal
