// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/relevance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/image/turn.h"
#include "engine/inference/colour_map.h"

namespace diagonal {

namespace {

constexpr double kTint = 0.22;  ///< opacity where nothing is relevant, of that at the maximum

/// Two neighbours on an axis of cells, and how much of the second.
struct Between {
    int first, second;
    float part;
};

/// position: in cells from the first one's edge.
Between between(double position, int cells) {
    const double fromCentre = std::clamp(position - 0.5, 0.0, cells - 1.0);
    const int first = static_cast<int>(fromCentre);
    return {first, std::min(first + 1, cells - 1), static_cast<float>(fromCentre - first)};
}

float valueAt(const RelevanceMap& map, const Between& across, const Between& down) {
    const auto at = [&](int row, int column) {
        return map.values[static_cast<size_t>(row) * static_cast<size_t>(map.columns) + static_cast<size_t>(column)];
    };
    const auto inRow = [&](int row) { return std::lerp(at(row, across.first), at(row, across.second), across.part); };
    return std::lerp(inRow(down.first), inRow(down.second), down.part);
}

/// RGBA of each of 256 values from 0 to 1.
const std::array<std::array<uint8_t, 4>, 256>& colours() {
    static const auto table = [] {
        std::array<std::array<uint8_t, 4>, 256> made{};
        const auto& magma = colourTable(ColourMap::Magma);
        for (size_t i = 0; i < made.size(); ++i) {
            const double opacity = kTint + (1 - kTint) * static_cast<double>(i) / 255;
            made[i] = {magma[i][0], magma[i][1], magma[i][2], static_cast<uint8_t>(std::lround(255 * opacity))};
        }
        return made;
    }();
    return table;
}

}  // namespace

bool RelevanceMap::isZero() const {
    return std::ranges::all_of(values, [](float value) { return value == 0; });
}

RelevanceMap upright(const RelevanceMap& map, int exifOrientation) {
    const Turn turn(exifOrientation);
    if (turn.isNone()) return map;
    RelevanceMap result = map;
    result.values = turned(map.values, map.columns, map.rows, 1, turn);
    if (turn.transposed) {
        std::swap(result.rows, result.columns);
        std::swap(result.imageWidth, result.imageHeight);
        std::swap(result.area.x, result.area.y);
        std::swap(result.area.width, result.area.height);
    }
    if (turn.mirroredX) result.area.x = result.imageWidth - result.area.x - result.area.width;
    if (turn.mirroredY) result.area.y = result.imageHeight - result.area.y - result.area.height;
    return result;
}

Image upright(const Image& image, int exifOrientation) {
    const Turn turn(exifOrientation);
    if (turn.isNone()) return image;
    Image result{image.width, image.height, turned(image.rgb, image.width, image.height, 3, turn)};
    if (turn.transposed) std::swap(result.width, result.height);
    return result;
}

std::vector<uint8_t> relevanceColours(const RelevanceMap& map, double width, double height, const PixelRect& part) {
    const auto columns = static_cast<int>(std::lround(part.width)), rows = static_cast<int>(std::lround(part.height));
    std::vector<Between> across;
    for (int x = 0; x < columns; ++x)
        across.push_back(between((part.x + x + 0.5) / width * map.columns, map.columns));
    std::vector<uint8_t> rgba;
    rgba.reserve(static_cast<size_t>(columns) * static_cast<size_t>(rows) * 4);
    for (int y = 0; y < rows; ++y) {
        const Between down = between((part.y + y + 0.5) / height * map.rows, map.rows);
        for (const Between& place : across) {
            const double value = std::clamp(valueAt(map, place, down), 0.0F, 1.0F);
            const auto& colour = colours()[static_cast<size_t>(std::lround(value * 255))];
            rgba.insert(rgba.end(), colour.begin(), colour.end());
        }
    }
    return rgba;
}

Image drawRelevance(const Image& image, const RelevanceMap& map, double opacity) {
    const auto inside = [](double value, int size) {
        return static_cast<int>(std::lround(std::clamp(value, 0.0, static_cast<double>(size))));
    };
    const int left = inside(map.area.x, image.width), right = inside(map.area.x + map.area.width, image.width);
    const int top = inside(map.area.y, image.height), bottom = inside(map.area.y + map.area.height, image.height);
    const auto layer = relevanceColours(
        map, map.area.width, map.area.height,
        {left - map.area.x, top - map.area.y, static_cast<double>(right - left), static_cast<double>(bottom - top)});
    Image result = image;
    const uint8_t* over = layer.data();
    for (int y = top; y < bottom; ++y) {
        uint8_t* pixel = result.rgb.data() + (static_cast<ptrdiff_t>(y) * image.width + left) * 3;
        for (int x = left; x < right; ++x, pixel += 3, over += 4) {
            const double alpha = opacity * over[3] / 255;
            for (int channel = 0; channel < 3; ++channel)
                pixel[channel] = static_cast<uint8_t>(std::lround(std::lerp(pixel[channel], over[channel], alpha)));
        }
    }
    return result;
}

}  // namespace diagonal
