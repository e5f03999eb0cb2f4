// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/checkpoint/model_folder.h"
#include "training/trainer/setup.h"

namespace diagonal {

/// RUN/base: the model that low-rank terms are learned for, as it was before the first step. Checkpoints hold the terms
/// alone, and beside them the model with the terms merged into it, from which the base cannot be had again bit for bit.
std::filesystem::path baseFolder(const std::filesystem::path& run);

/// Writes RUN/base of a run that learns low-rank terms and has not taken a step.
void keepBase(const TrainingSetup& setup);

/// Another input size of model and preprocessing.
void resizeModel(ModelBundle& bundle, int imageSize);

/// Throws Error where a model of this configuration cannot take a stage's size: multiples of a patch, or its own.
void requireSizes(const std::vector<Stage>& stages, const ClipConfig& config);

/// Brings a loaded model to the size of the stage that the run is in: the first, or that of the checkpoint, if any.
/// Throws as requireSizes.
void resizeToStage(TrainingSetup& setup, const std::optional<std::filesystem::path>& checkpoint);

/// Whether a head is a part of its own, which learns where its tower is locked.
bool hasOwnHead(const DualEncoder& model);

/// Throws Error where the options leave nothing of the model to learn, or nothing beside what has another rate.
void requireSomethingToLearn(const DualEncoder& model, const TrainOptions& options);

/// Gives the model its low-rank terms, and tells how much less learns.
void adaptModel(TrainingSetup& setup, const std::function<void(const std::string&)>& message);

}  // namespace diagonal
