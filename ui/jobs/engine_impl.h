// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <map>
#include <optional>

#include "ui/jobs/engine_service.h"
#include "ui/jobs/job_record.h"
#include "ui/jobs/task_pool.h"
#include "ui/jobs/worker.h"

namespace diagonal {

using RecordPtr = std::shared_ptr<JobRecord>;

/// Of the Worker's queue: words go before images, and between their batches.
inline constexpr int kUrgent = 0;
inline constexpr int kWaiting = 1;
inline constexpr int kIdle = 2;
inline constexpr int kSlices = 3;  ///< of runWithModel: below all that is asked for

/// Of tasks: they wait for disks more than for the processor, and one that hangs must not hold up all.
inline constexpr int kTaskThreads = 4;

/// A thread for one task. Its worker ends before the flag it sets.
struct LongTask {
    std::atomic<bool> isDone = false;
    Worker worker;
};

struct EngineService::Impl {
    explicit Impl(EngineService* owner)
        : service(owner), listThrottle([owner] { Q_EMIT owner->jobsChanged(); }, 100), engine([this] { prepare(); }) {}

    // UI thread.
    /// Among the jobs of the status bar where it has a title; most are over before they have taken a while, and are
    /// listed only then.
    enum class Listed { AtOnce, Later };
    RecordPtr makeRecord(QObject* context, const QString& kind, const QString& title, const QString& unit,
                         Listed listed = Listed::AtOnce);
    void watch(QObject* owner);
    void deliver(const RecordPtr& record);
    void close(const RecordPtr& record);
    void end(const RecordPtr& record, bool cancelled);
    void fail(const RecordPtr& record, const JobError& error);
    void listLater(const RecordPtr& record);
    using TextWork = std::function<Embeddings(Session&, std::vector<size_t>&, const JobContext&)>;
    JobId addText(const RecordPtr& record, int priority, TextHandler handler, TextWork work,
                  ModelSlot slot = ModelSlot::Open);
    using ModelSlice = std::function<bool(Session&, const JobContext&)>;
    void addSlice(const RecordPtr& record, const ModelSlice& slice, const std::shared_ptr<Session>& model);
    RecordPtr makeTask(QObject* context, const QString& title, const QString& unit, TaskHandler handler);
    std::function<void()> taskOf(const RecordPtr& record, std::function<void(const JobContext&)> work);

    // Worker threads.
    void post(std::function<void()> action) {
        const std::lock_guard lock(serviceMutex);
        if (service != nullptr) QMetaObject::invokeMethod(service, std::move(action), Qt::QueuedConnection);
    }
    void wake(const RecordPtr& record) {
        if (!record->isAwake.exchange(true)) post([this, record] { deliver(record); });
    }
    JobContext contextOf(const RecordPtr& record);
    void run(const RecordPtr& record, const std::function<void(const JobContext&)>& work);
    void prepare();
    void load(const RecordPtr& record, const std::string& name, const JobContext& job);
    void warmUp();
    SessionOptions interactiveOptions();
    std::shared_ptr<Session> openSession(ModelSlot slot = ModelSlot::Open) const;

    std::mutex serviceMutex;
    EngineService* service;  ///< of the UI thread; others hold the mutex. nullptr: gone, and threads are left behind
    std::map<JobId, RecordPtr> records;
    QSet<QObject*> owners;
    JobId nextId = 1;
    Throttle listThrottle;
    std::optional<ModelInfo> info;
    QString source;
    QString device;

    std::shared_ptr<Session> session, second;  ///< engine thread only
    std::shared_ptr<EmbeddingCache> cache;     ///< likewise; of all models

    // Last members: their threads end before anything they use.
    Worker engine;
    TaskPool tasks{kTaskThreads};
    TaskPool looks{kTaskThreads};  ///< tasks without a title: where many hang, what is exported is written
    std::vector<std::unique_ptr<LongTask>> longTasks;
};

}  // namespace diagonal
