// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/evaluation/evaluation_result.h"
#include "engine/evaluation/model_comparison.h"

namespace diagonal {

/// Models evaluated on one data set.
struct EvaluationReport {
    std::string dataset, language = "en";
    std::vector<std::string> classes;   ///< names of the labels
    std::vector<std::string> pictures;  ///< names, by number
    int draws = 0;                      ///< of the bootstrap
    uint64_t seed = 0;
    std::vector<std::string> notes;  ///< sentences about the data
    std::vector<ModelEvaluation> models;

    std::string className(int label) const;
    /// What tables, charts and files call a model: its name; where another has the same, with as much of the end of its
    /// path as tells them apart.
    std::string modelName(size_t model) const;
};

struct ReportColumn {
    EvaluationTask task = EvaluationTask::ZeroShot;
    std::string metric, variant;
    std::string group, head;  ///< "Text to image", "R@1"
    bool isShare = true;      ///< 0..1, shown in per cent
    bool lowerIsBetter = false;
};

/// A model with one of its prompt sets. Tasks that take no prompts stand in the model's first row.
struct TableRow {
    size_t model = 0;
    std::string prompts;
    std::vector<const TaskResult*> cells;  ///< [columns], null for none
};

struct EvaluationTable {
    std::vector<ReportColumn> columns;  ///< those that some row has
    std::vector<TableRow> rows;
    std::vector<std::vector<std::optional<Standing>>> standings;  ///< [columns][rows]

    const Metric* metric(size_t row, size_t column) const;
};

/// Points into the report, which must stay.
EvaluationTable tableOf(const EvaluationReport& report);

/// "83.1" of a share, "0.392" of other numbers, "–" of none.
std::string shownValue(const ReportColumn& column, double value);

}  // namespace diagonal
