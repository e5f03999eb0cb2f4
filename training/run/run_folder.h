// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "training/run/options.h"
#include "training/trainer/trainer.h"

namespace diagonal {

/// What a run folder on disk says of a run, for lists and for monitors of runs that other processes made.
struct RunRecord {
    std::filesystem::path folder;
    TrainOptions options;
    std::vector<StepMetrics> steps;
    std::vector<ValidationMetrics> validations;  ///< with the probe matrices that were kept
    std::vector<int64_t> checkpoints;
    bool finished = false;  ///< RUN/model is there
};

/// Reads config.json, metrics.jsonl (a torn last line is left out) and checkpoints. Throws Error when the folder is no
/// run.
RunRecord readRun(const std::filesystem::path& folder);

/// Folders directly below `parent` that hold a run, newest first.
std::vector<std::filesystem::path> listRuns(const std::filesystem::path& parent);

}  // namespace diagonal
