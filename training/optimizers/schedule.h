// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace diagonal {

/// Linear warm-up, then half a cosine to 0 (open_clip's cosine_lr), a straight line to 0, or the base for good
/// (const_lr); so too for "plateau", whose falls are not known beforehand (see Plateau).
struct Schedule {
    double base = 5e-4;
    int64_t warmup = 0;
    int64_t total = 1;
    std::string kind = "cosine";  ///< cosine, linear, const, plateau

    /// Learning rate of step 0, 1, …, total - 1.
    double at(int64_t step) const;
};

const std::vector<std::string>& scheduleNames();

}  // namespace diagonal
