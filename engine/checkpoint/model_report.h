// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/checkpoint/model_hints.h"
#include "engine/checkpoint/model_info.h"

namespace diagonal {

/// A part of a model: "visual", "resblocks", "attn", or at the leaves a tensor.
struct ModelPart {
    std::string name;        ///< of equal blocks one stands for all: "resblocks 0–11"
    std::string shape;       ///< of a tensor: "768 × 3 × 32 × 32", empty for a group
    std::string dtype;       ///< of a tensor, as stored
    int64_t parameters = 0;  ///< of all blocks together
    std::vector<ModelPart> parts;
};

/// All that `inspect` and the Models pane show of a model.
struct ModelReport {
    ModelInfo info;
    std::string summary;  ///< "ViT, 12 layers, width 768, patch 32"
    int64_t imageParameters = 0, textParameters = 0;
    int64_t imageFlops = 0, textFlops = 0;  ///< engine/parts/cost.h says what counts
    uint64_t bytes = 0;                     ///< of the files with the weights
    std::vector<uint64_t> fileBytes;        ///< of each of info.files
    ModelPart tree;                         ///< its root is the model
};

/// Reads configuration and headers alone: quick for any size. Throws Error.
ModelReport reportOf(const std::filesystem::path& path, const ModelHints& hints = {});

struct FileHash {
    std::filesystem::path file;
    uint64_t bytes = 0;
    std::string sha256;  ///< 64 hexadecimal digits
};

/// SHA-256 of the model's weights; reads them whole (progress in bytes). Throws Error, Cancelled.
std::vector<FileHash> hashesOf(const ModelInfo& info, const JobContext& job = {});

}  // namespace diagonal
