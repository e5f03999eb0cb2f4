// SPDX-License-Identifier: Apache-2.0
#include "training/data/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace diagonal {

namespace {

Image cropped(const Image& image, int left, int top, int width, int height) {
    Image result;
    result.width = width;
    result.height = height;
    result.rgb.resize(static_cast<size_t>(width) * height * 3);
    for (int y = 0; y < height; ++y) {
        const auto* from = image.rgb.data() + (static_cast<size_t>(top + y) * image.width + left) * 3;
        std::copy(from, from + static_cast<size_t>(width) * 3, result.rgb.data() + static_cast<size_t>(y) * width * 3);
    }
    return result;
}

}  // namespace

Image randomResizedCrop(const Image& image, const PreprocessConfig& config, const AugmentOptions& options,
                        Random& random) {
    const auto imageWidth = static_cast<float>(image.width), imageHeight = static_cast<float>(image.height);
    const float area = imageWidth * imageHeight;
    const float widest = std::log(options.widestRatio);
    // As in torchvision: ten attempts at a box that fits, then the largest central one.
    for (int attempt = 0; attempt < 10; ++attempt) {
        const float target = area * random.between(options.smallestArea, 1);
        const float ratio = std::exp(random.between(-widest, widest));
        const int width = static_cast<int>(std::lround(std::sqrt(target * ratio)));
        const int height = static_cast<int>(std::lround(std::sqrt(target / ratio)));
        if (width < 1 || height < 1 || width > image.width || height > image.height) continue;
        const int left = static_cast<int>(random.below(static_cast<uint32_t>(image.width - width + 1)));
        const int top = static_cast<int>(random.below(static_cast<uint32_t>(image.height - height + 1)));
        return resize(cropped(image, left, top, width, height), config.width, config.height, config.interpolation);
    }
    int width = image.width, height = image.height;
    if (imageWidth > imageHeight * options.widestRatio) {
        width = static_cast<int>(std::lround(imageHeight * options.widestRatio));
    } else if (imageHeight > imageWidth * options.widestRatio) {
        height = static_cast<int>(std::lround(imageWidth * options.widestRatio));
    }
    const int left = (image.width - width) / 2, top = (image.height - height) / 2;
    return resize(cropped(image, left, top, width, height), config.width, config.height, config.interpolation);
}

void mirror(Image& image) {
    for (int y = 0; y < image.height; ++y) {
        uint8_t* line = image.rgb.data() + static_cast<size_t>(y) * image.width * 3;
        uint8_t *left = line, *right = line + static_cast<ptrdiff_t>(image.width - 1) * 3;
        for (; left < right; left += 3, right -= 3)
            std::swap_ranges(left, left + 3, right);
    }
}

bool namesASide(std::string_view caption) {
    std::string word;
    const auto isSide = [&word] {
        return word == "left" || word == "right" || word == "leftmost" || word == "rightmost";
    };
    for (const char c : caption) {
        const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (low >= 'a' && low <= 'z') {
            word += low;
            continue;
        }
        if (isSide()) return true;
        word.clear();
    }
    return isSide();
}

}  // namespace diagonal
