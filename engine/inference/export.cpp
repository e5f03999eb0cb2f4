// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/export.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/base/encoding.h"
#include "engine/base/file.h"
#include "engine/base/libtorch.h"
#include "engine/base/temporary.h"
#include "engine/base/text.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/inference/image_names.h"
#include "engine/text/unicode.h"

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

std::string npyHeader(const std::vector<int64_t>& shape) {
    std::string list;
    for (const int64_t size : shape)
        list += (list.empty() ? "" : ", ") + std::to_string(size);
    if (shape.size() == 1) list += ',';  // as Python writes a tuple of one
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + list + "), }";
    constexpr size_t kPrefix = 10, kAlignment = 64;
    header.append(kAlignment - (kPrefix + header.size() + 1) % kAlignment, ' ');
    header += '\n';
    const char size[] = {static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
    return std::string("\x93NUMPY\x01\x00", 8) + std::string(size, sizeof size) + header;
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

namespace {

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

EmbeddingWriter::EmbeddingWriter(const fs::path& file, int64_t dim, const CsvNames& names)
    : m_file(file),
      m_ending(lowered(file.extension().string())),
      m_dim(dim),
      m_cells(names),
      m_rows(nullptr, std::fclose) {
    if (m_ending == ".csv") {
        std::string header = "path";
        for (int64_t i = 0; i < dim; ++i)
            header += ",e" + std::to_string(i);
        m_csv = std::make_unique<AtomicFile>(file);
        m_csv->write(header + m_cells.head("path_bytes") + "\r\n");
        return;
    }
    if (m_ending != ".npy" && m_ending != ".safetensors")
        throw Error(displayName(file), "embeddings are written as .csv, .npy or .safetensors",
                    "Give the file one of these endings");
    const fs::path rows = makeTemporary(file, ".tmp-", [this](const fs::path& name) {
        m_rows.reset(std::fopen(name.c_str(), "w+xe"));
        return m_rows != nullptr;
    });
    if (!m_rows) failRows();
    ::unlink(rows.c_str());
    if (m_ending == ".npy") m_npyNames = std::make_unique<AtomicFile>(fs::path(file.native() + ".paths.txt"));
}

EmbeddingWriter::~EmbeddingWriter() = default;

void EmbeddingWriter::failRows() const {
    throw Error(displayName(m_file), std::string("cannot be written: ") + std::strerror(errno),
                errno == ENOSPC || errno == EDQUOT ? "Free some space and try again" : "");
}

void EmbeddingWriter::add(const std::string& name, std::span<const float> row) {
    if (static_cast<int64_t>(row.size()) != m_dim) throw std::invalid_argument("an embedding of another length");
    ++m_count;
    if (m_csv) return m_csv->write(m_cells.cell(name) + csvNumbers(row) + m_cells.end(name) + "\r\n");
    if (std::fwrite(row.data(), sizeof(float), row.size(), m_rows.get()) != row.size()) failRows();
    if (m_npyNames)
        m_npyNames->write(displayName(name) + "\n");  // line ends within a name are shown as \x0a
    else
        m_names.push_back(name);
}

void EmbeddingWriter::finish() {
    if (m_csv) return m_csv->commit();
    if (std::fflush(m_rows.get()) != 0) failRows();
    if (m_npyNames)
        finishNpy();
    else
        finishSafetensors();
}

void EmbeddingWriter::finishNpy() {
    m_npyNames->commit();
    AtomicFile out(m_file);
    out.write(npyHeader({m_count, m_dim}));
    std::rewind(m_rows.get());
    std::vector<char> block(size_t{1} << 20);
    for (size_t got = 0; (got = std::fread(block.data(), 1, block.size(), m_rows.get())) > 0;)
        out.write(block.data(), got);
    if (std::ferror(m_rows.get()) != 0) failRows();
    out.commit();
}

void EmbeddingWriter::finishSafetensors() {
    const size_t bytes = static_cast<size_t>(m_count * m_dim) * sizeof(float);
    void* rows = bytes == 0 ? nullptr : ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, ::fileno(m_rows.get()), 0);
    if (rows == MAP_FAILED) failRows();
    const auto unmap = [bytes](void* mapped) {
        if (mapped != nullptr) ::munmap(mapped, bytes);
    };
    const torch::Tensor tensor = torch::from_blob(rows, {m_count, m_dim}, unmap, torch::kFloat);
    writeSafetensors(m_file, {{"embeddings", tensor}}, nameMetadata(m_names));
}

void exportEmbeddings(const fs::path& file, const std::vector<std::string>& names, const Embeddings& embeddings) {
    if (static_cast<int64_t>(names.size()) != embeddings.count())
        throw std::invalid_argument("one name for each embedding");
    CsvNames cells;
    for (const std::string& name : names)
        cells.prepare(name);
    EmbeddingWriter writer(file, embeddings.dim, cells);
    for (size_t i = 0; i < names.size(); ++i)
        writer.add(names[i], embeddings.row(static_cast<int64_t>(i)));
    writer.finish();
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
