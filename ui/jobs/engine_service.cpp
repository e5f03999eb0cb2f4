// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/engine_service.h"

#include <QFile>
#include <QSet>
#include <filesystem>
#include <map>
#include <optional>

#include "engine/base/device.h"
#include "engine/inference/zero_shot.h"
#include "ui/jobs/job_record.h"
#include "ui/jobs/worker.h"

namespace diagonal {

namespace {

using RecordPtr = std::shared_ptr<JobRecord>;

constexpr int kUrgent = 0;
constexpr int kImages = 1;

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

struct EngineService::Impl {
    explicit Impl(EngineService* owner)
        : service(owner), listThrottle([owner] { Q_EMIT owner->jobsChanged(); }, 100), engine([this] { prepare(); }) {}

    // UI thread.
    RecordPtr makeRecord(QObject* context, const QString& kind, const QString& title, const QString& unit);
    void watch(QObject* owner);
    void deliver(const RecordPtr& record);
    void close(const RecordPtr& record);
    void end(const RecordPtr& record, bool cancelled);
    void fail(const RecordPtr& record, const JobError& error);
    JobId addText(QObject* context, const QString& kind, TextHandler handler,
                  std::function<Embeddings(Session&, std::vector<size_t>&, const JobContext&)> work);

    // Worker threads.
    void post(std::function<void()> action) {
        QMetaObject::invokeMethod(service, std::move(action), Qt::QueuedConnection);
    }
    void wake(const RecordPtr& record) {
        if (!record->isAwake.exchange(true)) post([this, record] { deliver(record); });
    }
    JobContext contextOf(const RecordPtr& record);
    void run(const RecordPtr& record, const std::function<void(const JobContext&)>& work);
    void prepare();
    void load(const RecordPtr& record, const std::string& name);
    std::shared_ptr<Session> openSession() const;

    EngineService* service;
    std::map<JobId, RecordPtr> records;
    QSet<QObject*> owners;
    JobId nextId = 1;
    Throttle listThrottle;
    std::optional<ModelInfo> info;
    QString device;
    int loading = 0;

    std::shared_ptr<Session> session;  ///< engine thread only

