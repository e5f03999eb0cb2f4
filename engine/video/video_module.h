// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace diagonal {

/// What the head of a video says; some heads say nothing, or lie.
struct VideoHeader {
    int width = 0, height = 0;  ///< upright
    double framesPerSecond = 0;
    double frames = 0;
    double widened = 1;  ///< how much wider than high a pixel is shown, upright
};

/// Pixels of three bytes; they stay until the next call.
struct VideoPixels {
    const uint8_t* data = nullptr;
    int width = 0, height = 0;
    size_t stride = 0;  ///< bytes from row to row
};

/// Functions of libdiagonal_video.so, which has what the programs do without where there is no OpenCV that reads
/// videos. None throws; a video belongs to one thread at a time.
struct VideoModule {
    static constexpr int kVersion = 1;

    int version;
    /// Null for what cannot be read. The path is absolute.
    void* (*open)(const char* path, VideoHeader* header);
    void (*close)(void* video);
    /// To a frame at about this time, in ms; the next one is grabbed.
    bool (*seek)(void* video, double time);
    /// Goes to the next frame. time: ms, 0 where the video does not say it.
    bool (*grab)(void* video, double* time);
    /// The frame that was grabbed, upright; a pixel is blue, green, red.
    bool (*read)(void* video, VideoPixels* pixels);
    /// Of the frame that was read, 256 pixels wide where it is wider: a pixel is hue (0..179), saturation, value.
    /// brightness: mean of its bytes.
    bool (*shrink)(void* video, VideoPixels* pixels, double* brightness);
};

}  // namespace diagonal

extern "C" const diagonal::VideoModule* diagonalVideoModule();
