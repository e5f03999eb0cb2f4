// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <span>

#include "engine/formats/checkpoint_index.h"

/// Stops the fuzzer where an index that was read breaks its promise: names are unique, and every element that shape and
/// strides reach lies in the file.
inline void checkIndex(const diagonal::CheckpointIndex& index, std::span<const uint8_t> file) {
    std::set<std::string> names;
    for (const auto& tensor : index.tensors) {
        if (!names.insert(tensor.name).second || tensor.shape.size() != tensor.strides.size()) __builtin_trap();
        unsigned __int128 last = 0;
        bool empty = false;
        for (size_t i = 0; i < tensor.shape.size(); ++i) {
            if (tensor.shape[i] < 0 || tensor.strides[i] < 0) __builtin_trap();
            empty = empty || tensor.shape[i] == 0;
            if (tensor.shape[i] > 0)
                last += static_cast<unsigned __int128>(tensor.shape[i] - 1) * static_cast<uint64_t>(tensor.strides[i]);
        }
        if (tensor.offset > file.size()) __builtin_trap();
        const unsigned __int128 end = tensor.offset + (last + 1) * diagonal::byteSize(tensor.dtype);
        if (!empty && end > file.size()) __builtin_trap();
    }
}
