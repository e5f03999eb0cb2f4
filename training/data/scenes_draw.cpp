// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "engine/base/error.h"
#include "training/data/scenes.h"
#include "training/data/scenes_effects.h"
#include "training/data/scenes_shapes.h"
#include "training/data/scenes_vocabulary.h"

// Only + - * / and sqrt on floats, none of them contracted (training/CMakeLists.txt): IEEE 754 gives the same bits
// everywhere.

namespace diagonal {

namespace {

using Rgb = std::array<float, 3>;  // 0 … 255

/// hue in degrees, saturation and value 0 … 1.
Rgb fromHsv(float hue, float saturation, float value) {
    if (hue < 0) hue += 360;
    if (hue >= 360) hue -= 360;
    const float sector = hue / 60;
    const auto channel = [&](float offset) {
        float k = offset + sector;
        if (k >= 6) k -= 6;
        const float ramp = std::clamp(std::min(k, 4 - k), 0.F, 1.F);
        return 255 * (value - value * saturation * ramp);
    };
    return {channel(5), channel(3), channel(1)};
}

Rgb drawColour(int index, Random& random) {
    const SceneColour& range = sceneColourRanges().at(static_cast<size_t>(index));
    const auto pick = [&](int low, int high) {
        return random.between(static_cast<float>(low), static_cast<float>(high));
    };
    const float hue = pick(range.hueLow, range.hueHigh);
    const float saturation = pick(range.saturationLow, range.saturationHigh) / 100;
    const float value = pick(range.valueLow, range.valueHigh) / 100;
    return fromHsv(hue, saturation, value);
}

/// A colour of the range that can be seen on the background: dark blue shades of purple are not drawn on dark blue.
Rgb drawVisibleColour(int index, int background, Random& random) {
    const SceneBackground& ground = sceneBackgrounds().at(static_cast<size_t>(background));
    Rgb colour = {};
    for (int attempt = 0; attempt < 8; ++attempt) {
        colour = drawColour(index, random);
        const float red = colour[0] - ground.red, green = colour[1] - ground.green, blue = colour[2] - ground.blue;
        if (red * red + green * green + blue * blue > 80 * 80) break;
    }
    return colour;
}

Rgb mixed(const Rgb& a, const Rgb& b, float share) {
    Rgb result = {};
    for (size_t c = 0; c < 3; ++c)
        result[c] = a[c] + (b[c] - a[c]) * share;
    return result;
}

uint8_t toByte(float value) {
    // Negative values, which this rounds wrongly, end as 0. NOLINTNEXTLINE(bugprone-incorrect-roundings)
    return static_cast<uint8_t>(std::clamp(static_cast<int>(value + 0.5F), 0, 255));
}

/// All that varies from picture to picture beside what the caption says.
struct Style {
    float softness = 1;  ///< width of an edge in pixels; 0: hard
    float outline = 0;   ///< width as a share of the radius; 0: none
    Rgb outlineColour = {};
    float fillGradient = 0;
    int noise = 0;
    bool greyNoise = false;
    int blurWeight = 0;
    int jpegQuality = 0;
    float brightness = 1;
};

Style drawStyle(const Rgb& fill, Random& random) {
    Style style;
    const float edge = random.unit();
    style.softness = edge < 0.25F ? 0.F : (edge < 0.8F ? 1.F : random.between(1.2F, 2.5F));
    if (random.chance(0.2F)) {
        style.outline = random.between(0.04F, 0.11F);
        const float kind = random.unit();
        style.outlineColour = kind < 0.5F   ? Rgb{12, 12, 12}
                              : kind < 0.8F ? mixed(fill, {0, 0, 0}, 0.45F)
                                            : Rgb{250, 250, 250};
    }
    if (random.chance(0.2F)) style.fillGradient = random.between(-22, 22);
    if (random.chance(0.25F)) {
        style.noise = 2 + static_cast<int>(random.below(13));
        style.greyNoise = random.chance(0.5F);
    }
    if (random.chance(0.2F)) style.blurWeight = 1 + static_cast<int>(random.below(4));
    if (random.chance(0.2F)) style.jpegQuality = 25 + static_cast<int>(random.below(65));
    if (random.chance(0.2F)) style.brightness = random.between(0.86F, 1.1F);
    return style;
}

/// Plain, a soft gradient, or a faint texture.
void paintBackground(Image& image, int index, Random& random) {
    const SceneBackground& background = sceneBackgrounds().at(static_cast<size_t>(index));
    Rgb base = {static_cast<float>(background.red), static_cast<float>(background.green),
                static_cast<float>(background.blue)};
    const bool pure = random.chance(0.4F);  // white is often exactly white
    if (pure && index == 0) base = {255, 255, 255};
    if (pure && index == 1) base = {0, 0, 0};
    if (!pure) {
        const float shift = random.between(-7, 7);
        for (float& channel : base)
            channel += shift + random.between(-4, 4);
    }
    const float kind = random.unit();
    float acrossX = 0, acrossY = 0;
    if (kind > 0.65F && kind < 0.85F) {
        acrossX = random.between(-22, 22);
        acrossY = random.between(-22, 22);
    }
    const auto side = static_cast<float>(image.width);
    const size_t stride = static_cast<size_t>(image.width) * 3;
    for (int y = 0; y < image.height; ++y) {
        uint8_t* line = image.rgb.data() + static_cast<size_t>(y) * stride;
        if (y > 0 && acrossX == 0 && acrossY == 0) {
            std::copy(image.rgb.data(), image.rgb.data() + stride, line);
            continue;
        }
        for (int x = 0; x < image.width; ++x) {
            const float shade =
                acrossX * (static_cast<float>(x) / side - 0.5F) + acrossY * (static_cast<float>(y) / side - 0.5F);
            for (size_t c = 0; c < 3; ++c)
                line[3 * x + static_cast<int>(c)] = toByte(base[c] + shade);
        }
    }
    if (kind >= 0.85F) {
        const int amplitude = 6 + static_cast<int>(random.below(12));
        const bool grey = random.chance(0.6F);
        addNoise(image, amplitude, grey, random);
        if (random.chance(0.6F)) blur(image, 1);
    }
}

/// How much of a pixel lies inside, at a signed distance from the outline.
float coverage(float distance, float softness) {
    if (softness == 0) return distance <= 0 ? 1.F : 0.F;
    return std::clamp(0.5F - distance / softness, 0.F, 1.F);
}

void paintShape(Image& image, int shape, const ShapePlacement& place, const Rgb& fill, const Style& style) {
    const float reach = place.radius * 1.25F + 2;
    const int left = std::max(0, static_cast<int>(place.x - reach));
    const int right = std::min(image.width, static_cast<int>(place.x + reach) + 1);
    const int top = std::max(0, static_cast<int>(place.y - reach));
    const int bottom = std::min(image.height, static_cast<int>(place.y + reach) + 1);
    if (left >= right) return;
    const float outline = style.outline == 0 ? 0.F : std::max(style.outline * place.radius, 0.8F);
    std::vector<float> distances(static_cast<size_t>(right - left));
    for (int y = top; y < bottom; ++y) {
        shapeDistances(shape, place, y, left, right - left, distances.data());
        uint8_t* pixel = image.rgb.data() + (static_cast<size_t>(y) * image.width + left) * 3;
        const float shade = style.fillGradient * (static_cast<float>(y) - place.y) / place.radius;
        for (const float distance : distances) {
            const float share = coverage(distance, style.softness);
            if (share > 0) {
                // The outline lies inside, so that the shape keeps its size.
                const float inner = outline == 0 ? 1.F : coverage(distance + outline, style.softness);
                for (size_t c = 0; c < 3; ++c) {
                    const float ink = inner * (fill[c] + shade) + (1 - inner) * style.outlineColour[c];
                    pixel[c] = toByte(pixel[c] + (ink - pixel[c]) * share);
                }
            }
            pixel += 3;
        }
    }
}

struct Spot {
    float x, y, radius;  ///< as shares of the picture's side
};

/// One object: in the cell of the 3 x 3 grid that the scene names, wholly inside the picture.
Spot singleSpot(const Scene& scene, Random& random) {
    constexpr std::array<std::array<float, 2>, 3> kRadii = {{{0.15F, 0.19F}, {0.22F, 0.28F}, {0.31F, 0.44F}}};
    const auto& [smallest, largest] = kRadii.at(static_cast<size_t>(scene.size));
    const float radius = random.between(smallest, largest);
    const auto along = [&](int cell) {
        // The outer cells reach from the edge to 0.37; the middle one lies around 0.5.
        const float near = radius + 0.02F, far = std::max(near, 0.34F);
        if (cell == 1) return random.between(0.44F, 0.56F);
        const float offset = near < far ? random.between(near, far) : near;
        return cell == 0 ? offset : 1 - offset;
    };
    Spot spot = {along(scene.position % 3), along(scene.position / 3), radius};
    const float margin = radius + 0.01F;
    spot.x = std::clamp(spot.x, margin, 1 - margin);
    spot.y = std::clamp(spot.y, margin, 1 - margin);
    return spot;
}

/// Two to four objects of about one size, apart from each other: on a jittered grid of 2 x 2, or in a row.
std::vector<Spot> severalSpots(const Scene& scene, Random& random) {
    std::vector<Spot> spots;
    const bool small = scene.size == 0;
    const bool inRow = scene.count < 4 && random.chance(0.4F);
    if (inRow) {
        const float step = 1.F / static_cast<float>(scene.count);
        const bool upright = random.chance(0.3F);
        const float limit = scene.count == 2 ? 0.225F : 0.15F;
        const float radius = small ? random.between(0.1F, 0.13F) : random.between(0.8F * limit, limit);
        const float slack = std::min(step / 2 - radius - 0.01F, 0.06F);
        const float middle = random.between(0.35F, 0.65F);
        for (int i = 0; i < scene.count; ++i) {
            const float a = (static_cast<float>(i) + 0.5F) * step + random.between(-slack, slack);
            const float b = middle + random.between(-0.06F, 0.06F);
            spots.push_back(upright ? Spot{b, a, radius} : Spot{a, b, radius});
        }
        return spots;
    }
    std::vector<int> cells = {0, 1, 2, 3};
    shuffle(cells, random);
    const float radius = small ? random.between(0.1F, 0.14F) : random.between(0.17F, 0.22F);
    const float slack = std::min(0.24F - radius, 0.08F);
    for (int i = 0; i < scene.count; ++i) {
        const int cell = cells[static_cast<size_t>(i)], column = cell % 2, row = cell / 2;
        const float x = 0.25F + 0.5F * static_cast<float>(column), y = 0.25F + 0.5F * static_cast<float>(row);
        const float dx = random.between(-slack, slack), dy = random.between(-slack, slack);
        spots.push_back({x + dx, y + dy, radius});
    }
    return spots;
}

}  // namespace

Image drawScene(const Scene& scene, int size) {
    if (size < 16 || size > 1024) {
        throw Error("scenes", "a picture of " + std::to_string(size) + " pixels cannot be drawn",
                    "Give a size from 16 to 1024");
    }
    Random random(seedOf(scene.seed, scene.shape, scene.colour, scene.background));
    Image image;
    image.width = image.height = size;
    image.rgb.resize(static_cast<size_t>(size) * size * 3);

    const Rgb fill = drawVisibleColour(scene.colour, scene.background, random);
    const Style style = drawStyle(fill, random);
    paintBackground(image, scene.background, random);
    const std::vector<Spot> spots =
        scene.count == 1 ? std::vector<Spot>{singleSpot(scene, random)} : severalSpots(scene, random);
    ShapePlacement place = drawPlacement(scene.shape, random);
    const bool alike = random.chance(0.6F);  // copies of one shape, or each turned its own way
    const auto side = static_cast<float>(size);
    for (const Spot& spot : spots) {
        if (!alike) place = drawPlacement(scene.shape, random);
        place.x = spot.x * side;
        place.y = spot.y * side;
        place.radius = spot.radius * side;
        paintShape(image, scene.shape, place, fill, style);
    }
    if (style.brightness != 1) {
        for (uint8_t& value : image.rgb)
            value = toByte(value * style.brightness);
    }
    if (style.blurWeight > 0) blur(image, style.blurWeight);
    if (style.noise > 0) addNoise(image, style.noise, style.greyNoise, random);
    if (style.jpegQuality > 0) jpegLosses(image, style.jpegQuality);
    return image;
}

}  // namespace diagonal
