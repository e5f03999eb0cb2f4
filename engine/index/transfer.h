// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/embeddings/embedding_file.h"
#include "engine/image/image_files.h"
#include "engine/index/library.h"

namespace diagonal {

struct ImportOptions {
    std::filesystem::path names = {};  ///< a list with a name a row, see readEmbeddings
    RowType type = RowType::Float16;
    /// What made the rows, where that is known: then words can be looked for. Its dim is the file's. Without an
    /// identity it is what the file says of itself (.safetensors of an export), else none.
    LibraryModel model = {};
};

struct ImportReport {
    int64_t rows = 0, files = 0;
    size_t doubled = 0;                 ///< names that stood there before: they have " (2)" behind them
    std::vector<FileFailure> failures;  ///< rows that are no numbers, or all zero
};

/// Makes a library of a file of embeddings (readEmbeddings): a row a picture, of unit length; rows of one name, one
/// after the other, with a time are the frames of a video. Names that are relative paths of files that are there,
/// beside the file or here, become absolute. The folder must be new or empty. Progress in rows. Throws Error,
/// Cancelled; then no library is left.
ImportReport importLibrary(const std::filesystem::path& folder, const std::filesystem::path& file,
                           const ImportOptions& options = {}, const JobContext& job = {});

/// The rows of a library that are in use, as writeEmbeddings and writeProjector take them: in order of rows, with
/// "time", "start", "stop" (seconds) and "patch" where it has videos.
class LibraryRows : public EmbeddingRows {
  public:
    explicit LibraryRows(std::shared_ptr<const Snapshot> snapshot);

    int64_t dim() const override { return m_snapshot->model.dim; }
    int64_t count() const override { return m_count; }
    const std::vector<std::string>& columns() const override { return m_columns; }
    void forEach(const std::function<void(const EmbeddingRow&)>& visit) const override;
    /// For the metadata of .safetensors.
    std::map<std::string, std::string> facts() const;

  private:
    std::shared_ptr<const Snapshot> m_snapshot;
    int64_t m_count = 0;
    std::vector<std::string> m_columns;
};

/// Writes the rows of a library: .csv, .npy, .safetensors, or a folder .projector with small pictures of those files
/// that are there. Progress in rows. Throws Error, Cancelled. Returns the rows written.
int64_t exportLibrary(const std::shared_ptr<const Snapshot>& snapshot, const std::filesystem::path& file,
                      FloatType type = FloatType::Float32, const JobContext& job = {});

}  // namespace diagonal
