// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace diagonal {

enum class Dtype { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };

uint64_t byteSize(Dtype dtype);

/// A tensor that lies in a file, within its bounds: every element that shape and strides reach is inside the file.
struct StoredTensor {
    std::string name;
    Dtype dtype = Dtype::F32;
    std::vector<int64_t> shape;
    std::vector<int64_t> strides;  ///< in elements, none negative
    uint64_t offset = 0;           ///< in bytes from the begin of the file to the first element
};

/// What a checkpoint holds, found without reading a tensor.
struct CheckpointIndex {
    std::string container;              ///< "safetensors", "PyTorch archive", "TorchScript archive", "old PyTorch file"
    std::vector<StoredTensor> tensors;  ///< the state dict; names are unique
    /// safetensors' __metadata__; numbers and texts beside the state dict of a training checkpoint ("epoch": "32").
    std::map<std::string, std::string> metadata;
    std::vector<std::string> notes;  ///< what was left out, or chosen among several
};

/// Finds out from the content what a checkpoint file is and what it holds. Nothing in it is executed. `name` stands in
/// errors. Throws Error, with what the file seems to be where it is no checkpoint.
CheckpointIndex indexCheckpoint(std::span<const uint8_t> file, const std::string& name);

}  // namespace diagonal
