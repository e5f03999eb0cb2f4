// SPDX-License-Identifier: Apache-2.0
#include "training/data/csv.h"

#include <algorithm>

namespace diagonal {

namespace {

/// A longer quoted cell is a quote left open: reading it to the end of the file, line after line, would take for ever.
constexpr size_t kLargestCell = 1 << 16;

bool isLineEnd(char c) {
    return c == '\n' || c == '\r';
}

}  // namespace

CsvReader::CsvReader(std::string_view text, char delimiter) : m_text(text), m_delimiter(delimiter) {
    if (m_text.starts_with("\xEF\xBB\xBF")) m_text.remove_prefix(3);
}

/// At the opening quote; afterwards behind the closing one.
std::string CsvReader::readQuoted(std::string& problem) {
    std::string cell;
    ++m_at;
    const size_t limit = std::min(m_at + kLargestCell, m_text.size());
    while (m_at < limit) {
        const size_t quote = std::min(m_text.substr(0, limit).find('"', m_at), limit);
        cell.append(m_text, m_at, quote - m_at);
        m_at = quote;
        if (quote == limit) break;
        ++m_at;
        if (m_at == m_text.size() || m_text[m_at] != '"') return cell;
        cell += '"';
        ++m_at;
    }
    problem = "a quote is never closed";
    return cell;
}

bool CsvReader::next(Record& record) {
    const auto skipLineEnd = [this] {
        const bool pair = m_text[m_at] == '\r' && m_at + 1 < m_text.size() && m_text[m_at + 1] == '\n';
        m_at += pair ? 2 : 1;
        ++m_line;
    };
    while (m_at < m_text.size() && isLineEnd(m_text[m_at]))
        skipLineEnd();
    record.cells.clear();
    record.problem.clear();
    record.line = m_line;
    if (m_at >= m_text.size()) return false;

    const size_t start = m_at;
    while (true) {
        if (m_at < m_text.size() && m_text[m_at] == '"') {
            record.cells.push_back(readQuoted(record.problem));
            const bool ends = m_at >= m_text.size() || m_text[m_at] == m_delimiter || isLineEnd(m_text[m_at]);
            if (!ends && record.problem.empty()) record.problem = "text follows a closing quote";
        } else {
            size_t end = m_at;
            while (end < m_text.size() && m_text[end] != m_delimiter && !isLineEnd(m_text[end]))
                ++end;
            record.cells.emplace_back(m_text.substr(m_at, end - m_at));
            m_at = end;
        }
        if (!record.problem.empty()) break;
        if (m_at >= m_text.size() || isLineEnd(m_text[m_at])) break;
        ++m_at;
    }
    if (!record.problem.empty()) {  // one stray quote must not swallow the rest of the file
        m_at = std::min(m_text.find_first_of("\r\n", start), m_text.size());
    } else {
        // Line ends inside quotes count too.
        for (size_t i = start; i < m_at; ++i) {
            if (m_text[i] == '\n' || (m_text[i] == '\r' && m_text[i + 1] != '\n')) ++m_line;
        }
    }
    if (m_at < m_text.size()) skipLineEnd();
    return true;
}

char guessDelimiter(std::string_view text) {
    const std::string_view header = text.substr(0, text.find_first_of("\r\n"));
    char best = ',';
    ptrdiff_t most = 0;
    for (const char candidate : {',', '\t', ';', '|'}) {
        const ptrdiff_t count = std::count(header.begin(), header.end(), candidate);
        if (count > most) {
            most = count;
            best = candidate;
        }
    }
    return best;
}

}  // namespace diagonal
