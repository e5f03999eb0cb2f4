// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/base/job.h"

namespace diagonal {

struct ScenesFolderOptions {
    size_t count = 1000;
    uint64_t seed = 1;
    int imageSize = 64;
    /// Shares of the splits, "train=0.8,validation=0.1,test=0.1"; training scenes show no held-out pair.
    std::string splits = "train=1";
    bool heldOutOnly = false;  ///< of validation and test: only held-out pairs
};

/// Writes scenes for other programs: OUT/images/*.png, OUT/labels.txt and, last, OUT/captions.csv with the columns
/// image, caption, label, split, held_out. The work goes on in OUT.partial, which takes its name when all is written; a
/// call that was interrupted is gone on with by another of the same options. Throws Error when OUT holds anything,
/// Cancelled on a stop request.
void makeScenesFolder(const std::filesystem::path& out, const ScenesFolderOptions& options, const JobContext& job = {});

}  // namespace diagonal
