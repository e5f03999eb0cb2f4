// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/cli/options.h"
#include "engine/evaluation/evaluate.h"
#include "training/data/dataset.h"

namespace diagonal::cli {

struct EvalOptions : ModelOptions {
    std::vector<std::string> models, tasks, templates, sets;
    std::string data, trainData, classNames, out, answers, suspects, language = "en", name;
    DatasetOptions dataset;
    EvaluationOptions evaluation;
    size_t limit = 0;
    bool captionsAreLabels = false, saveTemperature = false;
    Format format = Format::Table;
};

/// What the command line takes of data, tasks and output.
void addEvalOptions(CLI::App* command, EvalOptions& options);

}  // namespace diagonal::cli
