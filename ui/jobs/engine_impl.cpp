// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/engine_impl.h"

#include <QTimer>

#include "engine/base/device.h"
#include "engine/inference/embedding_cache.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

constexpr int kUnlistedMilliseconds = 500;

}  // namespace

RecordPtr EngineService::Impl::makeRecord(QObject* context, const QString& kind, const QString& title,
                                          const QString& unit, Listed listed) {
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
    record->isListed = !title.isEmpty() && listed == Listed::AtOnce;
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
        if (job->isListed) listThrottle.request();
        // A copy: the callback may cancel its own job, which lets go of it.
        const auto onImages = job->onImages;
        if (!images.empty() && onImages) onImages(std::move(images));
        const auto onProgress = job->onProgress;
        if (onProgress && job->reachesOwner()) onProgress();
    });
    records.emplace(record->id, record);
    watch(owner);
    if (listed == Listed::Later) listLater(record);
    if (record->isListed) listThrottle.request();
    return record;
}

void EngineService::Impl::listLater(const RecordPtr& record) {
    QTimer::singleShot(kUnlistedMilliseconds, service, [this, weak = std::weak_ptr(record)] {
        const RecordPtr job = weak.lock();
        if (!job || job->isClosed) return;
        job->isListed = true;
        listThrottle.request();
    });
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
    // Later: it may be what is calling.
    if (record->throttle) record->throttle.release()->deleteLater();
    // Callbacks may hold on to their owner's things.
    record->onImages = {};
    record->onProgress = {};
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
    const auto onImages = record->onImages;
    const auto onEnd = record->onEnd;
    if (!images.empty() && onImages) onImages(std::move(images));
    if (!record->reachesOwner()) return;  // the callback has ended it
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

void EngineService::Impl::load(const RecordPtr& record, const std::string& name, const JobContext& job) {
    auto opened = Session::open(name, interactiveOptions(), job);
    job.throwIfStopped();
    session = std::move(opened);
    warmUp();
    QString source = fromPath(name);
    if (std::error_code ignored; source != QLatin1String("demo")) {
        const bool isPath = std::filesystem::exists(name, ignored);
        const auto path =
            std::filesystem::absolute(isPath ? std::filesystem::path(name) : session->info().path, ignored);
        source = fromPath(path);
    }
    QString where = EngineService::tr("CPU · %n thread(s)", nullptr, threads());
    for (const DeviceInfo& info : devices()) {
        if (info.name == session->options().device && info.name != "cpu")
            where = QString::fromStdString(info.description);
    }
    if (session->options().precision != "fp32")
        where += QStringLiteral(" · ") + QString::fromStdString(session->options().precision);
    QStringList notes;
    for (const std::string& message : cache ? cache->takeMessages() : std::vector<std::string>())
        notes << QString::fromStdString(message);
    post([this, record, source, where, notes, loaded = session->info()] {
        for (const QString& note : notes)
            Q_EMIT service->noted(note);
        close(record);
        info = loaded;
        this->source = source;
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

JobId EngineService::Impl::addText(const RecordPtr& record, int priority, TextHandler handler, TextWork work,
                                   ModelSlot slot) {
    record->onError = handler.failed;
    record->onEnd = [handler](bool) {
        if (handler.cancelled)
            handler.cancelled();
        else if (handler.failed)
            handler.failed({EngineService::tr("Texts"), EngineService::tr("their embedding was stopped"),
                            EngineService::tr("Change one of them, or the model, to begin again")});
    };
    engine.add(priority, [this, record, slot, work = std::move(work), finished = std::move(handler.finished)] {
        run(record, [&](const JobContext& job) {
            std::vector<size_t> truncated;
            // The model of this moment, until the last text.
            const std::shared_ptr<Session> model = openSession(slot);
            Embeddings result = work(*model, truncated, job);
            post([this, record, finished, result = std::move(result), truncated = std::move(truncated)]() mutable {
                const bool wanted = record->reachesOwner();
                close(record);
                if (wanted && finished) finished(std::move(result), std::move(truncated));
            });
        });
    });
    return record->id;
}

RecordPtr EngineService::Impl::makeTask(QObject* context, const QString& title, const QString& unit,
                                        TaskHandler handler) {
    const RecordPtr record = makeRecord(context, QStringLiteral("task ") + title, title, unit);
    record->isTask = true;
    record->onEnd = [finished = std::move(handler.finished),
                     cancelled = std::move(handler.cancelled)](bool wasCancelled) {
        const auto& callback = wasCancelled ? cancelled : finished;
        if (callback) callback();
    };
    record->onError = std::move(handler.failed);
    return record;
}

std::function<void()> EngineService::Impl::taskOf(const RecordPtr& record,
                                                  std::function<void(const JobContext&)> work) {
    return [this, record, work = std::move(work)] {
        run(record, [&](const JobContext& job) {
            work(job);
            post([this, record] { end(record, false); });
        });
    };
}

void EngineService::Impl::addSlice(const RecordPtr& record, const ModelSlice& slice,
                                   const std::shared_ptr<Session>& model) {
    engine.add(kSlices, [this, record, slice, model] {
        run(record, [&](const JobContext& job) {
            const std::shared_ptr<Session> session = model ? model : openSession();
            const bool goesOn = slice(*session, job);
            wake(record);
            if (goesOn)
                addSlice(record, slice, session);
            else
                post([this, record] { end(record, false); });
        });
    });
}

}  // namespace diagonal
