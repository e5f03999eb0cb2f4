// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <string>
#include <vector>

namespace diagonal {

/// Something that a device must compute as the CPU does. Needs LibTorch alone.
struct DeviceCheck {
    std::string name;
    double tolerance;
    /// The largest difference, as a share where values are large. Throws what LibTorch throws.
    std::function<double(const c10::Device&)> difference;
};

/// Losses with their gradients, towers, ten steps of training whole and in parts, and a step's state saved and loaded.
const std::vector<DeviceCheck>& deviceChecks();

}  // namespace diagonal
