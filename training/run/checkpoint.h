// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <future>
#include <string>

#include "engine/checkpoint/model_folder.h"
#include "training/optimizers/plateau.h"
#include "training/optimizers/train_step.h"
#include "training/run/options.h"

namespace diagonal {

/// Where a run stands. The loader's batches follow from the seed and the number of batches before, step + dataOffset.
struct TrainingState {
    int64_t step = 0;
    int64_t samples = 0;
    double seconds = 0;      ///< of training so far
    int64_t dataOffset = 0;  ///< batches that were taken by steps that a roll-back undid
    int64_t skipped = 0;     ///< batches that changed no weight
    int64_t skippedInARow = 0;
    int64_t rollBacks = 0;   ///< since the last checkpoint
    int64_t microBatch = 0;  ///< after halving; 0: as the options say
    int64_t stage = 0;       ///< of the run's stages
    int64_t bestStep = -1;   ///< of the best validation so far; -1: none
    double bestValue = 0;
    Plateau plateau;                                  ///< of the learning rate
    bool validationIsDue = false, saveIsDue = false;  ///< and waits for a batch that is taken
    std::string data = {}, validation = {};           ///< fingerprints; empty: not known
};

/// Writes RUN/checkpoints/step-N: a model folder (the average of the weights, where one is kept),
/// optimizer.safetensors (moments, trained weights beside an average, generators), state.json, and DONE last. Whole or
/// not at all: a failure (Error) leaves nothing behind and touches no earlier checkpoint.
void saveCheckpoint(const std::filesystem::path& run, const ModelBundle& bundle, TrainStep& step,
                    const TrainingState& state);

/// The same of a copy in this computer's memory, while training goes on; the future throws what saveCheckpoint throws.
std::future<void> saveCheckpointAside(const std::filesystem::path& run, const ModelBundle& bundle, TrainStep& step,
                                      const TrainingState& state);

/// Brings all of a run back, to resume it or to roll it back: the weights of `model`, which is the step's, on its
/// device, the step's state and torch's generators. Throws Error.
TrainingState loadCheckpoint(const std::filesystem::path& checkpoint, DualEncoder& model, TrainStep& step);

/// Where the run stood. Throws Error.
TrainingState readTrainingState(const std::filesystem::path& checkpoint);

/// What is wrong with the files of a checkpoint; empty where it can be read.
std::string problemOf(const std::filesystem::path& checkpoint);

/// Removes all finished checkpoints but the newest `keep` and that of step `best`, and what unfinished writes left
/// behind.
void pruneCheckpoints(const std::filesystem::path& run, int keep, int64_t best);

/// saveModelFolder whole or not at all; an older folder of that name is replaced.
void replaceModelFolder(const std::filesystem::path& folder, const ModelBundle& bundle);

/// Bytes that a checkpoint takes of a run on so many images, about. The model is as it is before its first step.
uint64_t checkpointBytes(const DualEncoder& model, const TrainOptions& options, size_t images);

}  // namespace diagonal
