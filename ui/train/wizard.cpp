// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/wizard.h"

#include <QApplication>
#include <QKeyEvent>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "training/run/option_info.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/train/data_page.h"
#include "ui/train/form.h"
#include "ui/train/model_page.h"
#include "ui/train/objective_page.h"
#include "ui/train/output_page.h"
#include "ui/train/review_page.h"
#include "ui/train/step_button.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/panel.h"

namespace diagonal {

namespace {

constexpr int kRoomForSide = 1100;

}  // namespace

TrainWizard::TrainWizard(Services& services, QWidget* parent) : QWidget(parent), m_services(services) {
    m_data = new DataPage(m_state, services.engine());
    m_output = new OutputPage(m_state, services.engine(), services.runsFolder());
    m_stack = new QStackedWidget;
    for (WizardPage* page : QList<WizardPage*>{m_data, new ModelPage(m_state, services.engine()),
                                               new ObjectivePage(m_state), m_output, new ReviewPage(m_state)})
        addPage(page);
    connect(m_data, &DataPage::previewed, this, &TrainWizard::dataKnown);
    connect(&services.training(), &TrainingService::jobChanged, this, &TrainWizard::showBusy);

    auto* head = new Toolbar;
    m_startOver = makeButton({});
    m_startOver->hide();
    connect(m_startOver, &QPushButton::clicked, this, &TrainWizard::startOver);
    head->add({new TextLabel(tr("New training run"), 15, 600), stretch(1), m_startOver,
               new TextLabel(tr("Enter accepts each page as it stands"), 12, 400, &Tokens::text2)});

    auto* page = new Panel(&Tokens::surface);
    page->setLayout(makeColumn({m_stack}));
    m_side = new Panel(&Tokens::surface, Qt::LeftEdge);
    m_side->setFixedWidth(px(386));
    m_side->setLayout(makeColumn({m_data->sidePanel()}, 0, {1, 0, 0, 0}));

    setLayout(makeColumn({head, {makeRow({makeSteps(), {page, 1}, m_side}), 1}, makeFooter()}));
}

void TrainWizard::addPage(WizardPage* page) {
    m_pages << page;
    m_stack->addWidget(page);
    connect(page, &WizardPage::edited, this, &TrainWizard::rememberEdits);
    connect(page, &WizardPage::edited, this, &TrainWizard::updateSteps);
    connect(page, &WizardPage::ready, this, [this, page] {
        if (page == m_pages[currentStep()]) next();
    });
}

QWidget* TrainWizard::makeSteps() {
    auto* panel = new Panel(&Tokens::window, Qt::RightEdge);
    panel->setFixedWidth(px(233));
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(px(8), px(12), px(9), px(12));
    column->setSpacing(0);
    for (int i = 0; i < m_pages.size(); ++i) {
        auto* step = new StepButton(i + 1, m_pages[i]->stepName(), i + 1 == m_pages.size());
        m_steps << step;
        column->addWidget(step);
        connect(step, &QAbstractButton::clicked, this, [this, i] { goTo(i); });
    }
    column->addStretch();
    return panel;
}

QWidget* TrainWizard::makeFooter() {
    auto* footer = new Panel(&Tokens::window, Qt::TopEdge);
    auto* cancel = makeButton(tr("Cancel"));
    m_blocked = new TextLabel({}, 12, 400, &Tokens::error);
    m_back = makeButton(tr("Back"));
    m_next = makeButton({}, {}, ButtonKind::Primary);
    footer->setLayout(makeRow({cancel, stretch(), m_blocked, m_back, m_next}, 8, {16, 14, 16, 14}));
    connect(cancel, &QPushButton::clicked, this, &TrainWizard::leave);
    connect(m_back, &QPushButton::clicked, this, &TrainWizard::back);
    connect(m_next, &QPushButton::clicked, this, &TrainWizard::next);
    return footer;
}

int TrainWizard::currentStep() const {
    return m_stack->currentIndex();
}

void TrainWizard::begin(const QString& spec) {
    m_state.options = defaultOptions();
    m_edited.clear();
    const ModelInfo* open = m_services.engine().model();
    m_state.finetunePath = open ? fromPath(open->path) : QString();
    m_state.finetuneName = open ? engineText(open->name) : QString();
    m_isDraft = false;
    m_dropped.reset();
    m_output->suggestName();
    load();
    goTo(0);
    if (!spec.isEmpty()) m_data->setSpec(spec);
}

void TrainWizard::load() {
    m_before = m_state.options;  // what the fields take in is no edit
    for (WizardPage* page : m_pages)
        page->load();
    m_before = m_state.options;
    updateStartOver();
}

void TrainWizard::open() {
    if (!m_isDraft && !m_dropped) return begin();
    load();
    goTo(currentStep());
}

void TrainWizard::leave() {
    m_data->stop();
    Q_EMIT cancelled();
}

/// There and back.
void TrainWizard::startOver() {
    if (m_isDraft) {
        Draft draft{m_state.options, m_edited, currentStep()};
        begin();
        m_dropped = std::move(draft);
        updateStartOver();
    } else if (m_dropped) {
        const Draft draft = *std::exchange(m_dropped, std::nullopt);
        m_state.options = draft.options;
        m_edited = draft.edited;
        m_isDraft = true;
        load();
        goTo(draft.step);
    }
}

void TrainWizard::updateStartOver() {
    m_startOver->setText(m_isDraft ? tr("Start over") : tr("Take back starting over"));
    m_startOver->setVisible(m_isDraft || m_dropped);
}

void TrainWizard::showOptions(const TrainOptions& options) {
    m_state.options = options;
    for (const OptionInfo& info : optionInfos())
        m_edited.insert(info.key);
    m_isDraft = true;
    load();
    goTo(stepCount() - 1);
}

void TrainWizard::setData(const QString& spec) {
    goTo(0);
    m_data->setSpec(spec);
}

void TrainWizard::dataKnown() {
    if (m_state.preview) {
        TrainOptions suited = m_state.options;
        suitData(suited, m_state.preview->summary);
        m_state.options = withKept(suited, m_state.options, m_edited);
        m_before = m_state.options;
    }
    m_output->suggestName();
    if (currentStep() > 0) m_pages[currentStep()]->load();
    updateSteps();
}

void TrainWizard::rememberEdits() {
    const std::set<std::string> changed = differences(m_state.options, m_before);
    // The folder is named after the rest.
    if (changed.size() > changed.count("out") && !m_isDraft) {
        m_isDraft = true;
        m_dropped.reset();
        updateStartOver();
    }
    m_edited.insert(changed.begin(), changed.end());
    // Two ways to say one thing.
    if (m_edited.contains("epochs") || m_edited.contains("steps")) m_edited.insert({"epochs", "steps"});
    m_before = m_state.options;
}

/// Where there is little room the page comes first.
void TrainWizard::showSide() {
    m_side->setVisible(m_pages[currentStep()]->sidePanel() != nullptr && width() >= px(kRoomForSide));
}

void TrainWizard::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    showSide();
}

