// SPDX-License-Identifier: Apache-2.0
#include "engine/image/preprocess.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "engine/image/resample.h"

namespace diagonal {

namespace {

struct Size {
    int64_t width, height;
};

/// Python's round(value / 2.0): halves go to the even neighbour.
int64_t roundedHalf(int64_t value) {
    return std::llrint(static_cast<double>(value) / 2.0);
}

/// torchvision's Resize(size): the shorter side becomes size.
Size shortestTo(const Size& image, int size) {
    const auto longer = [size](int64_t longSide, int64_t shortSide) {
        return static_cast<int64_t>(static_cast<double>(size * longSide) / static_cast<double>(shortSide));
    };
    if (image.width <= image.height) return {size, longer(image.height, image.width)};
    return {longer(image.width, image.height), size};
}

/// open_clip's ResizeKeepRatio: divides both sides by one ratio. A side keeps at least a pixel (Pillow fails there).
Size keepRatio(const Size& image, double ratio) {
    return {std::max<int64_t>(1, std::llrint(static_cast<double>(image.width) / ratio)),
            std::max<int64_t>(1, std::llrint(static_cast<double>(image.height) / ratio))};
}

Size resizedSize(const Size& image, const PreprocessConfig& config) {
    const double vertical = static_cast<double>(image.height) / config.height;
    const double horizontal = static_cast<double>(image.width) / config.width;
    switch (config.resizeMode) {
        case ResizeMode::Squash:
            return {config.width, config.height};
        case ResizeMode::Longest:
            return keepRatio(image, std::max(vertical, horizontal));
        case ResizeMode::Shortest:
            break;
    }
    return config.width == config.height ? shortestTo(image, config.edge > 0 ? config.edge : config.width)
                                         : keepRatio(image, std::min(vertical, horizontal));
}

/// One axis of torchvision's center_crop: pad in front, or skip.
struct Placement {
    int64_t skip;  ///< pixels of the resized image left out in front
    int pad;       ///< pixels of padding in front
    int count;     ///< pixels taken from the resized image
};

Placement place(int64_t resized, int wanted, bool floorCrop) {
    if (wanted > resized) return {0, static_cast<int>((wanted - resized) / 2), static_cast<int>(resized)};
    return {floorCrop ? (resized - wanted) / 2 : roundedHalf(resized - wanted), 0, wanted};
}

}  // namespace

Image resize(const Image& image, int width, int height, Interpolation interpolation) {
    assert(!image.isEmpty() && width > 0 && height > 0);
    if (width == image.width && height == image.height) return image;
    return resizeRegion(image, width, height, {0, 0, width, height}, interpolation);
}

Image resizeAndCrop(const Image& image, const PreprocessConfig& config) {
    assert(!image.isEmpty() && config.width > 0 && config.height > 0);
    if (config.edge == 0 && image.width == config.width && image.height == config.height) return image;
    const auto [width, height] = resizedSize({image.width, image.height}, config);
    // ResizeKeepRatio of a size that is not square takes bicubic whatever the configuration says.
    const bool keepsRatio = config.resizeMode == ResizeMode::Shortest && config.width != config.height;
    const Placement across = place(width, config.width, config.floorCrop);
    const Placement down = place(height, config.height, config.floorCrop);
    Image part = resizeRegion(image, width, height, {across.skip, down.skip, across.count, down.count},
                              keepsRatio ? Interpolation::Bicubic : config.interpolation);
    if (across.count == config.width && down.count == config.height) return part;

    // torchvision's CenterCrop pads with 0; only open_clip's CenterCropOrPad knows the fill colour.
    const uint8_t fill = config.resizeMode == ResizeMode::Longest ? config.fillColor : 0;
    Image result{config.width, config.height, {}};
    result.rgb.assign(static_cast<size_t>(config.width) * static_cast<size_t>(config.height) * 3, fill);
    const size_t rowBytes = static_cast<size_t>(across.count) * 3;
    for (int y = 0; y < down.count; ++y) {
        const size_t target =
            static_cast<size_t>(y + down.pad) * static_cast<size_t>(config.width) + static_cast<size_t>(across.pad);
        std::copy_n(part.rgb.data() + static_cast<size_t>(y) * rowBytes, rowBytes, result.rgb.data() + target * 3);
    }
    return result;
}

PixelRect shownArea(int width, int height, const PreprocessConfig& config) {
    if (config.edge == 0 && width == config.width && height == config.height) return {0, 0, 1.0 * width, 1.0 * height};
    const Size resized = resizedSize({width, height}, config);
    const Placement across = place(resized.width, config.width, config.floorCrop);
    const Placement down = place(resized.height, config.height, config.floorCrop);
    const double perColumn = width / static_cast<double>(resized.width);
    const double perRow = height / static_cast<double>(resized.height);
    return {perColumn * static_cast<double>(across.skip - across.pad),
            perRow * static_cast<double>(down.skip - down.pad), perColumn * config.width, perRow * config.height};
}

void setSize(PreprocessConfig& config, int size) {
    config.edge = static_cast<int>(std::llrint(1.0 * config.edge * size / config.width));
    config.width = config.height = size;
}

void normalize(const Image& image, const PreprocessConfig& config, float* out) {
    assert(image.width == config.width && image.height == config.height);
    const size_t pixels = static_cast<size_t>(image.width) * static_cast<size_t>(image.height);
    for (size_t channel = 0; channel < 3; ++channel) {
        std::array<float, 256> table;
        for (size_t value = 0; value < table.size(); ++value)
            table[value] = (static_cast<float>(value) / 255.0F - config.mean[channel]) / config.std[channel];
        float* plane = out + channel * pixels;
        const uint8_t* source = image.rgb.data() + channel;
        for (size_t i = 0; i < pixels; ++i)
            plane[i] = table[source[i * 3]];
    }
}

}  // namespace diagonal
