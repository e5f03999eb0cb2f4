// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/corruption.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "engine/image/jpeg_encoder.h"

namespace diagonal {

namespace {

constexpr size_t kColours = 3;
constexpr std::array kNoise = {.08, .12, .18, .26, .38};  // deviation, of the range
constexpr std::array kBlur = {1., 2., 3., 4., 6.};        // deviation, in pixels of a picture 224 wide
constexpr std::array kContrast = {.4, .3, .2, .1, .05};
constexpr std::array kQuality = {25, 18, 15, 10, 7};
constexpr double kUsualWidth = 224;
constexpr double kPi = 3.14159265358979323846;

uint8_t level(double value) {
    return static_cast<uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

void addNoise(Image& image, double deviation, uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto uniform = [&] { return (static_cast<double>(random() >> 11U) + 0.5) * 0x1p-53; };
    for (uint8_t& value : image.rgb) {  // Box and Muller's: the same numbers with every library
        const double normal = std::sqrt(-2 * std::log(uniform())) * std::cos(2 * kPi * uniform());
        value = level(static_cast<double>(value) + 255 * deviation * normal);
    }
}

void lowerContrast(Image& image, double share) {
    std::array<double, kColours> means{};
    const size_t pixels = image.rgb.size() / kColours;
    for (size_t i = 0; i < image.rgb.size(); ++i)
        means[i % kColours] += static_cast<double>(image.rgb[i]) / static_cast<double>(pixels);
    for (size_t i = 0; i < image.rgb.size(); ++i)
        image.rgb[i] = level((static_cast<double>(image.rgb[i]) - means[i % kColours]) * share + means[i % kColours]);
}

/// Along rows or columns; beyond an edge its pixels go on.
void blurAlong(std::vector<float>& values, int64_t lines, int64_t length, int64_t lineStep, int64_t step,
               const std::vector<float>& kernel) {
    const auto radius = static_cast<int64_t>(kernel.size() / 2);
    std::vector<float> line(static_cast<size_t>(length));
    for (int64_t k = 0; k < lines; ++k) {
        for (int64_t i = 0; i < length; ++i)
            line[static_cast<size_t>(i)] = values[static_cast<size_t>(k * lineStep + i * step)];
        for (int64_t i = 0; i < length; ++i) {
            float sum = 0;
            for (int64_t j = -radius; j <= radius; ++j)
                sum += kernel[static_cast<size_t>(j + radius)] *
                       line[static_cast<size_t>(std::clamp<int64_t>(i + j, 0, length - 1))];
            values[static_cast<size_t>(k * lineStep + i * step)] = sum;
        }
    }
}

void blurPicture(Image& image, double deviation) {
    const auto radius = static_cast<int64_t>(std::ceil(3 * deviation));
    std::vector<float> kernel;
    float all = 0;
    for (int64_t j = -radius; j <= radius; ++j) {
        const double place = static_cast<double>(j) / deviation;
        kernel.push_back(static_cast<float>(std::exp(-place * place / 2)));
        all += kernel.back();
    }
    for (float& one : kernel)
        one /= all;
    const int64_t width = image.width, height = image.height;
    std::vector<float> plane(image.rgb.size() / kColours);
    for (size_t colour = 0; colour < kColours; ++colour) {
        for (size_t i = 0; i < plane.size(); ++i)
            plane[i] = image.rgb[i * kColours + colour];
        blurAlong(plane, height, width, width, 1, kernel);
        blurAlong(plane, width, height, 1, width, kernel);
        for (size_t i = 0; i < plane.size(); ++i)
            image.rgb[i * kColours + colour] = level(static_cast<double>(plane[i]));
    }
}

}  // namespace

const std::vector<Corruption>& corruptions() {
    static const std::vector<Corruption> all = {Corruption::GaussianNoise, Corruption::GaussianBlur,
                                                Corruption::Contrast, Corruption::Jpeg};
    return all;
}

std::string nameOf(Corruption corruption) {
    switch (corruption) {
        case Corruption::GaussianNoise:
            return "gaussian_noise";
        case Corruption::GaussianBlur:
            return "gaussian_blur";
        case Corruption::Contrast:
            return "contrast";
        case Corruption::Jpeg:
            break;
    }
    return "jpeg_compression";
}

Image corrupted(const Image& image, Corruption corruption, int severity, uint64_t seed) {
    const auto strength = static_cast<size_t>(std::clamp(severity, 1, kMostSevere) - 1);
    Image worse = image;
    if (image.isEmpty()) return worse;
    switch (corruption) {
        case Corruption::GaussianNoise:
            addNoise(worse, kNoise[strength], seed);
            break;
        case Corruption::GaussianBlur:
            blurPicture(worse, kBlur[strength] * image.width / kUsualWidth);
            break;
        case Corruption::Contrast:
            lowerContrast(worse, kContrast[strength]);
            break;
        case Corruption::Jpeg:
            return decodeImage(encodeJpeg(image, kQuality[strength]), "JPEG");
    }
    return worse;
}

}  // namespace diagonal
