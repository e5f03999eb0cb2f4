// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/progress_meter.h"

namespace diagonal {

namespace {

constexpr qint64 kWindow = 8000;

}  // namespace

void ProgressMeter::report(qint64 done, qint64 total) {
    reportAt(m_clock.elapsed(), done, total);
}

void ProgressMeter::reportAt(qint64 milliseconds, qint64 done, qint64 total) {
    m_done = done;
    m_total = total;
    m_samples.push_back({milliseconds, done});
    while (m_samples.size() > 2 && m_samples.front().time < milliseconds - kWindow)
        m_samples.pop_front();
}

double ProgressMeter::perSecond() const {
    if (m_samples.size() < 2) return 0;
    const qint64 time = m_samples.back().time - m_samples.front().time;
    return time <= 0 ? 0 : 1000.0 * static_cast<double>(m_samples.back().done - m_samples.front().done) / time;
}

double ProgressMeter::secondsLeft() const {
    const double rate = perSecond();
    return rate <= 0 || m_total <= 0 ? -1 : static_cast<double>(m_total - m_done) / rate;
}

void ProgressMeter::fill(JobState& state) const {
    state.done = m_done;
    state.total = m_total;
    state.perSecond = perSecond();
    state.secondsLeft = secondsLeft();
}

}  // namespace diagonal
