// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace diagonal {

/// Linear warm-up, then half a cosine to 0: open_clip's cosine_lr.
struct CosineSchedule {
    double base = 5e-4;
    int64_t warmup = 0;
    int64_t total = 1;

    /// Learning rate of step 0, 1, …, total - 1.
    double at(int64_t step) const;
};

}  // namespace diagonal
