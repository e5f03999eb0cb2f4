// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/evaluation/evaluation_result.h"

namespace diagonal {

/// Where a row stands in a column of results.
struct Standing {
    bool isBest = false;
    bool isWithinNoise = false;  ///< the paired interval of the difference to the best holds 0
    double difference = 0;       ///< to the best: negative where more is better
    Interval ci95{};             ///< of the difference, paired by resamples
    std::optional<double>
        mcNemar{};  ///< of right answers, or of hits at one: how probable such a difference is by chance
};

/// For each row its standing; nothing where the row is null, has no such metric, or was measured on other pictures than
/// the best.
std::vector<std::optional<Standing>> standings(const std::vector<const TaskResult*>& rows, const std::string& metric);

/// "best", "-1.2 points (-2.1 to -0.4), McNemar p = 0.003", "within noise: -0.1 points (…)", for tables and reports;
/// isShare: points are hundredths.
std::string describe(const Standing& standing, bool isShare);

}  // namespace diagonal
