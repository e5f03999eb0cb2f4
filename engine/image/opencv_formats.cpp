// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>

#include "engine/base/error.h"
#include "engine/image/formats.h"

namespace diagonal::formats {

namespace {

/// One 8-bit value of a row of OpenCV's pixels. Of 16 bits Pillow clips grey and takes the high byte of colours.
template <typename Value>
uint8_t toByte(Value value, bool grey) {
    if constexpr (sizeof(Value) == 1) return value;
    return static_cast<uint8_t>(grey ? std::min<Value>(value, 255) : value >> 8);
}

/// Pillow's mode RGBa to RGBA.
uint8_t divided(int value, int alpha) {
    return static_cast<uint8_t>(alpha == 0 ? 0 : std::min(255, value * 255 / alpha));
}

/// Grey, BGR or BGRA to RGB, alpha dropped.
template <typename Value>
void toRgb(const cv::Mat& pixels, Image& image, bool divideByAlpha) {
    const int channels = pixels.channels();
    const bool grey = channels == 1;
    uint8_t* out = image.rgb.data();
    for (int y = 0; y < image.height; ++y) {
        const auto* in = pixels.ptr<Value>(y);
        for (int x = 0; x < image.width; ++x, in += channels, out += 3) {
            out[0] = toByte(in[grey ? 0 : 2], grey);
            out[1] = toByte(in[grey ? 0 : 1], grey);
            out[2] = toByte(in[0], grey);
            if (divideByAlpha && channels == 4) {
                for (int c = 0; c < 3; ++c)
                    out[c] = divided(out[c], toByte(in[3], false));
            }
        }
    }
}

}  // namespace

void decodeWithOpenCv(Bytes bytes, const std::string& name, const std::string& format, Image& image,
                      bool divideByAlpha) {
    static const bool silent = [] {
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        return true;
    }();
    (void)silent;
    cv::Mat pixels;
    try {
        const cv::Mat file(1, static_cast<int>(bytes.size()), CV_8U, const_cast<uint8_t*>(bytes.data()));
        pixels = cv::imdecode(file, cv::IMREAD_UNCHANGED);
    } catch (const cv::Exception&) {
        pixels.release();
    }
    const int channels = pixels.channels();
    const bool readable = (pixels.depth() == CV_8U || pixels.depth() == CV_16U) && channels != 2 && channels <= 4;
    if (pixels.empty() || !readable)
        throw Error(name, "the " + format + " data is damaged, truncated, or of a kind that cannot be read");
    if (pixels.cols != image.width || pixels.rows != image.height)
        throw Error(name, "the " + format + " header is damaged (its size is not that of the pixels)");
    if (pixels.depth() == CV_8U) {
        toRgb<uint8_t>(pixels, image, divideByAlpha);
    } else {
        toRgb<uint16_t>(pixels, image, divideByAlpha);
    }
}

void decodeBmp(Bytes bytes, const std::string& name, Image& image) {
    // Compression stands after the classic header's sizes; only plain rows tell how many bytes there must be.
    if (bytes.size() < 34) throw Error(name, kTruncated);
    const bool old = little32(bytes, 14) == 12;
    const uint64_t bits = old ? little16(bytes, 24) : little16(bytes, 28);
    const uint64_t stride = (static_cast<uint64_t>(image.width) * bits + 31) / 32 * 4;
    const bool plain = old || little32(bytes, 30) == 0 || little32(bytes, 30) == 3;
    if (plain && little32(bytes, 10) + stride * static_cast<uint64_t>(image.height) > bytes.size())
        throw Error(name, kTruncated);
    decodeWithOpenCv(bytes, name, "BMP", image);
}

}  // namespace diagonal::formats
