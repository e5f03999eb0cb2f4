// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/evaluation_runs.h"

#include <algorithm>
#include <mutex>
#include <numeric>

#include "engine/base/error.h"
#include "engine/checkpoint/model_notes.h"
#include "engine/inference/embedding_cache.h"
#include "training/data/labelled_dataset.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

/// One or two data sets, of labels and of captions.
struct PlannedData {
    std::optional<EvaluationData> labelled = {}, captioned = {};
    EvaluationOptions ofLabels = {}, ofCaptions = {};  ///< their tasks
    uint64_t key = 0;

    size_t pictures() const { return (labelled ? labelled->size() : 0) + (captioned ? captioned->size() : 0); }
};

void mix(uint64_t& key, uint64_t value) {
    key = (key ^ value) * 0x9E3779B97F4A7C15u;
    key ^= key >> 29;
}

void mix(uint64_t& key, const EvaluationData& data) {
    for (const std::string& name : data.pictures.names)
        mix(key, std::hash<std::string>()(name));
    for (const std::string& name : data.classes)
        mix(key, std::hash<std::string>()(name));
    for (const std::string& caption : data.pictures.captions)
        mix(key, std::hash<std::string>()(caption));
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

PlannedData readPlan(const EvaluationPlan& plan, const JobContext& job) {
    PlannedData data{.ofLabels = plan.options, .ofCaptions = plan.options};
    const auto limit = static_cast<size_t>(plan.limit);
    std::erase_if(data.ofLabels.tasks, takesCaptions);
    std::erase_if(data.ofCaptions.tasks, [](EvaluationTask task) { return !takesCaptions(task); });
    const bool isOne = plan.captioned.isEmpty() || plan.captioned == plan.labelled;
    if (isOne && !plan.labelled.isEmpty()) data.ofLabels.tasks = plan.options.tasks;
    if (!plan.labelled.isEmpty() && !data.ofLabels.tasks.empty()) {
        data.labelled = readData(plan.labelled, limit, job.stop);
        if (!plan.training.isEmpty()) addTraining(*data.labelled, readData(plan.training, 0, job.stop));
        data.labelled = dataFor(data.ofLabels, std::move(*data.labelled));
        mix(data.key, *data.labelled);
    }
    if (!isOne && !data.ofCaptions.tasks.empty()) {
        data.captioned = dataFor(data.ofCaptions, readData(plan.captioned, limit, job.stop));
        mix(data.key, *data.captioned);
    }
    if (data.pictures() == 0)
        throw Error(EvaluationRuns::tr("Data").toStdString(),
                    EvaluationRuns::tr("there is nothing to evaluate on").toStdString(), {});
    return data;
}

/// What evaluateModel says of the second data set stands behind the first.
void append(ModelEvaluation& all, ModelEvaluation more, size_t pictures) {
    for (TaskResult& result : more.results) {
        for (size_t& picture : result.pictures)
            picture += pictures;
        if (result.wordOrder)
            for (WordOrderExample& example : result.wordOrder->examples)
                example.picture += pictures;
        all.results.push_back(std::move(result));
    }
    std::ranges::move(more.failed, std::back_inserter(all.failed));
    std::ranges::move(more.unreadable, std::back_inserter(all.unreadable));
    all.pictures += more.pictures;
    all.notFinite += more.notFinite;
    all.known += more.known;
    all.truncated = std::max(all.truncated, more.truncated);
    all.seconds += more.seconds;
}

ModelEvaluation evaluatePlanned(const PlannedModel& model, const PlannedData& data, const SessionOptions& settings,
                                const EvaluationJob& job, double& keptTemperature) {
    const auto session = Session::open(toPath(model.path).native(), settings, job.quiet());
    keptTemperature = session->info().fittedTemperature;
    std::optional<ModelEvaluation> all;
    if (data.labelled) {
        EvaluationOptions options = data.ofLabels;
        options.prompts = model.prompts;
        all = evaluateModel(*session, *data.labelled, options, job);
    }
    if (data.captioned) {
        const size_t before = data.labelled ? data.labelled->size() : 0;
        EvaluationJob behind = job;
        behind.report = [&](const Progress& progress) {
            if (job.report) job.report({static_cast<int64_t>(before) + progress.done, progress.total});
        };
        ModelEvaluation more = evaluateModel(*session, *data.captioned, data.ofCaptions, behind);
        if (!all) {
            all = std::move(more);
            for (TaskResult& result : all->results)
                for (size_t& picture : result.pictures)
                    picture += before;
        } else {
            append(*all, std::move(more), before);
        }
    }
    return std::move(*all);
}

bool isSame(const std::vector<PromptSet>& a, const std::vector<PromptSet>& b) {
    return std::ranges::equal(a, b, [](const PromptSet& one, const PromptSet& other) {
        return one.name == other.name && one.templates == other.templates;
    });
}

/// But for the models.
bool isSameTask(const EvaluationPlan& a, const EvaluationPlan& b) {
    const EvaluationOptions &x = a.options, &y = b.options;
    return a.labelled == b.labelled && a.captioned == b.captioned && a.training == b.training && a.limit == b.limit &&
           x.tasks == y.tasks && x.neighbours == y.neighbours && x.shots == y.shots &&
           x.fewShotSeeds == y.fewShotSeeds && x.startFromTexts == y.startFromTexts && x.severity == y.severity &&
           x.draws == y.draws && x.seed == y.seed;
}

void addNames(EvaluationReport& report, QStringList& files, const EvaluationData& data) {
    report.dataset += (report.dataset.empty() ? "" : ", ") + data.name;
    if (data.hasLabels() && report.classes.empty()) report.classes = data.classes;
    report.notes.insert(report.notes.end(), data.notes.begin(), data.notes.end());
    report.pictures.insert(report.pictures.end(), data.pictures.names.begin(), data.pictures.names.end());
    for (size_t i = 0; i < data.size(); ++i)
        files << (data.pictures.files.empty() ? QString() : fromPath(data.pictures.files[i]));
}

}  // namespace

