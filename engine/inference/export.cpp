// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/export.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/base/encoding.h"
#include "engine/base/file.h"
#include "engine/base/libtorch.h"
#include "engine/base/text.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/inference/image_names.h"
#include "engine/text/unicode.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

static_assert(std::endian::native == std::endian::little, "NPY is written little-endian");

/// FILE + ".paths.txt", one name a line, as displayName shows it.
void writeNames(const fs::path& file, const std::vector<std::string>& names) {
    AtomicFile out(fs::path(file.native() + ".paths.txt"));
    for (const auto& name : names)
        out.write(displayName(name) + "\n");
    out.commit();
}

void writeCsv(const fs::path& file, const std::string& header, const std::vector<std::string>& names,
              const float* values, int64_t columns, std::string_view bytesColumn) {
    CsvNames cells;
    for (const std::string& name : names)
        cells.prepare(name);
    AtomicFile out(file);
    out.write(header + cells.head(bytesColumn) + "\r\n");
    for (size_t i = 0; i < names.size(); ++i) {
        std::string line = cells.cell(names[i]);
        for (int64_t j = 0; j < columns; ++j)
            line += "," + csvNumber(values[static_cast<int64_t>(i) * columns + j]);
        out.write(line + cells.end(names[i]) + "\r\n");
    }
    out.commit();
}

/// The names as a list in JSON, and by their numbers the bytes of those that are no UTF-8.
std::map<std::string, std::string> nameMetadata(const std::vector<std::string>& names) {
    nlohmann::json list = nlohmann::json::array(), bytes = nlohmann::json::object();
    for (size_t i = 0; i < names.size(); ++i) {
        list.push_back(repairUtf8(names[i]));
        if (!isUtf8(names[i])) bytes[std::to_string(i)] = hexadecimal(names[i]);
    }
    std::map<std::string, std::string> metadata = {{"names", list.dump()}};
    if (!bytes.empty()) metadata["name_bytes"] = bytes.dump();
    return metadata;
}

}  // namespace

std::string csvText(std::string_view text) {
    std::string cell;
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) cell += '\'';
    cell += text;
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string quoted = "\"";
    for (const char c : cell) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string csvNumber(double value) {
    if (std::isnan(value)) return {};
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, static_cast<float>(value)).ptr};
}

void writeNpy(const fs::path& file, const float* values, const std::vector<int64_t>& shape) {
    std::string list;
    size_t count = 1;
    for (const int64_t size : shape) {
        list += (list.empty() ? "" : ", ") + std::to_string(size);
        count *= static_cast<size_t>(size);
    }
    if (shape.size() == 1) list += ',';  // as Python writes a tuple of one
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + list + "), }";
    constexpr size_t kPrefix = 10, kAlignment = 64;
    header.append(kAlignment - (kPrefix + header.size() + 1) % kAlignment, ' ');
    header += '\n';
    AtomicFile out(file);
    out.write(std::string_view("\x93NUMPY\x01\x00", 8));
    const char size[] = {static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
    out.write(size, sizeof size);
    out.write(header);
    out.write(values, count * sizeof(float));
    out.commit();
}

void exportEmbeddings(const fs::path& file, const std::vector<std::string>& names, const Embeddings& embeddings) {
    const int64_t count = embeddings.count();
    if (static_cast<int64_t>(names.size()) != count) throw std::invalid_argument("one name for each embedding");
    const std::string ending = lowered(file.extension().string());
    if (ending == ".csv") {
        std::string header = "path";
        for (int64_t i = 0; i < embeddings.dim; ++i)
            header += ",e" + std::to_string(i);
        writeCsv(file, header, names, embeddings.values.data(), embeddings.dim, "path_bytes");
    } else if (ending == ".npy") {
        writeNames(file, names);
        writeNpy(file, embeddings.values.data(), {count, embeddings.dim});
    } else if (ending == ".safetensors") {
        const torch::Tensor tensor =
            torch::from_blob(const_cast<float*>(embeddings.values.data()), {count, embeddings.dim}, torch::kFloat);
        writeSafetensors(file, {{"embeddings", tensor}}, nameMetadata(names));
    } else {
        throw Error(displayName(file), "embeddings are written as .csv, .npy or .safetensors",
                    "Give the file one of these endings");
    }
}

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
    } else {
        throw Error(displayName(file), "a matrix is written as .csv or .npy", "Give the file one of these endings");
    }
}

}  // namespace diagonal
