// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

#include "training/distributed/world.h"
#include "training/run/observer.h"
#include "training/run/options.h"

namespace diagonal {

struct TrainingResult {
    std::filesystem::path model;  ///< RUN/model
    int64_t step = 0;
    bool finished = false;  ///< false: stopped on request, checkpoint saved
    double seconds = 0;
};

/// Throws Error where `folder` is a file, holds a run, or is not empty: no run may begin there.
void requireFreshFolder(const std::filesystem::path& folder);

/// Trains from the start into options.output (which must not hold a run yet). A stop request saves a checkpoint and
/// returns. Throws Error before the first step for whatever is wrong with options or data. Call on one thread of its
/// own.
///
/// In a world of several processes all call it, with the same options, of which --batch-size is that of all together.
/// The first writes the run folder, which all must see to go on with it later; each tells its own observer, all much
/// the same. A stop request of one stops all; where one fails or dies the others throw Error, and the first saves.
TrainingResult train(const TrainOptions& options, TrainingObserver& observer, const std::stop_token& stop = {},
                     const std::shared_ptr<World>& world = oneProcess());

/// Goes on from the newest finished checkpoint of a run folder with the run's own options, at the exact step; of a run
/// that is finished, says so. setOptions may set options that do not make it another run (OptionInfo::mayChange), such
/// as where the data lies, the device, or more steps; they are told, and kept in config.json. Throws Error for others,
/// for data that has changed, and for a run that another process trains. The number of processes may be another one.
TrainingResult resume(const std::filesystem::path& run, TrainingObserver& observer, const std::stop_token& stop = {},
                      const std::function<void(TrainOptions&)>& setOptions = {},
                      const std::shared_ptr<World>& world = oneProcess());

}  // namespace diagonal
