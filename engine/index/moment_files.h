// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/image/image_files.h"
#include "engine/index/search.h"

namespace diagonal {

struct VideoMoments {
    std::filesystem::path video;
    std::vector<Moment> moments;
    double framesPerSecond = 0;  ///< 0: what the video's head says
};

/// A line a moment: the columns of PySceneDetect's list-scenes (frames are counted from 1), then Video, Best Timecode,
/// Best Time (seconds), Cosine, Relevance and Subtitles. Throws Error where a video's frame rate is not known.
std::string momentsCsv(std::span<const VideoMoments> videos);

/// An edit decision list (CMX 3600, non-drop) that puts all moments one behind the other, at the first video's frame
/// rate. Throws Error for more than 999 moments, for none, and for an unknown frame rate.
std::string momentsEdl(std::span<const VideoMoments> videos, const std::string& title);

struct MomentFrames {
    std::vector<std::filesystem::path> files;
    std::vector<FileFailure> failures;  ///< videos that could not be read
};

/// Writes each moment's best frame into the folder, which is made, as VIDEO-HH.MM.SS.mmm.jpg; files that are there stay.
/// ending: "jpg" or "png". Progress in moments. Throws Error (disk full, no permission), Cancelled.
MomentFrames writeMomentFrames(std::span<const VideoMoments> videos, const std::filesystem::path& folder,
                               const std::string& ending, const JobContext& job = {});

}  // namespace diagonal
