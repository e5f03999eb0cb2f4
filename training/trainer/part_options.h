// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "training/data/loader.h"
#include "training/optimizers/train_step.h"
#include "training/trainer/setup.h"

namespace diagonal {

// What the options of a run mean for its parts.
TrainStepOptions stepOptions(const TrainingSetup& setup);
LoaderOptions loaderOptions(const TrainingSetup& setup);

}  // namespace diagonal
