// SPDX-License-Identifier: Apache-2.0
#include "training/data/scenes_effects.h"

#include <algorithm>
#include <array>
#include <vector>

namespace diagonal {

namespace {

uint8_t clampByte(int value) {
    return static_cast<uint8_t>(std::clamp(value, 0, 255));
}

uint8_t rounded(float value) {
    // Negative values, which this rounds wrongly, end as 0. NOLINTNEXTLINE(bugprone-incorrect-roundings)
    return clampByte(static_cast<int>(value + 0.5F));
}

using Block = std::array<float, 64>;

/// cos((2 x + 1) u pi / 16) times the norm of the transform, as constants so that no libm is asked.
constexpr std::array<std::array<float, 8>, 8> cosines() {
    constexpr float kCos[8] = {1.F,         0.98078528F, 0.92387953F, 0.83146961F,
                               0.70710678F, 0.55557023F, 0.38268343F, 0.19509032F};
    std::array<std::array<float, 8>, 8> table = {};
    for (int u = 0; u < 8; ++u) {
        for (int x = 0; x < 8; ++x) {
            int k = ((2 * x + 1) * u) % 32;  // in steps of pi / 16
            if (k > 16) k = 32 - k;
            const float value = k == 8 ? 0.F : (k < 8 ? kCos[k] : -kCos[16 - k]);
            table[u][x] = value * (u == 0 ? 0.35355339F : 0.5F);
        }
    }
    return table;
}

constexpr auto kCosines = cosines();

constexpr std::array<int, 64> kLumaTable = {16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
                                            14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
                                            18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
                                            49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99};
constexpr std::array<int, 64> kChromaTable = {17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
                                              24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
                                              99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
                                              99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};

Block quantisers(const std::array<int, 64>& base, int quality) {
    const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    Block steps = {};
    for (size_t i = 0; i < 64; ++i)
        steps[i] = static_cast<float>(std::clamp((base[i] * scale + 50) / 100, 1, 255));
    return steps;
}

float roundAway(float value) {
    return static_cast<float>(static_cast<int>(value + (value < 0 ? -0.5F : 0.5F)));
}

/// out = transform * in, then transposed; twice makes the two-dimensional transform.
template <bool kInverse>
void pass(const Block& in, Block& out) {
    for (size_t y = 0; y < 8; ++y) {
        std::array<float, 8> sums = {};
        for (size_t x = 0; x < 8; ++x) {
            for (size_t u = 0; u < 8; ++u)
                sums[u] += in[y * 8 + x] * (kInverse ? kCosines[x][u] : kCosines[u][x]);
        }
        for (size_t u = 0; u < 8; ++u)
            out[u * 8 + y] = sums[u];
    }
}

/// One plane of width x height, edges repeated to whole blocks.
void quantisePlane(std::vector<float>& plane, int width, int height, const Block& steps) {
    Block block, other;
    const auto index = [](int y, int x) { return static_cast<size_t>(y) * 8 + static_cast<size_t>(x); };
    for (int top = 0; top < height; top += 8) {
        for (int left = 0; left < width; left += 8) {
            for (int y = 0; y < 8; ++y) {
                for (int x = 0; x < 8; ++x) {
                    const int row = std::min(top + y, height - 1), column = std::min(left + x, width - 1);
                    block[index(y, x)] = plane[static_cast<size_t>(row) * width + column];
                }
            }
            pass<false>(block, other);
            pass<false>(other, block);
            for (size_t i = 0; i < 64; ++i)
                block[i] = roundAway(block[i] / steps[i]) * steps[i];
            pass<true>(block, other);
            pass<true>(other, block);
            for (int y = 0; y < std::min(8, height - top); ++y) {
                for (int x = 0; x < std::min(8, width - left); ++x) {
                    plane[static_cast<size_t>(top + y) * width + left + x] = block[index(y, x)];
                }
            }
        }
    }
}

}  // namespace

void addNoise(Image& image, int amplitude, bool grey, Random& random) {
    const auto range = static_cast<uint32_t>(2 * amplitude + 1);
    for (size_t i = 0; i + 2 < image.rgb.size(); i += 3) {
        const uint64_t bits = random.next();
        for (size_t c = 0; c < 3; ++c) {
            const auto part = static_cast<uint32_t>(bits >> (grey ? 0 : 16 * c)) & 0xFFFFU;
            image.rgb[i + c] = clampByte(image.rgb[i + c] + static_cast<int>((part * range) >> 16) - amplitude);
        }
    }
}

void blur(Image& image, int weight) {
    const int sum = weight + 2;
    const auto stride = static_cast<size_t>(image.width) * 3;
    std::vector<uint8_t> row(stride);
    for (int y = 0; y < image.height; ++y) {
        uint8_t* line = image.rgb.data() + static_cast<size_t>(y) * stride;
        std::copy(line, line + stride, row.begin());
        for (size_t i = 3; i + 3 < stride; ++i) {
            line[i] = static_cast<uint8_t>((row[i - 3] + weight * row[i] + row[i + 3] + sum / 2) / sum);
        }
    }
    std::vector<uint8_t> above(image.rgb.begin(), image.rgb.begin() + static_cast<std::ptrdiff_t>(stride));
    for (int y = 1; y + 1 < image.height; ++y) {
        uint8_t* line = image.rgb.data() + static_cast<size_t>(y) * stride;
        const uint8_t* below = line + stride;
        std::copy(line, line + stride, row.begin());
        for (size_t i = 0; i < stride; ++i) {
            line[i] = static_cast<uint8_t>((above[i] + weight * row[i] + below[i] + sum / 2) / sum);
        }
        above.swap(row);
    }
}

void jpegLosses(Image& image, int quality) {
    const int width = image.width, height = image.height;
    const int halfWidth = (width + 1) / 2, halfHeight = (height + 1) / 2;
    std::vector<float> luma(static_cast<size_t>(width) * height);
    std::vector<float> blueness(static_cast<size_t>(halfWidth) * halfHeight), redness(blueness.size());
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const size_t at = static_cast<size_t>(y) * width + x;
            const float r = image.rgb[3 * at], g = image.rgb[3 * at + 1], b = image.rgb[3 * at + 2];
            luma[at] = 0.299F * r + 0.587F * g + 0.114F * b - 128.F;
            const size_t half = static_cast<size_t>(y / 2) * halfWidth + x / 2;
            const int cell = ((x | 1) < width ? 2 : 1) * ((y | 1) < height ? 2 : 1);  // fewer at odd edges
            const float share = cell == 4 ? 0.25F : (cell == 2 ? 0.5F : 1.F);
            blueness[half] += share * (-0.168736F * r - 0.331264F * g + 0.5F * b);
            redness[half] += share * (0.5F * r - 0.418688F * g - 0.081312F * b);
        }
    }
    quantisePlane(luma, width, height, quantisers(kLumaTable, quality));
    quantisePlane(blueness, halfWidth, halfHeight, quantisers(kChromaTable, quality));
    quantisePlane(redness, halfWidth, halfHeight, quantisers(kChromaTable, quality));
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const size_t at = static_cast<size_t>(y) * width + x;
            const size_t half = static_cast<size_t>(y / 2) * halfWidth + x / 2;
            const float l = luma[at] + 128.F, cb = blueness[half], cr = redness[half];
            image.rgb[3 * at] = rounded(l + 1.402F * cr);
            image.rgb[3 * at + 1] = rounded(l - 0.344136F * cb - 0.714136F * cr);
            image.rgb[3 * at + 2] = rounded(l + 1.772F * cb);
        }
    }
}

}  // namespace diagonal
