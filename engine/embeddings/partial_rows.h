// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/embeddings/embedding_file.h"

namespace diagonal {

/// What became of one thing that was to be embedded: rows, mostly one, or why there are none.
struct EmbeddedItem {
    struct Row {
        std::string name;
        std::vector<std::string> more;  ///< as EmbeddingRow::more
        std::vector<float> values;
    };

    std::vector<Row> rows;
    std::string error;   ///< a sentence part; then there are no rows
    uint64_t stamp = 0;  ///< changes when the thing does; 0: it does not change
};

/// The rows of an export that is under way, in order, in FILE.partial beside the target: killed at any moment it loses
/// what came within the last seconds and nothing else, and another run goes on with it. docs/formats.md says how it is
/// laid out. One thread.
class PartialRows {
  public:
    /// recipe: equal for exports that make equal rows of equal things. resume: keeps what a file of this recipe holds
    /// already; a file of another one, or a damaged one, is begun anew, as is any without resume. Throws Error where it
    /// cannot be written, and where another program is writing it.
    PartialRows(const std::filesystem::path& target, const std::string& recipe, int64_t dim,
                std::vector<std::string> columns, bool resume);
    ~PartialRows();
    PartialRows(const PartialRows&) = delete;
    PartialRows& operator=(const PartialRows&) = delete;

    static std::filesystem::path fileOf(const std::filesystem::path& target);

    size_t items() const { return m_ends.size(); }  ///< that are done, with rows or without
    int64_t rows() const { return m_rows; }
    /// Whether a file was there that could not be gone on with.
    bool isBegunAnew() const { return m_isBegunAnew; }
    uint64_t stamp(size_t item) const { return m_ends[item].stamp; }
    /// Lets go of all items from this one on.
    void keepOnly(size_t items);

    void add(const EmbeddedItem& item);
    /// Onto the disk; also by itself every two seconds.
    void flush();

    /// All items in order, from 0.
    void forEach(const std::function<void(size_t item, EmbeddedItem&)>& visit) const;
    /// The file is no longer needed.
    void remove();

  private:
    struct End {
        int64_t offset = 0;
        int64_t rows = 0;
        uint64_t stamp = 0;
    };

    void open();
    bool readHead(const std::string& head);
    void readItems();
    bool readItem(EmbeddedItem& item, int64_t& offset) const;
    [[noreturn]] void fail(const char* action) const;

    std::filesystem::path m_target, m_file;
    int64_t m_dim, m_rows = 0, m_begin = 0;
    std::vector<std::string> m_columns;
    std::vector<End> m_ends;  ///< of each item
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> m_stream;
    std::chrono::steady_clock::time_point m_flushed;
    bool m_isBegunAnew = false;
};

/// The rows among them, for writeEmbeddings.
class RowsOfItems : public EmbeddingRows {
  public:
    RowsOfItems(const PartialRows& items, int64_t dim, std::vector<std::string> columns)
        : m_items(items), m_dim(dim), m_columns(std::move(columns)) {}

    int64_t dim() const override { return m_dim; }
    int64_t count() const override { return m_items.rows(); }
    const std::vector<std::string>& columns() const override { return m_columns; }
    void forEach(const std::function<void(const EmbeddingRow&)>& visit) const override;

  private:
    const PartialRows& m_items;
    int64_t m_dim;
    std::vector<std::string> m_columns;
};

}  // namespace diagonal
