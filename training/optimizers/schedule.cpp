// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace diagonal {

double Schedule::at(int64_t step) const {
    if (step < warmup) return base * static_cast<double>(step + 1) / static_cast<double>(warmup);
    const double done = static_cast<double>(step - warmup) / static_cast<double>(std::max<int64_t>(1, total - warmup));
    if (kind == "const" || kind == "plateau") return base;
    if (kind == "linear") return base * std::max(0.0, 1 - done);
    return 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, done))) * base;
}

const std::vector<std::string>& scheduleNames() {
    static const std::vector<std::string> names = {"cosine", "linear", "const", "plateau"};
    return names;
}

}  // namespace diagonal
