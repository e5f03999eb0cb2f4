// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/image/image.h"
#include "engine/video/key_frames.h"
#include "engine/video/video_module.h"

namespace diagonal {

/// A video that is being read, frame by frame. One thread.
class VideoFile {
  public:
    /// Throws Error for what is no video, and where videos cannot be read at all.
    explicit VideoFile(const std::filesystem::path& path);
    ~VideoFile();
    VideoFile(const VideoFile&) = delete;
    VideoFile& operator=(const VideoFile&) = delete;

    /// By the head of the file; the duration is 0 where it says none.
    const VideoInfo& info() const { return m_info; }
    /// What of errors.
    const std::string& name() const { return m_name; }

    /// Goes to the next frame; false at the end, or where nothing more can be decoded.
    bool next();
    /// Of the frame, ms; larger than that of the one before.
    double time() const { return m_time; }
    /// How long the last frames were shown each, ms.
    double step() const { return m_step; }
    /// Decodes the frame's colours; false where they are damaged.
    bool read();
    /// The frame that was read.
    Image image() const;
    size_t imageBytes() const;
    /// Hue, saturation and value of the frame that was read, and its mean brightness.
    bool shrink(VideoPixels& pixels, double& brightness);
    /// So that next() goes to a frame at or before this time, in ms: a little before, mostly.
    void seek(double time);

  private:
    void open();
    [[noreturn]] void refuse(const std::string& why);
    bool grab(double& time);

    std::filesystem::path m_path;
    std::string m_name;
    const VideoModule* m_module;
    void* m_video = nullptr;
    VideoHeader m_header;
    VideoInfo m_info;
    VideoPixels m_pixels;
    double m_time = 0, m_step = 0;
    bool m_isFirst = true, m_isGrabbed = false;
};

}  // namespace diagonal