void TrainWizard::goTo(int step) {
    if (step > 0) m_pages[step]->load();
    m_stack->setCurrentIndex(step);
    showSide();
    m_steps[step]->setChecked(true);
    m_back->setEnabled(step > 0);
    const bool last = step + 1 == stepCount();
    m_next->setText(last ? tr("Start training") : tr("Next: %1").arg(formatWithin(m_pages[step + 1]->stepName())));
    setButtonIcon(m_next, last ? QStringLiteral("ui/play") : QString());
    m_pages[step]->focusFirst();
    updateSteps();
    if (last && m_next->isEnabled()) m_next->setFocus();
}

void TrainWizard::back() {
    if (currentStep() > 0) goTo(currentStep() - 1);
}

bool TrainWizard::checkPage(int step) {
    if (m_pages[step]->check()) return true;
    auto* form = m_pages[step]->findChild<FormPage*>();
    if (form == nullptr || !form->showFirstError()) m_pages[step]->focusFirst();
    return false;
}

void TrainWizard::next() {
    const int step = currentStep();
    if (!checkPage(step)) {
        updateSteps();
        return;
    }
    if (step + 1 < stepCount()) {
        goTo(step + 1);
        return;
    }
    for (int i = 0; i < stepCount(); ++i) {
        if (m_pages[i]->check()) continue;
        goTo(i);
        checkPage(i);
        return;
    }
    if (m_services.training().isRunning()) return showBusy();
    m_isDraft = false;
    m_data->stop();
    Q_EMIT startRequested(m_state.options);
}

void TrainWizard::updateSteps() {
    if (m_steps.size() != m_pages.size()) return;
    m_output->suggestName();
    for (int i = 0; i < stepCount(); ++i)
        m_steps[i]->setSummary(m_pages[i]->stepSummary());
    m_steps[0]->setFailed(!m_data->isLooking() && m_state.preview == nullptr);
    showBusy();
}

/// One run trains at a time; another can be prepared meanwhile.
void TrainWizard::showBusy() {
    const bool busy = m_services.training().isRunning();
    const bool last = currentStep() + 1 == stepCount();
    m_blocked->setText(!busy  ? QString()
                       : last ? tr("Another run is training. Stop it, or wait for its end.")
                              : tr("Another run is training; this one can start after it."));
    m_blocked->setColour(last ? &Tokens::error : &Tokens::text2);
    m_next->setEnabled(!busy || !last);
}

void TrainWizard::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        auto* button = qobject_cast<QPushButton*>(QApplication::focusWidget());
        if (button != nullptr && button != m_next) {
            button->click();
        } else {
            next();
        }
        return;
    }
    if (event->key() == Qt::Key_Escape) return leave();
    QWidget::keyPressEvent(event);
}

}  // namespace diagonal
