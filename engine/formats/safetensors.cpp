// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/safetensors.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/json_reader.h"
#include "engine/formats/bytes.h"

namespace diagonal {

namespace {

using nlohmann::json;

constexpr uint64_t kMaxHeader = 100'000'000;
constexpr const char* kRemedy = "The file is cut or damaged: get it again";
constexpr size_t kMaxDimensions = 64;

constexpr std::pair<std::string_view, Dtype> kDtypes[] = {
    {"F64", Dtype::F64}, {"F32", Dtype::F32}, {"F16", Dtype::F16}, {"BF16", Dtype::BF16}, {"I64", Dtype::I64},
    {"I32", Dtype::I32}, {"I16", Dtype::I16}, {"I8", Dtype::I8},   {"U8", Dtype::U8},     {"BOOL", Dtype::Bool},
};

struct Entry {
    std::string name;
    std::optional<Dtype> dtype;
    std::optional<std::vector<int64_t>> shape;
    std::vector<uint64_t> offsets;
    bool hasOffsets = false;
};

/// Takes the header piece by piece as it is parsed, so that it may have any length without a tree of it in memory.
/// {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {"key": "text"}}
class HeaderHandler : public nlohmann::json_sax<json> {
  public:
    explicit HeaderHandler(const std::string& file) : m_file(file) {}

    std::vector<Entry> entries;
    std::map<std::string, std::string> metadata;

    bool start_object(std::size_t) override {
        if (m_place == Place::Outside) {
            m_place = Place::Header;
        } else if (m_place == Place::Header) {
            m_place = m_key == "__metadata__" ? Place::Metadata : Place::Entry;
            if (m_place == Place::Entry) entries.emplace_back().name = m_key;
        } else {
            malformed();
        }
        return true;
    }
    bool end_object() override {
        if (m_place == Place::Entry) {
            const Entry& entry = entries.back();
            if (!entry.dtype || !entry.shape || !entry.hasOffsets) malformed();
        }
        m_place = Place::Header;
        return true;
    }
    bool key(std::string& key) override {
        const auto twice = [&] { return Error(m_file, "the header names " + inQuotes(key) + " twice"); };
        if (m_place == Place::Header && !m_names.insert(key).second) throw twice();
        if (m_place == Place::Metadata && metadata.contains(key)) throw twice();
        if (m_place == Place::Entry) {
            const Entry& entry = entries.back();
            if ((key == "dtype" && entry.dtype) || (key == "shape" && entry.shape) ||
                (key == "data_offsets" && entry.hasOffsets))
                throw twice();
            if (key != "dtype" && key != "shape" && key != "data_offsets") malformed();
            m_field = key;
        } else {
            m_key = key;
        }
        return true;
    }
    bool string(std::string& text) override {
        if (m_place == Place::Metadata) {
            metadata[m_key] = text;
        } else if (m_place == Place::Entry && m_field == "dtype") {
            for (const auto& [dtypeName, dtype] : kDtypes)
                if (text == dtypeName) entries.back().dtype = dtype;
            if (!entries.back().dtype)
                throw Error(m_file, "tensor " + inQuotes(m_key) + " has the unknown type " + inQuotes(text));
        } else {
            malformed();
        }
        return true;
    }
    bool start_array(std::size_t) override {
        if (m_place != Place::Entry || m_field == "dtype") malformed();
        m_place = m_field == "shape" ? Place::Shape : Place::Offsets;
        if (m_place == Place::Shape) {
            entries.back().shape.emplace();
        } else {
            entries.back().hasOffsets = true;
        }
        return true;
    }
    bool end_array() override {
        m_place = Place::Entry;
        return true;
    }
    bool number_unsigned(uint64_t number) override {
        Entry* entry = m_place == Place::Shape || m_place == Place::Offsets ? &entries.back() : nullptr;
        if (entry == nullptr) return malformed();
        if (m_place == Place::Offsets) {
            if (entry->offsets.size() == 2) return malformed();
            entry->offsets.push_back(number);
        } else {
            if (number > uint64_t{std::numeric_limits<int64_t>::max()} || entry->shape->size() == kMaxDimensions)
                throw Error(m_file, "tensor " + inQuotes(m_key) + " has an impossible shape");
            entry->shape->push_back(static_cast<int64_t>(number));
        }
        return true;
    }
    bool number_integer(int64_t) override { return malformed(); }
    bool number_float(double, const std::string&) override { return malformed(); }
    bool null() override { return malformed(); }
    bool boolean(bool) override { return malformed(); }
    bool binary(json::binary_t&) override { return malformed(); }
    bool parse_error(std::size_t, const std::string&, const json::exception& error) override {
        throw Error(m_file, "the header is not valid JSON: " + wordsOf(error), kRemedy);
    }