/// What the worker has for the UI thread: filled on the one, emptied on the other.
struct EvaluationRuns::Inbox {
    struct Result {
        QString stage = {};                           ///< else
        std::shared_ptr<EvaluationReport> data = {};  ///< a report without models: the data is another; else
        QStringList files = {}, dataNames = {};
        uint64_t key = 0;
        std::shared_ptr<ModelEvaluation> model = {};
        Done done = {};
    };

    void add(Result result) {
        const std::lock_guard lock(m_mutex);
        m_results.push_back(std::move(result));
    }
    std::vector<Result> take() {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_results, {});
    }

  private:
    std::mutex m_mutex;
    std::vector<Result> m_results;  ///< guarded by m_mutex
};

bool takesCaptions(EvaluationTask task) {
    return task == EvaluationTask::Retrieval || task == EvaluationTask::WordOrder;
}

EvaluationRuns::EvaluationRuns(EngineService& engine, QObject* parent) : QObject(parent), m_engine(engine) {
    connect(&engine, &EngineService::jobsChanged, this, [this] {
        if (m_job == 0) return;
        takeResults();
        const auto jobs = m_engine.jobs();
        for (const JobState& job : jobs)
            if (job.id == m_job) Q_EMIT progressed(job);
    });
}

std::vector<size_t> EvaluationRuns::dueModels(const EvaluationPlan& plan) const {
    std::vector<size_t> due;
    for (size_t i = 0; i < plan.models.size(); ++i) {
        bool isThere = false;
        for (size_t k = 0; m_report != nullptr && k < m_report->models.size(); ++k) {
            const ModelEvaluation& model = m_report->models[k];
            isThere =
                isThere || (model.error.empty() && fromPath(model.model) == plan.models[i].path &&
                            isSame(m_done[k].prompts, plan.models[i].prompts) && isSameTask(m_done[k].plan, plan));
        }
        if (!isThere) due.push_back(i);
    }
    return due;
}

