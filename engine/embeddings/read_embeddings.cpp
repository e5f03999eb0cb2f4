// SPDX-License-Identifier: Apache-2.0
#include "engine/embeddings/read_embeddings.h"

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/embeddings/csv_records.h"
#include "engine/formats/safetensors.h"
#include "engine/inference/export.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::string_view textOf(const MappedFile& file) {
    return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

/// What rows are called, in turn.
class Names {
  public:
    virtual ~Names() = default;
    virtual const std::vector<std::string>& columns() const { return m_columns; }
    /// Before the first of a pass.
    virtual void rewind() = 0;
    /// False where there are no more.
    virtual bool next(std::string& name, std::vector<std::string>& more) = 0;

  protected:
    std::vector<std::string> m_columns;
};

class Numbered : public Names {
  public:
    void rewind() override { m_next = 0; }
    bool next(std::string& name, std::vector<std::string>&) override {
        name = std::to_string(++m_next);
        return true;
    }

  private:
    size_t m_next = 0;
};

/// One a line, as displayName writes them.
class Lines : public Names {
  public:
    explicit Lines(const fs::path& file) : m_file(file) { Lines::rewind(); }

    void rewind() override { m_left = withoutByteOrderMark(textOf(m_file)); }
    bool next(std::string& name, std::vector<std::string>&) override {
        if (m_left.empty()) return false;
        name = pathFromDisplayName(takeLine(m_left)).native();
        return true;
    }

  private:
    MappedFile m_file;
    std::string_view m_left;
};

