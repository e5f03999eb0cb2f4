// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/job.h"
#include "engine/inference/session.h"

namespace diagonal {

/// How numbers are written.
enum class FloatType : uint8_t { Float32, Float16 };

/// A row of a file of embeddings.
struct EmbeddingRow {
    std::string_view name;  ///< of any bytes
    std::span<const float> values;
    std::span<const std::string> more;  ///< UTF-8, a cell for each of EmbeddingRows::columns()
};

/// Rows that can be gone through more than once, so that nobody has to hold them all.
class EmbeddingRows {
  public:
    virtual ~EmbeddingRows() = default;

    virtual int64_t dim() const = 0;
    virtual int64_t count() const = 0;
    /// What stands beside name and numbers: "caption", "time".
    virtual const std::vector<std::string>& columns() const = 0;
    /// Each time the same rows in the same order. Throws Error.
    virtual void forEach(const std::function<void(const EmbeddingRow&)>& visit) const = 0;
};

struct EmbeddingFileOptions {
    FloatType type = FloatType::Float32;
    std::map<std::string, std::string> facts = {};  ///< go into the metadata of .safetensors
};

/// The endings that writeEmbeddings knows, for people: ".csv, .npy or .safetensors".
bool isEmbeddingFile(const std::filesystem::path& file);

/// Writes rows to a file that is there whole or not at all, and never with names of another one; its ending says how:
/// .csv (path,e0,e1,…, then the other columns), .npy ([n, d], with FILE.paths.txt beside it, and FILE.rows.csv where
/// there are other columns) or .safetensors (tensor "embeddings"; in the metadata "names", a list in JSON, and
/// "columns", an object of lists; where they would take more than 32 MB they stand beside it as those of .npy do).
/// Names of any bytes can be told from what is written (CsvNames, displayName; in safetensors "name_bytes" in the
/// metadata). Memory does not grow with the rows beyond that. Progress in rows. Throws Error for other endings, a disk
/// that is full, and numbers beyond 65504 in fp16; Cancelled.
void writeEmbeddings(const std::filesystem::path& file, const EmbeddingRows& rows,
                     const EmbeddingFileOptions& options = {}, const JobContext& job = {});

/// names[i] belongs to row i.
void exportEmbeddings(const std::filesystem::path& file, const std::vector<std::string>& names,
                      const Embeddings& embeddings, const EmbeddingFileOptions& options = {});

/// The header of an NPY file, version 1.0: descr is "<f4" or "<f2".
std::string npyHeader(const std::vector<int64_t>& shape, const char* descr = "<f4");

}  // namespace diagonal
