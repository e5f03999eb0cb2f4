// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/evaluation_runs.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "engine/base/file.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/model_identity.h"
#include "engine/checkpoint/model_notes.h"
#include "engine/inference/embedding_cache.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

void addNames(EvaluationReport& report, QStringList& files, const EvaluationData& data) {
    report.dataset += (report.dataset.empty() ? "" : ", ") + data.name;
    if (data.hasLabels() && report.classes.empty()) report.classes = data.classes;
    report.notes.insert(report.notes.end(), data.notes.begin(), data.notes.end());
    report.pictures.insert(report.pictures.end(), data.pictures.names.begin(), data.pictures.names.end());
    for (size_t i = 0; i < data.size(); ++i)
        files << (data.pictures.files.empty() ? QString() : fromPath(data.pictures.files[i]));
}

/// What it says of its data and its resamples.
std::shared_ptr<EvaluationReport> withoutModels(const EvaluationReport& report) {
    return std::make_shared<EvaluationReport>(EvaluationReport{
        report.dataset, report.language, report.classes, report.pictures, report.draws, report.seed, report.notes, {}});
}

/// Null where there is none.
const ModelEvaluation* modelOf(const EvaluationReport& report, const QString& path) {
    const auto found =
        std::ranges::find(report.models, path, [](const ModelEvaluation& model) { return fromPath(model.model); });
    return found == report.models.end() ? nullptr : &*found;
}

/// Whether a model has other weights than those that were evaluated; one that cannot be read is what it was.
bool isAnother(const ModelEvaluation& model) {
    try {
        return modelIdentity(readModelInfo(resolveModel(model.model))) != model.identity;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

struct EvaluationRuns::Result {
    QString stage = {};                           ///< else
    std::shared_ptr<EvaluationReport> data = {};  ///< a report without models: the data is another; else
    QStringList files = {}, dataNames = {};
    uint64_t key = 0;
    std::shared_ptr<ModelEvaluation> model = {};
    Done done = {};
};

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
        for (size_t k = 0; m_all != nullptr && k < m_all->models.size(); ++k) {
            const ModelEvaluation& model = m_all->models[k];
            isThere = isThere ||
                      (model.error.empty() && fromPath(model.model) == plan.models[i].path &&
                       isSamePrompts(m_done[k].prompts, plan.models[i].prompts) && isSameTask(m_done[k].plan, plan));
        }
        if (!isThere) due.push_back(i);
    }
    return due;
}

bool EvaluationRuns::isDone(const EvaluationPlan& plan) const {
    return m_all != nullptr && dueModels(plan).empty();
}

