// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

/// RFC 4180 records one after another: quotes, doubled quotes, embedded line ends; LF, CRLF or CR; a byte-order mark is
/// skipped. Empty lines are no records.
class CsvReader {
  public:
    /// text must outlive the reader.
    CsvReader(std::string_view text, char delimiter);

    struct Record {
        size_t line = 0;  ///< of its first character, from 1
        std::vector<std::string> cells;
        std::string problem;  ///< empty when well formed: "a quote is never closed"
    };

    /// False at the end. After a broken record reading goes on at the line below the broken one's first.
    bool next(Record& record);

  private:
    std::string readQuoted(std::string& problem);

    std::string_view m_text;
    size_t m_at = 0;
    size_t m_line = 1;
    char m_delimiter;
};

/// The delimiter that splits the header into most columns: comma, tab, semicolon or bar.
char guessDelimiter(std::string_view text);

}  // namespace diagonal
