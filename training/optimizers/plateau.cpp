// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/plateau.h"

namespace diagonal {

bool Plateau::take(double loss, int64_t patience, double factor, double rate) {
    constexpr double kThreshold = 1e-4, kLeastChange = 1e-8;
    if (best < 0 || loss < best * (1 - kThreshold)) {
        best = loss;
        waited = 0;
        return false;
    }
    if (++waited <= patience) return false;
    waited = 0;
    const double before = rate * share;
    if (before - before * factor <= kLeastChange) return false;
    share *= factor;
    return true;
}

void Plateau::forgetLosses() {
    best = -1;
    waited = 0;
}

}  // namespace diagonal
