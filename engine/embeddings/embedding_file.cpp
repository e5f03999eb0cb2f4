// SPDX-License-Identifier: Apache-2.0
#include "engine/embeddings/embedding_file.h"

#include <c10/util/Half.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/temporary.h"
#include "engine/base/text.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"
#include "engine/text/unicode.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr size_t kMostNameBytes = size_t{32} << 20;
constexpr int64_t kRowsBetweenReports = 1024;
constexpr float kLargestHalf = 65504;

const char* const kEndings[] = {".csv", ".npy", ".safetensors"};

/// Of a row, in the form it is written in.
class Numbers {
  public:
    Numbers(const fs::path& file, FloatType type) : m_file(file), m_type(type) {}

    size_t size() const { return m_type == FloatType::Float16 ? sizeof(c10::Half) : sizeof(float); }

    /// As float32 that are exact in the type.
    std::span<const float> rounded(std::span<const float> values) {
        if (m_type == FloatType::Float32) return values;
        m_rounded.assign(values.begin(), values.end());
        for (float& value : m_rounded)
            value = static_cast<float>(half(value));
        return m_rounded;
    }

    std::string_view bytes(std::span<const float> values) {
        if (m_type == FloatType::Float32) return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
        m_halves.clear();
        for (const float value : values)
            m_halves.push_back(half(value).x);
        return {reinterpret_cast<const char*>(m_halves.data()), m_halves.size() * sizeof(uint16_t)};
    }

  private:
    c10::Half half(float value) const {
        if (std::abs(value) > kLargestHalf)
            throw Error(displayName(m_file), "a number is larger than fp16 can hold (65504)", "Write it in fp32");
        return {value};
    }

    fs::path m_file;
    FloatType m_type;
    std::vector<float> m_rounded;
    std::vector<uint16_t> m_halves;
};

/// Tells how far it is, and hears that it is to stop.
class Counter {
  public:
    Counter(const JobContext& job, int64_t total) : m_job(job), m_total(total) {}

    void next() {
        if (++m_done % kRowsBetweenReports != 0 && m_done != m_total) return;
        m_job.throwIfStopped();
        m_job.progress(m_done, m_total);
    }

  private:
    const JobContext& m_job;
    int64_t m_done = 0, m_total;
};

CsvNames namesOf(const EmbeddingRows& rows) {
    CsvNames names;
    rows.forEach([&names](const EmbeddingRow& row) { names.prepare(fs::path(row.name)); });
    return names;
}

/// numbers: null for what stands beside a file whose form has no room for it. The file is not committed.
template <typename File>
void writeTable(File& out, const EmbeddingRows& rows, Numbers* numbers, const JobContext& job) {
    const CsvNames names = namesOf(rows);
    std::string line = "path";
    for (int64_t i = 0; numbers != nullptr && i < rows.dim(); ++i)
        line += ",e" + std::to_string(i);
    for (const std::string& column : rows.columns())
        line += "," + csvText(column);
    out.write(line + names.head("path_bytes") + "\r\n");
    Counter counter(job, rows.count());
    rows.forEach([&](const EmbeddingRow& row) {
        const fs::path name(row.name);
        line = names.cell(name);
        if (numbers != nullptr)
            for (const float value : numbers->rounded(row.values))
                line += "," + csvNumber(value);
        for (const std::string& cell : row.more)
            line += "," + csvText(cell);
        out.write(line + names.end(name) + "\r\n");
        counter.next();
    });
}

fs::path beside(const fs::path& file, const char* ending) {
    return file.native() + ending;
}

/// A file that is whole on the disk, under a temporary name, before it is put in place.
class StagedFile {
  public:
    explicit StagedFile(fs::path target)
        : m_target(std::move(target)), m_stage(makeTemporary(m_target, ".tmp-", [](const fs::path& name) {
              const int descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
              return descriptor >= 0 && ::close(descriptor) == 0;
          })) {
        if (m_stage.empty())
            throw Error(displayName(m_target), std::string("cannot be written: ") + std::strerror(errno));
        said([this] { m_file.emplace(m_stage); });
    }
    ~StagedFile() {
        if (!m_stage.empty()) ::unlink(m_stage.c_str());
    }
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;

