// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "training/run/observer.h"

namespace diagonal {

/// Lines of metrics.jsonl, without the line end.
std::string metricsLine(const StepMetrics& metrics);
std::string metricsLine(const ValidationMetrics& metrics);

/// What a line holds, but the step itself: key and value.
using MetricValues = std::vector<std::pair<std::string, double>>;
MetricValues metricValues(const StepMetrics& metrics);
MetricValues metricValues(const ValidationMetrics& metrics);

/// Appends to steps and validations what a metrics.jsonl holds. A missing file is an empty one; a torn or foreign line
/// is left out.
void readMetrics(const std::filesystem::path& file, std::vector<StepMetrics>& steps,
                 std::vector<ValidationMetrics>& validations);

/// Rewrites the file without what is later than `step`, and without torn lines: what a resumed run goes on from.
void cutMetrics(const std::filesystem::path& file, int64_t step);

/// A file that lines are appended to, each handed to the system at once. What a full disk refuses is kept and tried
/// again with the next one. One thread at a time.
class LineFile {
  public:
    /// Throws Error when the file cannot be opened.
    explicit LineFile(const std::filesystem::path& path);
    ~LineFile();
    LineFile(const LineFile&) = delete;
    LineFile& operator=(const LineFile&) = delete;

    /// False when lines are waiting for the disk to take them.
    bool append(std::string_view line);
    /// The same for bytes as they are.
    bool appendBytes(std::string_view bytes);

  private:
    int m_descriptor = -1;
    std::string m_waiting;
};

}  // namespace diagonal
