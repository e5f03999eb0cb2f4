// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/evaluation_plan.h"

#include <QCoreApplication>
#include <algorithm>
#include <iterator>

#include "engine/base/error.h"
#include "training/data/labelled_dataset.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

struct EvaluationPlanWords {
    Q_DECLARE_TR_FUNCTIONS(diagonal::EvaluationPlan)
};

void mix(uint64_t& key, uint64_t value) {
    key = (key ^ value) * 0x9E3779B97F4A7C15u;
    key ^= key >> 29;
}

void mix(uint64_t& key, const std::string& text) {
    mix(key, std::hash<std::string>()(text));
}

/// Where the data stands and what it says; pictures that were written anew are others.
void mix(uint64_t& key, const EvaluationData& data) {
    mix(key, data.name);
    for (const std::string& name : data.pictures.names)
        mix(key, name);
    for (const std::filesystem::path& file : data.pictures.files) {
        std::error_code failure;
        mix(key, file.native());
        mix(key, static_cast<uint64_t>(std::filesystem::file_size(file, failure)));
        mix(key, static_cast<uint64_t>(std::filesystem::last_write_time(file, failure).time_since_epoch().count()));
    }
    for (const std::string& name : data.classes)
        mix(key, name);
    for (const std::string& caption : data.pictures.captions)
        mix(key, caption);
    for (const int64_t picture : data.pictures.pictureOfCaption)
        mix(key, static_cast<uint64_t>(picture));
    for (const int label : data.labels)
        mix(key, static_cast<uint64_t>(label));
    for (const EvaluationPart part : data.parts)
        mix(key, static_cast<uint64_t>(part));
}

/// The data's name without its kind and folders.
std::string shortName(const QString& spec) {
    const QString path = spec.section(QLatin1Char(','), 0, 0).section(QLatin1Char(':'), -1);
    const QString name = shownName(path.endsWith(QLatin1Char('/')) ? path.chopped(1) : path);
    return (name.isEmpty() ? spec : name).toStdString();
}

EvaluationData readData(const QString& spec, size_t limit, const std::stop_token& stop) {
    DatasetOptions options;
    options.opening.stop = stop;
    return drawData(evaluationData(openDataset(toPath(spec).native(), options), shortName(spec)), limit);
}

/// The second data set's pictures stand behind those of the first.
void shiftPictures(ModelEvaluation& evaluation, size_t by) {
    for (TaskResult& result : evaluation.results) {
        for (size_t& picture : result.pictures)
            picture += by;
        if (result.wordOrder)
            for (WordOrderExample& example : result.wordOrder->examples)
                example.picture += by;
    }
}

void append(ModelEvaluation& all, ModelEvaluation more) {
    std::ranges::move(more.results, std::back_inserter(all.results));
    std::ranges::move(more.failed, std::back_inserter(all.failed));
    std::ranges::move(more.unreadable, std::back_inserter(all.unreadable));
    all.pictures += more.pictures;
    all.notFinite += more.notFinite;
    all.known += more.known;
    all.truncated = std::max(all.truncated, more.truncated);
    all.seconds += more.seconds;
}

}  // namespace

bool takesCaptions(EvaluationTask task) {
    return task == EvaluationTask::Retrieval || task == EvaluationTask::WordOrder;
}

bool isSamePrompts(const std::vector<PromptSet>& a, const std::vector<PromptSet>& b) {
    return std::ranges::equal(a, b, [](const PromptSet& one, const PromptSet& other) {
        return one.name == other.name && one.templates == other.templates;
    });
}

bool isSameTask(const EvaluationPlan& a, const EvaluationPlan& b) {
    const EvaluationOptions &x = a.options, &y = b.options;
    return a.labelled == b.labelled && a.captioned == b.captioned && a.training == b.training && a.limit == b.limit &&
           x.tasks == y.tasks && x.neighbours == y.neighbours && x.shots == y.shots &&
           x.fewShotSeeds == y.fewShotSeeds && x.startFromTexts == y.startFromTexts && x.severity == y.severity &&
           x.draws == y.draws && x.seed == y.seed;
}

