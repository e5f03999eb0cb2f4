// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "training/distributed/launch.h"
#include "training/distributed/world.h"

namespace diagonal {

/// Meets the other processes of a launch, on LibTorch's c10d: Gloo for tensors of the CPU, NCCL for those of a CUDA
/// device. All must call it within `patience` of each other. A process that dies later, freezes or is cut off makes
/// every function of the world throw Error within a minute, wherever it waits. message is told who is waited for.
/// Throws Error where they do not meet.
std::shared_ptr<World> joinWorld(
    const Launch& launch, const std::function<void(const std::string&)>& message = [](const std::string&) {},
    std::chrono::seconds patience = std::chrono::minutes(10));

}  // namespace diagonal
