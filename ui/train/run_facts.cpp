// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_facts.h"

#include <QGridLayout>
#include <QLocale>
#include <cmath>

#include "ui/train/option_texts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

QString timeText(double seconds) {
    return seconds < 1 ? RunFacts::tr("%1 ms").arg(std::llround(1000 * seconds))
                       : RunFacts::tr("%1 s").arg(QLocale().toString(seconds, 'f', seconds < 10 ? 2 : 1));
}

}  // namespace

RunFacts::RunFacts(QWidget* parent) : Panel(&Tokens::surface, Qt::TopEdge, parent) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(px(16), px(12), px(16), px(12));
    grid->setVerticalSpacing(px(7));
    grid->setColumnStretch(0, 1);
    grid->addWidget(new TextLabel(tr("This run"), 13, 600), 0, 0, 1, 2);
    m_rate = add(grid, tr("Learning rate"));
    m_steps = add(grid, tr("Stops at step"));
    m_next = add(grid, tr("Next checkpoint"));
    m_norm = add(grid, tr("Gradient norm"));
    m_time = add(grid, tr("Time of a step"));
    m_waiting = add(grid, tr("Waiting for data"));
    m_microBatch = add(grid, tr("Micro-batch"));
    m_lossScale = add(grid, tr("Loss scale"));
    m_skipped = add(grid, tr("Left-out batches"));
    m_best = add(grid, tr("Best at step"));
    m_skipped.value->setColour(&Tokens::warn);
    hide();
}

RunFacts::Row RunFacts::add(QGridLayout* grid, const QString& name) {
    const int row = grid->rowCount();
    const Row added = {new ElidedLabel(name, 12, 400, &Tokens::text2), new TabularLabel({}, 12, 600)};
    grid->addWidget(added.name, row, 0);
    grid->addWidget(added.value, row, 1);
    return added;
}

void RunFacts::set(const Row& row, const QString& text) {
    row.value->setText(text);
    row.name->setVisible(!text.isEmpty());
    row.value->setVisible(!text.isEmpty());
}

void RunFacts::setRun(RunModel* run) {
    if (m_run) m_run->disconnect(this);
    m_run = run;
    if (m_run) {
        connect(m_run, &RunModel::changed, this, &RunFacts::refresh);
        connect(m_run, &RunModel::stepsAdded, this, &RunFacts::refresh);
        connect(m_run, &RunModel::validationAdded, this, &RunFacts::refresh);
    }
    refresh();
}

void RunFacts::refresh() {
    static const QString kNone = QStringLiteral("–");
    setVisible(m_run != nullptr);
    for (const Row& row : {m_microBatch, m_lossScale, m_skipped, m_best})
        set(row, {});
    if (!m_run || m_run->steps().empty()) {
        for (const Row& row : {m_rate, m_steps, m_next, m_norm, m_time, m_waiting})
            set(row, kNone);
        return;
    }
    const StepMetrics& last = m_run->steps().back();
    set(m_rate, last.learningRate <= 0
                    ? QStringLiteral("0")
                    : QString::number(last.learningRate, 'e', 2).replace(QLatin1String("e-0"), QLatin1String("e-")));
    set(m_steps, formatCount(m_run->totalSteps()));
    set(m_next, m_run->nextCheckpoint() < 0 ? kNone : formatCount(m_run->nextCheckpoint()));
    set(m_norm, std::isfinite(last.gradientNorm) ? QLocale().toString(last.gradientNorm, 'f', 2) : kNone);
    set(m_time, last.batchTime > 0 ? timeText(last.batchTime) : kNone);
    const double waiting = m_run->waitingForData();
    set(m_waiting, waiting < 0 ? kNone : formatShare(formatNumber(waiting * 100, 1)));
    const bool inParts = last.microBatch > 0 && last.microBatch < m_run->options().batchSize;
    if (inParts) set(m_microBatch, formatCount(last.microBatch));
    if (last.lossScale > 0) set(m_lossScale, formatCount(std::llround(last.lossScale)));
    if (last.skipped > 0) set(m_skipped, formatCount(last.skipped));
    if (m_run->best().step >= 0) {
        set(m_best, formatCount(m_run->best().step));
        m_best.value->setToolTip(QStringLiteral("%1 %2").arg(OptionTexts::value("keep_best", m_run->options()),
                                                             formatCosine(m_run->best().value)));
    }
}

}  // namespace diagonal
