// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/engine_service.h"

#include <QFile>
#include <filesystem>

#include "engine/base/file.h"
#include "engine/image/image.h"
#include "engine/inference/zero_shot.h"
#include "ui/jobs/engine_impl.h"

namespace diagonal {

namespace {

std::vector<std::string> toStrings(const QStringList& list) {
    std::vector<std::string> strings;
    strings.reserve(static_cast<size_t>(list.size()));
    for (const QString& text : list)
        strings.push_back(text.toStdString());
    return strings;
}

std::vector<std::filesystem::path> toPaths(const QStringList& files) {
    std::vector<std::filesystem::path> paths;
    paths.reserve(static_cast<size_t>(files.size()));
    for (const QString& file : files)
        paths.emplace_back(QFile::encodeName(file).toStdString());
    return paths;
}

}  // namespace

EngineService::EngineService(QObject* parent) : QObject(parent), m_impl(std::make_unique<Impl>(this)) {
}

EngineService::~EngineService() {
    for (const auto& [id, record] : m_impl->records)
        record->stop.request_stop();
}

void EngineService::openModel(const QString& nameOrPath) {
    const RecordPtr record = m_impl->makeRecord(this, QStringLiteral("model"), {}, {});
    ++m_impl->loading;
    Q_EMIT modelLoading(nameOrPath);
    m_impl->engine.add(kUrgent, [impl = m_impl.get(), record, name = nameOrPath.toStdString()] {
        if (record->stop.stop_requested()) {  // another was asked for meanwhile
            impl->post([impl] { --impl->loading; });
            return;
        }
        try {
            impl->load(record, name);
        } catch (const std::exception& exception) {
            impl->post([impl, record, error = jobErrorOf(exception)] {
                const bool isLatest = record->reachesOwner();
                impl->close(record);
                --impl->loading;
                if (isLatest) Q_EMIT impl->service->modelFailed(error);
            });
        }
    });
}

const ModelInfo* EngineService::model() const {
    return m_impl->info ? &*m_impl->info : nullptr;
}

QString EngineService::device() const {
    return m_impl->device;
}

bool EngineService::isLoadingModel() const {
    return m_impl->loading > 0;
}

JobId EngineService::embedImages(QObject* context, const QString& title, const QStringList& files, bool normalized,
                                 ImageBatchHandler handler, ModelSlot slot) {
    const RecordPtr record = m_impl->makeRecord(context, QStringLiteral("images"), title, tr("images/s"));
    record->onImages = std::move(handler.results);
    record->onEnd = std::move(handler.finished);
    record->onError = std::move(handler.failed);
    record->progress.total = files.size();
    m_impl->engine.add(kWaiting, [impl = m_impl.get(), record, paths = toPaths(files), normalized, slot] {
        impl->run(record, [&](const JobContext& job) {
            const std::shared_ptr<Session> session = impl->openSession(slot);
            session->embedImages(
                paths, normalized,
                [&](std::vector<ImageEmbedding> batch) {
                    {
                        const std::lock_guard lock(record->mutex);
                        std::move(batch.begin(), batch.end(), std::back_inserter(record->images));
                    }
                    impl->wake(record);
                    impl->engine.runUrgent();
                },
                job);
            impl->post([impl, record] { impl->end(record, false); });
        });
    });
    return record->id;
}

JobId EngineService::embedTexts(QObject* context, const QStringList& texts, bool normalized, TextHandler handler) {
    return m_impl->addText(context, QStringLiteral("texts"), std::move(handler),
                           [texts = toStrings(texts), normalized](Session& session, std::vector<size_t>& truncated,
                                                                  const JobContext& job) {
                               return session.embedTexts(texts, normalized, &truncated, job);
                           });
}

JobId EngineService::embedLabels(QObject* context, const QStringList& labels, const QStringList& templates,
                                 TextHandler handler, ModelSlot slot) {
    return m_impl->addText(
        context, QStringLiteral("labels"), std::move(handler),
        [labels = toStrings(labels), templates = toStrings(templates)](Session& session, std::vector<size_t>& truncated,
                                                                       const JobContext& job) {
            return diagonal::embedLabels(session, labels, templates, job, &truncated);
        },
        slot);
}

JobId EngineService::explain(QObject* context, const QString& file, const QStringList& synonyms,
                             const QStringList& templates, RelevanceHandler handler) {
    const RecordPtr record = m_impl->makeRecord(context, QStringLiteral("relevance"), {}, {});
    record->onError = std::move(handler.failed);
    m_impl->engine.add(kUrgent, [impl = m_impl.get(), record, path = toPaths({file}).front(),
                                 label = Label{toStrings(synonyms), false, {}}, templates = toStrings(templates),
                                 finished = std::move(handler.finished)] {
        impl->run(record, [&](const JobContext& job) {
            const std::shared_ptr<Session> session = impl->openSession();
            const Embeddings text =
                meanOfSynonyms(diagonal::embedLabels(*session, label.synonyms, templates, job), {label});
            const int orientation = exifOrientation(readBytes(path));
            const RelevanceMap map = upright(session->relevance(path, text, job).front(), orientation);
            impl->post([impl, record, finished, map] {
                const bool wanted = record->reachesOwner();
                impl->close(record);
                if (wanted && finished) finished(map);
            });
        });
    });
    return record->id;
}

JobId EngineService::runTask(QObject* context, const QString& title, std::function<void(const JobContext&)> work,
                             TaskHandler handler) {
    return m_impl->addTask(context, title, {}, std::move(work), std::move(handler), m_impl->tasks);
}

JobId EngineService::runLongTask(QObject* context, const QString& title, const QString& unit,
                                 std::function<void(const JobContext&)> work, TaskHandler handler) {
    std::erase_if(m_impl->longTasks, [](const auto& task) { return task->isDone.load(); });
    m_impl->longTasks.push_back(std::make_unique<LongTask>());
    LongTask& task = *m_impl->longTasks.back();
    const JobId id = m_impl->addTask(context, title, unit, std::move(work), std::move(handler), task.worker);
    task.worker.add(kWaiting, [&task] { task.isDone = true; });
    return id;
}

void EngineService::cancel(JobId id) {
    const auto found = m_impl->records.find(id);
    if (found == m_impl->records.end() || found->second->isCancelling) return;
    const RecordPtr record = found->second;
    record->isCancelling = true;
    record->stop.request_stop();
    if (record->kind.startsWith(QLatin1String("task "))) {
        // What a task has done cannot be told before it ends: its file may be there already.
        Q_EMIT jobsChanged();
    } else {
        m_impl->end(record, true);
    }
}

QList<JobState> EngineService::jobs() const {
    QList<JobState> states;
    for (const auto& [id, record] : m_impl->records) {
        if (!record->isListed) continue;
        JobState state;
        state.id = id;
        state.title = record->title;
        state.unit = record->unit;
        state.cancelling = record->isCancelling;
        record->meter.fill(state);
        states.append(state);
    }
    return states;
}

}  // namespace diagonal
