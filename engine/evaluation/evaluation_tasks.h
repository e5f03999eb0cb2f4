// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <string>
#include <unordered_set>
#include <vector>

#include "engine/evaluation/classify.h"
#include "engine/evaluation/evaluate.h"
#include "engine/evaluation/probe.h"

// What evaluateModel's tasks share.

namespace diagonal {

constexpr size_t kToChooseOn = 2000;  // pictures that a temperature and templates are chosen on, at the most

/// A model's embeddings of the data, and who is in which part.
struct TaskContext {
    Session& session;
    const EvaluationData& data;
    const EvaluationOptions& options;
    const EvaluationJob& job;
    ModelEvaluation& evaluation;
    torch::Tensor features{};        ///< [rows, d]
    std::vector<size_t> pictures{};  ///< of each row, in the data
    std::vector<int64_t> rowOf{};    ///< of each picture, -1 for none
    std::vector<size_t> test{};      ///< labelled rows that are evaluated, those without an embedding as well
    std::vector<size_t> train{};     ///< labelled rows with an embedding that may be learnt from
    std::vector<size_t> validation{};
    size_t alsoTested = 0;    ///< pictures that would be learnt from but are evaluated, under another name or the same
    std::string trainedOn{};  ///< "the training split"
    std::unordered_set<std::string>& truncated;  ///< texts longer than the model's context

    std::vector<size_t> picturesOf(const std::vector<size_t>& rows) const;
    std::vector<int> labels(const std::vector<size_t>& rows) const;
    torch::Tensor rows(const std::vector<size_t>& rows) const;
    LabelledFeatures labelled(const std::vector<size_t>& rows) const { return {this->rows(rows), labels(rows)}; }
    int classes() const { return static_cast<int>(data.classes.size()); }
    /// Of unit length, [classes, d]; through the session's cache of labels. Throws Error.
    torch::Tensor prompts(const PromptSet& set) const;
    TaskResult result(EvaluationTask task) const;
};

/// Figures of a classifier with their intervals, named with a prefix: "acc1", "lp_acc1".
void addClassMetrics(TaskResult& result, const std::string& prefix, const EvaluationOptions& options,
                     const JobContext& job);

TaskResult runZeroShot(const TaskContext& context, const PromptSet& set);
TaskResult runRetrieval(const TaskContext& context);
TaskResult runLinearProbe(const TaskContext& context);
TaskResult runFewShot(const TaskContext& context);
TaskResult runNearestNeighbours(const TaskContext& context);
TaskResult runWordOrder(const TaskContext& context);
TaskResult runTemplates(const TaskContext& context, const PromptSet& set);
std::vector<TaskResult> runRobustness(const TaskContext& context);

}  // namespace diagonal
