// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/state_dict.h"

#include <array>
#include <cstring>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_within.h"
#include "engine/formats/checkpoint_index.h"

namespace diagonal {

namespace fs = std::filesystem;
using torch::Tensor;

namespace {

torch::ScalarType scalarType(Dtype dtype) {
    switch (dtype) {
        case Dtype::F64:
            return torch::kDouble;
        case Dtype::F32:
            return torch::kFloat;
        case Dtype::F16:
            return torch::kHalf;
        case Dtype::BF16:
            return torch::kBFloat16;
        case Dtype::I64:
            return torch::kLong;
        case Dtype::I32:
            return torch::kInt;
        case Dtype::I16:
            return torch::kShort;
        case Dtype::I8:
            return torch::kChar;
        case Dtype::U8:
            return torch::kByte;
        case Dtype::Bool:
            break;
    }
    return torch::kBool;
}

/// Bytes from the first element to behind the last.
uint64_t reach(const StoredTensor& stored) {
    uint64_t elements = 1;
    for (size_t i = 0; i < stored.shape.size(); ++i) {
        if (stored.shape[i] == 0) return 0;
        elements += static_cast<uint64_t>(stored.shape[i] - 1) * static_cast<uint64_t>(stored.strides[i]);
    }
    return elements * byteSize(stored.dtype);
}

Tensor viewOf(const StoredTensor& stored, const std::shared_ptr<MappedFile>& file) {
    const auto options = torch::TensorOptions(scalarType(stored.dtype));
    auto* data = const_cast<uint8_t*>(file->bytes().data() + stored.offset);
    // A file may place its tensors anywhere; the processor wants them on multiples of their element size.
    if (reinterpret_cast<uintptr_t>(data) % byteSize(stored.dtype) == 0)
        return torch::from_blob(
            data, stored.shape, stored.strides, [file](void*) {}, options);
    const uint64_t size = reach(stored);
    const Tensor storage = torch::empty({static_cast<int64_t>(size / byteSize(stored.dtype))}, options);
    std::memcpy(storage.data_ptr(), data, size);
    return storage.as_strided(stored.shape, stored.strides);
}

/// Parts of names that wrappers of PyTorch put in: DistributedDataParallel, torch.compile, FSDP, recomputed blocks.
constexpr std::array kWrappers = {"module.", "_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module."};
std::string withoutWrappers(std::string name) {
    for (const std::string_view wrapper : kWrappers)
        for (size_t at = name.find(wrapper); at != std::string::npos; at = name.find(wrapper, at))
            if (at == 0 || name[at - 1] == '.')
                name.erase(at, wrapper.size());
            else
                at += wrapper.size();
    return name;
}

/// The tensors by other names; as they were where two would get the same.
template <typename Rename>
void renameAll(Tensors& tensors, const Rename& rename) {
    Tensors renamed;
    for (const auto& [name, tensor] : tensors)
        renamed.emplace(rename(name), tensor);
    if (renamed.size() == tensors.size()) tensors = std::move(renamed);
}

}  // namespace

void StateDict::release(const Tensor& tensor) const {
    const auto* data = static_cast<const uint8_t*>(tensor.const_data_ptr());
    for (const auto& file : files) {
        const auto bytes = file->bytes();
        if (data >= bytes.data() && data < bytes.data() + bytes.size()) file->release(data, tensor.nbytes());
    }
}

StateDict readStateDict(const std::vector<fs::path>& files) {
    StateDict state;
    for (const auto& path : files) {
        const std::string name = displayName(path);
        const auto file = std::make_shared<MappedFile>(path);
        CheckpointIndex index = indexCheckpoint(file->bytes(), name);
        for (const auto& stored : index.tensors) {
            if (!state.tensors.emplace(stored.name, viewOf(stored, file)).second)
                throw Error(name, "tensor \"" + stored.name + "\" stands in two of the model's files");
        }
        state.container = index.container;
        state.metadata.merge(index.metadata);
        state.notes.insert(state.notes.end(), index.notes.begin(), index.notes.end());
        state.files.push_back(file);
    }
    renameAll(state.tensors, withoutWrappers);
    return state;
}

StateDict readModelState(const std::vector<fs::path>& files) {
    StateDict state = readStateDict(files);
    state.tensors = modelWithin(std::move(state.tensors), displayName(files.front()), state.notes);
    return state;
}

}  // namespace diagonal
