// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace diagonal {

/// Lowers the learning rate when a loss stops falling: torch.optim.lr_scheduler.ReduceLROnPlateau with its defaults (a
/// fall of less than one in ten thousand counts as none; no cooldown; a change of 1e-8 or less is not made).
struct Plateau {
    double best = -1;    ///< the least loss so far; -1: none
    int64_t waited = 0;  ///< losses since then that were no better
    double share = 1;    ///< of the rate that the schedule gives

    /// Takes the newest loss, 0 or more. True where the rate falls: `factor` times what it was, when more than
    /// `patience` losses in a row are no better. rate: the highest, before any fall.
    bool take(double loss, int64_t patience, double factor, double rate);
    /// Other losses follow, that do not compare with those before.
    void forgetLosses();
};

}  // namespace diagonal
