// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace diagonal {

/// Whether the person is at work in the window: background work takes rests then.
class Activity : public QObject {
    Q_OBJECT

  public:
    /// From now on keys, clicks and wheels of the program count. UI thread; more calls change nothing.
    static void watch();
    /// Within the last two seconds. Any thread.
    static bool isRecent();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    explicit Activity(QObject* parent) : QObject(parent) {}
};

}  // namespace diagonal
