// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <functional>

namespace diagonal {

/// Lets a function run at most once per interval; the last request is never lost. UI thread only.
class Throttle : public QObject {
    Q_OBJECT

  public:
    Throttle(std::function<void()> action, int milliseconds = 100, QObject* parent = nullptr);
    /// Runs the action now, or as soon as the interval is over.
    void request();
    /// Runs it now if a request waits.
    void flush();
    /// What was requested is not done any more.
    void cancel() { m_timer.stop(); }

  private:
    void run();

    std::function<void()> m_action;
    int m_interval;
    QTimer m_timer;
    QElapsedTimer m_last;
};

}  // namespace diagonal
