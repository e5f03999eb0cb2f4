// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/file.h"

namespace diagonal {

/// What the rows of a file of embeddings are called, and what else is known of each, in turn.
class RowNames {
  public:
    virtual ~RowNames() = default;

    const std::vector<std::string>& columns() const { return m_columns; }
    /// Before the first of a pass.
    virtual void rewind() = 0;
    /// more: a cell for each of columns(). False where there are no more. Throws Error.
    virtual bool next(std::string& name, std::vector<std::string>& more) = 0;
    /// Whether there is a name for whatever number of rows.
    virtual bool isEndless() const { return false; }

  protected:
    std::vector<std::string> m_columns;
};

/// A CSV or TSV file as readEmbeddings takes it: numbers, and what stands beside them.
class RowTable : public RowNames {
  public:
    /// withNumbers: else all columns are names. Throws Error.
    explicit RowTable(const std::filesystem::path& file, bool withNumbers = true);

    size_t dim() const { return m_numbers.size(); }
    int64_t countRows() const;

    void rewind() override;
    bool next(std::string& name, std::vector<std::string>& more) override;
    /// Of the record that next() has taken; values has dim() places. Throws Error for a cell that is no number.
    void readNumbers(std::vector<float>& values) const;

  private:
    void sortColumns(const std::vector<std::string>& head, const std::vector<std::string>& first, bool withNumbers);
    [[noreturn]] void fail(const std::string& problem) const;

    std::filesystem::path m_path;
    MappedFile m_file;
    char m_delimiter;
    std::string_view m_begin, m_left;
    std::vector<size_t> m_numbers, m_others;
    std::optional<size_t> m_name, m_bytes;
    size_t m_width = 0, m_row = 0;
    std::vector<std::string> m_cells;
};

/// One a line, as displayName writes them.
std::unique_ptr<RowNames> namesOfLines(const std::filesystem::path& file);
/// `given`, a file of lines; else what stands beside a file of embeddings; else "1", "2", …
std::unique_ptr<RowNames> namesBeside(const std::filesystem::path& file, const std::filesystem::path& given);
/// Of the metadata of writeEmbeddings; null where there are none. Throws Error where they are damaged.
std::unique_ptr<RowNames> namesInMetadata(const std::filesystem::path& file,
                                          const std::map<std::string, std::string>& metadata);
/// Throws Error where there are not as many as rows.
void requireCount(const std::filesystem::path& file, RowNames& names, int64_t rows);

}  // namespace diagonal
