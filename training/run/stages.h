// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace diagonal {

/// A part of a run in which pictures have one size. Small ones and few of their patches first, the full size last, is
/// far quicker and nearly as good (FLIP, Li et al., 2022; CLIPA, Li et al., 2023).
struct Stage {
    double end = 1;  ///< share of the run's steps that are done when it ends
    int imageSize = 0;
    double patchDropout = 0;

    bool operator==(const Stage&) const = default;
};

/// "SHARE:SIZE[:DROPOUT],…", such as "0.75:112:0.5,0.25:224": the shares of the steps, which add up to 1, sides in
/// pixels, and shares of patches left out, where not given that of --patch-dropout. Empty for an empty text. Throws
/// Error.
std::vector<Stage> parseStages(const std::string& text, double patchDropout);

/// Number of the stage that the step after `done` ones belongs to.
size_t stageAt(const std::vector<Stage>& stages, int64_t done, int64_t totalSteps);

/// Steps that are done when a stage ends.
int64_t endOf(const Stage& stage, int64_t totalSteps);

}  // namespace diagonal