bool EvaluationRuns::isDone(const EvaluationPlan& plan) const {
    return m_report != nullptr && dueModels(plan).empty();
}

void EvaluationRuns::start(const EvaluationPlan& plan, bool again) {
    if (isRunning()) return;
    const std::vector<size_t> due = dueModels(plan);
    std::vector<size_t> all(plan.models.size());
    std::iota(all.begin(), all.end(), size_t{0});
    m_plan = plan;
    sortModels();
    const auto work = [inbox = m_inbox = std::make_shared<Inbox>(), plan, due, all,
                       known = m_report ? m_dataKey : uint64_t{0}, again](const JobContext& job) {
        inbox->add({.stage = tr("Reading the data…")});
        const PlannedData data = readPlan(plan, job);
        const bool isNew = data.key != known;
        if (isNew) {
            auto report = std::make_shared<EvaluationReport>();
            report->draws = plan.options.draws;
            report->seed = plan.options.seed;
            Inbox::Result result{.data = report, .key = data.key};
            for (const auto* one : {&data.labelled, &data.captioned}) {
                if (!*one) continue;
                addNames(*report, result.files, **one);
                result.dataNames << QString::fromStdString((*one)->name);
            }
            inbox->add(std::move(result));
        }
        SessionOptions settings;
        if (const auto folder = EmbeddingCache::defaultFolder(); !folder.empty())
            settings.cache = std::make_shared<EmbeddingCache>(folder);
        const auto each = static_cast<int64_t>(data.pictures());
        const std::vector<size_t>& wanted = isNew || again ? all : due;
        EvaluationPlan tasks = plan;
        tasks.models.clear();
        for (size_t k = 0; k < wanted.size(); ++k) {
            const PlannedModel& planned = plan.models[wanted[k]];
            const int64_t total = each * std::ssize(wanted), before = each * static_cast<int64_t>(k);
            bool countsPictures = true;
            EvaluationJob steps;
            steps.stop = job.stop;
            steps.stage = [&](const std::string& stage) {
                countsPictures = stage == "pictures";
                const QString name = QString::fromStdString(stage);  // "zero-shot, openai-80"
                const qsizetype end = name.indexOf(QLatin1Char(','));
                const QString shown = countsPictures
                                          ? tr("pictures")
                                          : engineText(name.left(end)) + (end < 0 ? QString() : name.mid(end));
                inbox->add({.stage = tr("%1: %2").arg(planned.name, shown)});
            };
            steps.report = [&](const Progress& progress) {
                job.progress(before + (countsPictures ? std::min(progress.done, each) : each), total);
            };
            job.progress(before, total);
            auto result = std::make_shared<ModelEvaluation>();
            double kept = 0;
            try {
                *result = evaluatePlanned(planned, data, settings, steps, kept);
            } catch (const Cancelled&) {
                throw;
            } catch (const std::exception& exception) {
                result->error = jobErrorOf(exception).text().toStdString();
            }
            result->model = toPath(planned.path).native();
            result->name = planned.name.toStdString();
            inbox->add({.model = result, .done = {planned.prompts, tasks, kept}});
            job.progress(before + each, total);
        }
    };
    m_isCancelling = false;
    EngineService::TaskHandler handler;
    handler.finished = [this] { end(false); };
    handler.cancelled = [this] { end(true); };
    handler.failed = [this](const JobError& error) {
        m_job = 0;
        takeResults();
        Q_EMIT dataFailed(error);
    };
    m_job = m_engine.runLongTask(this, tr("Evaluating"), {}, work, std::move(handler));
}

void EvaluationRuns::cancel() {
    if (m_job == 0) return;
    m_isCancelling = true;
    m_engine.cancel(m_job);
}

