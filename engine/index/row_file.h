// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/file.h"
#include "engine/index/snapshot.h"

namespace diagonal {

/// The rows of a library as they lie on the disk: numbers of one type, row after row, nothing else. Rows are only ever
/// added; what stands behind those that the database knows of was cut off by a kill, and is written over.
class RowFile {
  public:
    /// Opens or begins it to be written; `rows` are known. Throws Error, as all below.
    RowFile(std::filesystem::path path, int64_t rows, size_t rowBytes);
    ~RowFile();
    RowFile(const RowFile&) = delete;
    RowFile& operator=(const RowFile&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    int64_t rows() const { return m_rows; }  ///< with those that are pending
    size_t rowBytes() const { return m_rowBytes; }
    size_t pendingBytes() const { return m_pending.size(); }

    void add(std::span<const std::byte> rows);
    /// Throws Error for rows that are not there, too.
    std::vector<std::byte> read(int64_t row, int64_t count) const;
    /// Writes what is pending, and waits until it is on the disk.
    void flush();
    /// Forgets rows from here on, flushed or not.
    void cut(int64_t rows);

  private:
    std::filesystem::path m_path;
    size_t m_rowBytes;
    int64_t m_rows, m_written;
    std::vector<std::byte> m_pending;
    int m_descriptor = -1;
};

/// A damaged library: its database names rows that it does not have. Throws Error.
[[noreturn]] void failDamagedRows(const std::filesystem::path& folder);

/// "rows-3.fp16"
std::filesystem::path rowFileName(int64_t number, RowType type);

/// Maps the first `rows` rows of a file. Throws Error where it has fewer. Empty for none.
std::shared_ptr<const MappedFile> mapRows(const std::filesystem::path& path, int64_t rows, size_t rowBytes);

/// Numbers as the rows keep them: nearest, ties to even.
std::vector<std::byte> packedRow(std::span<const float> values, RowType type);

}  // namespace diagonal