PlannedData readPlan(const EvaluationPlan& plan, const JobContext& job) {
    PlannedData data{.ofLabels = plan.options, .ofCaptions = plan.options};
    const auto limit = static_cast<size_t>(plan.limit);
    std::erase_if(data.ofLabels.tasks, takesCaptions);
    std::erase_if(data.ofCaptions.tasks, [](EvaluationTask task) { return !takesCaptions(task); });
    const bool isOne = plan.captioned.isEmpty() || plan.captioned == plan.labelled;
    if (isOne && !plan.labelled.isEmpty()) data.ofLabels.tasks = plan.options.tasks;
    const bool hasLabelled = !plan.labelled.isEmpty() && !data.ofLabels.tasks.empty();
    const bool hasCaptioned = !isOne && !data.ofCaptions.tasks.empty();
    const auto read = [&](const EvaluationOptions& options, bool hasOther,
                          auto&& make) -> std::optional<EvaluationData> {
        try {
            EvaluationData made = dataFor(options, make());
            mix(data.key, made);
            return made;
        } catch (const Error& error) {
            if (!hasOther) throw;
            for (const EvaluationTask task : options.tasks)
                data.failed.push_back(failureOf(task, "", error));
            return {};
        }
    };
    if (hasLabelled)
        data.labelled = read(data.ofLabels, hasCaptioned, [&] {
            EvaluationData made = readData(plan.labelled, limit, job.stop);
            if (!plan.training.isEmpty()) addTraining(made, readData(plan.training, 0, job.stop));
            return made;
        });
    if (hasCaptioned)
        data.captioned =
            read(data.ofCaptions, data.labelled.has_value(), [&] { return readData(plan.captioned, limit, job.stop); });
    // Archives have no files to look at.
    for (const QString& spec : {plan.labelled, plan.captioned, plan.training})
        mix(data.key, toPath(spec).native());
    if (data.pictures() == 0)
        throw Error(EvaluationPlanWords::tr("Data").toStdString(),
                    EvaluationPlanWords::tr("there is nothing to evaluate on").toStdString(), {});
    return data;
}

ModelEvaluation evaluatePlanned(const PlannedModel& model, const PlannedData& data, const SessionOptions& settings,
                                const EvaluationJob& job, double& keptTemperature) {
    const auto session = Session::open(toPath(model.path).native(), settings, job.quiet());
    keptTemperature = session->info().fittedTemperature;
    std::vector<FailedTask> failed = data.failed;
    std::exception_ptr failure;
    const auto evaluate = [&](const EvaluationData& on, const EvaluationOptions& options,
                              const EvaluationJob& told) -> std::optional<ModelEvaluation> {
        try {
            return evaluateModel(*session, on, options, told);
        } catch (const Cancelled&) {
            throw;
        } catch (const std::exception& exception) {
            if (!failure) failure = std::current_exception();
            for (const EvaluationTask task : options.tasks)
                failed.push_back(failureOf(task, "", exception));
            return {};
        }
    };
    std::optional<ModelEvaluation> all, more;
    if (data.labelled) {
        EvaluationOptions options = data.ofLabels;
        options.prompts = model.prompts;
        all = evaluate(*data.labelled, options, job);
    }
    const size_t before = data.labelled ? data.labelled->size() : 0;
    if (data.captioned) {
        EvaluationJob behind = job;
        behind.report = [&](const Progress& progress) {
            if (job.report) job.report({static_cast<int64_t>(before) + progress.done, progress.total});
        };
        more = evaluate(*data.captioned, data.ofCaptions, behind);
    }
    if (!all && !more) std::rethrow_exception(failure);
    if (more) shiftPictures(*more, before);
    if (!all)
        all = std::move(more);
    else if (more)
        append(*all, std::move(*more));
    std::ranges::move(failed, std::back_inserter(all->failed));
    return std::move(*all);
}

std::vector<EvaluationReport> splitByData(const EvaluationReport& report, const QStringList& names) {
    if (names.size() < 2) return {report};
    std::vector<EvaluationReport> parts(2, report);
    for (size_t i = 0; i < 2; ++i) {
        parts[i].dataset = names[static_cast<qsizetype>(i)].toStdString();
        for (ModelEvaluation& model : parts[i].models) {
            std::erase_if(model.results,
                          [&](const TaskResult& result) { return takesCaptions(result.task) == (i == 0); });
            std::erase_if(model.failed, [&](const FailedTask& one) { return takesCaptions(one.task) == (i == 0); });
        }
    }
    return parts;
}

}  // namespace diagonal
