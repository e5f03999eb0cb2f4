// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "training/distributed/launch.h"

namespace diagonal {

/// c10d's group of processes over Gloo, for tensors of the CPU. This one's connections go out the way that leads to
/// rank 0's computer, or by the interface that GLOO_SOCKET_IFNAME names. Throws Error, and what c10d throws.
c10::intrusive_ptr<c10d::Backend> makeGloo(const c10::intrusive_ptr<c10d::Store>& store, const Launch& launch,
                                           std::chrono::milliseconds timeout);

/// c10d's group over NCCL, for tensors of this process's GPU, out of libdiagonal_nccl.so, which is loaded here. Throws
/// Error where it cannot be.
c10::intrusive_ptr<c10d::Backend> makeNccl(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                                           std::chrono::milliseconds timeout);

}  // namespace diagonal
