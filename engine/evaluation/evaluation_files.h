// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/evaluation/evaluation_table.h"

namespace diagonal {

/// A result in CLIP_benchmark's fields, with what it has none for (prompts, variant) under "diagonal", and a name of
/// its own for its file, by CLIP_benchmark's template: DATASET_PRETRAINED_MODEL_LANGUAGE_TASK.json, with the variant
/// behind the data and the prompts or shots at the end. It is short enough for all file systems.
struct BenchmarkDocument {
    std::string file;
    nlohmann::ordered_json json;
};

/// One a result; of few-shot one a number of shots. Figures that are not defined are null. A result of its own for
/// each task that failed has none: failures are in the report.
std::vector<BenchmarkDocument> benchmarkDocuments(const EvaluationReport& report);

/// A line a metric: model,prompts,task,variant,metric,value,ci95_low,ci95_high,n,to_best,to_best_low,to_best_high,
/// within_noise,mcnemar_p,error.
std::string evaluationCsv(const EvaluationReport& report);

/// What each classifier said of each picture: model,prompts,task,image,label,answer,probability,own_probability,right.
std::string answersCsv(const EvaluationReport& report);

/// Suspected labels of all models: model,image,label,answer,zero_shot,probe.
std::string suspectsCsv(const EvaluationReport& report);

}  // namespace diagonal
