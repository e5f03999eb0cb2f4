// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

#include "ui/train/run_model.h"

class QPushButton;

namespace diagonal {

class Bar;
class ElidedLabel;
class IconButton;
class LinkLabel;
class Pill;
class TabularLabel;
class TextLabel;

/// Name, state and progress of a run, and what can be done with it.
class MonitorHead : public QWidget {
    Q_OBJECT

  public:
    explicit MonitorHead(QWidget* parent = nullptr);
    void setRun(RunModel* run);
    /// Whether another run keeps this one from being resumed.
    void setTrainingBusy(bool busy);

  Q_SIGNALS:
    void stopRequested();
    void resumeRequested();
    void useRequested();
    void openFolderRequested();
    void changeRequested();  ///< of a run that failed before its first step

  private:
    void refresh();

    QPointer<RunModel> m_run;
    bool m_busy = false;
    ElidedLabel *m_name, *m_about;
    Pill* m_state;
    QPushButton *m_resume, *m_stop, *m_use, *m_change;
    IconButton* m_folder;
    TabularLabel *m_step, *m_percent, *m_times;
    ElidedLabel* m_message;
    Bar* m_bar;
    TextLabel* m_error;
};

}  // namespace diagonal