void EvaluationRuns::clear() {
    m_report = nullptr;
    m_done.clear();
    m_files.clear();
    m_dataKey = 0;
    Q_EMIT changed();
}

void EvaluationRuns::takeResults() {
    bool hasChanged = false;
    for (Inbox::Result& result : m_inbox->take()) {
        if (!result.stage.isEmpty()) {
            Q_EMIT stageChanged(result.stage);
        } else if (result.data) {
            m_report = result.data;
            m_files = result.files;
            m_dataNames = result.dataNames;
            m_dataKey = result.key;
            m_done.clear();
            hasChanged = true;
        } else if (m_report != nullptr) {
            // Writers of files may still hold the one that is shown.
            auto report = std::make_shared<EvaluationReport>(*m_report);
            const auto same = std::ranges::find(report->models, result.model->model, &ModelEvaluation::model);
            if (same != report->models.end()) {
                m_done[static_cast<size_t>(same - report->models.begin())] = std::move(result.done);
                *same = std::move(*result.model);
            } else {
                report->models.push_back(std::move(*result.model));
                m_done.push_back(std::move(result.done));
            }
            m_report = report;
            sortModels();
            hasChanged = true;
        }
    }
    if (hasChanged) Q_EMIT changed();
}

/// As the plan has them; those that it has no more go.
void EvaluationRuns::sortModels() {
    if (m_report == nullptr) return;
    auto report = std::make_shared<EvaluationReport>(*m_report);
    std::vector<ModelEvaluation> models;
    std::vector<Done> done;
    for (const PlannedModel& planned : m_plan.models)
        for (size_t k = 0; k < report->models.size(); ++k)
            if (fromPath(report->models[k].model) == planned.path) {
                models.push_back(std::move(report->models[k]));
                done.push_back(m_done[k]);
                report->models[k].model.clear();
            }
    report->models = std::move(models);
    m_done = std::move(done);
    m_report = report;
}

void EvaluationRuns::end(bool cancelled) {
    m_job = 0;
    takeResults();
    Q_EMIT ended(cancelled);
}

double EvaluationRuns::seconds() const {
    double sum = 0;
    if (m_report != nullptr)
        for (const ModelEvaluation& model : m_report->models)
            sum += model.seconds;
    return sum;
}

bool EvaluationRuns::isFromCache() const {
    return m_report != nullptr && !m_report->models.empty() &&
           std::ranges::all_of(m_report->models, [](const ModelEvaluation& model) {
               return model.pictures > 0 && model.known == model.pictures;
           });
}

std::vector<EvaluationReport> EvaluationRuns::byData(const EvaluationReport& report, const QStringList& names) {
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

double EvaluationRuns::keptTemperature(const QString& model) const {
    for (size_t k = 0; m_report != nullptr && k < m_report->models.size(); ++k)
        if (fromPath(m_report->models[k].model) == model) return m_done[k].keptTemperature;
    return 0;
}

void EvaluationRuns::keepTemperature(const QString& model, double temperature) {
    auto file = std::make_shared<QString>();
    const auto* found = m_report == nullptr ? nullptr : [&]() -> const ModelEvaluation* {
        for (const ModelEvaluation& one : m_report->models)
            if (fromPath(one.model) == model) return &one;
        return nullptr;
    }();
    if (found == nullptr) return;
    EngineService::TaskHandler handler;
    handler.finished = [this, model, temperature, file] { Q_EMIT temperatureKept(model, temperature, *file); };
    handler.failed = [this](const JobError& error) { Q_EMIT temperatureFailed(error); };
    handler.cancelled = [] {};
    m_engine.runTask(
        this, tr("Keeping the temperature"),
        [path = found->path, temperature, file](const JobContext&) {
            *file = fromPath(saveFittedTemperature(path, temperature));
        },
        std::move(handler));
}

}  // namespace diagonal
