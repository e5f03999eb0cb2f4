// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/evaluation/evaluation_tasks.h"

namespace diagonal {

namespace {

constexpr double kSurely = 0.8;  // probability from which a disagreement is suspect

/// Training and validation pictures, in the order of the data.
std::vector<size_t> learntRows(const TaskContext& context) {
    std::vector<size_t> rows = context.train;
    rows.insert(rows.end(), context.validation.begin(), context.validation.end());
    std::ranges::sort(rows);
    return rows;
}

void requireTraining(const TaskContext& context) {
    if (context.test.empty()) throw Error(context.data.name, "no picture with a label is left to evaluate");
    const std::vector<int> labels = context.labels(learntRows(context));
    if (context.train.empty() && context.alsoTested > 0)
        throw Error(context.data.name, "all pictures to learn from are evaluated as well",
                    "Give other pictures to learn from, or none: then a part of those evaluated is drawn for that");
    if (context.train.empty())
        throw Error(context.data.name, "no labelled picture is left to learn from",
                    "Give data with training pictures, or leave this task out");
    if (std::ranges::all_of(labels, [&](int label) { return label == labels.front(); }))
        throw Error(context.data.name, "all pictures to learn from are of one class",
                    "Give pictures of two classes or more");
}

/// The texts' embeddings times the logit scale, where probes begin there.
torch::Tensor pullOf(const TaskContext& context) {
    if (!context.options.startFromTexts) return {};
    return context.prompts(context.options.prompts.front()) / context.session.info().temperature;
}

void noteLearnt(const TaskContext& context, TaskResult& result) {
    if (context.alsoTested > 0)
        result.notes.push_back(std::to_string(context.alsoTested) +
                               (context.alsoTested == 1 ? " picture is evaluated as well and not learnt from"
                                                        : " pictures are evaluated as well and not learnt from"));
    std::vector<bool> isLearnt(context.data.classes.size());
    for (const int label : context.labels(learntRows(context)))
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

/// Mean accuracy over seeds, in resamples of the seeds and of the pictures, which are the same for all models.
Metric fewShotMetric(const FewShotPoint& point, const EvaluationOptions& options, const JobContext& job) {
    const size_t seeds = point.hits.size(), pictures = point.hits.empty() ? 0 : point.hits.front().size();
    std::vector<uint16_t> ofSeeds(seeds);
    uint64_t draw = 0;
    const auto mean = [&](std::span<const uint16_t> weights, std::span<double> figures) {
        resample(~options.seed, draw++, ofSeeds);
        double right = 0;
        for (size_t k = 0; k < seeds; ++k)
            if (ofSeeds[k] > 0)
                right += ofSeeds[k] * std::inner_product(weights.begin(), weights.end(), point.hits[k].begin(), 0.0);
        figures[0] = right / static_cast<double>(seeds * pictures);
    };
    Metric metric{"fewshot_" + std::to_string(point.shots) + "_acc1", point.mean};
    metric.draws = std::move(bootstrap(pictures, 1, mean, options.draws, options.seed, job).front());
    metric.ci95 = percentileInterval(metric.draws);
    return metric;
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
    noteLearnt(context, result);
    if (result.tried.empty()) result.notes.emplace_back("Too few classes have pictures to choose C on: it is 32");
    if (!probe.isConverged) result.notes.emplace_back("The last fit was ended before it had converged");
    addClassMetrics(result, "lp_", context.options, context.job.quiet());
    result.suspected = suspects(context, result.answers);
    return result;
}

TaskResult runFewShot(const TaskContext& context) {
    requireTraining(context);
    TaskResult result = context.result(EvaluationTask::FewShot);
    const LabelledFeatures pool = context.labelled(learntRows(context)), test = context.labelled(context.test);
    const FewShotOptions options{.shots = context.options.shots,
                                 .seeds = context.options.fewShotSeeds,
                                 .seed = context.options.seed,
                                 .pull = pullOf(context)};
    FewShotCurve curve;
    curve.points = fewShotCurve(pool, test, context.classes(), options, context.job.context());
    const auto prompts = context.prompts(context.options.prompts.front());
    curve.zeroShot = accuracyOf(test.features, test.labels, {prompts, {}, 1});
    std::vector<FewShotPoint> whole = curve.points;  // so many pictures as it says
    std::erase_if(whole, [&](const FewShotPoint& point) {
        return point.shortClasses > 0 && point.shots != curve.points.front().shots;
    });
    curve.shotsWorth = shotsWorth(whole, curve.zeroShot);
    for (FewShotPoint& point : curve.points) {
        result.metrics.push_back(fewShotMetric(point, context.options, context.job.quiet()));
        point.hits.clear();
        if (point.shortClasses > 0)
            result.notes.push_back(std::to_string(point.shortClasses) +
                                   (point.shortClasses == 1 ? " class has fewer than " : " classes have fewer than ") +
                                   std::to_string(point.shots) + " pictures: all they have were used");
    }
    const FewShotPoint& most = curve.points.back();
    result.answers =
        classify(test.features, test.labels,
                 fewShotProbe(pool, context.classes(), options, most.shots, most.c, context.job.context()));
    noteLearnt(context, result);
    result.fewShot = std::move(curve);
    return result;
}

TaskResult runNearestNeighbours(const TaskContext& context) {
    requireTraining(context);
    TaskResult result = context.result(EvaluationTask::NearestNeighbours);
    const LabelledFeatures known = context.labelled(learntRows(context));
    const int k = std::min(context.options.neighbours, static_cast<int>(known.size()));
    if (k < context.options.neighbours)
        result.notes.push_back("There are " + std::to_string(k) + " pictures to learn from: all of them are asked");
    result.answers = nearestNeighbours(context.rows(context.test), context.labels(context.test), known.features,
                                       known.labels, context.classes(), k);
    noteLearnt(context, result);
    addClassMetrics(result, "", context.options, context.job.quiet());
    return result;
}

}  // namespace diagonal
