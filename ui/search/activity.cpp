// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/activity.h"

#include <QCoreApplication>
#include <QEvent>
#include <atomic>
#include <chrono>

namespace diagonal {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kRecent{2};
std::atomic<Clock::rep> lastInput = 0;

}  // namespace

void Activity::watch() {
    static QObject* watching = nullptr;
    if (watching != nullptr) return;
    watching = new Activity(qApp);
    qApp->installEventFilter(watching);
    QObject::connect(watching, &QObject::destroyed, [] { watching = nullptr; });
}

bool Activity::isRecent() {
    const auto last = Clock::time_point(Clock::duration(lastInput.load(std::memory_order_relaxed)));
    return Clock::now() - last < kRecent;
}

bool Activity::eventFilter(QObject*, QEvent* event) {
    switch (event->type()) {
        case QEvent::KeyPress:
        case QEvent::MouseButtonPress:
        case QEvent::Wheel:
            lastInput.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
            break;
        default:
            break;
    }
    return false;
}

}  // namespace diagonal
