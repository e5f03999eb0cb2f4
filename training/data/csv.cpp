// SPDX-License-Identifier: Apache-2.0
#include "training/data/csv.h"

#include <algorithm>
#include <utility>

namespace diagonal {

namespace {

/// A longer quoted cell is a quote left open: reading it to the end of the file, line after line, would take for ever.
constexpr size_t kLargestCell = 1 << 16;

bool isLineEnd(char c) {
    return c == '\n' || c == '\r';
}

}  // namespace

CsvReader::CsvReader(TextStream& stream, char delimiter) : m_stream(stream), m_delimiter(delimiter) {
    m_stream.skipByteOrderMark();
    constexpr std::string_view kSeparatorLine = "sep=";  // of Excel
    const std::string_view text = m_stream.ahead();
    if (text.size() < 6 || !text.starts_with(kSeparatorLine) || !isLineEnd(text[5])) return;
    m_delimiter = text[4];
    m_stream.skip(5);
    skipLineEnds();
}

/// Counts the lines that end.
void CsvReader::skipLineEnds() {
    while (true) {
        const std::string_view text = m_stream.ahead();
        size_t at = 0;
        for (; at < text.size() && isLineEnd(text[at]); ++at) {
            if (text[at] == '\r' || !m_afterReturn) ++m_line;
            m_afterReturn = text[at] == '\r';
        }
        m_stream.skip(at);
        if (at < text.size() || text.empty()) break;
    }
    m_afterReturn = false;
}

/// To the end of the line, which may be longer than what the stream shows.
void CsvReader::skipLine() {
    while (true) {
        const std::string_view text = m_stream.ahead();
        const size_t feed = std::min(text.find('\n'), text.size());
        const size_t end = std::min(text.substr(0, feed).find('\r'), feed);
        m_stream.skip(end);
        if (end < text.size() || text.empty()) return;
    }
}

/// At the opening quote; afterwards behind the closing one.
void CsvReader::readQuoted(std::string_view text, std::string& cell, std::string& problem) {
    ++m_at;
    const size_t limit = std::min(m_at + kLargestCell, text.size());
    while (m_at < limit) {
        const size_t quote = std::min(text.substr(0, limit).find('"', m_at), limit);
        cell.append(text, m_at, quote - m_at);
        m_at = quote;
        if (quote == limit) break;
        ++m_at;
        if (m_at == text.size() || text[m_at] != '"') return;
        cell += '"';
        ++m_at;
    }
    problem = "a quote is never closed";
}

void CsvReader::readPlain(std::string_view text, std::string& cell) {
    size_t end = m_at;
    while (end < text.size() && text[end] != m_delimiter && !isLineEnd(text[end]))
        ++end;
    cell.append(text, m_at, end - m_at);
    m_at = end;
}

void CsvReader::knowRecordsBy(size_t column, std::function<bool(std::string_view)> isCellOfRecord) {
    m_knownColumn = column;
    m_isCellOfRecord = std::move(isCellOfRecord);
}

/// Whether a line has as many cells as a record, and the one that tells. Quotes are characters like others.
bool CsvReader::isRecord(std::string_view line) const {
    bool isKnown = false;
    size_t count = 0;
    for (size_t at = 0, end = 0; at <= line.size(); at = end + 1, ++count) {
        end = std::min(line.find(m_delimiter, at), line.size());
        if (count == m_knownColumn) isKnown = m_isCellOfRecord(line.substr(at, end - at));
    }
    return isKnown && count == m_columns;
}

/// Whether a line that the quoted cell from `start` to m_at touches is a record by itself. The first one is begun by
/// the record itself, the last one ended by it: they tell nothing where the cell that tells is in that part.
bool CsvReader::holdsRecord(std::string_view text, size_t start, size_t column) const {
    if (!m_isCellOfRecord || m_columns == 0) return false;
    size_t begin = 0;
    while (begin < m_at) {
        const size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
        const bool isFirst = begin == 0, isLast = end >= m_at;
        const bool tells = (!isFirst || m_knownColumn > column) && (!isLast || m_knownColumn < column);
        if (end > start && tells && isRecord(text.substr(begin, end - begin))) return true;
        begin = end + 1;
    }
    return false;
}

void CsvReader::readRecord(std::string_view text, Record& record) {
    // Where quotes are left open line after line, each of them would reach to the end of what the stream shows.
    constexpr size_t kFarMore = 64;
    size_t count = 0;
    while (true) {
        if (m_columns > 0 && count > m_columns + kFarMore) {
            record.problem = "there are more than " + std::to_string(count - 1) + " columns";
            break;
        }
        if (count == record.cells.size()) record.cells.emplace_back();
        std::string& cell = record.cells[count++];
        cell.clear();
        if (m_at < text.size() && text[m_at] == '"') {
            const size_t start = m_at, line = m_line;
            readQuoted(text, cell, record.problem);
            for (size_t i = start; record.problem.empty() && i < m_at; ++i)
                if (text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n')) ++m_line;
            const bool ends = m_at >= text.size() || text[m_at] == m_delimiter || isLineEnd(text[m_at]);
            const bool isOpen = m_line > line && (!ends || holdsRecord(text, start, count - 1));
            if (isOpen) record.problem = "a quote is never closed, or closed by one of another record";
            if (!ends && record.problem.empty()) readPlain(text, cell);
        } else {
            readPlain(text, cell);
        }
        if (!record.problem.empty() || m_at >= text.size() || isLineEnd(text[m_at])) break;
        ++m_at;
    }
    record.cells.resize(count);
}

bool CsvReader::next(Record& record) {
    skipLineEnds();
    const std::string_view text = m_stream.ahead();
    record.line = m_line;
    record.problem.clear();
    if (text.empty()) {
        record.cells.clear();
        return false;
    }
    m_at = 0;
    readRecord(text, record);
    if (m_at >= text.size() && !m_stream.isLast())
        record.problem = "the record is longer than " + std::to_string(text.size()) + " bytes";
    if (record.problem.empty()) {
        if (m_columns == 0) m_columns = record.cells.size();
        m_stream.skip(m_at);
    } else {  // one stray quote must not swallow the rest of the file
        m_line = record.line;
        skipLine();
    }
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
