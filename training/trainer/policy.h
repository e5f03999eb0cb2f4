// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "training/optimizers/train_step.h"

namespace diagonal {

/// What the run has seen when a step is over.
struct StepReport {
    StepOutcome outcome = StepOutcome::Updated;
    int64_t refusedInARow = 0;  ///< batches that changed no weight, this one included; fp16's overflows do not count
    int64_t rollBacks = 0;      ///< since the last checkpoint that was saved
    bool hasCheckpoint = false;
    bool isLast = false;  ///< of the run
    bool validationIsDue = false, saveIsDue = false;
};

enum class Recovery {
    None,
    ForgetNorms,  ///< call the gradients that were too large usual: nothing is wrong with them but their size
    RollBack,     ///< to the newest checkpoint, with other batches
    GiveUp,
};

struct NextAction {
    Recovery recovery = Recovery::None;
    bool validate = false, save = false;

    bool operator==(const NextAction&) const = default;
};

/// Batches that are refused in a row before the run does something about it.
inline constexpr int64_t kPatience = 3;

/// What to do after a step. A state whose batches are refused is neither measured nor saved: it would become the newest
/// checkpoint, or the best, and could not be left again. What is due then waits for the next batch that is taken.
NextAction nextAction(const StepReport& report);

/// Whether the state may be saved when the run ends before its last step: its weights are those of a step that was
/// taken, but where loss or gradient are no numbers, or batch after batch is refused, they are what makes it so.
bool maySave(StepOutcome last, int64_t refusedInARow);

}  // namespace diagonal
