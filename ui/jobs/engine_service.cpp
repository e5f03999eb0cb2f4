// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/engine_service.h"

#include <algorithm>
#include <filesystem>
#include <span>

#include "engine/base/file.h"
#include "engine/image/image.h"
#include "engine/inference/zero_shot.h"
#include "ui/base/paths.h"
#include "ui/jobs/engine_impl.h"

namespace diagonal {

namespace {

const QString kModelKind = QStringLiteral("model");
constexpr size_t kTextsAtOnce = 128;  // of an export; words go between

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
        paths.push_back(toPath(file));
    return paths;
}

}  // namespace

EngineService::EngineService(QObject* parent) : QObject(parent), m_impl(std::make_unique<Impl>(this)) {
}

EngineService::~EngineService() {
    for (const auto& [id, record] : m_impl->records)
        record->stop.request_stop();
    if (!m_isLeftBehind) return;
    {
        const std::lock_guard lock(m_impl->serviceMutex);
        m_impl->service = nullptr;
    }
    m_impl->listThrottle.cancel();
    // Timers end on their own thread, not with the last who knows of the job.
    for (const auto& [id, record] : m_impl->records)
        record->throttle.reset();
    static_cast<void>(m_impl.release());
}

bool EngineService::end(std::chrono::milliseconds patience) {
    for (const auto& [id, record] : m_impl->records)
        record->stop.request_stop();
    const auto until = std::chrono::steady_clock::now() + patience;
    const auto hasEnded = [until](auto& threads) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        return threads.end(std::max(left, std::chrono::milliseconds(0)));
    };
    bool ended = hasEnded(m_impl->engine);
    for (TaskPool* pool : {&m_impl->tasks, &m_impl->looks})
        ended = hasEnded(*pool) && ended;
    for (const auto& task : m_impl->longTasks)
        ended = hasEnded(task->worker) && ended;
    m_isLeftBehind = !ended;
    return ended;
}

void EngineService::openModel(const QString& nameOrPath) {
    const QString title = tr("Opening %1").arg(nameOrPath.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty));
    const RecordPtr record = m_impl->makeRecord(this, kModelKind, title, kBytesPerSecond, Impl::Listed::Later);
    record->onEnd = [this](bool) { Q_EMIT modelCancelled(); };
    record->onError = [this](const JobError& error) { Q_EMIT modelFailed(error); };
    Q_EMIT modelLoading(nameOrPath);
    m_impl->engine.add(kUrgent, [impl = m_impl.get(), record, name = toPath(nameOrPath).native()] {
        impl->run(record, [&](const JobContext& job) { impl->load(record, name, job); });
    });
}

const ModelInfo* EngineService::model() const {
    return m_impl->info ? &*m_impl->info : nullptr;
}

QString EngineService::modelSource() const {
    return m_impl->source;
}

QString EngineService::device() const {
    return m_impl->device;
}

bool EngineService::isLoadingModel() const {
    return std::ranges::any_of(m_impl->records, [](const auto& entry) { return entry.second->kind == kModelKind; });
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
    const RecordPtr record =
        m_impl->makeRecord(context, QStringLiteral("texts"), tr("Embedding texts"), tr("texts/s"), Impl::Listed::Later);
    return m_impl->addText(record, kUrgent, std::move(handler),
                           [texts = toStrings(texts), normalized](Session& session, std::vector<size_t>& truncated,
                                                                  const JobContext& job) {
                               return session.embedTexts(texts, normalized, &truncated, job);
                           });
}

JobId EngineService::embedManyTexts(QObject* context, const QString& title, const QStringList& texts, bool normalized,
                                    TextHandler handler) {
    const RecordPtr record = m_impl->makeRecord(context, QStringLiteral("many texts"), title, tr("texts/s"));
    record->isPrecious = true;
    const auto work = [impl = m_impl.get(), texts = toStrings(texts), normalized](
                          Session& session, std::vector<size_t>& truncated, const JobContext& job) {
        Embeddings all{session.info().embedDim, {}};
        const auto total = static_cast<int64_t>(texts.size());
        for (size_t first = 0; first < texts.size(); first += kTextsAtOnce) {
            job.progress(static_cast<int64_t>(first), total);
            std::vector<size_t> cut;
            const auto part = std::span(texts).subspan(first, std::min(kTextsAtOnce, texts.size() - first));
            const Embeddings rows = session.embedTexts(part, normalized, &cut, {job.stop, {}});
            all.values.insert(all.values.end(), rows.values.begin(), rows.values.end());
            for (const size_t index : cut)
                truncated.push_back(first + index);
            impl->engine.runUrgent();
        }
        job.progress(total, total);
        return all;
    };
    return m_impl->addText(record, kWaiting, std::move(handler), work);
}