    void write(const void* data, size_t size) {
        said([&] { m_file->write(data, size); });
    }
    void write(std::string_view text) { write(text.data(), text.size()); }
    /// The last write: all is on the disk.
    void finish() {
        said([this] { m_file->commit(); });
    }
    void putInPlace() {
        if (::rename(m_stage.c_str(), m_target.c_str()) != 0)
            throw Error(displayName(m_target), std::string("cannot be put in place: ") + std::strerror(errno));
        m_stage.clear();
    }

  private:
    /// Errors name the target.
    template <typename Action>
    void said(const Action& action) const {
        try {
            action();
        } catch (const Error& error) {
            throw Error(displayName(m_target), error.problem(), error.remedy());
        }
    }

    fs::path m_target, m_stage;
    std::optional<AtomicFile> m_file;
};

/// A file of numbers, and the names beside it where its form has no room for them. Whenever it ends, no file has
/// another one's names.
class NumbersFile {
  public:
    explicit NumbersFile(const fs::path& file) : m_file(file), m_numbers(file) {}

    void writeNamesBeside(const EmbeddingRows& rows, const JobContext& job) {
        m_names.emplace(beside(m_file, kNames));
        rows.forEach([this](const EmbeddingRow& row) {
            m_names->write(displayName(fs::path(row.name)) + "\n");  // line ends within a name are shown as \x0a
        });
        m_names->finish();
        if (rows.columns().empty()) return;
        m_table.emplace(beside(m_file, kTable));
        writeTable(*m_table, rows, nullptr, {job.stop, {}});
        m_table->finish();
    }
    void write(const void* data, size_t size) { m_numbers.write(data, size); }
    void write(std::string_view text) { m_numbers.write(text); }
    void writeNumbers(const EmbeddingRows& rows, Numbers& numbers, const JobContext& job) {
        Counter counter(job, rows.count());
        int64_t count = 0;
        rows.forEach([&](const EmbeddingRow& row) {
            m_numbers.write(numbers.bytes(row.values));
            ++count;
            counter.next();
        });
        if (count != rows.count()) throw std::logic_error("rows that change while they are written");
        m_numbers.finish();
    }
    void commit() {
        // Of an earlier file of this name.
        for (const char* ending : {kNames, kTable}) {
            std::error_code ignored;
            fs::remove(beside(m_file, ending), ignored);
        }
        m_numbers.putInPlace();
        if (m_names) m_names->putInPlace();
        if (m_table) m_table->putInPlace();
        syncFolder(m_file.parent_path());
    }

    static constexpr const char *kNames = ".paths.txt", *kTable = ".rows.csv";

  private:
    fs::path m_file;
    StagedFile m_numbers;
    std::optional<StagedFile> m_names, m_table;
};

void writeNpyFile(const fs::path& file, const EmbeddingRows& rows, Numbers& numbers, const JobContext& job) {
    NumbersFile out(file);
    out.writeNamesBeside(rows, job);
    out.write(npyHeader({rows.count(), rows.dim()}, numbers.size() == sizeof(float) ? "<f4" : "<f2"));
    out.writeNumbers(rows, numbers, job);
    out.commit();
}

/// Lists in JSON, piece by piece.
struct NameLists {
    std::string names, bytes, columns;
    bool areTooLong = false;

    explicit NameLists(const EmbeddingRows& rows) {
        std::vector<std::string> lists(rows.columns().size());
        size_t index = 0, size = 0;
        const auto add = [&size](std::string& list, const std::string& text) {
            list += (list.empty() ? "" : ",") + text;
            size += text.size() + 1;
        };
        rows.forEach([&](const EmbeddingRow& row) {
            const size_t number = index++;
            if (size > kMostNameBytes) return;
            const std::string name(row.name);
            add(names, json(repairUtf8(name)).dump());
            if (!isUtf8(name)) add(bytes, "\"" + std::to_string(number) + "\":\"" + hexadecimal(name) + "\"");
            for (size_t i = 0; i < lists.size(); ++i)
                add(lists[i], json(repairUtf8(row.more[i])).dump());
        });
        areTooLong = size > kMostNameBytes;
        for (size_t i = 0; i < lists.size(); ++i)
            columns += (i == 0 ? "" : ",") + json(rows.columns()[i]).dump() + ":[" + lists[i] + "]";
    }
};

