// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/export.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/embeddings/embedding_file.h"
#include "engine/inference/image_names.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

static_assert(std::endian::native == std::endian::little, "NPY is written little-endian");

std::string csvNumbers(std::span<const float> row) {
    std::string text;
    for (const float value : row)
        text += "," + csvNumber(value);
    return text;
}

std::string_view bytesOf(std::span<const float> values) {
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

void writeCsv(const fs::path& file, const std::string& header, const std::vector<std::string>& names,
              const float* values, int64_t columns, std::string_view bytesColumn) {
    CsvNames cells;
    for (const std::string& name : names)
        cells.prepare(name);
    AtomicFile out(file);
    out.write(header + cells.head(bytesColumn) + "\r\n");
    for (size_t i = 0; i < names.size(); ++i)
        out.write(cells.cell(names[i]) +
                  csvNumbers({values + static_cast<int64_t>(i) * columns, static_cast<size_t>(columns)}) +
                  cells.end(names[i]) + "\r\n");
    out.commit();
}

/// Whether a spreadsheet would take a text for a formula, or whether it looks like one that was defused.
bool needsMark(std::string_view text) {
    if (text.starts_with('\'')) return needsMark(text.substr(1));
    return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

}  // namespace

std::string csvText(std::string_view text) {
    std::string cell = needsMark(text) ? "'" : "";
    cell += text;
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string quoted = "\"";
    for (const char c : cell) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string plainCsvText(const std::string& cell) {
    return cell.starts_with('\'') && needsMark(cell) ? cell.substr(1) : cell;
}

std::string csvNumber(double value) {
    if (std::isnan(value)) return {};
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, static_cast<float>(value)).ptr};
}

void writeNpy(const fs::path& file, const float* values, const std::vector<int64_t>& shape) {
    size_t count = 1;
    for (const int64_t size : shape)
        count *= static_cast<size_t>(size);
    AtomicFile out(file);
    out.write(npyHeader(shape));
    out.write(bytesOf({values, count}));
    out.commit();
}

namespace {

void writeLines(const fs::path& file, const std::vector<std::string>& names) {
    AtomicFile lines(file);
    for (const std::string& name : names)
        lines.write(displayName(name) + "\n");
    lines.commit();
}

}  // namespace

void exportMatrix(const fs::path& file, const std::vector<std::string>& rowNames,
                  const std::vector<std::string>& columnNames, const SimilarityMatrix& matrix) {
    if (static_cast<int64_t>(rowNames.size()) != matrix.rows ||
        static_cast<int64_t>(columnNames.size()) != matrix.columns)
        throw std::invalid_argument("one name for each row and column");
    const std::string ending = lowered(file.extension().string());
    if (ending == ".csv") {
        std::string header = "image";
        for (const auto& name : columnNames)
            header += "," + csvText(name);
        writeCsv(file, header, rowNames, matrix.values.data(), matrix.columns, "image_bytes");
    } else if (ending == ".npy") {
        writeNpy(file, matrix.values.data(), {matrix.rows, matrix.columns});
        writeLines(file.native() + ".paths.txt", rowNames);
        writeLines(file.native() + ".texts.txt", columnNames);
    } else {
        throw Error(displayName(file), "a matrix is written as .csv or .npy", "Give the file one of these endings");
    }
}

}  // namespace diagonal
