// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/base/text.h"
#include "engine/evaluation/calibration.h"
#include "engine/evaluation/corruption.h"
#include "engine/evaluation/evaluation_tasks.h"
#include "engine/evaluation/model_comparison.h"
#include "engine/evaluation/prompt_choice.h"
#include "engine/evaluation/reliability.h"
#include "engine/image/preprocess.h"
#include "engine/inference/zero_shot.h"

namespace diagonal {

namespace {

constexpr size_t kMostScores = 20'000'000;  // of pictures a temperature is fitted on and all classes
constexpr size_t kMostTemplateScores = 60'000'000;

/// Rows that a temperature or templates are chosen on: learnt ones, else half of those tested.
struct ChosenRows {
    std::vector<size_t> rows, tested;
    std::string name;
};

ChosenRows rowsToChooseOn(const TaskContext& context, size_t most) {
    ChosenRows chosen{context.train, context.test, context.trainedOn};
    chosen.rows.insert(chosen.rows.end(), context.validation.begin(), context.validation.end());
    if (chosen.rows.empty()) {
        std::vector<size_t> rest = context.picturesOf(context.test);
        const auto rowsOf = [&](std::vector<size_t> pictures) {
            for (size_t& picture : pictures)
                picture = static_cast<size_t>(context.rowOf[picture]);
            return pictures;
        };
        chosen.rows = rowsOf(drawShare(context.data, rest, 2));
        chosen.tested = rowsOf(std::move(rest));
        chosen.name = "those evaluated: half of each class, the rest measure it";
    }
    std::vector<std::string> names;
    for (const size_t picture : context.picturesOf(chosen.rows))
        names.push_back(context.data.pictures.names[picture]);
    std::vector<size_t> drawn = drawByHash(names, std::max<size_t>(1, std::min(most, kToChooseOn)));
    for (size_t& row : drawn)
        row = chosen.rows[row];
    chosen.rows = std::move(drawn);
    return chosen;
}

/// Those whose embedding is finite.
std::vector<size_t> finiteOnes(const TaskContext& context, const std::vector<size_t>& rows) {
    std::vector<size_t> finite;
    const auto isFinite = context.rows(rows).isfinite().all(1);
    for (size_t i = 0; i < rows.size(); ++i)
        if (isFinite.const_data_ptr<bool>()[i]) finite.push_back(rows[i]);
    return finite;
}

Calibration calibrate(const TaskContext& context, const torch::Tensor& prompts) {
    const ChosenRows chosen = rowsToChooseOn(context, kMostScores / context.data.classes.size());
    if (chosen.rows.empty() || chosen.tested.empty())
        throw Error("temperature", "there are too few pictures to fit and measure it on");
    Calibration calibration;
    calibration.temperature = context.session.info().temperature;
    calibration.fittedTemperature =
        fitTemperature(context.rows(chosen.rows).mm(prompts.t()), context.labels(chosen.rows));
    calibration.fittedOn = counted(chosen.rows.size(), "picture") + " of " + chosen.name;
    calibration.pictures = chosen.tested.size();
    const auto tested = context.rows(chosen.tested);
    const std::vector<int> truth = context.labels(chosen.tested);
    const Answers own = classify(tested, truth, {prompts, {}, 1 / calibration.temperature});
    const Answers fitted = classify(tested, truth, {prompts, {}, 1 / calibration.fittedTemperature});
    const ClassFigures ownFigures = figuresOf(own), fittedFigures = figuresOf(fitted);
    calibration.ece = ownFigures.ece;
    calibration.logLoss = ownFigures.logLoss;
    calibration.fittedEce = fittedFigures.ece;
    calibration.fittedLogLoss = fittedFigures.logLoss;
    calibration.bins = reliability(own);
    calibration.fittedBins = reliability(fitted);
    return calibration;
}

}  // namespace

void addClassMetrics(TaskResult& result, const std::string& prefix, const EvaluationOptions& options,
                     const JobContext& job) {
    constexpr const char* kNames[ClassFigures::kCount] = {
        "acc1", "acc5", "mean_per_class_recall", "worst_class_recall", "macro_f1", "ece", "log_loss"};
    if (result.answers.size() == 0) throw Error(nameOf(result.task), "no picture with a label is left to evaluate");
    const ClassFigures figures = figuresOf(result.answers);
    auto draws = bootstrap(
        result.answers.size(), ClassFigures::kCount,
        [&](std::span<const uint16_t> weights, std::span<double> values) {
            std::ranges::copy(figuresOf(result.answers, weights).values(), values.begin());
        },
        options.draws, options.seed, job);
    const bool isAnswered = std::ranges::any_of(result.answers.predicted, [](int one) { return one >= 0; });
    for (size_t k = 0; k < ClassFigures::kCount; ++k) {
        const bool lowerIsBetter = k + 2 >= ClassFigures::kCount;
        if (lowerIsBetter && !isAnswered) {  // who says nothing is not well calibrated
            result.metrics.push_back({prefix + kNames[k], std::nan(""), {std::nan(""), std::nan("")}, {}, true});
            continue;
        }
        if (&figures.values()[k] == &figures.worstRecall) draws[k].clear();  // resamples say nothing of a lowest one
        Metric metric{prefix + kNames[k], figures.values()[k], {}, std::move(draws[k]), lowerIsBetter};
        metric.ci95 = intervalOf(metric.name, metric.value, metric.draws);
        result.metrics.push_back(std::move(metric));
    }
}

TaskResult runZeroShot(const TaskContext& context, const PromptSet& set) {
    TaskResult result = context.result(EvaluationTask::ZeroShot);
    result.prompts = set.name;
    const auto prompts = context.prompts(set);
    result.answers = classify(context.rows(context.test), context.labels(context.test),
                              {prompts, {}, 1 / context.session.info().temperature});
    addClassMetrics(result, "", context.options, context.job.context());
    const std::vector<ClassRow> rows = perClass(result.answers);
    const auto empty = std::ranges::find(rows, size_t{0}, &ClassRow::pictures);
    if (empty != rows.end())
        result.notes.push_back("Classes without a picture to evaluate: " +
                               std::to_string(std::ranges::count(rows, size_t{0}, &ClassRow::pictures)) +
                               ", such as “" + context.data.classes[static_cast<size_t>(empty - rows.begin())] + "”");
    try {
        result.calibration = calibrate(context, prompts);
    } catch (const Error& error) {
        result.notes.push_back("No temperature was fitted: " + error.problem());
    }
    return result;
}

TaskResult runTemplates(const TaskContext& context, const PromptSet& set) {
    TaskResult result = context.result(EvaluationTask::Templates);
    result.prompts = set.name;
    if (set.templates.size() < 2) throw Error(set.name, "is one template, and nothing is to be chosen");
    const size_t classes = context.data.classes.size();
    ChosenRows chosen = rowsToChooseOn(context, kMostTemplateScores / (classes * set.templates.size()));
    chosen.rows = finiteOnes(context, chosen.rows);
    if (chosen.rows.empty() || chosen.tested.empty())
        throw Error("templates", "there are too few pictures to choose and measure them on");
    const auto all = torch::empty({std::ssize(set.templates), static_cast<int64_t>(classes), context.features.size(1)});
    for (size_t t = 0; t < set.templates.size(); ++t)
        all[static_cast<int64_t>(t)].copy_(context.prompts({"", {set.templates[t]}}));
    TemplateChoice choice =
        chooseTemplates(context.rows(chosen.rows), context.labels(chosen.rows), all, context.job.context());
    choice.templates = set.templates;
    choice.chosenOn = counted(chosen.rows.size(), "picture") + " of " + chosen.name;
    auto sum = torch::zeros_like(all[0]);
    for (const TemplateScore& one : choice.greedy)
        sum += all[static_cast<int64_t>(one.number)];
    const auto ensemble = sum / sum.norm(2, 1, true);
    result.answers = classify(context.rows(chosen.tested), context.labels(chosen.tested),
                              {ensemble, {}, 1 / context.session.info().temperature});
    result.items = chosen.tested.size();
    result.pictures = context.picturesOf(chosen.tested);
    result.variant = "chosen_" + std::to_string(choice.greedy.size());
    addClassMetrics(result, "", context.options, context.job.quiet());
    result.templates = std::move(choice);
    return result;
}

std::vector<TaskResult> runRobustness(const TaskContext& context) {
    const auto prompts = context.prompts(context.options.prompts.front());
    const auto batch = static_cast<size_t>(context.session.options().batchSize);
    const CaptionedPictures& pictures = context.data.pictures;
    const size_t kinds = corruptions().size();
    std::vector<std::vector<float>> rows(kinds);
    std::vector<std::vector<Image>> images(kinds);
    std::vector<size_t> tested;
    const auto flush = [&] {
        for (size_t k = 0; k < kinds; ++k) {
            const Embeddings made = context.session.embedPictures(images[k], true, context.job.quiet());
            rows[k].insert(rows[k].end(), made.values.begin(), made.values.end());
            images[k].clear();
        }
    };
    size_t unreadable = 0;
    for (const size_t row : context.test) {
        context.job.context().throwIfStopped();
        const size_t picture = context.pictures[row];
        Image image;
        try {
            image =
                resizeAndCrop(pictures.files.empty() ? pictures.decode(picture) : readImage(pictures.files[picture]),
                              context.session.preprocess());
        } catch (const Error&) {  // it was readable when it was embedded
            ++unreadable;
            continue;
        }
        tested.push_back(row);
        for (size_t k = 0; k < kinds; ++k)
            images[k].push_back(
                corrupted(image, corruptions()[k], context.options.severity, context.options.seed + picture));
        if (images[0].size() == batch) flush();
        context.job.context().progress(std::ssize(tested), std::ssize(context.test));
    }
    if (!images[0].empty()) flush();
    if (tested.empty()) throw Error("robustness", "no picture could be read");
    std::vector<TaskResult> results;
    for (size_t k = 0; k < kinds; ++k) {
        TaskResult result = context.result(EvaluationTask::Robustness);
        result.prompts = context.options.prompts.front().name;
        result.variant = nameOf(corruptions()[k]) + "_" + std::to_string(context.options.severity);
        if (unreadable > 0)
            result.notes.push_back(std::to_string(unreadable) + (unreadable == 1
                                                                     ? " picture could not be read again"
                                                                     : " pictures could not be read again"));
        if (context.options.prompts.size() > 1)
            result.notes.push_back("Of the prompt sets the first is taken: “" + result.prompts + "”");
        result.items = tested.size();
        result.pictures = context.picturesOf(tested);
        const auto features = torch::tensor(rows[k]).view({std::ssize(tested), -1});
        result.answers =
            classify(features, context.labels(tested), {prompts, {}, 1 / context.session.info().temperature});
        addClassMetrics(result, "", context.options, context.job.quiet());
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace diagonal
