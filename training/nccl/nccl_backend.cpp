// SPDX-License-Identifier: Apache-2.0
// libdiagonal_nccl.so: what of NCCL needs CUDA's headers. Loaded when several processes train on GPUs (nccl.cpp).
#define USE_C10D_NCCL

#include <chrono>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

/// The caller owns what it gets.
extern "C" c10d::Backend* diagonalMakeNccl(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                                           std::chrono::milliseconds timeout) {
    const auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = timeout;
    return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options).release();
}
