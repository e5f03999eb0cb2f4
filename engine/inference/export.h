// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
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

/// Writes embeddings to a file, row by row; it is there whole after finish(), or not at all. Formats are those of
/// exportEmbeddings; of .safetensors the names are kept in memory until then.
class EmbeddingWriter {
  public:
    /// dim: numbers of a row. names: prepared for all that may come. Throws Error, as all below.
    EmbeddingWriter(const std::filesystem::path& file, int64_t dim, const CsvNames& names);
    ~EmbeddingWriter();
    EmbeddingWriter(const EmbeddingWriter&) = delete;
    EmbeddingWriter& operator=(const EmbeddingWriter&) = delete;

    void add(const std::string& name, std::span<const float> row);
    void finish();

  private:
    [[noreturn]] void failRows() const;
    void finishNpy();
    void finishSafetensors();

    std::filesystem::path m_file;
    std::string m_ending;
    int64_t m_dim, m_count = 0;
    CsvNames m_cells;
    std::unique_ptr<AtomicFile> m_csv, m_npyNames;
    /// Rows of .npy and .safetensors: their number stands in front of them. A file without a name.
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> m_rows;
    std::vector<std::string> m_names;  ///< of .safetensors
};

/// names[i] belongs to row i; names of any bytes can be told from what is written (CsvNames, displayName; in
/// safetensors "name_bytes" in the metadata). The format follows the file's ending: .csv (path,e0,e1,…), .npy (float32
/// [n, d], with FILE.paths.txt beside it) or .safetensors (tensor "embeddings", names in the metadata). Throws Error
/// for other endings and for a disk that is full.
void exportEmbeddings(const std::filesystem::path& file, const std::vector<std::string>& names,
                      const Embeddings& embeddings);

/// .csv (a row an image, a column a text) or .npy (float32 [images, texts], with the names in FILE.paths.txt and
/// FILE.texts.txt beside it); pictures are drawn by exportMatrixPicture.
void exportMatrix(const std::filesystem::path& file, const std::vector<std::string>& rowNames,
                  const std::vector<std::string>& columnNames, const SimilarityMatrix& matrix);

/// NPY version 1.0, little-endian float32, C order.
void writeNpy(const std::filesystem::path& file, const float* values, const std::vector<int64_t>& shape);

}  // namespace diagonal
