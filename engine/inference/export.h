// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/file.h"
#include "engine/inference/image_names.h"
#include "engine/inference/matrix.h"
#include "engine/inference/session.h"

namespace diagonal {

/// A CSV cell of text (RFC 4180), defused for spreadsheets: one that begins with = + - @ tab or CR, after any ', gets a
/// ' in front. plainCsvText undoes that.
std::string csvText(std::string_view text);
std::string plainCsvText(const std::string& cell);
/// A number that reads back to the same float, with a decimal point in every locale.
std::string csvNumber(double value);

/// .csv (a row an image, a column a text) or .npy (float32 [images, texts], with the names in FILE.paths.txt and
/// FILE.texts.txt beside it); pictures are drawn by exportMatrixPicture.
void exportMatrix(const std::filesystem::path& file, const std::vector<std::string>& rowNames,
                  const std::vector<std::string>& columnNames, const SimilarityMatrix& matrix);

/// NPY version 1.0, little-endian float32, C order.
void writeNpy(const std::filesystem::path& file, const float* values, const std::vector<int64_t>& shape);

}  // namespace diagonal
