// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/policy.h"

namespace diagonal {

namespace {

constexpr int64_t kRollBacks = 3;

}  // namespace

NextAction nextAction(const StepReport& report) {
    const bool isNumber = report.outcome != StepOutcome::NotFinite;
    if (report.refusedInARow >= kPatience || (report.isLast && !isNumber)) {
        if (report.hasCheckpoint && report.rollBacks < kRollBacks) return {Recovery::RollBack};
        if (report.hasCheckpoint || !isNumber) return {Recovery::GiveUp};
        return {Recovery::ForgetNorms, report.isLast};
    }
    const bool waits = report.refusedInARow > 0 || report.outcome == StepOutcome::Overflow;
    if (waits && !report.isLast) return {};
    return {Recovery::None, report.validationIsDue || report.isLast, report.saveIsDue && !report.isLast};
}

bool maySave(StepOutcome last, int64_t refusedInARow) {
    return last != StepOutcome::NotFinite && refusedInARow < kPatience;
}

}  // namespace diagonal
