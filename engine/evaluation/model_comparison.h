// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/evaluation/evaluation_result.h"

namespace diagonal {

/// Of a figure, 95 %: percentiles of its resamples; of the ECE, which is larger in them, and of the macro F1, which is
/// lower, centred at the value and within 0..1.
Interval intervalOf(const std::string& metric, double value, const std::vector<double>& draws);

/// Where a row stands in a column of results.
struct Standing {
    bool isBest = false;
    bool isWithinNoise = false;  ///< the paired interval of the difference to the best holds 0
    double difference = 0;       ///< to the best: negative where more is better
    Interval ci95{};             ///< of the difference, paired by resamples
    /// Of right answers, or of hits at one where each picture is one query: how probable such a difference is by
    /// chance.
    std::optional<double> mcNemar{};
};

/// For each row its standing among those that were measured on the same pictures: the largest such group. Nothing where
/// the row is null, has no such metric or is none of them, or where no two rows were measured on the same.
std::vector<std::optional<Standing>> standings(const std::vector<const TaskResult*>& rows, const std::string& metric);

/// "best", "-1.2 points (-2.1 to -0.4), McNemar p = 0.003", "within noise: -0.1 points (…)", for tables and reports;
/// isShare: points are hundredths.
std::string describe(const Standing& standing, bool isShare);

}  // namespace diagonal
