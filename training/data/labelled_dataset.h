// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "engine/evaluation/evaluation_data.h"
#include "training/data/dataset.h"

namespace diagonal {

/// Pictures of a data set with their labels, captions and parts, for evaluations. Where the data has no labels, but
/// each picture has one caption, the captions are few words long and each stands at several pictures, as in a table of
/// paths and class names, these are the labels. captionsAreLabels: whatever they look like; then throws Error where a
/// picture has several. Captions that were made of a label are left out. name: of the data set in results.
EvaluationData evaluationData(const std::shared_ptr<const Dataset>& dataset, const std::string& name,
                              bool captionsAreLabels = false);

}  // namespace diagonal
