// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/formats/checkpoint_index.h"

namespace diagonal {

/// A contiguous tensor to be written.
struct TensorBytes {
    std::string name;
    Dtype dtype = Dtype::F32;
    std::vector<int64_t> shape;
    std::span<const uint8_t> bytes;
};

/// Writes what torch.save writes of an ordered state dict: a zip archive with stored members at multiples of 64 bytes,
/// so that torch.load maps it. Whole or not at all. Throws Error (disk, a name that stands twice, bytes that do not fit
/// the shape).
void writeTorchFile(const std::filesystem::path& path, const std::vector<TensorBytes>& tensors);

}  // namespace diagonal