class Listed : public Names {
  public:
    Listed(std::vector<std::string> names, const json& columns) : m_names(std::move(names)) {
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

std::optional<float> numberOf(std::string_view cell) {
    float value = std::numeric_limits<float>::quiet_NaN();
    cell = trimmed(cell);
    if (cell.empty()) return value;
    const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (problem != std::errc() || end != cell.data() + cell.size()) return {};
    return value;
}

/// A table: its numbers, if any, and what stands beside them.
class Table : public Names {
  public:
    explicit Table(const fs::path& file, bool withNumbers = true)
        : m_path(file), m_file(file), m_delimiter(lowered(file.extension().string()) == ".tsv" ? '\t' : ',') {
        std::string_view text = withoutByteOrderMark(textOf(m_file));
        std::vector<std::string> head, first;
        if (!takeRecord(text, m_delimiter, head)) throw Error(displayName(file), "the file has no header");
        std::string_view rest = text;
        m_begin = text;
        m_width = head.size();
        if (!takeRecord(rest, m_delimiter, first)) first.clear();
        const bool areNamed = std::ranges::any_of(head, isNumberColumn);
        std::vector<size_t> others;
        for (size_t i = 0; i < head.size(); ++i) {
            if (head[i] == "path_bytes")
                m_bytes = i;
            else if (withNumbers && (areNamed ? isNumberColumn(head[i]) : isFirstNumber(first, i)) && !head[i].empty())
                m_numbers.push_back(i);
            else if (!head[i].empty() || !isFirstNumber(first, i))  // else an index
                others.push_back(i);
        }
        const auto name = std::ranges::find_if(others, [&head](size_t i) { return lowered(head[i]) == "path"; });
        if (!others.empty()) m_name = name != others.end() ? *name : others.front();
        for (const size_t i : others)
            if (i != m_name) {
                m_others.push_back(i);
                m_columns.push_back(plainCsvText(head[i]));
            }
        Table::rewind();
    }

    size_t dim() const { return m_numbers.size(); }

    void rewind() override {
        m_left = m_begin;
        m_row = 0;
    }
    bool next(std::string& name, std::vector<std::string>& more) override {
        ++m_row;
        if (!takeRecord(m_left, m_delimiter, m_cells)) return false;
        if (m_cells.size() > m_width) fail("has more cells than the header");
        m_cells.resize(m_width);
        name = m_name ? plainCsvText(m_cells[*m_name]) : std::to_string(m_row);
        if (m_bytes && !m_cells[*m_bytes].empty()) name = bytesOfHexadecimal(m_cells[*m_bytes]);
        for (size_t i = 0; i < m_others.size(); ++i)
            more[i] = plainCsvText(m_cells[m_others[i]]);
        return true;
    }
    /// Of the record that next() has taken.
    void readNumbers(std::vector<float>& values) const {
        for (size_t i = 0; i < m_numbers.size(); ++i) {
            const auto value = numberOf(m_cells[m_numbers[i]]);
            if (!value) fail("has a cell that is no number: “" + m_cells[m_numbers[i]].substr(0, 40) + "”");
            values[i] = *value;
        }
    }
    int64_t countRows() const {
        std::string_view text = m_begin;
        std::vector<std::string> cells;
        int64_t count = 0;
        while (takeRecord(text, m_delimiter, cells))
            ++count;
        return count;
    }

  private:
    static bool isNumberColumn(const std::string& head) {
        return head.size() > 1 && head.size() < 8 && head.front() == 'e' &&
               head.find_first_not_of("0123456789", 1) == std::string::npos;
    }
    static bool isFirstNumber(const std::vector<std::string>& first, size_t i) {
        return i < first.size() && !trimmed(first[i]).empty() && numberOf(first[i]);
    }
    [[noreturn]] void fail(const std::string& problem) const {
        throw Error(displayName(m_path), "row " + std::to_string(m_row) + " " + problem);
    }

    fs::path m_path;
    MappedFile m_file;
    char m_delimiter;
    std::string_view m_begin, m_left;
    std::vector<size_t> m_numbers, m_others;
    std::optional<size_t> m_name, m_bytes;
    size_t m_width = 0, m_row = 0;
    std::vector<std::string> m_cells;
};

/// A CSV file of names and numbers.
class TableRows : public EmbeddingRows {
  public:
    explicit TableRows(const fs::path& file, std::unique_ptr<Names> names)
        : m_path(file), m_table(std::make_unique<Table>(file)), m_names(std::move(names)) {
        if (m_table->dim() == 0)
            throw Error(displayName(file), "no column holds numbers", "The columns e0, e1, … are looked for");
        m_count = m_table->countRows();
    }

    int64_t dim() const override { return static_cast<int64_t>(m_table->dim()); }
    int64_t count() const override { return m_count; }
    const std::vector<std::string>& columns() const override { return m_table->columns(); }
    void forEach(const std::function<void(const EmbeddingRow&)>& visit) const override {
        m_table->rewind();
        if (m_names) m_names->rewind();
        std::string name;
        std::vector<std::string> more(columns().size()), none;
        std::vector<float> values(m_table->dim());
        while (m_table->next(name, more)) {
            m_table->readNumbers(values);
            if (m_names) m_names->next(name, none);
            visit({name, values, more});
        }
    }

  private:
    fs::path m_path;
    std::unique_ptr<Table> m_table;
    std::unique_ptr<Names> m_names;
    int64_t m_count = 0;
};

void toFloats(const uint8_t* bytes, Dtype type, std::vector<float>& values) {
    const auto convert = [&]<typename Number>(Number) {
        for (size_t i = 0; i < values.size(); ++i) {
            Number value;
            std::memcpy(&value, bytes + i * sizeof value, sizeof value);
            values[i] = static_cast<float>(value);
        }
    };
    switch (type) {
        case Dtype::F16:
            return convert(c10::Half());
        case Dtype::BF16:
            return convert(c10::BFloat16());
        case Dtype::F64:
            return convert(double());
        default:
            return convert(float());
    }
}

/// Numbers that lie one after the other in a file.
class MappedRows : public EmbeddingRows {
  public:
    MappedRows(std::unique_ptr<MappedFile> file, size_t offset, Dtype type, int64_t count, int64_t dim,
               std::unique_ptr<Names> names)
        : m_file(std::move(file)),
          m_offset(offset),
          m_type(type),
          m_count(count),
          m_dim(dim),
          m_names(std::move(names)) {}

    int64_t dim() const override { return m_dim; }
    int64_t count() const override { return m_count; }
    const std::vector<std::string>& columns() const override { return m_names->columns(); }
    void forEach(const std::function<void(const EmbeddingRow&)>& visit) const override {
        const size_t rowBytes = static_cast<size_t>(m_dim) * byteSize(m_type);
        std::string name;
        std::vector<std::string> more(columns().size());
        std::vector<float> values(static_cast<size_t>(m_dim));
        m_names->rewind();
        for (size_t i = 0; i < static_cast<size_t>(m_count); ++i) {
            if (!m_names->next(name, more)) break;
            toFloats(m_file->bytes().data() + m_offset + i * rowBytes, m_type, values);
            visit({name, values, more});
        }
    }

  private:
    std::unique_ptr<MappedFile> m_file;
    size_t m_offset;
    Dtype m_type;
    int64_t m_count, m_dim;
    std::unique_ptr<Names> m_names;
};

/// Names beside a file, or numbers.
std::unique_ptr<Names> namesBeside(const fs::path& file, const fs::path& given) {
    if (!given.empty()) return std::make_unique<Lines>(given);
    std::error_code ignored;
    const fs::path table = file.native() + ".rows.csv", lines = file.native() + ".paths.txt";
    if (fs::is_regular_file(table, ignored)) return std::make_unique<Table>(table, false);
    if (fs::is_regular_file(lines, ignored)) return std::make_unique<Lines>(lines);
    return std::make_unique<Numbered>();
}

/// There are as many as rows.
void requireCount(const fs::path& file, Names& names, int64_t rows) {
    if (dynamic_cast<Numbered*>(&names) != nullptr) return;
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

/// The value behind 'key': in a header that Python wrote.
std::string_view valueOf(std::string_view header, std::string_view key) {
    const size_t at = header.find("'" + std::string(key) + "'");
    if (at == std::string_view::npos) return {};
    header.remove_prefix(at + key.size() + 2);
    const size_t begin = header.find_first_not_of(": ");
    return begin == std::string_view::npos ? std::string_view() : header.substr(begin);
}

ReadEmbeddings readNpy(const fs::path& file, const fs::path& given) {
    auto mapped = std::make_unique<MappedFile>(file);
    const std::string_view text = textOf(*mapped);
    const auto damaged = [&file](const std::string& what) { return Error(displayName(file), what); };
    if (text.size() < 12 || !text.starts_with("\x93NUMPY")) throw damaged("is no NPY file");
    const bool isShort = text[6] == 1;
    uint32_t headerSize = 0;
    std::memcpy(&headerSize, text.data() + 8, isShort ? 2 : 4);
    const size_t begin = isShort ? 10 : 12;
    if (headerSize > text.size() - begin) throw damaged("is cut off");
    const std::string_view header = text.substr(begin, headerSize);
    const std::string_view type = valueOf(header, "descr").substr(0, 5);
    const Dtype dtype = type == "'<f4'" ? Dtype::F32 : type == "'<f2'" ? Dtype::F16 : Dtype::F64;
    if (dtype == Dtype::F64 && type != "'<f8'")
        throw damaged("holds numbers of the kind " + std::string(type) + ", not float16, float32 or float64");
    if (valueOf(header, "fortran_order").starts_with("True"))
        throw Error(displayName(file), "lies column by column", "Save numpy.ascontiguousarray of it");
    int64_t rows = -1, dim = -1;
    std::string_view shape = valueOf(header, "shape");
    if (shape.starts_with('(')) shape.remove_prefix(1);
    shape = shape.substr(0, shape.find(')'));
    auto [end, problem] = std::from_chars(shape.data(), shape.data() + shape.size(), rows);
    const std::string_view second = trimmed({end, static_cast<size_t>(shape.data() + shape.size() - end)});
    if (problem == std::errc() && second.starts_with(',')) {
        const std::string_view digits = trimmed(second.substr(1));
        const auto last = std::from_chars(digits.data(), digits.data() + digits.size(), dim).ptr;
        if (last != digits.data() + digits.size()) dim = -1;
    }
    if (rows < 0 || dim <= 0) throw damaged("holds no rows: its shape is (" + std::string(shape) + ")");
    const size_t left = text.size() - begin - headerSize;
    if (static_cast<uint64_t>(rows) > left / byteSize(dtype) / static_cast<uint64_t>(dim)) throw damaged("is cut off");
    auto names = namesBeside(file, given);
    requireCount(file, *names, rows);
    return {std::make_unique<MappedRows>(std::move(mapped), begin + headerSize, dtype, rows, dim, std::move(names)),
            {}};
}

std::unique_ptr<Names> namesInMetadata(const fs::path& file, const std::map<std::string, std::string>& metadata) {
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
        return std::make_unique<Listed>(std::move(names),
                                        columns == metadata.end() ? json::object() : json::parse(columns->second));
    } catch (const std::exception&) {
        throw Error(displayName(file), "the names in its metadata are damaged");
    }
}

ReadEmbeddings readSafetensors(const fs::path& file, const fs::path& given) {
    auto mapped = std::make_unique<MappedFile>(file);
    CheckpointIndex index = indexSafetensors(mapped->bytes(), displayName(file));
    auto found = std::ranges::find(index.tensors, "embeddings", &StoredTensor::name);
    if (found == index.tensors.end()) {
        const auto isTable = [](const StoredTensor& tensor) { return tensor.shape.size() == 2; };
        found = std::ranges::find_if(index.tensors, isTable);
        if (std::ranges::count_if(index.tensors, isTable) != 1)
            throw Error(displayName(file), "has no tensor “embeddings”");
    }
    constexpr Dtype kReadable[] = {Dtype::F16, Dtype::BF16, Dtype::F32, Dtype::F64};
    if (found->shape.size() != 2 || found->shape[1] <= 0 ||
        std::ranges::find(kReadable, found->dtype) == std::end(kReadable))
        throw Error(displayName(file), "the tensor “" + found->name + "” does not hold rows of numbers");
    std::unique_ptr<Names> names;
    if (given.empty()) names = namesInMetadata(file, index.metadata);
    if (!names) names = namesBeside(file, given);
    requireCount(file, *names, found->shape[0]);
    for (const char* own : {"names", "name_bytes", "columns", "names_file"})
        index.metadata.erase(own);
    return {std::make_unique<MappedRows>(std::move(mapped), found->offset, found->dtype, found->shape[0],
                                         found->shape[1], std::move(names)),
            std::move(index.metadata)};
}

}  // namespace

ReadEmbeddings readEmbeddings(const fs::path& file, const fs::path& names) {
    const std::string ending = lowered(file.extension().string());
    if (ending == ".npy") return readNpy(file, names);
    if (ending == ".safetensors") return readSafetensors(file, names);
    if (ending != ".csv" && ending != ".tsv")
        throw Error(displayName(file), "embeddings are read from .csv, .tsv, .npy or .safetensors");
    std::unique_ptr<Names> given = names.empty() ? nullptr : std::make_unique<Lines>(names);
    auto rows = std::make_unique<TableRows>(file, nullptr);
    if (given) {
        requireCount(file, *given, rows->count());
        rows = std::make_unique<TableRows>(file, std::move(given));
    }
    return {std::move(rows), {}};
}

}  // namespace diagonal