    // Last members: their threads end before anything they use.
    Worker engine;
    Worker tasks;
};

RecordPtr EngineService::Impl::makeRecord(QObject* context, const QString& kind, const QString& title,
                                          const QString& unit) {
    QObject* owner = context != nullptr ? context : service;
    const std::map<JobId, RecordPtr> before = records;
    for (const auto& [id, other] : before) {
        if (other->context == owner && other->kind == kind) {
            other->stop.request_stop();
            close(other);
        }
    }
    auto record = std::make_shared<JobRecord>();
    record->id = nextId++;
    record->kind = kind;
    record->title = title;
    record->unit = unit;
    record->isListed = !title.isEmpty();
    record->context = owner;
    record->throttle = std::make_unique<Throttle>([this, weak = std::weak_ptr(record)] {
        const RecordPtr job = weak.lock();
        if (!job || !job->reachesOwner()) return;
        std::vector<ImageEmbedding> images;
        Progress progress;
        {
            const std::lock_guard lock(job->mutex);
            images.swap(job->images);
            progress = job->progress;
        }
        job->meter.report(progress.done, progress.total);
        if (!images.empty() && job->onImages) job->onImages(std::move(images));
        if (job->isListed) listThrottle.request();
    });
    records.emplace(record->id, record);
    watch(owner);
    if (record->isListed) listThrottle.request();
    return record;
}

/// What nobody waits for any more is stopped.
void EngineService::Impl::watch(QObject* owner) {
    if (owner == service || owners.contains(owner)) return;
    owners.insert(owner);
    QObject::connect(owner, &QObject::destroyed, service, [this, owner] {
        owners.remove(owner);
        const std::map<JobId, RecordPtr> before = records;
        for (const auto& [id, record] : before) {
            if (record->context != nullptr) continue;
            record->stop.request_stop();
            close(record);
        }
    });
}

void EngineService::Impl::deliver(const RecordPtr& record) {
    record->isAwake = false;
    if (record->throttle) record->throttle->request();
}

void EngineService::Impl::close(const RecordPtr& record) {
    if (record->isClosed) return;
    record->isClosed = true;
    record->throttle.reset();
    // Callbacks may hold on to their owner's things.
    record->onImages = {};
    record->onEnd = {};
    record->onError = {};
    records.erase(record->id);
    if (record->isListed) listThrottle.request();
}

void EngineService::Impl::end(const RecordPtr& record, bool cancelled) {
    if (!record->reachesOwner()) return close(record);
    std::vector<ImageEmbedding> images;
    {
        const std::lock_guard lock(record->mutex);
        images.swap(record->images);
    }
    if (!images.empty() && record->onImages) record->onImages(std::move(images));
    const auto onEnd = record->onEnd;
    close(record);
    if (onEnd) onEnd(cancelled);
}

void EngineService::Impl::fail(const RecordPtr& record, const JobError& error) {
    const auto onError = record->reachesOwner() ? record->onError : nullptr;
    close(record);
    if (onError) onError(error);
}

JobContext EngineService::Impl::contextOf(const RecordPtr& record) {
    return {record->stop.get_token(), [this, record](const Progress& progress) {
                {
                    const std::lock_guard lock(record->mutex);
                    record->progress = progress;
                }
                wake(record);
            }};
}

/// Runs work, which posts its own result, and turns what it throws into one message.
void EngineService::Impl::run(const RecordPtr& record, const std::function<void(const JobContext&)>& work) {
    if (record->stop.stop_requested()) {
        post([this, record] { end(record, true); });
        return;
    }
    try {
        work(contextOf(record));
    } catch (const Cancelled&) {
        post([this, record] { end(record, true); });
    } catch (const std::exception& exception) {
        post([this, record, error = jobErrorOf(exception)] { fail(record, error); });
    }
}

void EngineService::Impl::prepare() {
    loadCuda();
    const QString name = EngineService::tr("CPU · %n thread(s)", nullptr, threads());
    post([this, name] {
        device = name;
        Q_EMIT service->jobsChanged();
    });
}

void EngineService::Impl::load(const RecordPtr& record, const std::string& name) {
    SessionOptions options;
    options.batchSize = 16;  // small batches: labels stream in, words go between, Cancel is quick
    session = Session::open(name, options);
    QString where = EngineService::tr("CPU · %n thread(s)", nullptr, threads());
    for (const DeviceInfo& info : devices()) {
        if (info.name == session->options().device && info.name != "cpu")
            where = QString::fromStdString(info.description);
    }
    if (session->options().precision != "fp32") {
        where += QStringLiteral(" · ") + QString::fromStdString(session->options().precision);
    }
    post([this, record, where, loaded = session->info()] {
        const bool isLatest = record->reachesOwner();
        close(record);
        --loading;
        if (!isLatest) return;
        info = loaded;
        device = where;
        Q_EMIT service->modelChanged();
    });
}

std::shared_ptr<Session> EngineService::Impl::openSession() const {
    if (!session) {
        throw Error(EngineService::tr("No model").toStdString(), EngineService::tr("none is open").toStdString(),
                    EngineService::tr("Open one from the Model menu.").toStdString());
    }
    return session;
}

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
                                 ImageBatchHandler handler) {
    const RecordPtr record = m_impl->makeRecord(context, QStringLiteral("images"), title, tr("images/s"));
    record->onImages = std::move(handler.results);
    record->onEnd = std::move(handler.finished);
    record->onError = std::move(handler.failed);
    record->progress.total = files.size();
    m_impl->engine.add(kImages, [impl = m_impl.get(), record, paths = toPaths(files), normalized] {
        impl->run(record, [&](const JobContext& job) {
            const std::shared_ptr<Session> session = impl->openSession();
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

JobId EngineService::Impl::addText(QObject* context, const QString& kind, TextHandler handler,
                                   std::function<Embeddings(Session&, std::vector<size_t>&, const JobContext&)> work) {
    const RecordPtr record = makeRecord(context, kind, {}, {});
    record->onError = std::move(handler.failed);
    engine.add(kUrgent, [this, record, work = std::move(work), finished = std::move(handler.finished)] {
        run(record, [&](const JobContext& job) {
            std::vector<size_t> truncated;
            Embeddings result = work(*openSession(), truncated, job);
            post([this, record, finished, result = std::move(result), truncated = std::move(truncated)]() mutable {
                const bool wanted = record->reachesOwner();
                close(record);
                if (wanted && finished) finished(std::move(result), std::move(truncated));
            });
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
                                 TextHandler handler) {
    return m_impl->addText(context, QStringLiteral("labels"), std::move(handler),
                           [labels = toStrings(labels), templates = toStrings(templates)](
                               Session& session, std::vector<size_t>&, const JobContext& job) {
                               return diagonal::embedLabels(session, labels, templates, job);
                           });
}

JobId EngineService::runTask(QObject* context, const QString& title, std::function<void(const JobContext&)> work,
                             TaskHandler handler) {
    const RecordPtr record = m_impl->makeRecord(context, QStringLiteral("task ") + title, title, {});
    record->onEnd = [finished = std::move(handler.finished),
                     cancelled = std::move(handler.cancelled)](bool wasCancelled) {
        const auto& callback = wasCancelled ? cancelled : finished;
        if (callback) callback();
    };
    record->onError = std::move(handler.failed);
    m_impl->tasks.add(kImages, [impl = m_impl.get(), record, work = std::move(work)] {
        impl->run(record, [&](const JobContext& job) {
            work(job);
            impl->post([impl, record] { impl->end(record, false); });
        });
    });
    return record->id;
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
