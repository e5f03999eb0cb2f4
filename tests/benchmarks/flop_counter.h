// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/record_function.h>

#include <cstdint>

/// Counts the FLOPs of LibTorch's matrix products, convolutions and attention while it lives, on all threads, gradients
/// too: a multiplication and an addition are two. As torch.utils.flop_counter; a causal mask spares nothing. One at a
/// time.
class FlopCounter {
  public:
    FlopCounter();
    ~FlopCounter();
    FlopCounter(const FlopCounter&) = delete;
    FlopCounter& operator=(const FlopCounter&) = delete;

    int64_t flops() const;

  private:
    at::CallbackHandle m_callback;
};
