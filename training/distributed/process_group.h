// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace diagonal {

/// c10d's group of processes over Gloo, for tensors of the CPU. address: where rank 0's computer is; this one's
/// connections go out the way that leads there. Throws what c10d throws.
c10::intrusive_ptr<c10d::Backend> makeGloo(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                                           const std::string& address, std::chrono::milliseconds timeout);

/// c10d's group over NCCL, for tensors of this process's GPU, out of libdiagonal_nccl.so, which is loaded here. Throws
/// Error where it cannot be.
c10::intrusive_ptr<c10d::Backend> makeNccl(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                                           std::chrono::milliseconds timeout);

}  // namespace diagonal
