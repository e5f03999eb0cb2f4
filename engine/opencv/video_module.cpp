// SPDX-License-Identifier: Apache-2.0
// libdiagonal_video.so: OpenCV's reader of videos, loaded when it is needed.
#include "engine/video/video_module.h"

#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <utility>

namespace {

constexpr int kShrunkWidth = 256;

struct Video {
    cv::VideoCapture capture;
    int turn = 0;  ///< degrees clockwise, until a frame is upright
    cv::Mat frame, turned, bgr, hsv;
};

Video& videoOf(void* video) {
    return *static_cast<Video*>(video);
}

/// OpenCV's exceptions end here.
template <typename Work>
bool tried(Work work) {
    try {
        return work();
    } catch (...) {
        return false;
    }
}

/// OpenCV sets FFmpeg's log level when it first opens a file; FFmpeg then writes on stderr of each damaged frame.
void beQuiet() {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    cv::VideoCapture none;
    none.open("/", cv::CAP_FFMPEG);
    constexpr int kQuiet = -8;  // AV_LOG_QUIET
    if (auto* set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "av_log_set_level"))) set(kQuiet);
}

/// OpenCV 4.6 turns to the wrong side (https://github.com/opencv/opencv/issues/22088): frames are turned here.
int turnOf(const cv::VideoCapture& capture) {
    const int turn = (static_cast<int>(capture.get(cv::CAP_PROP_ORIENTATION_META)) % 360 + 360) % 360;
    return cv::getVersionMajor() == 4 && cv::getVersionMinor() == 6 ? (360 - turn) % 360 : turn;
}

double pixelAspect(const Video& video) {
    const double aspect = video.capture.get(cv::CAP_PROP_SAR_NUM) / video.capture.get(cv::CAP_PROP_SAR_DEN);
    if (!(aspect > 0.2 && aspect < 5)) return 1;  // also where it is not told: 0 / 1
    return video.turn % 180 == 0 ? aspect : 1 / aspect;
}

void* open(const char* path, diagonal::VideoHeader* header) {
    void* result = nullptr;
    tried([&] {
        auto video = std::make_unique<Video>();
        cv::VideoCapture& capture = video->capture;
        if (!capture.open(path, cv::CAP_FFMPEG)) return false;
        capture.set(cv::CAP_PROP_ORIENTATION_AUTO, 0);
        video->turn = turnOf(capture);
        header->width = static_cast<int>(capture.get(cv::CAP_PROP_FRAME_WIDTH));
        header->height = static_cast<int>(capture.get(cv::CAP_PROP_FRAME_HEIGHT));
        if (video->turn % 180 != 0) std::swap(header->width, header->height);
        header->framesPerSecond = capture.get(cv::CAP_PROP_FPS);
        header->frames = capture.get(cv::CAP_PROP_FRAME_COUNT);
        header->widened = pixelAspect(*video);
        result = video.release();
        return true;
    });
    return result;
}

void close(void* video) {
    tried([&] {
        delete &videoOf(video);
        return true;
    });
}

bool seek(void* video, double time) {
    return tried([&] { return videoOf(video).capture.set(cv::CAP_PROP_POS_MSEC, time); });
}

bool grab(void* video, double* time) {
    return tried([&] {
        cv::VideoCapture& capture = videoOf(video).capture;
        if (!capture.grab()) return false;
        *time = capture.get(cv::CAP_PROP_POS_MSEC);
        return true;
    });
}

bool read(void* video, diagonal::VideoPixels* pixels) {
    return tried([&] {
        auto& [capture, turn, frame, turned, bgr, hsv] = videoOf(video);
        if (!capture.retrieve(frame) || frame.empty() || frame.type() != CV_8UC3) return false;
        if (turn == 90 || turn == 180 || turn == 270) {
            cv::rotate(frame, turned,
                       turn == 90    ? cv::ROTATE_90_CLOCKWISE
                       : turn == 180 ? cv::ROTATE_180
                                     : cv::ROTATE_90_COUNTERCLOCKWISE);
            cv::swap(frame, turned);
        }
        *pixels = {frame.data, frame.cols, frame.rows, frame.step};
        return true;
    });
}

bool shrink(void* video, diagonal::VideoPixels* pixels, double* brightness) {
    return tried([&] {
        auto& [capture, turn, frame, turned, bgr, hsv] = videoOf(video);
        if (frame.cols > kShrunkWidth) {
            const double factor = static_cast<double>(frame.cols) / kShrunkWidth;
            cv::resize(frame, bgr, {kShrunkWidth, std::max(1, static_cast<int>(std::nearbyint(frame.rows / factor)))},
                       0, 0, cv::INTER_LINEAR);
        } else {
            bgr = frame;
        }
        const cv::Scalar sums = cv::mean(bgr);
        *brightness = (sums[0] + sums[1] + sums[2]) / 3;
        cv::cvtColor(bgr, hsv, cv::COLOR_BGR2HSV);
        *pixels = {hsv.data, hsv.cols, hsv.rows, hsv.step};
        return true;
    });
}

}  // namespace

extern "C" const diagonal::VideoModule* diagonalVideoModule() {
    static const bool isQuiet = tried([] {
        beQuiet();
        return true;
    });
    static constexpr diagonal::VideoModule kModule{diagonal::VideoModule::kVersion, open, close, seek, grab, read, shrink};
    return isQuiet ? &kModule : nullptr;
}
