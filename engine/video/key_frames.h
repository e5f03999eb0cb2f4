// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/job.h"
#include "engine/image/image.h"
#include "engine/image/image_files.h"

namespace diagonal {

struct PixelRect;

/// How frames of a video are chosen. Shots end where the change of colour between two frames is `ratio` times that of
/// its neighbours (PySceneDetect's AdaptiveDetector; https://www.scenedetect.com), and in the middle of a fade through
/// black (its ThresholdDetector).
struct VideoSampling {
    double ratio = 3.5;
    int window = 3;          ///< frames on each side
    double minContent = 15;  ///< change that a cut has at least, levels of 255
    double fade = 12;        ///< mean brightness below which a frame is black, of 255; 0: no fades
    double minShot = 0.6;    ///< seconds
    double every = 10;       ///< seconds between frames of a long shot; each shot has one in its middle
    bool patches = false;    ///< also half-overlapping parts of each frame: small things are found
};

struct VideoInfo {
    int width = 0, height = 0;  ///< upright, of square pixels
    int64_t duration = 0;       ///< ms
    double framesPerSecond = 0;
    std::string note = {};  ///< what is wrong with the file though it was read; a sentence part, mostly empty
};

/// A frame and the piece of the video it stands for, in ms: a shot, or about `every` seconds of a long one.
struct KeyFrame {
    int64_t time = 0, start = 0, stop = 0;
    std::vector<Image> images;  ///< the whole frame, upright, then its parts from left to right and top to bottom
};

/// Whether the name ends like a video's (.mp4, .mov, .mkv, …; any case).
bool hasVideoExtension(const std::filesystem::path& path);
/// "MP4", "MOV", …, by the name.
std::string videoFormat(const std::filesystem::path& path);
/// Empty where videos can be read; else why not: the library that decodes them is not there. A sentence part.
std::string whyNoVideos();

/// By the file's head. Throws Error for what is no video, as all below.
VideoInfo readVideoInfo(const std::filesystem::path& path);
/// Reading a video ended before its end, and may not another time: a drive or a network that did not answer.
class ReadingBrokeOff : public Error {
  public:
    using Error::Error;
};

/// In order of time; the duration is that of the frames which were there. Memory is bounded whatever the video's
/// length. Progress in ms of the video. Throws ReadingBrokeOff and Cancelled, too.
VideoInfo readKeyFrames(const std::filesystem::path& path, const VideoSampling& sampling,
                        const std::function<void(KeyFrame)>& found, const JobContext& job = {});
/// The frame that is shown at a time, in ms; the last one after the end.
Image readFrame(const std::filesystem::path& path, int64_t time);

/// Frames from one cut to the next.
struct VideoShot {
    int64_t firstFrame = 0, frames = 0;  ///< counted from 0 in the order in which they are shown
    double start = 0, stop = 0;          ///< ms
};

/// All shots of a video, in order. Progress in ms of the video. Throws Cancelled, too.
std::vector<VideoShot> findShots(const std::filesystem::path& path, const VideoSampling& sampling,
                                 const JobContext& job = {});

/// How many half-overlapping parts a frame has, and which one LibraryRow::patch is (from 1): squares of half the
/// shorter side, of an eighth of the longer one where that is more.
int patchCount(int width, int height);
PixelRect patchRect(int width, int height, int patch);

/// A line of subtitles, without its markup.
struct Cue {
    int64_t start = 0, stop = 0;  ///< ms
    std::string text;             ///< UTF-8, lines joined by spaces
};

/// The cues of a SubRip or WebVTT file's text, in order of time; what is none is passed over.
std::vector<Cue> parseSubtitles(std::string_view text);
/// Whether the name ends like that of subtitles (.srt, .vtt; any case).
bool hasSubtitleExtension(const std::filesystem::path& path);

/// The files of subtitles in a folder as they are named now, to find those of its videos.
class SubtitleFolder {
  public:
    explicit SubtitleFolder(std::filesystem::path folder);

    const std::filesystem::path& folder() const { return m_folder; }
    /// Those of a video in it: of its name, with a language or without, and not of another video's that is longer; in
    /// order of name, 32 at most.
    std::vector<std::filesystem::path> filesOf(const std::filesystem::path& video) const;

  private:
    std::filesystem::path m_folder;
    std::vector<std::string> m_names, m_videos;  ///< in order; of videos without their endings
};

struct Subtitles {
    std::vector<Cue> cues;              ///< in order of time, what several files say once
    std::vector<FileFailure> failures;  ///< files that cannot be read, or are neither UTF-8 nor UTF-16
};

/// The subtitles of a video in one or more files.
Subtitles readSubtitles(std::span<const std::filesystem::path> files);
/// All that lie beside a video; empty without any.
Subtitles readSubtitles(const std::filesystem::path& video);

}  // namespace diagonal
