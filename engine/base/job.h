// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "engine/base/error.h"

namespace diagonal {

/// How far a job is. total is 0 while it is not known.
struct Progress {
    int64_t done = 0;
    int64_t total = 0;
};

/// What long work gets from its caller: a request to stop, and a place to report to.
/// report is called on the thread that does the work.
struct JobContext {
    std::stop_token stop;
    std::function<void(const Progress&)> report;

    void throwIfStopped() const {
        if (stop.stop_requested()) throw Cancelled();
    }
    void progress(int64_t done, int64_t total) const {
        if (report) report({done, total});
    }
};

}  // namespace diagonal
