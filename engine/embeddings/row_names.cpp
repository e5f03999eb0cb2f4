// SPDX-License-Identifier: Apache-2.0
#include "engine/embeddings/row_names.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/embeddings/csv_records.h"
#include "engine/inference/export.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::string_view textOf(const MappedFile& file) {
    return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

class NumberedNames : public RowNames {
  public:
    void rewind() override { m_next = 0; }
    bool next(std::string& name, std::vector<std::string>& /*more*/) override {
        name = std::to_string(++m_next);
        return true;
    }
    bool isEndless() const override { return true; }

  private:
    size_t m_next = 0;
};

class LineNames : public RowNames {
  public:
    explicit LineNames(const fs::path& file) : m_file(file) { LineNames::rewind(); }

    void rewind() override { m_left = withoutByteOrderMark(textOf(m_file)); }
    bool next(std::string& name, std::vector<std::string>& /*more*/) override {
        if (m_left.empty()) return false;
        name = pathFromDisplayName(takeLine(m_left)).native();
        return true;
    }

  private:
    MappedFile m_file;
    std::string_view m_left;
};

class ListedNames : public RowNames {
  public:
    /// Throws what json throws.
    ListedNames(std::vector<std::string> names, const json& columns) : m_names(std::move(names)) {
        for (const auto& [column, cells] : columns.items()) {
            m_columns.push_back(column);
            m_cells.push_back(cells.get<std::vector<std::string>>());
            if (m_cells.back().size() != m_names.size()) throw json::other_error::create(501, "columns", nullptr);
        }
    }

    void rewind() override { m_next = 0; }
    bool next(std::string& name, std::vector<std::string>& more) override {
        if (m_next == m_names.size()) return false;
        name = m_names[m_next];
        for (size_t i = 0; i < m_cells.size(); ++i)
            more[i] = m_cells[i][m_next];
        ++m_next;
        return true;
    }

  private:
    std::vector<std::string> m_names;
    std::vector<std::vector<std::string>> m_cells;
    size_t m_next = 0;
};

/// NaN for an empty cell.
std::optional<float> numberOf(std::string_view cell) {
    float value = std::numeric_limits<float>::quiet_NaN();
    cell = trimmed(cell);
    if (cell.empty()) return value;
    const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (problem != std::errc() || end != cell.data() + cell.size()) return {};
    return value;
}

/// "e0", "e511".
bool isNumberColumn(const std::string& head) {
    return head.size() > 1 && head.size() < 8 && head.front() == 'e' &&
           head.find_first_not_of("0123456789", 1) == std::string::npos;
}

bool isNumberIn(const std::vector<std::string>& record, size_t column) {
    return column < record.size() && !trimmed(record[column]).empty() && numberOf(record[column]);
}

}  // namespace

RowTable::RowTable(const fs::path& file, bool withNumbers)
    : m_path(file), m_file(file), m_delimiter(lowered(file.extension().string()) == ".tsv" ? '\t' : ',') {
    std::string_view text = withoutByteOrderMark(textOf(m_file));
    std::vector<std::string> head, first;
    if (!takeRecord(text, m_delimiter, head)) throw Error(displayName(file), "the file has no header");
    m_begin = text;
    m_width = head.size();
    if (!takeRecord(text, m_delimiter, first)) first.clear();
    sortColumns(head, first, withNumbers);
    RowTable::rewind();
}

void RowTable::sortColumns(const std::vector<std::string>& head, const std::vector<std::string>& first,
                           bool withNumbers) {
    const bool areNamed = std::ranges::any_of(head, isNumberColumn);
    std::vector<size_t> others;
    for (size_t i = 0; i < head.size(); ++i) {
        const bool isIndex = head[i].empty() && isNumberIn(first, i);
        if (head[i] == "path_bytes")
            m_bytes = i;
        else if (withNumbers && !head[i].empty() && (areNamed ? isNumberColumn(head[i]) : isNumberIn(first, i)))
            m_numbers.push_back(i);
        else if (!isIndex)
            others.push_back(i);
    }
    const auto name = std::ranges::find_if(others, [&head](size_t i) { return lowered(head[i]) == "path"; });
    if (!others.empty()) m_name = name != others.end() ? *name : others.front();
    for (const size_t i : others) {
        if (i == m_name) continue;
        m_others.push_back(i);
        m_columns.push_back(plainCsvText(head[i]));
    }
}

