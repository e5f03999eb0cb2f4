// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/inference/matrix.h"
#include "engine/inference/session.h"

namespace diagonal {

/// A CSV cell of text (RFC 4180), defused for spreadsheets: one that begins with = + - @ tab or CR gets a ' in front.
std::string csvText(std::string_view text);
/// A number that reads back to the same float, with a decimal point in every locale.
std::string csvNumber(double value);

/// names[i] belongs to row i; names of any bytes can be told from what is written (CsvNames, displayName; in
/// safetensors "name_bytes" in the metadata). The format follows the file's ending: .csv (path,e0,e1,…), .npy (float32
/// [n, d], with FILE.paths.txt beside it) or .safetensors (tensor "embeddings", names in the metadata). Throws Error
/// for other endings and for a disk that is full.
void exportEmbeddings(const std::filesystem::path& file, const std::vector<std::string>& names,
                      const Embeddings& embeddings);

/// .csv (a row an image, a column a text) or .npy; pictures are drawn by exportMatrixPicture.
void exportMatrix(const std::filesystem::path& file, const std::vector<std::string>& rowNames,
                  const std::vector<std::string>& columnNames, const SimilarityMatrix& matrix);

/// NPY version 1.0, little-endian float32, C order.
void writeNpy(const std::filesystem::path& file, const float* values, const std::vector<int64_t>& shape);

}  // namespace diagonal
