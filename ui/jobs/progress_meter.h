// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <deque>

#include "ui/jobs/types.h"

namespace diagonal {

/// Rate and time left from progress reports: over the last seconds, so that a slow start is forgotten.
class ProgressMeter {
  public:
    ProgressMeter() { m_clock.start(); }
    void report(qint64 done, qint64 total);
    /// As report(), at a time given in milliseconds.
    void reportAt(qint64 milliseconds, qint64 done, qint64 total);

    qint64 done() const { return m_done; }
    qint64 total() const { return m_total; }
    double perSecond() const;
    double secondsLeft() const;  ///< -1: not known
    void fill(JobState& state) const;

  private:
    struct Sample {
        qint64 time, done;
    };

    QElapsedTimer m_clock;
    std::deque<Sample> m_samples;
    qint64 m_done = 0, m_total = 0;
};

}  // namespace diagonal
