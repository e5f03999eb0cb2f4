// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "app/cli/output.h"
#include "engine/evaluation/evaluation_table.h"

namespace diagonal::cli {

/// Where the results of an evaluation go.
struct ReportTargets {
    /// A folder (ends with / or is there: a file a result in CLIP_benchmark's fields, a table, charts, a page) or a
    /// file by its ending (.json, .csv, .svg, .png, .html). Empty: standard output, in `format`.
    std::string out;
    Format format = Format::Table;
    std::string answers, suspects;  ///< CSV files beside it; empty: not written
};

/// Finds out before anything is computed whether all that can be written; makes the folder. Throws UsageError, Error.
void checkTargets(const ReportTargets& targets);

/// Writes a report and says what it wrote. What cannot be written is told and the rest is written; results that could
/// not be written whole go to standard output as well. Whether all was written.
bool writeReport(const EvaluationReport& report, const ReportTargets& targets);

}  // namespace diagonal::cli
