// SPDX-License-Identifier: Apache-2.0
#include "engine/embeddings/read_embeddings.h"

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/embeddings/row_names.h"
#include "engine/formats/safetensors.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

/// A CSV file of names and numbers.
class TableRows : public EmbeddingRows {
  public:
    explicit TableRows(const fs::path& file, std::unique_ptr<RowNames> names)
        : m_path(file), m_table(std::make_unique<RowTable>(file)), m_names(std::move(names)) {
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
    std::unique_ptr<RowTable> m_table;
    std::unique_ptr<RowNames> m_names;
    int64_t m_count = 0;
};

/// stride: numbers from one to the next.
void toFloats(const uint8_t* bytes, Dtype type, size_t stride, std::vector<float>& values) {
    const auto convert = [&]<typename Number>(Number) {
        for (size_t i = 0; i < values.size(); ++i) {
            Number value;
            std::memcpy(&value, bytes + i * stride * sizeof value, sizeof value);
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

/// Where the numbers of rows lie in a file: row after row, or column after column.
struct NumberLayout {
    size_t offset = 0;
    Dtype type = Dtype::F32;
    int64_t count = 0, dim = 0;
    bool isByColumn = false;
};

class MappedRows : public EmbeddingRows {
  public:
    MappedRows(std::unique_ptr<MappedFile> file, const NumberLayout& layout, std::unique_ptr<RowNames> names)
        : m_file(std::move(file)), m_layout(layout), m_names(std::move(names)) {}

    int64_t dim() const override { return m_layout.dim; }
    int64_t count() const override { return m_layout.count; }
    const std::vector<std::string>& columns() const override { return m_names->columns(); }
    void forEach(const std::function<void(const EmbeddingRow&)>& visit) const override {
        const auto count = static_cast<size_t>(m_layout.count), dim = static_cast<size_t>(m_layout.dim);
        const size_t step = (m_layout.isByColumn ? 1 : dim) * byteSize(m_layout.type);
        std::string name;
        std::vector<std::string> more(columns().size());
        std::vector<float> values(dim);
        m_names->rewind();
        for (size_t i = 0; i < count; ++i) {
            if (!m_names->next(name, more)) break;
            toFloats(m_file->bytes().data() + m_layout.offset + i * step, m_layout.type,
                     m_layout.isByColumn ? count : 1, values);
            visit({name, values, more});
        }
    }

  private:
    std::unique_ptr<MappedFile> m_file;
    NumberLayout m_layout;
    std::unique_ptr<RowNames> m_names;
};

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
    const std::string_view text(reinterpret_cast<const char*>(mapped->bytes().data()), mapped->bytes().size());
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
    const bool isByColumn = valueOf(header, "fortran_order").starts_with("True");
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
    const NumberLayout layout{begin + headerSize, dtype, rows, dim, isByColumn};
    return {std::make_unique<MappedRows>(std::move(mapped), layout, std::move(names)), {}};
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
    std::unique_ptr<RowNames> names;
    if (given.empty()) names = namesInMetadata(file, index.metadata);
    if (!names) names = namesBeside(file, given);
    requireCount(file, *names, found->shape[0]);
    for (const char* own : {"names", "name_bytes", "columns", "names_file"})
        index.metadata.erase(own);
    const NumberLayout layout{found->offset, found->dtype, found->shape[0], found->shape[1]};
    return {std::make_unique<MappedRows>(std::move(mapped), layout, std::move(names)), std::move(index.metadata)};
}

}  // namespace

ReadEmbeddings readEmbeddings(const fs::path& file, const fs::path& names) {
    const std::string ending = lowered(file.extension().string());
    if (ending == ".npy") return readNpy(file, names);
    if (ending == ".safetensors") return readSafetensors(file, names);
    if (ending != ".csv" && ending != ".tsv")
        throw Error(displayName(file), "embeddings are read from .csv, .tsv, .npy or .safetensors");
    std::unique_ptr<RowNames> given = names.empty() ? nullptr : namesOfLines(names);
    auto rows = std::make_unique<TableRows>(file, nullptr);
    if (given) {
        requireCount(file, *given, rows->count());
        rows = std::make_unique<TableRows>(file, std::move(given));
    }
    return {std::move(rows), {}};
}

}  // namespace diagonal
