// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "engine/checkpoint/model_folder.h"
#include "training/optimizers/adamw.h"

namespace diagonal {

/// Where a run stands. The data position is the step itself: the loader's batches follow from (seed, step).
struct TrainingState {
    int64_t step = 0;
    int64_t samples = 0;
    double seconds = 0;  ///< of training so far
};

/// Writes RUN/checkpoints/step-N: a model folder, optimizer.safetensors (moments and generators), state.json, and DONE
/// last. Whole or not at all: a failure (Error) leaves nothing behind and touches no earlier checkpoint.
void saveCheckpoint(const std::filesystem::path& run, const ModelBundle& bundle, const AdamW& optimizer,
                    const TrainingState& state);

/// Brings optimizer and torch's generators back; the model is loaded by loadModel. Throws Error.
TrainingState loadCheckpoint(const std::filesystem::path& checkpoint, AdamW& optimizer, const torch::Device& device);

/// Removes all but the newest `keep` finished checkpoints, and what unfinished writes left behind.
void pruneCheckpoints(const std::filesystem::path& run, int keep);

/// saveModelFolder whole or not at all; an older folder of that name is replaced.
void replaceModelFolder(const std::filesystem::path& folder, const ModelBundle& bundle);

/// Bytes that a checkpoint of this model takes, about.
uint64_t checkpointBytes(const ClipModel& model);

}  // namespace diagonal
