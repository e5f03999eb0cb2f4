// SPDX-License-Identifier: Apache-2.0
#include "engine/image/png.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "engine/base/error.h"

namespace diagonal {

std::vector<uint8_t> encodePng(const Image& image) {
    const cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.rgb.data()));
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    std::vector<uint8_t> bytes;
    if (!cv::imencode(".png", bgr, bytes)) throw Error("PNG", "the picture cannot be encoded");
    return bytes;
}

}  // namespace diagonal
