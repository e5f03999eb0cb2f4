// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "engine/embeddings/embedding_file.h"

namespace diagonal {

/// What readEmbeddings has opened. It stays readable while the files do not change.
struct ReadEmbeddings {
    std::unique_ptr<const EmbeddingRows> rows;
    std::map<std::string, std::string> facts;  ///< EmbeddingFileOptions::facts, where the file has such
};

/// Opens a file of embeddings, of writeEmbeddings or of another program:
/// - .npy: float16, float32 or float64 [n, d], row after row or column after column. Names stand in FILE.rows.csv or
/// FILE.paths.txt beside it.
/// - .safetensors: the tensor "embeddings", or the only one of two dimensions, of F16, BF16, F32 or F64.
/// - .csv, .tsv: a header, and a row each. Numbers are the columns e0, e1, …, or where there are none all whose first
///   cell is a number (but one without a name, an index); the name is the column "path", else the first of the others.
/// names: a text file of names, one a line, in place of those; rows without any are "1", "2", … Numbers are not
/// checked: a row may hold NaN. Throws Error for other endings, what is damaged, and numbers of names that do not
/// match; so does going through the rows, for a CSV cell that is no number.
ReadEmbeddings readEmbeddings(const std::filesystem::path& file, const std::filesystem::path& names = {});

}  // namespace diagonal
