// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "training/data/feature_views.h"
#include "training/trainer/setup.h"

namespace diagonal {

/// What the locked image tower makes of the training pictures, --image-views views of each: the first as a model sees
/// it, the others augmented as training would. Computed once, before the first step, on the run's device and in its
/// precision. message receives how far it is, now and then. A picture that cannot be read has no rows. Throws Error,
/// Cancelled.
std::shared_ptr<const FeatureViews> imageFeatures(const TrainingSetup& setup,
                                                  const std::function<void(const std::string&)>& message,
                                                  const std::stop_token& stop);

}  // namespace diagonal
