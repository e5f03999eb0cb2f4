// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "training/data/dataset.h"
#include "training/run/options.h"

namespace diagonal {

// The wizard's choice of a model that is put together from two pretrained towers. What it sets stands in
// resources/recipes/flickr8k-pretrained.json.

/// Its architecture.
std::string pretrainedTowersModel();
/// Sets model, objective and schedule; data and output stay. summary: of the data, null where it is not known.
void suitPretrainedTowers(TrainOptions& options, const DatasetSummary* summary);
/// Takes back what that set, for another model.
void dropPretrainedTowers(TrainOptions& options, const DatasetSummary* summary);

}  // namespace diagonal
