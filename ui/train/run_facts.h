// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>

#include "ui/train/run_model.h"
#include "ui/widgets/panel.h"

class QGridLayout;

namespace diagonal {

class ElidedLabel;
class TabularLabel;

/// "This run": a few numbers that change with every step.
class RunFacts : public Panel {
    Q_OBJECT

  public:
    explicit RunFacts(QWidget* parent = nullptr);
    void setRun(RunModel* run);

  private:
    struct Row {
        ElidedLabel* name;
        TabularLabel* value;
    };

    Row add(QGridLayout* grid, const QString& name);
    /// An empty text takes the row away.
    static void set(const Row& row, const QString& text);
    void refresh();

    QPointer<RunModel> m_run;
    Row m_rate, m_steps, m_next, m_norm, m_time, m_waiting;
    Row m_microBatch, m_lossScale, m_skipped, m_best;  ///< only where there is something to say
};

}  // namespace diagonal
