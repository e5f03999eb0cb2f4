// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/evaluation/evaluation_tasks.h"

namespace diagonal {

namespace {

constexpr double kSurely = 0.8;  // probability from which a disagreement is suspect

void requireTraining(const TaskContext& context) {
    if (context.test.empty()) throw Error(context.data.name, "no picture with a label is left to evaluate");
    if (context.train.empty())
        throw Error(context.data.name, "no labelled picture is left to learn from",
                    "Give data with training pictures, or leave this task out");
    const std::vector<int> labels = context.labels(context.train);
    if (std::ranges::all_of(labels, [&](int label) { return label == labels.front(); }))
        throw Error(context.data.name, "all pictures to learn from are of one class",
                    "Give pictures of two classes or more");
}

/// The texts' embeddings times the logit scale, where probes begin there.
torch::Tensor pullOf(const TaskContext& context) {
    if (!context.options.startFromTexts) return {};
    return context.prompts(context.options.prompts.front()) / context.session.info().temperature;
}

void noteClasses(const TaskContext& context, TaskResult& result) {
    std::vector<bool> isLearnt(context.data.classes.size());
    for (const int label : context.labels(context.train))
        isLearnt[static_cast<size_t>(label)] = true;
    const auto missing = std::ranges::find(isLearnt, false);
    if (missing == isLearnt.end()) return;
    const auto count = std::ranges::count(isLearnt, false);
    result.notes.push_back(
        std::to_string(count) +
        (count == 1 ? " class has no picture to learn from, so that none is given it; the first is “"
                    : " classes have no picture to learn from, so that none is given them; the first is “") +
        context.data.classes[static_cast<size_t>(missing - isLearnt.begin())] + "”");
}

std::vector<SuspectedLabel> suspects(const TaskContext& context, const Answers& probe) {
    const Answers zeroShot =
        classify(context.rows(context.test), context.labels(context.test),
                 {context.prompts(context.options.prompts.front()), {}, 1 / context.session.info().temperature});
    std::vector<SuspectedLabel> found;
    for (size_t i = 0; i < probe.size(); ++i) {
        if (probe.isRight(i) || probe.predicted[i] < 0 || zeroShot.predicted[i] != probe.predicted[i]) continue;
        const auto a = static_cast<double>(zeroShot.confidence[i]), b = static_cast<double>(probe.confidence[i]);
        if (std::min(a, b) < kSurely) continue;
        found.push_back({context.pictures[context.test[i]], probe.truth[i], probe.predicted[i], a, b});
    }
    std::ranges::stable_sort(found, std::ranges::greater(),
                             [](const SuspectedLabel& one) { return std::min(one.zeroShot, one.probe); });
    return found;
}

}  // namespace

TaskResult runLinearProbe(const TaskContext& context) {
    requireTraining(context);
    TaskResult result = context.result(EvaluationTask::LinearProbe);
    LinearProbe probe = sweepC(context.labelled(context.train), context.labelled(context.validation), context.classes(),
                               pullOf(context), context.job.context());
    result.answers = classify(context.rows(context.test), context.labels(context.test), probe.classifier);
    result.c = probe.c;
    result.tried = std::move(probe.tried);
    noteClasses(context, result);
    if (result.tried.empty()) result.notes.emplace_back("Too few classes have pictures to choose C on: it is 32");
    if (!probe.isConverged) result.notes.emplace_back("The last fit was ended before it had converged");
    addClassMetrics(result, "lp_", context.options, context.job.quiet());
    result.suspected = suspects(context, result.answers);
    return result;
}

TaskResult runFewShot(const TaskContext& context) {
    requireTraining(context);
    TaskResult result = context.result(EvaluationTask::FewShot);
    std::vector<size_t> all = context.train;
    all.insert(all.end(), context.validation.begin(), context.validation.end());
    std::ranges::sort(all);
    const LabelledFeatures pool = context.labelled(all), test = context.labelled(context.test);
    FewShotCurve curve;
    curve.points = fewShotCurve(pool, test, context.classes(),
                                {.shots = context.options.shots,
                                 .seeds = context.options.fewShotSeeds,
                                 .seed = context.options.seed,
                                 .pull = pullOf(context)},
                                context.job.context());
    const auto prompts = context.prompts(context.options.prompts.front());
    curve.zeroShot = accuracyOf(test.features, test.labels, {prompts, {}, 1});
    curve.shotsWorth = shotsWorth(curve.points, curve.zeroShot);
    for (const FewShotPoint& point : curve.points) {
        const double half = 1.96 * point.deviation;
        result.metrics.push_back({"fewshot_" + std::to_string(point.shots) + "_acc1",
                                  point.mean,
                                  {std::max(0.0, point.mean - half), std::min(1.0, point.mean + half)}});
        if (point.shortClasses > 0)
            result.notes.push_back(std::to_string(point.shortClasses) +
                                   (point.shortClasses == 1 ? " class has fewer than " : " classes have fewer than ") +
                                   std::to_string(point.shots) + " pictures: all they have were used");
    }
    noteClasses(context, result);
    result.fewShot = std::move(curve);
    return result;
}

TaskResult runNearestNeighbours(const TaskContext& context) {
    requireTraining(context);
    TaskResult result = context.result(EvaluationTask::NearestNeighbours);
    std::vector<size_t> all = context.train;
    all.insert(all.end(), context.validation.begin(), context.validation.end());
    const LabelledFeatures known = context.labelled(all);
    const int k = std::min(context.options.neighbours, static_cast<int>(all.size()));
    if (k < context.options.neighbours)
        result.notes.push_back("There are " + std::to_string(k) + " pictures to learn from: all of them are asked");
    result.answers = nearestNeighbours(context.rows(context.test), context.labels(context.test), known.features,
                                       known.labels, context.classes(), k);
    noteClasses(context, result);
    addClassMetrics(result, "", context.options, context.job.quiet());
    return result;
}

}  // namespace diagonal