void writeSafetensorsFile(const fs::path& file, const EmbeddingRows& rows, Numbers& numbers,
                          const EmbeddingFileOptions& options, const JobContext& job) {
    NumbersFile out(file);
    json header = json::object();
    {
        const NameLists lists(rows);
        json& metadata = header["__metadata__"] = options.facts;
        if (lists.areTooLong) {
            out.writeNamesBeside(rows, job);
            metadata["names_file"] = repairUtf8(beside(file.filename(), NumbersFile::kNames).native());
        } else {
            metadata["names"] = "[" + lists.names + "]";
            if (!lists.bytes.empty()) metadata["name_bytes"] = "{" + lists.bytes + "}";
            if (!rows.columns().empty()) metadata["columns"] = "{" + lists.columns + "}";
        }
    }
    const auto bytes = static_cast<uint64_t>(rows.count() * rows.dim()) * numbers.size();
    header["embeddings"] = {{"dtype", numbers.size() == sizeof(float) ? "F32" : "F16"},
                            {"shape", {rows.count(), rows.dim()}},
                            {"data_offsets", {0, bytes}}};
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    const uint64_t size = text.size();
    out.write(&size, sizeof size);
    out.write(text);
    out.writeNumbers(rows, numbers, job);
    out.commit();
}

/// What is in memory.
class NamedRows : public EmbeddingRows {
  public:
    NamedRows(const std::vector<std::string>& names, const Embeddings& embeddings)
        : m_names(names), m_embeddings(embeddings) {}

    int64_t dim() const override { return m_embeddings.dim; }
    int64_t count() const override { return m_embeddings.count(); }
    const std::vector<std::string>& columns() const override { return m_columns; }
    void forEach(const std::function<void(const EmbeddingRow&)>& visit) const override {
        for (size_t i = 0; i < m_names.size(); ++i)
            visit({m_names[i], m_embeddings.row(static_cast<int64_t>(i)), {}});
    }

  private:
    const std::vector<std::string>& m_names;
    const Embeddings& m_embeddings;
    std::vector<std::string> m_columns;
};

}  // namespace

bool isEmbeddingFile(const fs::path& file) {
    const std::string ending = lowered(file.extension().string());
    return std::ranges::find(kEndings, ending) != std::end(kEndings);
}

void writeEmbeddings(const fs::path& file, const EmbeddingRows& rows, const EmbeddingFileOptions& options,
                     const JobContext& job) {
    const std::string ending = lowered(file.extension().string());
    Numbers numbers(file, options.type);
    if (ending == ".csv") {
        AtomicFile out(file);
        writeTable(out, rows, &numbers, job);
        out.commit();
    } else if (ending == ".npy")
        writeNpyFile(file, rows, numbers, job);
    else if (ending == ".safetensors")
        writeSafetensorsFile(file, rows, numbers, options, job);
    else
        throw Error(displayName(file), "embeddings are written as .csv, .npy or .safetensors",
                    "Give the file one of these endings");
}

void exportEmbeddings(const fs::path& file, const std::vector<std::string>& names, const Embeddings& embeddings,
                      const EmbeddingFileOptions& options) {
    if (static_cast<int64_t>(names.size()) != embeddings.count())
        throw std::invalid_argument("one name for each embedding");
    writeEmbeddings(file, NamedRows(names, embeddings), options);
}

std::string npyHeader(const std::vector<int64_t>& shape, const char* descr) {
    std::string list;
    for (const int64_t size : shape)
        list += (list.empty() ? "" : ", ") + std::to_string(size);
    if (shape.size() == 1) list += ',';  // as Python writes a tuple of one
    std::string header = "{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': (" + list + "), }";
    constexpr size_t kPrefix = 10, kAlignment = 64;
    header.append(kAlignment - (kPrefix + header.size() + 1) % kAlignment, ' ');
    header += '\n';
    const char size[] = {static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
    return std::string("\x93NUMPY\x01\x00", 8) + std::string(size, sizeof size) + header;
}

}  // namespace diagonal
