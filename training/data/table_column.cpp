// SPDX-License-Identifier: Apache-2.0
#include "training/data/table_column.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <span>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "training/data/csv.h"
#include "training/data/csv_dataset.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMostNotes = 100, kRecordsBetweenChecks = 1024;

std::string guessed(const std::vector<std::string>& columns, std::span<const std::string_view> names) {
    for (const std::string_view name : names)
        for (const std::string& column : columns)
            if (lowered(column) == name) return column;
    return {};
}

size_t columnOf(const fs::path& table, const std::vector<std::string>& columns, const std::string& wanted,
                std::span<const std::string_view> names) {
    const std::string name = wanted.empty() ? guessed(columns, names) : wanted;
    const auto found = std::ranges::find(columns, name);
    if (!name.empty() && found != columns.end()) return static_cast<size_t>(found - columns.begin());
    size_t number = 0;
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (problem == std::errc() && end == name.data() + name.size() && number >= 1 && number <= columns.size())
        return number - 1;
    throw Error(displayName(table),
                wanted.empty() ? "which of its columns is meant is not certain" : "there is no column “" + wanted + "”",
                "Its columns are " + joined(columns) + "; name one, or give its number from 1");
}

/// Each record's cell of a column, with its line.
std::vector<std::string> readCells(const fs::path& table, const std::string& wanted,
                                   std::span<const std::string_view> names, const JobContext& job,
                                   const std::function<void(std::string&&, size_t line)>& found) {
    const std::vector<std::string> columns = tableColumns(table);
    const size_t column = columnOf(table, columns, wanted, names);
    TextStream stream = openTable(table);
    CsvReader reader(stream, tableDelimiter(stream.ahead()));
    CsvReader::Record record;
    std::vector<std::string> notes;
    size_t left = 0;
    const auto note = [&](const std::string& reason) {
        if (notes.size() < kMostNotes)
            notes.push_back(lineNote(table, record.line, reason + ": left out"));
        else
            ++left;
    };
    bool isFirst = true;
    for (size_t count = 0; reader.next(record); ++count) {
        if (count % kRecordsBetweenChecks == 0) job.throwIfStopped();
        if (std::exchange(isFirst, false)) {
            // Of a table without a header the columns are numbers, and this is the first record.
            std::vector<std::string> head = record.cells;
            for (std::string& cell : head)
                cell = trimmed(cell);
            if (head == columns) continue;
        }
        if (!record.problem.empty()) {
            note(record.problem);
            continue;
        }
        std::string cell = column < record.cells.size() ? std::string(trimmed(record.cells[column])) : std::string();
        found(std::move(cell), record.line);
    }
    if (left > 0) notes.push_back(std::to_string(left) + " more lines left out");
    return notes;
}

}  // namespace

std::string guessedTextColumn(const std::vector<std::string>& columns) {
    return guessed(columns, captionColumnNames());
}

std::string guessedImageColumn(const std::vector<std::string>& columns) {
    return guessed(columns, imageColumnNames());
}

bool isTableFile(const fs::path& path) {
    const std::string extension = tableExtension(path);
    return extension == ".csv" || extension == ".tsv";
}

TextColumn readTextColumn(const fs::path& table, const std::string& column, const JobContext& job) {
    TextColumn result;
    std::vector<std::string> notUtf8;
    result.notes = readCells(table, column, captionColumnNames(), job, [&](std::string&& cell, size_t line) {
        if (!isUtf8(cell) || cell.find('\0') != std::string::npos) {
            if (notUtf8.size() < kMostNotes)
                notUtf8.push_back(lineNote(table, line, "this is not UTF-8: taken as empty"));
            cell.clear();
        }
        result.texts.push_back(std::move(cell));
    });
    result.notes.insert(result.notes.end(), notUtf8.begin(), notUtf8.end());
    if (result.texts.empty()) throw Error(displayName(table), "has no record below its header");
    return result;
}

ImageColumn readImageColumn(const fs::path& table, const std::string& column, const JobContext& job) {
    ImageColumn result;
    std::vector<std::string> empty;
    const std::vector<fs::path> folders = imageFolders(table.parent_path());
    result.notes = readCells(table, column, imageColumnNames(), job, [&](const std::string& cell, size_t line) {
        if (cell.empty() || cell.find('\0') != std::string::npos) {
            if (empty.size() < kMostNotes) empty.push_back(lineNote(table, line, "names no image: left out"));
            return;
        }
        fs::path file = table.parent_path() / cell;
        for (const fs::path& folder : folders) {
            std::error_code ignored;
            if (!fs::exists(folder / cell, ignored)) continue;
            file = folder / cell;
            break;
        }
        result.files.add(file);
    });
    result.notes.insert(result.notes.end(), empty.begin(), empty.end());
    if (result.files.empty()) throw Error(displayName(table), "names no image in that column");
    return result;
}

}  // namespace diagonal
