// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/safetensors.h"

#include <torch/torch.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/formats/safetensors.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

struct DtypeName {
    const char* name;
    Dtype dtype;
    torch::ScalarType type;
};

constexpr DtypeName kDtypes[] = {
    {"F64", Dtype::F64, torch::kDouble},     {"F32", Dtype::F32, torch::kFloat}, {"F16", Dtype::F16, torch::kHalf},
    {"BF16", Dtype::BF16, torch::kBFloat16}, {"I64", Dtype::I64, torch::kLong},  {"I32", Dtype::I32, torch::kInt},
    {"I16", Dtype::I16, torch::kShort},      {"I8", Dtype::I8, torch::kChar},    {"U8", Dtype::U8, torch::kByte},
    {"BOOL", Dtype::Bool, torch::kBool},
};

torch::ScalarType scalarType(Dtype wanted) {
    for (const auto& [name, dtype, type] : kDtypes) {
        if (dtype == wanted) return type;
    }
    throw std::logic_error("a dtype without a scalar type");
}

const char* nameOfDtype(torch::ScalarType wanted) {
    for (const auto& [name, dtype, type] : kDtypes) {
        if (type == wanted) return name;
    }
    throw Error("safetensors", std::string("cannot store tensors of type ") + torch::toString(wanted));
}

}  // namespace

TensorFile readSafetensors(const fs::path& path) {
    const auto mapped = std::make_shared<MappedFile>(path);
    CheckpointIndex index = indexSafetensors(mapped->bytes(), displayName(path));
    TensorFile result;
    result.metadata = std::move(index.metadata);
    for (const auto& stored : index.tensors) {
        auto* begin = const_cast<uint8_t*>(mapped->bytes().data() + stored.offset);
        const auto options = torch::TensorOptions(scalarType(stored.dtype));
        // A header whose length is no multiple of the element size leaves tensors unaligned: those are copied.
        const bool aligned = reinterpret_cast<uintptr_t>(begin) % byteSize(stored.dtype) == 0;
        torch::Tensor tensor;
        if (aligned) {
            tensor = torch::from_blob(
                begin, stored.shape, [mapped](void*) {}, options);
        } else {
            tensor = torch::empty(stored.shape, options);
            std::memcpy(tensor.data_ptr(), begin, tensor.nbytes());
        }
        result.tensors.emplace(stored.name, std::move(tensor));
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