  private:
    enum class Place { Outside, Header, Metadata, Entry, Shape, Offsets };

    bool malformed() const {
        if (m_place == Place::Metadata || m_key == "__metadata__")
            throw Error(m_file, "its __metadata__ is malformed", kRemedy);
        throw Error(m_file, "tensor " + inQuotes(m_key) + " has a malformed entry in the header", kRemedy);
    }

    const std::string& m_file;
    Place m_place = Place::Outside;
    std::string m_key, m_field;
    std::unordered_set<std::string> m_names;
};

/// A tensor with its bytes checked against its shape.
StoredTensor checkedTensor(Entry&& entry, uint64_t dataSize, const std::string& file) {
    StoredTensor tensor;
    tensor.name = std::move(entry.name);
    if (tensor.name.empty() || !isPlainText(tensor.name))
        throw Error(file, "tensor " + inQuotes(tensor.name) + " has an impossible name", kRemedy);
    if (entry.offsets.size() != 2)
        throw Error(file, "tensor " + inQuotes(tensor.name) + " has a malformed entry in the header", kRemedy);
    tensor.dtype = *entry.dtype;
    tensor.shape = std::move(*entry.shape);
    tensor.strides.resize(tensor.shape.size());
    // Strides as if no dimension were empty, the convention of PyTorch.
    auto stride = static_cast<int64_t>(byteSize(tensor.dtype));
    bool empty = false;
    for (size_t i = tensor.shape.size(); i-- > 0;) {
        tensor.strides[i] = stride / static_cast<int64_t>(byteSize(tensor.dtype));
        empty = empty || tensor.shape[i] == 0;
        if (__builtin_mul_overflow(stride, std::max<int64_t>(tensor.shape[i], 1), &stride))
            throw Error(file, "tensor " + inQuotes(tensor.name) + " has an impossible shape");
    }
    const uint64_t begin = entry.offsets[0], end = entry.offsets[1];
    if (begin > end || end > dataSize)
        throw Error(file, "tensor " + inQuotes(tensor.name) + " lies outside the file", kRemedy);
    if (end - begin != (empty ? 0 : static_cast<uint64_t>(stride)))
        throw Error(file, "tensor " + inQuotes(tensor.name) + " has more or fewer bytes than its shape needs", kRemedy);
    tensor.offset = begin;
    return tensor;
}

uint64_t endOf(const StoredTensor& tensor) {
    uint64_t bytes = byteSize(tensor.dtype);
    for (const int64_t size : tensor.shape)
        bytes *= static_cast<uint64_t>(size);
    return tensor.offset + bytes;
}

void checkLayout(std::vector<StoredTensor>& tensors, uint64_t dataSize, const std::string& file) {
    std::sort(tensors.begin(), tensors.end(), [](const StoredTensor& a, const StoredTensor& b) {
        return std::make_tuple(a.offset, endOf(a)) < std::make_tuple(b.offset, endOf(b));
    });
    uint64_t position = 0;
    for (const auto& tensor : tensors) {
        if (tensor.offset != position)
            throw Error(file, "tensor " + inQuotes(tensor.name) + " overlaps another or leaves a hole", kRemedy);
        position = endOf(tensor);
    }
    if (position != dataSize) throw Error(file, "the file is longer than its tensors", kRemedy);
}

}  // namespace

bool looksLikeSafetensors(std::span<const uint8_t> file) {
    // A length of 2^48 or more is text, not a number.
    return file.size() > 8 && file[8] == '{' && loadNumber<uint16_t>(file.data() + 6) == 0;
}

CheckpointIndex indexSafetensors(std::span<const uint8_t> file, const std::string& name) {
    if (!looksLikeSafetensors(file)) throw Error(name, file.empty() ? "the file is empty" : "not a safetensors file");
    const auto headerSize = loadNumber<uint64_t>(file.data());
    if (headerSize < 2 || headerSize > kMaxHeader)
        throw Error(name, "not a safetensors file: the size of its header is impossible", kRemedy);
    if (headerSize > file.size() - 8) throw Error(name, "the file ends within its header", kRemedy);

    HeaderHandler header(name);
    json::sax_parse(file.begin() + 8, file.begin() + 8 + static_cast<ptrdiff_t>(headerSize), &header);
    const uint64_t dataSize = file.size() - 8 - headerSize;
    CheckpointIndex index;
    index.container = "safetensors";
    index.metadata = std::move(header.metadata);
    index.tensors.reserve(header.entries.size());
    for (auto& entry : header.entries)
        index.tensors.push_back(checkedTensor(std::move(entry), dataSize, name));
    checkLayout(index.tensors, dataSize, name);
    for (auto& tensor : index.tensors)
        tensor.offset += 8 + headerSize;
    return index;
}

}  // namespace diagonal
