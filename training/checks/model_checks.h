// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "training/optimizers/train_step.h"

namespace diagonal {

/// Something that a whole model does on a device, which must do it as the CPU. Needs LibTorch alone.
struct ModelCheck {
    std::string name;
    double tolerance;
    /// The largest difference, as a share where values are large. Throws what LibTorch throws.
    std::function<double(const c10::Device&)> difference;
};

/// A model of random weights, always the same: a ViT or a ResNet for 32 px.
std::shared_ptr<DualEncoder> checkModel(bool resNet, const c10::Device& device);
/// Twelve pairs for it, on the CPU; some pictures stand twice.
TrainBatch checkBatch(int64_t seed);

/// Towers, ten steps of training whole, in parts and overlapping, and a step's state saved and loaded.
const std::vector<ModelCheck>& modelChecks();

}  // namespace diagonal
