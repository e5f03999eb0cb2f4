// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/cli/output.h"
#include "engine/inference/comparison.h"

namespace diagonal::cli {

struct NotCompared {
    std::string image, reason;
};

/// Two results of `label` side by side.
struct Comparison {
    std::string left, right;                  ///< the files
    std::vector<std::string> labels, images;  ///< by their numbers in `pictures`
    std::vector<PictureComparison> pictures;  ///< disagreements first
    std::vector<NotCompared> failures;
    size_t onlyLeft = 0, onlyRight = 0, errors = 0;  ///< of the failures
};

struct CompareReport {
    std::string out;
    Format format = Format::Table;
    size_t top = 0;  ///< pictures; 0: all
};

void writeComparison(const Comparison& comparison, const CompareReport& report);

}  // namespace diagonal::cli
