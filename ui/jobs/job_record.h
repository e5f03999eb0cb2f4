// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

#include "ui/jobs/progress_meter.h"
#include "ui/jobs/throttle.h"

namespace diagonal {

/// One request and all that is known of it. Members are the UI thread's, but for those said to be shared.
struct JobRecord {
    JobId id = 0;
    QString title, unit, kind;
    bool isListed = false;  ///< among the jobs of the status bar
    bool isPrecious = false;
    bool isTask = false;  ///< ends when its work has ended, cancelled or not
    QPointer<QObject> context;
    ProgressMeter meter;
    std::unique_ptr<Throttle> throttle;
    bool isClosed = false;  ///< nothing of it is delivered any more
    bool isCancelling = false;

    std::function<void(std::vector<ImageEmbedding>)> onImages;
    std::function<void()> onProgress;
    std::function<void(bool cancelled)> onEnd;
    std::function<void(JobError)> onError;

    // Shared with the worker.
    std::stop_source stop;
    std::atomic<bool> isAwake = false;  ///< a delivery is on its way to the UI thread
    std::mutex mutex;
    Progress progress;                   ///< guarded by mutex
    std::vector<ImageEmbedding> images;  ///< guarded by mutex

    bool reachesOwner() const { return !isClosed && context != nullptr; }
};

}  // namespace diagonal
