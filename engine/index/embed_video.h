// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/image/preprocess.h"
#include "engine/index/library.h"
#include "engine/index/snapshot.h"
#include "engine/video/key_frames.h"

namespace diagonal {

class Session;

/// Embeds a video for a library, a slice at a time: a thread of its own decodes and keeps some dozens of pictures
/// ready.
class VideoEmbedder {
  public:
    /// preprocess: the session's. normalized: values of unit length, as a library has them.
    VideoEmbedder(std::filesystem::path video, const VideoSampling& sampling, const PreprocessConfig& preprocess,
                  bool normalized = true);
    /// Ends the decoding at the next frame.
    ~VideoEmbedder();
    VideoEmbedder(const VideoEmbedder&) = delete;
    VideoEmbedder& operator=(const VideoEmbedder&) = delete;

    /// Embeds for about so long, and appends rows and values to the file. True: more is to come. At the end it sets
    /// kind, format, width, height, duration and cues. Progress in ms of the video. Throws Error for what is no video
    /// or has no embedding; Cancelled.
    bool step(Session& session, std::chrono::milliseconds most, NewFile& file, const JobContext& job = {});
    /// At the end: what was measured.
    const VideoInfo& info() const;
    /// At the end: what is wrong with the video or its subtitles though it was read; sentence parts, mostly empty.
    const std::string& note() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

struct EmbeddedVideo {
    VideoInfo info;
    std::string format;            ///< "MP4", …
    std::vector<LibraryRow> rows;  ///< their `file` is not set
    std::vector<float> values;     ///< rows.size() x dim, unit length
    std::vector<LibraryCue> cues;  ///< nor is theirs
    std::string note;              ///< VideoEmbedder::note
};

/// The subtitles beside a video, as a library keeps them.
struct SubtitlesBeside {
    std::vector<LibraryCue> cues;
    int64_t mark = 0;  ///< subtitleMark of their files before they were read
    std::string note;  ///< what is wrong with them; a sentence part, mostly empty
};

SubtitlesBeside subtitlesBeside(const std::filesystem::path& video);
/// A number that becomes another one where such a file comes, changes, is renamed or goes. 0 where that cannot be told:
/// one of them changed within the last two seconds.
int64_t subtitleMark(const std::vector<std::filesystem::path>& files);

/// The whole video at once. Progress in ms of the video. Throws Error, Cancelled.
EmbeddedVideo embedVideo(Session& session, const std::filesystem::path& video, const VideoSampling& sampling,
                         const JobContext& job = {});

}  // namespace diagonal
