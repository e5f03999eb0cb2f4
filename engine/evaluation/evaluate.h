// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/evaluation/evaluation_data.h"
#include "engine/evaluation/evaluation_result.h"
#include "engine/inference/session.h"

namespace diagonal {

/// What is said of a class: "a photo of a {}." in one wording or several, whose embeddings are averaged.
struct PromptSet {
    std::string name;                    ///< for people: "openai-80"
    std::vector<std::string> templates;  ///< empty: class names as they are
};

struct EvaluationOptions {
    std::set<EvaluationTask> tasks;
    std::vector<PromptSet> prompts = {{"names alone", {}}};  ///< zero-shot is tried with each, the rest with the first
    int neighbours = 20;
    std::vector<int> shots = {1, 2, 4, 8, 16};
    int fewShotSeeds = 10;
    bool startFromTexts = false;  ///< probes are pulled to the first prompt set's embeddings instead of to zero
    int severity = 3;             ///< of corruptions, 1 to 5
    int draws = 1000;             ///< of the bootstrap
    uint64_t seed = 0;
};

/// Who is told how an evaluation goes on.
struct EvaluationJob {
    std::stop_token stop;
    /// "pictures", "texts", "linear probe": what the next reports count.
    std::function<void(const std::string& stage)> stage;
    std::function<void(const Progress&)> report;

    void begin(const std::string& name) const {
        if (stage) stage(name);
    }
    JobContext context() const { return {stop, report}; }
    JobContext quiet() const { return {stop, {}}; }
};

/// Pictures that these tasks need; parts are drawn where the data has none and a task learns from pictures
/// (linear-probe, few-shot, knn). Throws Error where the data has no labels or captions for any of the tasks.
EvaluationData dataFor(const EvaluationOptions& options, EvaluationData data);

/// What is recorded of a task that threw.
FailedTask failureOf(EvaluationTask task, const std::string& prompts, const std::exception& exception);

/// Evaluates an open model on what dataFor has given. Pictures whose embedding is that of an evaluated one are not
/// learnt from. A task that fails is recorded and the others go on, as do pictures that cannot be read. The rows come
/// in the order of EvaluationTask, zero-shot with one row a prompt set. Throws Error where no picture can be read;
/// Cancelled.
ModelEvaluation evaluateModel(Session& session, const EvaluationData& data, const EvaluationOptions& options,
                              const EvaluationJob& job = {});

}  // namespace diagonal
