// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace diagonal {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

struct TensorFile {
    std::map<std::string, torch::Tensor>
        tensors;  ///< views of the mapped file; they keep it mapped. Never write to them.
    std::map<std::string, std::string> metadata;  ///< the header's __metadata__
};

/// Maps a safetensors file; nothing is copied until a tensor is used. Every rule of the format is checked (header size
/// and form, no duplicate names, no holes or overlaps, shapes that match their bytes). Throws Error.
TensorFile readSafetensors(const std::filesystem::path& path);

/// Writes tensors (any device, any strides) whole or not at all. Throws Error.
void writeSafetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                      const std::map<std::string, std::string>& metadata = {});

}  // namespace diagonal
