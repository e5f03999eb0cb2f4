// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "engine/base/vectorised.h"
#include "training/data/augment_ops.h"

namespace diagonal {

namespace {

using Table = std::array<uint8_t, 256>;
using Histogram = std::array<uint32_t, 256>;

/// What each value of each channel becomes.
void apply(const Pixels& pixels, const std::array<Table, 3>& tables) {
    for (uint8_t *at = pixels.rgb, *end = at + pixels.bytes(); at < end; at += 3) {
        for (size_t channel = 0; channel < 3; ++channel)
            at[channel] = tables[channel][at[channel]];
    }
}

/// Of one channel.
Histogram countValues(const Pixels& pixels, size_t channel) {
    Histogram histogram{};
    for (size_t at = channel; at < pixels.bytes(); at += 3)
        ++histogram[pixels.rgb[at]];
    return histogram;
}

template <typename Rule>
Table tableOf(const Rule& rule) {
    Table table;
    for (int value = 0; value < 256; ++value)
        table[static_cast<size_t>(value)] = static_cast<uint8_t>(rule(value));
    return table;
}

template <typename Rule>
void mapValues(const Pixels& pixels, const Rule& rule) {
    const Table table = tableOf(rule);
    apply(pixels, {table, table, table});
}

/// ImagingBlend: from one value past another and further.
inline uint8_t blended(int from, int to, float factor) {
    const float value = static_cast<float>(from) + factor * static_cast<float>(to - from);
    return static_cast<uint8_t>(std::clamp(value, 0.F, 255.F));
}

/// Pillow's convert("L").
inline uint8_t luma(const uint8_t* rgb) {
    return static_cast<uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16);
}

/// Multiplied by a share, to the nearest.
inline uint8_t shareOf(int value, double share) {
    return static_cast<uint8_t>(static_cast<int>(static_cast<float>(value) * share + 0.5));
}

/// rgb2hsv_row and hsv2rgb of Pillow's Convert.c, with their mixture of float and double; without branches, so that it
/// is vectorised. The hue counts to 255 and moves by `step`.
inline void turnHue(uint8_t* rgb, int step) {
    const int r = rgb[0], g = rgb[1], b = rgb[2];
    const int most = std::max(std::max(r, g), b), range = most - std::min(std::min(r, g), b);
    const auto divisor = static_cast<float>(range == 0 ? 1 : range);
    const float red = static_cast<float>(most - r) / divisor, green = static_cast<float>(most - g) / divisor,
                blue = static_cast<float>(most - b) / divisor;
    const float fromRed = blue - green;
    const auto fromGreen = static_cast<float>(2.0 + red - blue), fromBlue = static_cast<float>(4.0 + green - red);
    const float from = r == most ? fromRed : g == most ? fromGreen : fromBlue;
    const double turned = from / 6.0 + 1.0;  // below 2
    const double whole = turned < 1.0 ? 0.0 : 1.0;
    const auto hue = static_cast<float>(turned - whole);
    const int saturation255 =
        static_cast<int>(static_cast<float>(range) / static_cast<float>(std::max(most, 1)) * 255.0);

    const int hue255 = (static_cast<int>(hue * 255.0) + step) & 0xFF;
    const double place = static_cast<float>(hue255) * 6.0 / 255.0;
    const int sector = static_cast<int>(place);
    const auto rest = static_cast<float>(place - static_cast<float>(sector));
    const auto saturation = static_cast<float>(static_cast<float>(saturation255) / 255.0);
    const int p = shareOf(most, 1.0 - saturation), q = shareOf(most, 1.0 - saturation * rest),
              t = shareOf(most, 1.0 - saturation * (1.0 - rest));
    // By sector: v t p, q v p, p v t, p q v, t p v, v p q.
    const auto pick = [sector](const std::array<int, 6>& choices) {
        int value = 0;
        for (int i = 0; i < 6; ++i)
            value |= choices[static_cast<size_t>(i)] & -static_cast<int>(sector % 6 == i);
        return static_cast<uint8_t>(value);
    };
    rgb[0] = pick({most, q, p, p, t, most});
    rgb[1] = pick({t, most, most, q, p, p});
    rgb[2] = pick({p, p, t, most, most, q});
}

}  // namespace

void adjustBrightness(const Pixels& pixels, float factor) {
    mapValues(pixels, [factor](int value) { return blended(0, value, factor); });
}

void adjustContrast(const Pixels& pixels, float factor) {
    uint64_t sum = 0;
    const size_t count = pixels.bytes() / 3;
    for (size_t at = 0; at < pixels.bytes(); at += 3)
        sum += luma(pixels.rgb + at);
    const int mean = static_cast<int>(static_cast<double>(sum) / static_cast<double>(count) + 0.5);
    mapValues(pixels, [=](int value) { return blended(mean, value, factor); });
}

DIAGONAL_VECTORISED void adjustSaturation(const Pixels& pixels, float factor) {
    uint8_t* rgb = pixels.rgb;
    const size_t count = pixels.bytes() / 3;
    for (size_t i = 0; i < count; ++i, rgb += 3) {
        const uint8_t gray = luma(rgb);
        rgb[0] = blended(gray, rgb[0], factor);
        rgb[1] = blended(gray, rgb[1], factor);
        rgb[2] = blended(gray, rgb[2], factor);
    }
}

DIAGONAL_VECTORISED void adjustHue(const Pixels& pixels, double turn) {
    const int step = static_cast<int>(turn * 255);
    uint8_t* rgb = pixels.rgb;
    const size_t count = pixels.bytes() / 3;
    for (size_t i = 0; i < count; ++i, rgb += 3)
        turnHue(rgb, step);
}

void turnGray(const Pixels& pixels) {
    for (uint8_t *at = pixels.rgb, *end = at + pixels.bytes(); at < end; at += 3)
        std::fill_n(at, 3, luma(at));
}

void posterize(const Pixels& pixels, int bits) {
    const int mask = ~((1 << (8 - bits)) - 1);
    mapValues(pixels, [mask](int value) { return value & mask; });
}

void solarize(const Pixels& pixels, float threshold) {
    mapValues(pixels, [threshold](int value) { return static_cast<float>(value) < threshold ? value : 255 - value; });
}

void autoContrast(const Pixels& pixels) {
    std::array<Table, 3> tables;
    for (size_t channel = 0; channel < 3; ++channel) {
        const Histogram counts = countValues(pixels, channel);
        int low = 0, high = 255;
        while (low < 255 && counts[static_cast<size_t>(low)] == 0)
            ++low;
        while (high > 0 && counts[static_cast<size_t>(high)] == 0)
            --high;
        const double scale = high > low ? 255.0 / (high - low) : 1;
        const double offset = high > low ? -low * scale : 0;
        tables[channel] =
            tableOf([=](int value) { return std::clamp(static_cast<int>(value * scale + offset), 0, 255); });
    }
    apply(pixels, tables);
}

void equalize(const Pixels& pixels) {
    std::array<Table, 3> tables;
    for (size_t channel = 0; channel < 3; ++channel) {
        const Histogram counts = countValues(pixels, channel);
        size_t last = 255;
        while (last > 0 && counts[last] == 0)
            --last;
        const auto all = static_cast<uint32_t>(pixels.bytes() / 3);
        const uint32_t step = (all - counts[last]) / 255;
        uint32_t sum = step / 2;
        for (size_t value = 0; value < 256; ++value) {
            tables[channel][value] = static_cast<uint8_t>(step == 0 ? value : std::min(sum / step, 255U));
            sum += counts[value];
        }
    }
    apply(pixels, tables);
}

}  // namespace diagonal
