// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/safetensors.h"

#include <torch/torch.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/error.h"
#include "engine/base/file.h"

static_assert(std::endian::native == std::endian::little, "safetensors is little-endian");

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr uint64_t kMaxHeader = 100'000'000;

struct DtypeName {
    const char* name;
    torch::ScalarType type;
};

constexpr DtypeName kDtypes[] = {
    {"F64", torch::kDouble}, {"F32", torch::kFloat}, {"F16", torch::kHalf},  {"BF16", torch::kBFloat16},
    {"I64", torch::kLong},   {"I32", torch::kInt},   {"I16", torch::kShort}, {"I8", torch::kChar},
    {"U8", torch::kByte},    {"BOOL", torch::kBool},
};

torch::ScalarType dtypeFromName(const std::string& name, const std::string& file, const std::string& tensor) {
    for (const auto& dtype : kDtypes) {
        if (name == dtype.name) return dtype.type;
    }
    throw Error(file, "tensor \"" + tensor + "\" has the unknown type \"" + name + "\"");
}

const char* nameOfDtype(torch::ScalarType type) {
    for (const auto& dtype : kDtypes) {
        if (type == dtype.type) return dtype.name;
    }
    throw Error("safetensors", std::string("cannot store tensors of type ") + torch::toString(type));
}

struct Entry {
    std::string name;
    torch::ScalarType type = torch::kFloat;
    std::vector<int64_t> shape;
    uint64_t begin = 0, end = 0;
};

/// Parses JSON that must not name a key twice in one object.
json parseHeader(std::string_view text, const std::string& file) {
    std::vector<std::set<std::string>> open;
    const auto watch = [&](int depth, json::parse_event_t event, json& value) {
        if (depth > 8) throw Error(file, "the header is nested too deeply");
        if (event == json::parse_event_t::object_start) open.emplace_back();
        if (event == json::parse_event_t::object_end) open.pop_back();
        if (event == json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second)
            throw Error(file, "the header names \"" + value.get<std::string>() + "\" twice");
        return true;
    };
    try {
        json header = json::parse(text, watch);
        if (!header.is_object()) throw Error(file, "the header is not a JSON object");
        return header;
    } catch (const json::exception& error) {
        throw Error(file, std::string("the header is not valid JSON: ") + error.what());
    }
}

uint64_t unsignedNumber(const json& value, const std::string& file, const std::string& tensor) {
    if (!value.is_number_unsigned()) throw Error(file, "tensor \"" + tensor + "\" has a malformed entry in the header");
    return value.get<uint64_t>();
}

Entry parseEntry(const std::string& name, const json& value, uint64_t dataSize, const std::string& file) {
    const auto malformed = [&] { return Error(file, "tensor \"" + name + "\" has a malformed entry in the header"); };
    if (!value.is_object() || value.size() != 3) throw malformed();
    const auto dtype = value.find("dtype"), shape = value.find("shape"), offsets = value.find("data_offsets");
    if (dtype == value.end() || shape == value.end() || offsets == value.end()) throw malformed();
    if (!dtype->is_string() || !shape->is_array() || !offsets->is_array() || offsets->size() != 2) throw malformed();

    Entry entry;
    entry.name = name;
    entry.type = dtypeFromName(dtype->get<std::string>(), file, name);
    uint64_t bytes = torch::elementSize(entry.type);
    for (const auto& dimension : *shape) {
        const uint64_t size = unsignedNumber(dimension, file, name);
        if (size > uint64_t{std::numeric_limits<int64_t>::max()} || __builtin_mul_overflow(bytes, size, &bytes))
            throw Error(file, "tensor \"" + name + "\" has an impossible shape");
        entry.shape.push_back(static_cast<int64_t>(size));
    }
    entry.begin = unsignedNumber((*offsets)[0], file, name);
    entry.end = unsignedNumber((*offsets)[1], file, name);
    if (entry.begin > entry.end || entry.end > dataSize)
        throw Error(file, "tensor \"" + name + "\" lies outside the file",
                    "The file is truncated or damaged: get it again");
    if (entry.end - entry.begin != bytes)
        throw Error(file, "tensor \"" + name + "\" has more or fewer bytes than its shape needs");
    return entry;
}

