// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/monitor_head.h"

#include <QPushButton>
#include <cmath>

#include "ui/style/layouts.h"
#include "ui/train/option_texts.h"
#include "ui/train/run_list.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

Pill::Kind pillKind(RunState state) {
    if (state == RunState::Stopped || state == RunState::Stopping) return Pill::Kind::Warn;
    if (state == RunState::Failed || state == RunState::Died) return Pill::Kind::Error;
    return state == RunState::Finished ? Pill::Kind::Quiet : Pill::Kind::Accent;
}

/// "from scratch · small · scenes · batch 128"
QString about(const RunModel& run) {
    const TrainOptions& options = run.options();
    const QString model = QString::fromStdString(options.model);
    const bool fineTuned = run.isFineTuned();
    QStringList parts = {fineTuned ? MonitorHead::tr("fine-tuned") : MonitorHead::tr("from scratch"),
                         fineTuned ? model.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty) : model,
                         dataName(options), MonitorHead::tr("batch %1").arg(formatCount(options.batchSize))};
    for (const char* key : {"loss", "precision"})
        if (differences(options, {}).contains(key)) parts << formatWithin(OptionTexts::value(key, options));
    return parts.join(QStringLiteral(" · "));
}

}  // namespace

MonitorHead::MonitorHead(QWidget* parent) : QWidget(parent) {
    m_name = new ElidedLabel({}, 15, 600);
    m_state = new Pill;
    m_about = new ElidedLabel({}, 12, 400, &Tokens::text2);
    m_change = makeButton(tr("Change options…"));
    m_use = makeButton(tr("Use this model"), QStringLiteral("ui/picture"));
    m_use->setToolTip(tr("Opens the newest model of this run and labels pictures with it"));
    m_resume = makeButton(tr("Resume"), QStringLiteral("ui/play"), ButtonKind::Primary);
    m_stop = makeButton(tr("Stop"), QStringLiteral("ui/stop"), ButtonKind::Danger);
    m_stop->setToolTip(tr("Saves a checkpoint after this step and stops. Resume goes on from there."));
    m_folder = new IconButton(QStringLiteral("ui/folder"), tr("Open the run folder"));
    m_step = new TabularLabel({}, 13, 600);
    m_step->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_message = new ElidedLabel({}, 12, 400, &Tokens::text2);
    m_bar = new Bar(6);
    m_percent = new TabularLabel({}, 13, 600);
    m_percent->reserve(QStringLiteral("100.0%"));
    m_times = new TabularLabel({}, 13, 400, &Tokens::text2);
    m_error = makeWrapped({}, 12, 400, &Tokens::error);
    m_error->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setLayout(makeColumn({makeRow({m_name, m_state, {m_about, 1}, m_change, m_use, m_resume, m_stop, m_folder}, 8),
                          makeRow({m_step, {m_message, 1}, {m_bar, 3}, m_percent, m_times}, 12), m_error},
                         8, {16, 10, 16, 12}));

    connect(m_stop, &QPushButton::clicked, this, &MonitorHead::stopRequested);
    connect(m_resume, &QPushButton::clicked, this, &MonitorHead::resumeRequested);
    connect(m_use, &QPushButton::clicked, this, &MonitorHead::useRequested);
    connect(m_folder, &QToolButton::clicked, this, &MonitorHead::openFolderRequested);
    connect(m_change, &QPushButton::clicked, this, &MonitorHead::changeRequested);
}

void MonitorHead::setRun(RunModel* run) {
    if (m_run) m_run->disconnect(this);
    m_run = run;
    if (m_run) {
        connect(m_run, &RunModel::changed, this, &MonitorHead::refresh);
        connect(m_run, &RunModel::reset, this, &MonitorHead::refresh);
        connect(m_run, &RunModel::stepsAdded, this, &MonitorHead::refresh);
        connect(m_run, &RunModel::checkpointAdded, this, &MonitorHead::refresh);
    }
    refresh();
}

void MonitorHead::setTrainingBusy(bool busy) {
    m_busy = busy;
    refresh();
}

void MonitorHead::refresh() {
    if (!m_run) return;
    const RunState state = m_run->state();
    const bool active = state == RunState::Starting || state == RunState::Running || state == RunState::Stopping;
    m_name->setText(m_run->name());
    m_state->set(stateName(state), pillKind(state));
    m_about->setText(m_run->options().trainData.empty() ? QString() : about(*m_run));
    m_about->setToolTip(QString::fromStdString(m_run->options().trainData));

    const bool hadFocus = m_stop->hasFocus() || m_resume->hasFocus();
    m_stop->setVisible(active);
    m_stop->setEnabled(state != RunState::Stopping);
    m_resume->setVisible(m_run->canResume());
    m_resume->setEnabled(!m_busy);
    m_resume->setToolTip(m_busy ? tr("Another run is training. Stop it, or wait for its end.") : QString());
    // The keyboard stays with the two; a button that goes away would hand it on to wherever.
    if (hadFocus) (active ? m_stop : m_resume)->setFocus();
    m_use->setVisible(m_run->hasModel());
    setButtonKind(m_use, state == RunState::Finished ? ButtonKind::Primary : ButtonKind::Normal);
    const bool isKnown = !m_run->options().trainData.empty();
    m_change->setVisible(state == RunState::Failed && m_run->steps().empty() && isKnown);
    m_folder->setEnabled(!m_run->steps().empty());  // and stays: Stop beside it is not to move

    m_step->setText(m_run->totalSteps() > 0
                        ? tr("Step %1 of %2").arg(formatCount(m_run->step()), formatCount(m_run->totalSteps()))
                        : stateName(state));
    const bool showsMessage = active && !m_run->message().isEmpty();
    m_message->setVisible(showsMessage);
    m_message->setText(OptionTexts::inWords(m_run->message()));
    m_bar->setValue(m_run->progress());
    m_bar->setColour(state == RunState::Stopped || state == RunState::Died ? &Tokens::warnLine : &Tokens::accent);
    m_percent->setText(formatShare(formatNumber(std::floor(m_run->progress() * 1000) / 10, 1)));
    QString times = m_run->steps().empty() ? QString() : tr("%1 elapsed").arg(formatTimeLeft(m_run->seconds()));
    if (state == RunState::Running && m_run->secondsLeft() >= 0)
        times += QStringLiteral("   ") + tr("%1 left").arg(formatTimeLeft(m_run->secondsLeft()));
    if (state == RunState::Stopping) times += QStringLiteral("   ") + tr("saving a checkpoint…");
    m_times->setText(times);

    const JobError& error = m_run->error();
    m_error->setText(state == RunState::Failed ? OptionTexts::inWords(error.text()) : QString());
    m_error->setVisible(state == RunState::Failed && !error.problem.isEmpty());
}

}  // namespace diagonal
