// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/throttle.h"

namespace diagonal {

Throttle::Throttle(std::function<void()> action, int milliseconds, QObject* parent)
    : QObject(parent), m_action(std::move(action)), m_interval(milliseconds) {
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Throttle::run);
}

void Throttle::request() {
    if (m_timer.isActive()) return;
    const qint64 passed = m_last.isValid() ? m_last.elapsed() : m_interval;
    if (passed >= m_interval) {
        run();
    } else {
        m_timer.start(static_cast<int>(m_interval - passed));
    }
}

void Throttle::flush() {
    if (!m_timer.isActive()) return;
    m_timer.stop();
    run();
}

void Throttle::run() {
    m_last.start();
    m_action();
}

}  // namespace diagonal
