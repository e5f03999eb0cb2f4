// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "training/run/observer.h"
#include "training/run/options.h"

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

/// The parts of a run folder by name.
std::filesystem::path configFile(const std::filesystem::path& run);
std::filesystem::path metricsFile(const std::filesystem::path& run);
std::filesystem::path checkpointFolder(const std::filesystem::path& run, int64_t step);
std::filesystem::path probeFile(const std::filesystem::path& run, int64_t step);

/// Options of a run, its output set to where the folder is now. Throws Error when the folder is no run.
TrainOptions readRunOptions(const std::filesystem::path& run);

/// Steps of the finished checkpoints, oldest first.
std::vector<int64_t> finishedCheckpoints(const std::filesystem::path& run);

/// Folders directly below `parent` that hold a run, newest first.
std::vector<std::filesystem::path> listRuns(const std::filesystem::path& parent);

}  // namespace diagonal