int64_t RowTable::countRows() const {
    std::string_view text = m_begin;
    std::vector<std::string> cells;
    int64_t count = 0;
    while (takeRecord(text, m_delimiter, cells))
        ++count;
    return count;
}

void RowTable::rewind() {
    m_left = m_begin;
    m_row = 0;
}

bool RowTable::next(std::string& name, std::vector<std::string>& more) {
    ++m_row;
    if (!takeRecord(m_left, m_delimiter, m_cells)) return false;
    if (m_cells.size() > m_width) fail(" has more cells than the header");
    m_cells.resize(m_width);
    name = m_name ? plainCsvText(m_cells[*m_name]) : std::to_string(m_row);
    if (m_bytes && !m_cells[*m_bytes].empty()) name = bytesOfHexadecimal(m_cells[*m_bytes]);
    for (size_t i = 0; i < m_others.size(); ++i)
        more[i] = plainCsvText(m_cells[m_others[i]]);
    return true;
}

void RowTable::readNumbers(std::vector<float>& values) const {
    for (size_t i = 0; i < m_numbers.size(); ++i) {
        const auto value = numberOf(m_cells[m_numbers[i]]);
        if (!value) fail(" has a cell that is no number: “" + m_cells[m_numbers[i]].substr(0, 40) + "”");
        values[i] = *value;
    }
}

void RowTable::fail(const std::string& problem) const {
    throw Error(displayName(m_path), "row " + std::to_string(m_row) + problem);
}

std::unique_ptr<RowNames> namesOfLines(const fs::path& file) {
    return std::make_unique<LineNames>(file);
}

std::unique_ptr<RowNames> namesBeside(const fs::path& file, const fs::path& given) {
    if (!given.empty()) return namesOfLines(given);
    std::error_code ignored;
    const fs::path table = file.native() + ".rows.csv", lines = file.native() + ".paths.txt";
    if (fs::is_regular_file(table, ignored)) return std::make_unique<RowTable>(table, false);
    if (fs::is_regular_file(lines, ignored)) return namesOfLines(lines);
    return std::make_unique<NumberedNames>();
}

std::unique_ptr<RowNames> namesInMetadata(const fs::path& file, const std::map<std::string, std::string>& metadata) {
    const auto found = metadata.find("names");
    if (found == metadata.end()) return {};
    try {
        auto names = json::parse(found->second).get<std::vector<std::string>>();
        if (const auto bytes = metadata.find("name_bytes"); bytes != metadata.end()) {
            const json byNumber = json::parse(bytes->second);
            for (const auto& [number, digits] : byNumber.items())
                names.at(std::stoul(number)) = bytesOfHexadecimal(digits.get<std::string>());
        }
        const auto columns = metadata.find("columns");
        return std::make_unique<ListedNames>(std::move(names),
                                             columns == metadata.end() ? json::object() : json::parse(columns->second));
    } catch (const std::exception&) {
        throw Error(displayName(file), "the names in its metadata are damaged");
    }
}

void requireCount(const fs::path& file, RowNames& names, int64_t rows) {
    if (names.isEndless()) return;
    std::string name;
    std::vector<std::string> more(names.columns().size());
    int64_t count = 0;
    names.rewind();
    while (names.next(name, more))
        ++count;
    if (count != rows)
        throw Error(displayName(file),
                    "has " + std::to_string(rows) + " rows, but there are " + std::to_string(count) + " names",
                    "Give a list with one name a row");
}

}  // namespace diagonal
