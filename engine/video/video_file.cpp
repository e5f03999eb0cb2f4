// SPDX-License-Identifier: Apache-2.0
#include "engine/video/video_file.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/shared_library.h"
#include "engine/base/text.h"
#include "engine/image/preprocess.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

/// A frame of 8K has half as many.
constexpr int64_t kMaxVideoPixels = int64_t{1} << 26;
constexpr size_t kProbed = size_t{1} << 20;
constexpr double kUsualStep = 40;  ///< ms between frames where nothing says it

const LoadedModule<VideoModule>& videoModule() {
    static const auto loaded =
        loadModule<VideoModule>("libdiagonal_video.so", "diagonalVideoModule",
                                {"this build of Diagonal has no reader of videos", "the reader of videos does not load",
                                 "the reader of videos is not that of this program"});
    return loaded;
}

/// Text in which FFmpeg finds an address or name of something else that it would open: HLS, concat, DASH, IMF, SDP.
bool isPlaylist(std::string_view text) {
    // It passes over the tags of ID3 that stand before: ten bytes, the last four of them the length.
    while (text.starts_with("ID3") && text.size() >= 10) {
        size_t length = 0;
        for (size_t i = 6; i < 10; ++i)
            length = length << 7 | (static_cast<uint8_t>(text[i]) & 0x7F);
        text.remove_prefix(std::min(text.size(), 10 + length));
    }
    text = text.substr(0, text.find('\0'));
    const std::string lower = lowered(text);
    const auto has = [&lower](const char* mark) { return lower.find(mark) != std::string::npos; };
    return lower.starts_with("#extm3u") || lower.starts_with("ffconcat") || has("<mpd") ||
           has("<compositionplaylist") || lower.starts_with("c=in ip") || has("\nc=in ip") || has("\rc=in ip");
}

void checkIsFile(const fs::path& path, const std::string& name) {
    const auto [file, size] = openRegular(path);
    std::string begin(kProbed, '\0');  // as far as FFmpeg looks
    const ssize_t count = ::read(file, begin.data(), begin.size());
    ::close(file);
    if (size == 0) throw Error(name, "the file is empty");
    if (count > 0 && isPlaylist({begin.data(), static_cast<size_t>(count)}))
        throw Error(name, "a list of videos, not a video", "Give the videos themselves");
}

std::string tooLarge(int width, int height) {
    return "frames of " + std::to_string(width) + " x " + std::to_string(height) + " pixels are too large";
}

/// 0 for what is no sensible number.
double sensible(double value, double most) {
    return value > 0 && value <= most ? value : 0;
}

}  // namespace

std::string whyNoVideos() {
    return videoModule().problem;
}

VideoFile::VideoFile(const fs::path& path)
    : m_path(fs::absolute(path)), m_name(displayName(path)), m_module(videoModule().module) {
    if (m_module == nullptr)
        throw Error(m_name, videoModule().problem,
                    "Run scripts/setup, which installs OpenCV's videoio, and build again");
    checkIsFile(path, m_name);
    open();
    m_header.framesPerSecond = sensible(m_header.framesPerSecond, 1000);
    m_header.frames = sensible(m_header.frames, 1e12);
    m_info.framesPerSecond = m_header.framesPerSecond;
    m_info.width = m_header.width;
    m_info.height = m_header.height;
    if (m_header.widened > 1)
        m_info.width = static_cast<int>(std::lround(m_header.width * m_header.widened));
    else
        m_info.height = static_cast<int>(std::lround(m_header.height / m_header.widened));
    // A head may say of pixels that they are five times as wide as high.
    if (int64_t{m_info.width} * m_info.height > kMaxVideoPixels) refuse(tooLarge(m_info.width, m_info.height));
    if (m_header.framesPerSecond > 0)
        m_info.duration = static_cast<int64_t>(std::min(m_header.frames / m_header.framesPerSecond * 1000, 1e15));
    m_step = m_header.framesPerSecond > 0 ? 1000 / m_header.framesPerSecond : kUsualStep;
}

VideoFile::~VideoFile() {
    if (m_video != nullptr) m_module->close(m_video);
}

void VideoFile::open() {
    if (m_video != nullptr) m_module->close(std::exchange(m_video, nullptr));
    m_header = {};
    m_isFirst = true;
    m_isGrabbed = false;
    m_video = m_module->open(m_path.c_str(), &m_header);
    if (m_video == nullptr)
        throw Error(m_name, "not a video, or one that is damaged or of a kind that FFmpeg cannot read",
                    "Convert it to MP4 with H.264");
    if (m_header.width <= 0 || m_header.height <= 0) refuse("the video has no pictures");
    if (int64_t{m_header.width} * m_header.height > kMaxVideoPixels) refuse(tooLarge(m_header.width, m_header.height));
}

/// The constructor's object has no destructor yet.
void VideoFile::refuse(const std::string& why) {
    m_module->close(std::exchange(m_video, nullptr));
    throw Error(m_name, why);
}

bool VideoFile::grab(double& time) {
    if (!m_module->grab(m_video, &time)) return false;
    if (!std::isfinite(time) || time < 0) time = 0;
    return true;
}

bool VideoFile::next() {
    if (m_isGrabbed) {
        m_isGrabbed = false;
        return true;
    }
    double time = 0;
    if (!grab(time)) return false;
    if (m_isFirst) {
        m_isFirst = false;
        m_time = time;
        return true;
    }
    // OpenCV has no time for the last frames of a video whose frames are stored in another order.
    if (time <= m_time)
        time = m_time + m_step;
    else
        m_step = time - m_time;
    m_time = time;
    return true;
}

bool VideoFile::read() {
    VideoPixels pixels;
    if (!m_module->read(m_video, &pixels)) return false;
    if (pixels.width <= 0 || pixels.height <= 0 || int64_t{pixels.width} * pixels.height > kMaxVideoPixels)
        return false;
    m_pixels = pixels;
    return true;
}

size_t VideoFile::imageBytes() const {
    return size_t{3} * static_cast<size_t>(m_pixels.width) * static_cast<size_t>(m_pixels.height);
}

Image VideoFile::image() const {
    Image image{m_pixels.width, m_pixels.height, {}};
    image.rgb.resize(imageBytes());
    uint8_t* to = image.rgb.data();
    for (int y = 0; y < m_pixels.height; ++y) {
        const uint8_t* from = m_pixels.data + static_cast<size_t>(y) * m_pixels.stride;
        for (int x = 0; x < m_pixels.width; ++x, from += 3, to += 3) {
            to[0] = from[2];
            to[1] = from[1];
            to[2] = from[0];
        }
    }
    if (m_info.width == m_header.width && m_info.height == m_header.height) return image;
    return resize(image, m_info.width, m_info.height, Interpolation::Bilinear);
}

bool VideoFile::shrink(VideoPixels& pixels, double& brightness) {
    return m_module->shrink(m_video, &pixels, &brightness);
}

void VideoFile::seek(double time) {
    // OpenCV seeks by numbers of frames, as if all were equally long, and goes too far where they are not.
    for (double before = 1000; before < time; before *= 4) {
        if (!m_module->seek(m_video, time - before)) break;
        double found = 0;
        if (!grab(found)) break;
        if (found <= 0 || found > time) continue;
        m_time = found;
        m_isFirst = false;
        m_isGrabbed = true;
        return;
    }
    open();
}

}  // namespace diagonal
