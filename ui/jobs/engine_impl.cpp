// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/engine_impl.h"

#include "engine/base/device.h"
#include "engine/inference/embedding_cache.h"

namespace diagonal {

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

/// Small batches, so that labels stream in, words go between and Cancel is quick; all models share one cache.
SessionOptions EngineService::Impl::interactiveOptions() {
    if (!cache) {
        const auto folder = EmbeddingCache::defaultFolder();
        if (!folder.empty()) cache = std::make_shared<EmbeddingCache>(folder);
    }
    SessionOptions options;
    options.batchSize = 16;
    options.cache = cache;
    return options;
}

void EngineService::Impl::load(const RecordPtr& record, const std::string& name) {
    session = Session::open(name, interactiveOptions());
    warmUp();
    QString where = EngineService::tr("CPU · %n thread(s)", nullptr, threads());
    for (const DeviceInfo& info : devices()) {
        if (info.name == session->options().device && info.name != "cpu")
            where = QString::fromStdString(info.description);
    }
    if (session->options().precision != "fp32") {
        where += QStringLiteral(" · ") + QString::fromStdString(session->options().precision);
    }
    QStringList notes;
    for (const std::string& message : cache ? cache->takeMessages() : std::vector<std::string>())
        notes << QString::fromStdString(message);
    post([this, record, where, notes, loaded = session->info()] {
        for (const QString& note : notes)
            Q_EMIT service->noted(note);
        const bool isLatest = record->reachesOwner();
        close(record);
        --loading;
        if (!isLatest) return;
        info = loaded;
        device = where;
        Q_EMIT service->modelChanged();
    });
}

/// Twice, with room between for what is asked for: the first time reads the weights, the second packs them.
void EngineService::Impl::warmUp() {
    for (int i = 0; i < 2; ++i) {
        engine.add(kIdle, [this, loaded = std::weak_ptr(session)] {
            const auto still = loaded.lock();
            if (!still || still != session) return;
            try {
                still->warmUp();
            } catch (const std::exception&) {
                // The first picture tells what is wrong.
            }
        });
    }
}

std::shared_ptr<Session> EngineService::Impl::openSession(ModelSlot slot) const {
    if (slot == ModelSlot::Second) {
        if (!second)
            throw Error(EngineService::tr("No second model").toStdString(),
                        EngineService::tr("none is open").toStdString(),
                        EngineService::tr("Choose one to compare with.").toStdString());
        return second;
    }
    if (!session) {
        throw Error(EngineService::tr("No model").toStdString(), EngineService::tr("none is open").toStdString(),
                    EngineService::tr("Open one from the Model menu.").toStdString());
    }
    return session;
}

JobId EngineService::Impl::addText(QObject* context, const QString& kind, TextHandler handler,
                                   std::function<Embeddings(Session&, std::vector<size_t>&, const JobContext&)> work,
                                   ModelSlot slot) {
    const RecordPtr record = makeRecord(context, kind, {}, {});
    record->onError = std::move(handler.failed);
    engine.add(kUrgent, [this, record, slot, work = std::move(work), finished = std::move(handler.finished)] {
        run(record, [&](const JobContext& job) {
            std::vector<size_t> truncated;
            Embeddings result = work(*openSession(slot), truncated, job);
            post([this, record, finished, result = std::move(result), truncated = std::move(truncated)]() mutable {
                const bool wanted = record->reachesOwner();
                close(record);
                if (wanted && finished) finished(std::move(result), std::move(truncated));
            });
        });
    });
    return record->id;
}

JobId EngineService::Impl::addTask(QObject* context, const QString& title, const QString& unit,
                                   std::function<void(const JobContext&)> work, TaskHandler handler, Worker& worker) {
    const RecordPtr record = makeRecord(context, QStringLiteral("task ") + title, title, unit);
    record->onEnd = [finished = std::move(handler.finished),
                     cancelled = std::move(handler.cancelled)](bool wasCancelled) {
        const auto& callback = wasCancelled ? cancelled : finished;
        if (callback) callback();
    };
    record->onError = std::move(handler.failed);
    worker.add(kWaiting, [this, record, work = std::move(work)] {
        run(record, [&](const JobContext& job) {
            work(job);
            post([this, record] { end(record, false); });
        });
    });
    return record->id;
}

}  // namespace diagonal