JobId EngineService::embedLabels(QObject* context, const QStringList& labels, const QStringList& templates,
                                 TextHandler handler, ModelSlot slot) {
    const RecordPtr record = m_impl->makeRecord(context, QStringLiteral("labels"), tr("Embedding texts"), tr("texts/s"),
                                                Impl::Listed::Later);
    return m_impl->addText(
        record, kUrgent, std::move(handler),
        [labels = toStrings(labels), templates = toStrings(templates)](Session& session, std::vector<size_t>& truncated,
                                                                       const JobContext& job) {
            return diagonal::embedLabels(session, labels, templates, job, &truncated);
        },
        slot);
}

JobId EngineService::explain(QObject* context, const QString& file, const QStringList& synonyms,
                             const QStringList& templates, RelevanceHandler handler) {
    const RecordPtr record =
        m_impl->makeRecord(context, QStringLiteral("relevance"), tr("Relevance map"), {}, Impl::Listed::Later);
    record->onEnd = [failed = handler.failed, file](bool) {
        if (failed) failed({file, tr("its relevance map was stopped"), {}});
    };
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
                             TaskHandler handler, const QObject* order) {
    const RecordPtr record = m_impl->makeTask(context, title, {}, std::move(handler));
    // A look that hangs holds up none that is asked for after it.
    const bool isLook = title.isEmpty() && order == nullptr;
    const void* turn = isLook ? static_cast<const void*>(record.get()) : record->context.data();
    (isLook ? m_impl->looks : m_impl->tasks)
        .add(order != nullptr ? order : turn, m_impl->taskOf(record, std::move(work)));
    return record->id;
}

JobId EngineService::runLongTask(QObject* context, const QString& title, const QString& unit,
                                 std::function<void(const JobContext&)> work, TaskHandler handler) {
    std::erase_if(m_impl->longTasks, [](const auto& task) { return task->isDone.load(); });
    m_impl->longTasks.push_back(std::make_unique<LongTask>());
    LongTask& task = *m_impl->longTasks.back();
    const RecordPtr record = m_impl->makeTask(context, title, unit, std::move(handler));
    record->isPrecious = true;
    task.worker.add(kWaiting, m_impl->taskOf(record, std::move(work)));
    task.worker.add(kWaiting, [&task] { task.isDone = true; });
    return record->id;
}

JobId EngineService::runWithModel(QObject* context, const QString& title, const QString& unit,
                                  const std::function<bool(Session&, const JobContext&)>& slice, SliceHandler handler) {
    const RecordPtr record = m_impl->makeTask(
        context, title, unit, {std::move(handler.finished), std::move(handler.failed), std::move(handler.cancelled)});
    record->onProgress = std::move(handler.progressed);
    m_impl->addSlice(record, slice, nullptr);
    return record->id;
}

void EngineService::cancel(JobId id) {
    const auto found = m_impl->records.find(id);
    if (found == m_impl->records.end() || found->second->isCancelling) return;
    const RecordPtr record = found->second;
    record->isCancelling = true;
    record->stop.request_stop();
    if (record->isTask) {
        // What a task has done cannot be told before it ends: its file may be there already.
        Q_EMIT jobsChanged();
    } else {
        m_impl->end(record, true);
    }
}

void EngineService::setPrecious(JobId id) {
    const auto found = m_impl->records.find(id);
    if (found != m_impl->records.end()) found->second->isPrecious = true;
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
        state.isPrecious = record->isPrecious;
        record->meter.fill(state);
        states.append(state);
    }
    return states;
}

}  // namespace diagonal
