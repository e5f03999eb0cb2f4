// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "engine/image/image.h"
#include "engine/inference/matrix.h"

namespace diagonal {

enum class ColourMap { Viridis, Magma, Cividis };

/// 256 sRGB colours, dark to bright (matplotlib's tables).
const std::array<std::array<uint8_t, 3>, 256>& colourTable(ColourMap map);

/// The matrix as squares of cell x cell pixels, nearest-neighbour, range low..high; NaN hatched.
Image drawMatrix(const SimilarityMatrix& matrix, ColourMap map, double low, double high, int64_t cell);

/// drawMatrix as a PNG file, cells as large as fits a page. Throws Error.
void exportMatrixPicture(const std::filesystem::path& file, const SimilarityMatrix& matrix, ColourMap map, double low,
                         double high);

}  // namespace diagonal
