// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/parts/tensor_rules.h"

namespace diagonal {

/// The tensors of a checkpoint and the files they lie in.
struct StateDict {
    Tensors tensors;  ///< views of the mapped files; they keep them mapped. Never write to them.
    std::map<std::string, std::string> metadata;  ///< what else stands in the file: "epoch": "32"
    std::string container;                        ///< "safetensors", "TorchScript archive"
    std::vector<std::string> notes;               ///< what was left out, or chosen among several
    std::vector<std::shared_ptr<MappedFile>> files;

    /// Lets go of the memory of a tensor that was copied.
    void release(const torch::Tensor& tensor) const;
};

/// Maps checkpoint files (indexCheckpoint tells what is read) and copies nothing; several are the parts of one. What
/// wrappers put into names ("module.", "_orig_mod.") is left out. Throws Error naming the file.
StateDict readStateDict(const std::vector<std::filesystem::path>& files);

/// The same of a whole model (modelWithin).
StateDict readModelState(const std::vector<std::filesystem::path>& files);

}  // namespace diagonal
