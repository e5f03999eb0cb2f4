// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "app/cli/output.h"
#include "engine/evaluation/evaluation_table.h"

namespace diagonal::cli {

/// Writes a report to the folder `out` (which ends with / or is there: a file a result in CLIP_benchmark's fields,
/// a table, charts, a page), to a file by its ending (.json, .csv, .html, .svg, .png), and says what it wrote; where it
/// is empty, to standard output in that format.
void writeReport(const EvaluationReport& report, const std::string& out, Format format);

/// Whether writeReport can write there. Throws UsageError.
void checkReportTarget(const std::string& out);

}  // namespace diagonal::cli
