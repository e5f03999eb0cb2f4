// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

#include "ui/train/run_model.h"

class QGridLayout;

namespace diagonal {

class TabularLabel;

/// "This run": a few numbers that change with every step.
class RunFacts : public QWidget {
    Q_OBJECT

  public:
    explicit RunFacts(QWidget* parent = nullptr);
    void setRun(RunModel* run);

  private:
    TabularLabel* add(QGridLayout* grid, const QString& name);
    void refresh();

    QPointer<RunModel> m_run;
    TabularLabel *m_rate, *m_steps, *m_next, *m_norm, *m_waiting;
};

}  // namespace diagonal
