// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/png.h"
#include "engine/inference/colour_map.h"

namespace diagonal {

namespace {

constexpr int64_t kWantedSide = 1200;  ///< pixels
constexpr int64_t kLargestCell = 48;
constexpr int64_t kLargestSide = 65'535;
constexpr int64_t kMostPixels = int64_t{1} << 28;
constexpr int kHatch = 6;  ///< pixels from stripe to stripe

using Colour = std::array<uint8_t, 3>;

Colour colourOf(float value, double low, double high, const std::array<Colour, 256>& table) {
    const double place = high > low ? (value - low) / (high - low) : 0.5;
    return table[static_cast<size_t>(std::lround(std::clamp(place, 0.0, 1.0) * 255))];
}

/// Stripes that run as the diagonal does.
Colour hatch(int64_t x, int64_t y) {
    const int64_t phase = (((x - y) % kHatch) + kHatch) % kHatch;
    return phase < 2 ? Colour{130, 130, 136} : Colour{236, 236, 238};
}

}  // namespace

Image drawMatrix(const SimilarityMatrix& matrix, ColourMap map, double low, double high, int64_t cell) {
    const auto& table = colourTable(map);
    Image image{static_cast<int>(matrix.columns * cell), static_cast<int>(matrix.rows * cell), {}};
    image.rgb.reserve(static_cast<size_t>(image.width) * static_cast<size_t>(image.height) * 3);
    for (int64_t y = 0; y < image.height; ++y) {
        for (int64_t x = 0; x < image.width; ++x) {
            const float value = matrix.at(y / cell, x / cell);
            const Colour colour = std::isnan(value) ? hatch(x, y) : colourOf(value, low, high, table);
            image.rgb.insert(image.rgb.end(), colour.begin(), colour.end());
        }
    }
    return image;
}

void exportMatrixPicture(const std::filesystem::path& file, const SimilarityMatrix& matrix, ColourMap map, double low,
                         double high) {
    const std::string name = displayName(file);
    if (matrix.rows == 0 || matrix.columns == 0) throw Error(name, "not written: the matrix has no cells");
    const int64_t longer = std::max(matrix.rows, matrix.columns);
    const int64_t cell = std::clamp(kWantedSide / longer, int64_t{1}, kLargestCell);
    if (longer > kLargestSide || matrix.columns * cell > kMostPixels / (matrix.rows * cell))
        throw Error(name, "the matrix is too large for a picture", "Write it as .csv or .npy");
    const auto bytes = encodePng(drawMatrix(matrix, map, low, high, cell));
    writeFile(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace diagonal
