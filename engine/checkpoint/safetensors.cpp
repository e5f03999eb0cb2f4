// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/safetensors.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/libtorch.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::pair<torch::ScalarType, const char*> kDtypes[] = {
    {torch::kDouble, "F64"}, {torch::kFloat, "F32"}, {torch::kHalf, "F16"},  {torch::kBFloat16, "BF16"},
    {torch::kLong, "I64"},   {torch::kInt, "I32"},   {torch::kShort, "I16"}, {torch::kChar, "I8"},
    {torch::kByte, "U8"},    {torch::kBool, "BOOL"},
};

const char* nameOfDtype(torch::ScalarType wanted) {
    for (const auto& [type, name] : kDtypes) {
        if (type == wanted) return name;
    }
    throw Error("safetensors", std::string("cannot store tensors of type ") + torch::toString(wanted));
}

}  // namespace

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
