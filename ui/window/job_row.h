// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/jobs/types.h"

namespace diagonal {

class Bar;
class BusyMark;
class IconButton;
class TabularLabel;

/// One job: busy mark, what and how far, bar, rate and time left, Cancel.
class JobRow : public QWidget {
    Q_OBJECT

  public:
    explicit JobRow(QWidget* parent = nullptr);
    /// isRun: a training run, whose share says more than its count.
    void show(const JobState& job, bool isRun);

  Q_SIGNALS:
    void cancelRequested(diagonal::JobId job, bool isRun);  ///< of the one shown at the click

  private:
    BusyMark* m_mark;
    TabularLabel* m_title;
    Bar* m_bar;
    TabularLabel* m_detail;
    IconButton* m_cancel;
    JobId m_id = 0;
    bool m_isRun = false;
    qint64 m_done = -1;
};

/// "Labelling 38 of 42"; for a run its name.
QString jobTitle(const JobState& job, bool isRun);
/// "31 images/s · 1 s left"; for a run the share before it.
QString jobDetail(const JobState& job, bool isRun);

}  // namespace diagonal
