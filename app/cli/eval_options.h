// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "app/cli/eval_writer.h"
#include "app/cli/options.h"
#include "engine/evaluation/evaluate.h"
#include "training/data/dataset.h"

namespace diagonal::cli {

struct EvalOptions : ModelOptions {
    std::vector<std::string> models, tasks, templates, sets;
    std::string data, trainData, classNames, language = "en", name;
    ReportTargets targets;
    DatasetOptions dataset;
    EvaluationOptions evaluation;
    size_t limit = 0;
    bool captionsAreLabels = false, saveTemperature = false;
};

/// What the command line takes of data, tasks and output.
void addEvalOptions(CLI::App* command, EvalOptions& options);

/// What can be found wrong without the data. Throws UsageError.
void checkEvalOptions(const EvalOptions& options);

/// The tasks that are asked for, else those that the data has labels or captions for. Throws UsageError; Error where it
/// has neither, and where nothing would come of another option.
std::set<EvaluationTask> tasksOf(const EvalOptions& options, const EvaluationData& data);

/// Each --templates is a set of its own, all --template together are one; equal ones are tried once, with a note.
/// Without any, the words of the data. Throws UsageError, Error.
std::vector<PromptSet> promptsOf(const EvalOptions& options, const std::string& dataTemplate);

}  // namespace diagonal::cli
