// SPDX-License-Identifier: Apache-2.0
#include "engine/index/moment_files.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <system_error>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/jpeg_encoder.h"
#include "engine/image/png.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"
#include "engine/video/key_frames.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMostEvents = 999;     ///< of CMX 3600
constexpr size_t kMostNameBytes = 200;  ///< of a file's name, 255 with what follows
constexpr int kMostNumber = 10000;

double frameRate(const VideoMoments& video) {
    const double rate = video.framesPerSecond > 0 ? video.framesPerSecond : readVideoInfo(video.video).framesPerSecond;
    if (!(rate > 0) || !std::isfinite(rate))
        throw Error(displayName(video.video), "the video's frame rate is not known");
    return rate;
}

int64_t frameAt(int64_t time, double rate) {
    return std::llround(static_cast<double>(time) / 1000 * rate);
}

template <typename... Numbers>
std::string printed(const char* format, Numbers... numbers) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), format, numbers...);
    return text.data();
}

/// "00:01:02.345", or with other signs between.
std::string timecode(int64_t time, const char* format = "%02d:%02d:%02d.%03d") {
    const auto seconds = static_cast<int>(time / 1000);
    return printed(format, seconds / 3600, seconds / 60 % 60, seconds % 60, static_cast<int>(time % 1000));
}

/// "12.345", whatever the locale's decimal point.
std::string secondsText(int64_t time) {
    return printed("%d.%03d", static_cast<int>(time / 1000), static_cast<int>(time % 1000));
}

/// "00:01:02:12": frames after the last colon.
std::string edlTimecode(int64_t frame, int64_t base) {
    const auto seconds = static_cast<int>(frame / base);
    return printed("%02d:%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60,
                   static_cast<int>(frame % base));
}

size_t countOf(std::span<const VideoMoments> videos) {
    return std::accumulate(videos.begin(), videos.end(), size_t{0},
                           [](size_t sum, const VideoMoments& video) { return sum + video.moments.size(); });
}

/// A file of its own: none that was there before is replaced.
fs::path freeName(const fs::path& folder, const std::string& name, const std::string& ending) {
    for (int number = 1; number < kMostNumber; ++number) {
        fs::path file = folder / (name + (number == 1 ? "" : "-" + std::to_string(number)) + "." + ending);
        std::error_code error;
        if (!fs::exists(fs::symlink_status(file, error))) return file;
    }
    throw Error(displayName(folder), "holds too many frames of the same name", "Choose an empty folder");
}

}  // namespace

std::string momentsCsv(std::span<const VideoMoments> videos) {
    CsvNames names;
    for (const VideoMoments& video : videos)
        names.prepare(video.video);
    std::string csv =
        "Scene Number,Start Frame,Start Timecode,Start Time (seconds),End Frame,End Timecode,End Time (seconds),"
        "Length (frames),Length (timecode),Length (seconds),Video,Best Timecode,Best Time (seconds),Cosine,Relevance,"
        "Subtitles" +
        names.head("video_bytes") + "\n";
    size_t number = 0;
    for (const VideoMoments& video : videos) {
        if (video.moments.empty()) continue;
        const double rate = frameRate(video);
        for (const Moment& moment : video.moments) {
            const int64_t first = frameAt(moment.start, rate), end = frameAt(moment.stop, rate);
            const int64_t length = moment.stop - moment.start;
            const std::array cells = {
                std::to_string(++number),  std::to_string(first + 1),   timecode(moment.start),
                secondsText(moment.start), std::to_string(end),         timecode(moment.stop),
                secondsText(moment.stop),  std::to_string(end - first), timecode(length),
                secondsText(length),       names.cell(video.video),     timecode(moment.best),
                secondsText(moment.best),  csvNumber(moment.cosine),    csvNumber(moment.relevance),
                csvText(moment.cue)};
            for (size_t i = 0; i < cells.size(); ++i)
                csv += (i == 0 ? "" : ",") + cells[i];
            csv += names.end(video.video) + "\n";
        }
    }
    return csv;
}

std::string momentsEdl(std::span<const VideoMoments> videos, const std::string& title) {
    const size_t count = countOf(videos);
    if (count == 0) throw Error("EDL", "there are no moments to list");
    if (count > kMostEvents)
        throw Error("EDL", std::to_string(count) + " moments are more than such a list may hold",
                    "Export 999 at most, or write CSV");
    const double rate =
        frameRate(*std::ranges::find_if(videos, [](const VideoMoments& v) { return !v.moments.empty(); }));
    const int64_t base = std::max<int64_t>(std::llround(rate), 1);
    std::string edl = "TITLE: " + displayName(title) + "\nFCM: NON-DROP FRAME\n";
    int64_t record = 0;
    int number = 0;
    for (const VideoMoments& video : videos) {
        for (const Moment& moment : video.moments) {
            const int64_t first = frameAt(moment.start, rate), end = std::max(frameAt(moment.stop, rate), first + 1);
            const int64_t stop = record + end - first;
            edl += "\n" + printed("%03d", ++number) + "  AX       V     C        " + edlTimecode(first, base) + " " +
                   edlTimecode(end, base) + " " + edlTimecode(record, base) + " " + edlTimecode(stop, base) +
                   "\n* FROM CLIP NAME: " + displayName(video.video.filename()) + "\n";
            record = stop;
        }
    }
    return edl;
}

MomentFrames writeMomentFrames(std::span<const VideoMoments> videos, const fs::path& folder, const std::string& ending,
                               const JobContext& job) {
    if (ending != "jpg" && ending != "png") throw Error("Frames", "are written as jpg or png", "Choose one of them");
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw Error(displayName(folder), "the folder cannot be made: " + error.message());
    MomentFrames result;
    const auto total = static_cast<int64_t>(countOf(videos));
    int64_t done = 0;
    for (const VideoMoments& video : videos) {
        for (const Moment& moment : video.moments) {
            job.throwIfStopped();
            job.progress(done++, total);
            Image image;
            try {
                image = readFrame(video.video, moment.best);
            } catch (const Error& failure) {
                // Once, where it is the same of all its moments.
                if (result.failures.empty() || result.failures.back().path != video.video ||
                    result.failures.back().reason != failure.problem())
                    result.failures.push_back({video.video, failure.problem()});
                continue;
            }
            const std::string name = video.video.stem().native().substr(0, kMostNameBytes) + "-" +
                                     timecode(moment.best, "%02d.%02d.%02d.%03d");
            const fs::path file = freeName(folder, name, ending);
            const std::vector<uint8_t> bytes = ending == "jpg" ? encodeJpeg(image) : encodePng(image);
            AtomicFile out(file);
            out.write(bytes.data(), bytes.size());
            out.commit();
            result.files.push_back(file);
        }
    }
    job.progress(total, total);
    return result;
}

}  // namespace diagonal
