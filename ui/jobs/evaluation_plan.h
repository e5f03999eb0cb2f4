// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <optional>
#include <vector>

#include "engine/evaluation/evaluate.h"
#include "engine/evaluation/evaluation_table.h"

namespace diagonal {

/// A model to evaluate, with what it is told of the classes.
struct PlannedModel {
    QString path;  ///< "demo", or an absolute path
    QString name;  ///< for people
    std::vector<PromptSet> prompts;
};

/// What is to be evaluated, on what. Data as openDataset takes it.
struct EvaluationPlan {
    QString labelled;   ///< pictures with labels
    QString captioned;  ///< pictures with captions; empty: the labelled ones, as far as they have some
    QString training;   ///< pictures to learn from; empty: those of `labelled`
    int limit = 0;      ///< at most so many pictures of each; 0: all
    std::vector<PlannedModel> models;
    EvaluationOptions options;  ///< without prompts
};

/// Whether a task needs captions instead of labels.
bool takesCaptions(EvaluationTask task);

/// But for the models.
bool isSameTask(const EvaluationPlan& a, const EvaluationPlan& b);
bool isSamePrompts(const std::vector<PromptSet>& a, const std::vector<PromptSet>& b);

/// What a plan's data is: one set or two, of labels and of captions.
struct PlannedData {
    std::optional<EvaluationData> labelled = {}, captioned = {};
    EvaluationOptions ofLabels = {}, ofCaptions = {};  ///< their tasks
    std::vector<FailedTask> failed = {};               ///< of a set that cannot be read, where the other can
    uint64_t key = 0;                                  ///< of equal data it is equal

    size_t pictures() const { return (labelled ? labelled->size() : 0) + (captioned ? captioned->size() : 0); }
};

/// Any thread. Throws Error, Cancelled.
PlannedData readPlan(const EvaluationPlan& plan, const JobContext& job);

/// Opens a model and evaluates it on all the data; pictures of `captioned` are numbered behind those of `labelled`.
/// keptTemperature: becomes ModelInfo::fittedTemperature. Any thread. Throws Error, Cancelled.
ModelEvaluation evaluatePlanned(const PlannedModel& model, const PlannedData& data, const SessionOptions& settings,
                                const EvaluationJob& job, double& keptTemperature);

/// One report a data set, as CLIP_benchmark has its files. names: of the data sets.
std::vector<EvaluationReport> splitByData(const EvaluationReport& report, const QStringList& names);

}  // namespace diagonal
