// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "training/run/memory_estimate.h"
#include "training/trainer/setup.h"

namespace diagonal {

/// Captions are counted in tokens on some hundred of them.
MemoryFacts memoryFacts(const TrainingSetup& setup);

/// Memory that the run's device has left before its first step, in bytes; 0 where it does not tell.
uint64_t freeMemory(const torch::Device& device);

/// Says what a run needs before it begins, and warns where that is more than there is. The model is in memory already.
void sayMemory(const TrainingSetup& setup, const std::function<void(const std::string&)>& message);

/// What `train` would need with these options: opens the data and makes the model, but trains nothing and writes
/// nothing. Throws Error as train() does. In a world of several processes (worldToPlan): what each of them needs.
MemoryEstimate planMemory(const TrainOptions& options, const std::function<void(const std::string&)>& message,
                          const std::stop_token& stop = {}, const std::shared_ptr<World>& world = oneProcess());

}  // namespace diagonal
