// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_facts.h"

#include <QGridLayout>
#include <QLocale>

#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

RunFacts::RunFacts(QWidget* parent) : QWidget(parent) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(px(16), px(12), px(16), px(12));
    grid->setVerticalSpacing(px(7));
    grid->setColumnStretch(0, 1);
    grid->addWidget(new TextLabel(tr("This run"), 13, 600), 0, 0, 1, 2);
    m_rate = add(grid, tr("Learning rate"));
    m_steps = add(grid, tr("Stops at step"));
    m_next = add(grid, tr("Next checkpoint"));
    m_norm = add(grid, tr("Gradient norm"));
    m_waiting = add(grid, tr("Waiting for data"));
}

TabularLabel* RunFacts::add(QGridLayout* grid, const QString& name) {
    const int row = grid->rowCount();
    auto* value = new TabularLabel({}, 12, 600);
    value->setAccessibleName(name);
    grid->addWidget(new ElidedLabel(name, 12, 400, &Tokens::text2), row, 0);
    grid->addWidget(value, row, 1);
    return value;
}

void RunFacts::setRun(RunModel* run) {
    if (m_run) m_run->disconnect(this);
    m_run = run;
    if (m_run) {
        connect(m_run, &RunModel::changed, this, &RunFacts::refresh);
        connect(m_run, &RunModel::stepsAdded, this, &RunFacts::refresh);
    }
    refresh();
}

void RunFacts::refresh() {
    static const QString kNone = QStringLiteral("–");
    if (!m_run || m_run->steps().empty()) {
        for (TabularLabel* label : {m_rate, m_steps, m_next, m_norm, m_waiting})
            label->setText(kNone);
        return;
    }
    const StepMetrics& last = m_run->steps().back();
    m_rate->setText(
        last.learningRate <= 0
            ? QStringLiteral("0")
            : QString::number(last.learningRate, 'e', 2).replace(QLatin1String("e-0"), QLatin1String("e-")));
    m_steps->setText(formatCount(m_run->totalSteps()));
    m_next->setText(m_run->nextCheckpoint() < 0 ? kNone : formatCount(m_run->nextCheckpoint()));
    m_norm->setText(QLocale().toString(last.gradientNorm, 'f', 2));
    const double waiting = m_run->waitingForData();
    m_waiting->setText(waiting < 0 ? kNone : QLocale().toString(waiting * 100, 'f', 1) + QLatin1Char('%'));
}

}  // namespace diagonal
