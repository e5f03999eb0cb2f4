// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/inference/session.h"
#include "engine/text/load_tokenizer.h"
#include "training/data/dataset.h"

namespace diagonal {

struct PackOptions {
    int size = 256;                              ///< pixels of the shorter side at most; nothing is enlarged
    std::shared_ptr<const Tokenizer> tokenizer;  ///< whose ids are kept
    TokenizerConfig tokenizerConfig;             ///< with which loadTokenizer makes it again
    /// Models whose embeddings of the images, as they are before they are shrunk, and of the captions are kept. None:
    /// those that the data has already, if any.
    std::vector<std::shared_ptr<Session>> teachers = {};
};

struct PackResult {
    size_t images = 0, captions = 0, tokens = 0;
    uint64_t bytes = 0;                 ///< of the pixels
    std::vector<Teacher> teachers;      ///< whose embeddings are in the pack
    std::vector<std::string> failures;  ///< images that were left out, "name: reason"
};

/// Writes the pack: every image decoded, resized (bicubic, as Pillow) and kept as it is. The folder is there whole or
/// not at all. Throws Error (no room, nothing readable, something there already), Cancelled.
PackResult packDataset(const Dataset& dataset, const std::filesystem::path& out, const PackOptions& options,
                       const JobContext& job = {});

}  // namespace diagonal
