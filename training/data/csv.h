// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "training/data/text_stream.h"

namespace diagonal {

/// RFC 4180 records one after another: quotes, doubled quotes, embedded line ends; LF, CRLF or CR; a byte-order mark is
/// skipped. Empty lines are no records. As for Python's csv module and pandas a quote is one at the start of a cell
/// alone, and what follows a closing quote on its line belongs to the cell.
class CsvReader {
  public:
    /// stream must outlive the reader. A first line "sep=;", as Excel writes it, names another delimiter.
    CsvReader(TextStream& stream, char delimiter);

    struct Record {
        size_t line = 0;  ///< of its first character, from 1
        std::vector<std::string> cells;
        std::string problem;  ///< empty when well formed: "a quote is never closed"
    };

    /// Tells records by a cell: where a quoted cell spans lines of which one is a record by itself, a quote was left
    /// open, and another record's closed it.
    void knowRecordsBy(size_t column, std::function<bool(std::string_view cell)> isCellOfRecord);

    /// False at the end. After a broken record reading goes on at the line below the broken one's first. A record
    /// longer than the stream's window, or of far more cells than the first, is a broken one. Throws Error where the
    /// file cannot be read on.
    bool next(Record& record);

  private:
    void skipLineEnds();
    void skipLine();
    void readRecord(std::string_view text, Record& record);
    void readQuoted(std::string_view text, std::string& cell, std::string& problem);
    void readPlain(std::string_view text, std::string& cell);
    bool isRecord(std::string_view line) const;
    bool holdsRecord(std::string_view text, size_t start, size_t column) const;

    TextStream& m_stream;
    size_t m_at = 0;  ///< in what the stream shows, while a record is read
    size_t m_line = 1;
    bool m_afterReturn = false;
    size_t m_columns = 0;  ///< of the first record
    size_t m_knownColumn = 0;
    std::function<bool(std::string_view)> m_isCellOfRecord;
    char m_delimiter;
};

/// The delimiter that splits the header into most columns: comma, tab, semicolon or bar.
char guessDelimiter(std::string_view text);

}  // namespace diagonal