void checkLayout(std::vector<Entry>& entries, uint64_t dataSize, const std::string& file) {
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
    uint64_t position = 0;
    for (const auto& entry : entries) {
        if (entry.begin != position)
            throw Error(file, "tensor \"" + entry.name + "\" overlaps another or leaves a hole");
        position = entry.end;
    }
    if (position != dataSize) throw Error(file, "the file is longer than its tensors");
}

}  // namespace

TensorFile readSafetensors(const fs::path& path) {
    const std::string file = displayName(path);
    const auto mapped = std::make_shared<MappedFile>(path);
    const auto bytes = mapped->bytes();
    if (bytes.size() < 8) throw Error(file, bytes.empty() ? "the file is empty" : "not a safetensors file");
    uint64_t headerSize = 0;
    std::memcpy(&headerSize, bytes.data(), 8);
    if (headerSize < 2 || headerSize > kMaxHeader || (bytes.size() > 8 && bytes[8] != '{'))
        throw Error(file, "not a safetensors file");
    if (headerSize > bytes.size() - 8)
        throw Error(file, "the file ends within its header", "It is truncated: get it again");

    const json header = parseHeader({reinterpret_cast<const char*>(bytes.data()) + 8, headerSize}, file);
    const uint64_t dataSize = bytes.size() - 8 - headerSize;
    TensorFile result;
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items()) {
        if (name != "__metadata__") {
            entries.push_back(parseEntry(name, value, dataSize, file));
            continue;
        }
        if (!value.is_object()) throw Error(file, "its __metadata__ is malformed");
        for (const auto& [key, text] : value.items()) {
            if (!text.is_string()) throw Error(file, "its __metadata__ is malformed");
            result.metadata.emplace(key, text.get<std::string>());
        }
    }
    checkLayout(entries, dataSize, file);

    const uint8_t* data = bytes.data() + 8 + headerSize;
    for (const auto& entry : entries) {
        auto* begin = const_cast<uint8_t*>(data + entry.begin);
        const auto options = torch::TensorOptions(entry.type);
        // A header whose length is no multiple of the element size leaves tensors unaligned: those are copied.
        const bool aligned = reinterpret_cast<uintptr_t>(begin) % torch::elementSize(entry.type) == 0;
        torch::Tensor tensor;
        if (aligned) {
            tensor = torch::from_blob(
                begin, entry.shape, [mapped](void*) {}, options);
        } else {
            tensor = torch::empty(entry.shape, options);
            std::memcpy(tensor.data_ptr(), begin, entry.end - entry.begin);
        }
        result.tensors.emplace(entry.name, std::move(tensor));
    }
    return result;
}

void writeSafetensors(const fs::path& path, const NamedTensors& tensors,
                      const std::map<std::string, std::string>& metadata) {
    // The largest element size first keeps every tensor aligned, as the reference writer does.
    NamedTensors ordered = tensors;
    std::sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
        const auto sizeA = a.second.element_size(), sizeB = b.second.element_size();
        return sizeA != sizeB ? sizeA > sizeB : a.first < b.first;
    });
    json header = json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    uint64_t position = 0;
    for (const auto& [name, tensor] : ordered) {
        const uint64_t end = position + tensor.nbytes();
        header[name] = {{"dtype", nameOfDtype(tensor.scalar_type())},
                        {"shape", tensor.sizes().vec()},
                        {"data_offsets", {position, end}}};
        position = end;
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');

    AtomicFile file(path);
    const uint64_t headerSize = text.size();
    file.write(&headerSize, sizeof headerSize);
    file.write(text);
    for (const auto& [name, tensor] : ordered) {
        const torch::Tensor stored = tensor.detach().cpu().contiguous();
        file.write(stored.data_ptr(), stored.nbytes());
    }
    file.commit();
}

}  // namespace diagonal
