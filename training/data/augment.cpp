// SPDX-License-Identifier: Apache-2.0
#include "training/data/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>

#include "engine/image/resample.h"
#include "training/data/augment_auto.h"
#include "training/data/augment_ops.h"

namespace diagonal {

namespace {

constexpr float kJitterProbability = 0.8F;         // as in open_clip
constexpr float kLeastBlur = 0.1F, kMostBlur = 2;  // standard deviation in pixels
constexpr int kBlurShare = 10;                     // the kernel's width as a share of the picture, as in SimCLR

/// As in torchvision: ten attempts at a box that fits, then the largest central one.
ImageView randomCrop(const ImageView& image, const AugmentOptions& options, Random& random) {
    const auto imageWidth = static_cast<float>(image.width), imageHeight = static_cast<float>(image.height);
    const float area = imageWidth * imageHeight;
    const float widest = std::log(options.widestRatio);
    for (int attempt = 0; attempt < 10; ++attempt) {
        const float target = area * random.between(options.smallestArea, 1);
        const float ratio = std::exp(random.between(-widest, widest));
        const int width = static_cast<int>(std::lround(std::sqrt(target * ratio)));
        const int height = static_cast<int>(std::lround(std::sqrt(target / ratio)));
        if (width < 1 || height < 1 || width > image.width || height > image.height) continue;
        const int left = static_cast<int>(random.below(static_cast<uint32_t>(image.width - width + 1)));
        const int top = static_cast<int>(random.below(static_cast<uint32_t>(image.height - height + 1)));
        return image.part(left, top, width, height);
    }
    int width = image.width, height = image.height;
    if (imageWidth > imageHeight * options.widestRatio) {
        width = static_cast<int>(std::lround(imageHeight * options.widestRatio));
    } else if (imageHeight > imageWidth * options.widestRatio) {
        height = static_cast<int>(std::lround(imageWidth * options.widestRatio));
    }
    return image.part((image.width - width) / 2, (image.height - height) / 2, width, height);
}

/// torchvision's ColorJitter.
void jitterColors(const Pixels& pixels, float strength, Random& random) {
    const auto factor = [&] { return random.between(std::max(0.F, 1 - strength), 1 + strength); };
    const float brightness = factor(), contrast = factor(), saturation = factor();
    const float mostHue = std::min(strength / 4, 0.5F);
    const float hue = random.between(-mostHue, mostHue);
    std::vector<std::function<void()>> steps = {
        [&] { adjustBrightness(pixels, brightness); }, [&] { adjustContrast(pixels, contrast); },
        [&] { adjustSaturation(pixels, saturation); }, [&] { adjustHue(pixels, hue); }};
    shuffle(steps, random);
    for (const auto& step : steps)
        step();
}

}  // namespace

void augment(const Image& picture, const PreprocessConfig& config, const AugmentOptions& options, bool mayFlip,
             Random& random, uint8_t* out) {
    const ImageView view = options.crops() ? randomCrop(picture, options, random) : ImageView(picture);
    const bool flips = random.chance(options.flipProbability) && mayFlip;
    resizeRegion(view, config.width, config.height, {0, 0, config.width, config.height}, config.interpolation, flips,
                 out);
    const Pixels pixels{out, config.width, config.height};
    applyAutoAugment(pixels, options.autoAugment, random);
    if (options.colorJitter > 0 && random.chance(kJitterProbability)) jitterColors(pixels, options.colorJitter, random);
    if (random.chance(options.grayscaleProbability)) turnGray(pixels);
    if (random.chance(options.blurProbability)) {
        const int kernel = std::max(3, std::min(config.width, config.height) / kBlurShare | 1);
        blur(pixels, kernel, random.between(kLeastBlur, kMostBlur));
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