void EvaluationRuns::start(const EvaluationPlan& plan, bool again) {
    if (isRunning()) return;
    const std::vector<size_t> due = dueModels(plan);
    std::vector<size_t> all(plan.models.size());
    std::iota(all.begin(), all.end(), size_t{0});
    m_plan = plan;
    m_data = nullptr;
    const auto work = [inbox = m_inbox = std::make_shared<Inbox<Result>>(), plan, due, all, before = m_all,
                       known = m_all ? std::optional(m_dataKey) : std::nullopt, again](const JobContext& job) {
        inbox->add({.stage = tr("Reading the data…")});
        const PlannedData data = readPlan(plan, job);
        const bool isNew = data.key != known;
        if (isNew) {
            auto report = std::make_shared<EvaluationReport>();
            report->draws = plan.options.draws;
            report->seed = plan.options.seed;
            Result result{.data = report, .key = data.key};
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
        std::vector<size_t> wanted = isNew || again ? all : due;
        for (size_t i = 0; i < plan.models.size() && !isNew && !again; ++i)
            if (!std::ranges::count(due, i) && isAnother(*modelOf(*before, plan.models[i].path))) wanted.push_back(i);
        std::ranges::sort(wanted);
        EvaluationPlan tasks = plan;
        tasks.models.clear();
        for (size_t k = 0; k < wanted.size(); ++k) {
            const PlannedModel& planned = plan.models[wanted[k]];
            const int64_t total = each * std::ssize(wanted), done = each * static_cast<int64_t>(k);
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
                job.progress(done + (countsPictures ? std::min(progress.done, each) : each), total);
            };
            job.progress(done, total);
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
            job.progress(done + each, total);
        }
    };
    m_isCancelling = false;
    EngineService::TaskHandler handler;
    handler.finished = [this] { end(false); };
    handler.cancelled = [this] { end(true); };
    handler.failed = [this](const JobError& error) {
        m_job = 0;
        takeResults();
        m_data = nullptr;
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
    m_all = m_report = nullptr;
    m_data = nullptr;
    m_done.clear();
    m_files.clear();
    m_dataKey = 0;
    m_restoredFrom = {};
    Q_EMIT changed();
    store();
}

/// Written whole or not at all, one after the other. That it could not be kept is no failure of an evaluation.
void EvaluationRuns::store() {
    auto stored = std::make_shared<StoredEvaluation>();
    stored->report = m_all;
    stored->done = m_done;
    stored->files = m_files;
    stored->dataNames = m_dataNames;
    stored->dataKey = m_dataKey;
    stored->made = m_restoredFrom.isValid() ? m_restoredFrom : QDateTime::currentDateTime();
    EngineService::TaskHandler handler;
    handler.finished = handler.cancelled = [] {};
    handler.failed = [](const JobError&) {};
    m_engine.runTask(
        this, tr("Keeping the evaluation"),
        [stored, file = toPath(evaluationStoreFile())](const JobContext&) {
            std::error_code failure;
            std::filesystem::create_directories(file.parent_path(), failure);
            if (stored->report == nullptr || stored->report->models.empty())
                std::filesystem::remove(file, failure);
            else
                writeFile(file, packEvaluation(*stored));
        },
        std::move(handler));
}

void EvaluationRuns::restore() {
    auto stored = std::make_shared<std::optional<StoredEvaluation>>();
    EngineService::TaskHandler handler;
    handler.finished = [this, stored] {
        if (!*stored || m_all != nullptr || isRunning()) return;
        m_all = (*stored)->report;
        m_done = std::move((*stored)->done);
        m_files = (*stored)->files;
        m_dataNames = (*stored)->dataNames;
        m_dataKey = (*stored)->dataKey;
        m_restoredFrom = (*stored)->made;
        showAll();
        Q_EMIT changed();
    };
    handler.failed = [this](const JobError& error) { Q_EMIT restoreFailed(error); };
    handler.cancelled = [] {};
    m_engine.runTask(
        this, QString(),
        [stored, file = toPath(evaluationStoreFile())](const JobContext&) {
            std::error_code failure;
            if (std::filesystem::exists(file, failure)) *stored = unpackEvaluation(readText(file));
        },
        std::move(handler));
}

void EvaluationRuns::takeResults() {
    bool hasChanged = false;
    for (Result& result : m_inbox->take()) {
        if (!result.stage.isEmpty()) {
            Q_EMIT stageChanged(result.stage);
        } else if (result.data) {
            m_data = std::make_shared<Result>(std::move(result));
        } else if (m_data != nullptr || m_all != nullptr) {
            take(std::move(result));
            hasChanged = true;
        }
    }
    if (!hasChanged) return;
    showAll();
    Q_EMIT changed();
}

/// Adds a model's result, or puts it in the place of the one before. What is of other data, of other tasks or of a
/// model that the plan has no more goes: it cannot be compared.
void EvaluationRuns::take(Result result) {
    const EvaluationReport& about = m_data ? *m_data->data : *m_all;
    // Writers of files may still hold the one that is shown.
    const auto report = withoutModels(about);
    report->draws = m_plan.options.draws;
    report->seed = m_plan.options.seed;
    std::vector<Done> done;
    for (const PlannedModel& planned : m_plan.models) {
        if (fromPath(result.model->model) == planned.path) {
            report->models.push_back(std::move(*result.model));
            done.push_back(std::move(result.done));
            continue;
        }
        for (size_t k = 0; m_data == nullptr && k < m_all->models.size(); ++k)
            if (fromPath(m_all->models[k].model) == planned.path && isSameTask(m_done[k].plan, m_plan)) {
                report->models.push_back(m_all->models[k]);
                done.push_back(m_done[k]);
            }
    }
    if (m_data != nullptr) {
        m_files = m_data->files;
        m_dataNames = m_data->dataNames;
        m_dataKey = m_data->key;
        m_data = nullptr;
    }
    m_all = report;
    m_done = std::move(done);
    m_restoredFrom = {};
}

void EvaluationRuns::showModels(const QStringList& models) {
    if (models == m_shown) return;
    m_shown = models;
    if (m_all == nullptr) return;
    showAll();
    Q_EMIT changed();
}

void EvaluationRuns::showAll() {
    std::vector<size_t> shown;
    for (const QString& model : m_shown)
        for (size_t k = 0; k < m_all->models.size(); ++k)
            if (fromPath(m_all->models[k].model) == model) shown.push_back(k);
    const bool isAll = shown.size() == m_all->models.size() && std::ranges::is_sorted(shown);
    if (isAll) {
        m_report = m_all;
        return;
    }
    const auto report = withoutModels(*m_all);
    for (const size_t k : shown)
        report->models.push_back(m_all->models[k]);
    m_report = report;
}

void EvaluationRuns::end(bool cancelled) {
    m_job = 0;
    takeResults();
    m_data = nullptr;
    if (m_all != nullptr) store();
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

double EvaluationRuns::keptTemperature(const QString& model) const {
    for (size_t k = 0; m_all != nullptr && k < m_all->models.size(); ++k)
        if (fromPath(m_all->models[k].model) == model) return m_done[k].keptTemperature;
    return 0;
}

void EvaluationRuns::setTemperature(const QString& model, double temperature) {
    for (size_t k = 0; m_all != nullptr && k < m_all->models.size(); ++k)
        if (fromPath(m_all->models[k].model) == model) m_done[k].keptTemperature = temperature;
    if (!isRunning()) store();
}

void EvaluationRuns::readTemperature(const QString& model) {
    const auto path = pathOf(model);
    if (path.empty()) return;
    auto info = std::make_shared<ModelInfo>();
    EngineService::TaskHandler handler;
    handler.finished = [this, model, info, before = keptTemperature(model)] {
        // What was kept from here meanwhile is newer.
        if (keptTemperature(model) != before || info->fittedTemperature == before) return;
        setTemperature(model, info->fittedTemperature);
        Q_EMIT temperatureRead(model);
    };
    // Whoever opens the model is told what is wrong with its notes.
    handler.cancelled = [] {};
    handler.failed = [](const JobError&) {};
    m_engine.runTask(
        this, QString(), [path, info](const JobContext&) { readNotes(path, *info); }, std::move(handler));
}

std::filesystem::path EvaluationRuns::pathOf(const QString& model) const {
    const ModelEvaluation* found = m_all != nullptr ? modelOf(*m_all, model) : nullptr;
    return found != nullptr ? found->path : std::filesystem::path();
}

void EvaluationRuns::keepTemperature(const QString& model, double temperature) {
    const auto path = pathOf(model);
    if (path.empty()) return;
    auto file = std::make_shared<QString>();
    EngineService::TaskHandler handler;
    handler.finished = [this, model, temperature, file] {
        setTemperature(model, temperature);
        Q_EMIT temperatureKept(model, temperature, *file);
    };
    handler.failed = [this](const JobError& error) { Q_EMIT temperatureFailed(error); };
    handler.cancelled = [] {};
    m_engine.runTask(
        this, tr("Keeping the temperature"),
        [path, temperature, file](const JobContext&) { *file = fromPath(saveFittedTemperature(path, temperature)); },
        std::move(handler));
}

}  // namespace diagonal
