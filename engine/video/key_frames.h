// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/image/image.h"

namespace diagonal {

/// How frames of a video are chosen. Shots end where the change of colour between two frames is `ratio` times that of
/// its neighbours (PySceneDetect's AdaptiveDetector; https://www.scenedetect.com).
struct VideoSampling {
    double ratio = 3.5;
    int window = 3;            ///< frames on each side
    double minContent = 15;    ///< change that a cut has at least, levels of 255
    double minShot = 0.6;      ///< seconds
    double every = 10;         ///< seconds between frames of a long shot; each shot has one in its middle
    bool patches = false;      ///< also half-overlapping parts of each frame: small things are found
};

struct VideoInfo {
    int width = 0, height = 0;  ///< upright
    int64_t duration = 0;       ///< ms
    double framesPerSecond = 0;
};

/// A frame and the piece of the video it stands for, in ms.
struct KeyFrame {
    int64_t time = 0, start = 0, stop = 0;
    std::vector<Image> images;  ///< the whole frame, upright, then its parts from left to right and top to bottom
};

/// Whether the name ends like a video's (.mp4, .mov, .mkv, …; any case).
bool hasVideoExtension(const std::filesystem::path& path);
/// Empty where videos can be read; else why not: the library that decodes them is not there.
std::string whyNoVideos();

/// Throws Error for what is no video, as all below.
VideoInfo readVideoInfo(const std::filesystem::path& path);
/// In order of time. Progress in ms of the video. Throws Cancelled, too.
VideoInfo readKeyFrames(const std::filesystem::path& path, const VideoSampling& sampling,
                        const std::function<void(KeyFrame)>& found, const JobContext& job = {});
/// The frame that is shown at a time.
Image readFrame(const std::filesystem::path& path, int64_t time);

/// A line of subtitles, without its markup.
struct Cue {
    int64_t start = 0, stop = 0;  ///< ms
    std::string text;             ///< UTF-8
};

/// The subtitles beside a video (.srt, .vtt of its name, with a language's code or without), in order of time; empty
/// without one.
std::vector<Cue> readSubtitles(const std::filesystem::path& video);

}  // namespace diagonal
