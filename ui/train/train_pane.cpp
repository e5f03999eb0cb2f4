// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/train_pane.h"

#include <QAction>
#include <QApplication>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QListView>
#include <QPushButton>
#include <QStackedWidget>

#include "ui/base/model_paths.h"
#include "ui/base/paths.h"
#include "ui/pictures/drop_frame.h"
#include "ui/shell/services.h"
#include "ui/shell/splitter.h"
#include "ui/style/layouts.h"
#include "ui/train/curves.h"
#include "ui/train/monitor_head.h"
#include "ui/train/probe_panel.h"
#include "ui/train/run_facts.h"
#include "ui/train/run_list.h"
#include "ui/train/wizard.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/panel.h"

namespace diagonal {

namespace {

constexpr int kRoomForProbe = 1000;

/// All that is on disk of a run.
struct Record {
    explicit Record(const QString& folder) : run(readRun(toPath(folder))), history(readHistory(run.folder)) {}
    RunModel* model(QObject* parent) { return new RunModel(std::move(run), history, parent); }

    RunRecord run;
    RunHistory history;
};

Panel* panelOf(QLayout* layout, Qt::Edges hairlines = {}) {
    auto* panel = new Panel(&Tokens::surface, hairlines);
    panel->setLayout(layout);
    return panel;
}

}  // namespace

TrainPane::TrainPane(Services& services, QWidget* parent)
    : Pane(parent), m_services(services), m_runs(new RunListModel(this)), m_known(std::make_shared<KnownRuns>()) {
    makeActions();
    m_stack = new QStackedWidget;
    m_wizard = new TrainWizard(services);
    m_wizard->setPastRuns(&m_runs->runs());
    m_stack->addWidget(makeSplitter(Qt::Horizontal, QStringLiteral("train/splitter"),
                                    {{makeRunColumn(), 241}, {makeMonitor(), 1100}}, 1));
    m_stack->addWidget(m_wizard);
    setLayout(makeColumn({m_stack}));

    connect(m_wizard, &TrainWizard::startRequested, this, &TrainPane::start);
    connect(m_wizard, &TrainWizard::cancelled, this, &TrainPane::leaveWizard);
    connectTraining();
    updateActions();
}

void TrainPane::makeActions() {
    m_newRun = makeAction(tr("New run…"), {}, &TrainPane::newRun);
    m_openRun = makeAction(tr("Open run folder…"), {}, [this] {
        const QString folder = QFileDialog::getExistingDirectory(this, tr("Run folder"), m_services.runsFolder());
        if (!folder.isEmpty()) openRun(folder);
    });
    m_stop = makeAction(tr("Stop training"), {}, [this] { m_services.training().stop(); });
    m_resume = makeAction(tr("Resume run"), {}, [this] {
        if (m_shown) resume(m_shown->folder());
    });
    m_refresh = makeAction(tr("Look for new runs"), QKeySequence::Refresh, &TrainPane::refreshRuns);
}

QWidget* TrainPane::makeRunColumn() {
    auto* head = new Toolbar;
    auto* create = makeButton(tr("New run…"), QStringLiteral("ui/plus"), ButtonKind::Primary);
    connect(create, &QPushButton::clicked, this, &TrainPane::newRun);
    head->add({new TextLabel(tr("Runs"), 13, 600), stretch(1), create});
    m_list = new QListView;
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setModel(m_runs);
    m_list->setMouseTracking(true);
    m_list->setUniformItemSizes(false);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Runs"));
    auto* delegate = new RunDelegate(this);
    m_list->setItemDelegate(delegate);
    connect(delegate, &RunDelegate::resumeRequested, this, &TrainPane::resume);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) select(index.data(RunListModel::FolderRole).toString());
    });
    m_facts = new RunFacts;
    auto* open = makeButton(tr("Open run folder…"));
    connect(open, &QPushButton::clicked, m_openRun, &QAction::trigger);
    auto* refresh = new IconButton(QStringLiteral("ui/refresh"), tr("Look for new runs"));
    connect(refresh, &QToolButton::clicked, this, &TrainPane::refreshRuns);
    Panel* foot = panelOf(makeRow({open, stretch(), refresh}, 8, {12, 8, 12, 8}), Qt::TopEdge);
    Panel* panel = panelOf(makeColumn({head, {m_list, 1}, m_facts, foot}, 0, {0, 0, 1, 0}), Qt::RightEdge);
    panel->setMinimumWidth(px(200));
    panel->setMaximumWidth(px(376));
    return panel;
}

QWidget* TrainPane::makeMonitor() {
    m_content = new QStackedWidget;
    auto* empty = new EmptyState(tr("Train a model"),
                                 tr("Choose pictures with captions, or let Diagonal draw scenes. Loss, temperature and "
                                    "the matrix of a probe batch show what the model learns while it learns it."));
    empty->setDrawing(true);
    auto* create = empty->addButton(tr("New run…"), QStringLiteral("ui/plus"), ButtonKind::Primary);
    auto* open = empty->addButton(tr("Open run folder…"), QStringLiteral("ui/folder"));
    connect(create, &QPushButton::clicked, this, &TrainPane::newRun);
    connect(open, &QPushButton::clicked, m_openRun, &QAction::trigger);

    m_head = new MonitorHead;
    m_curves = new Curves;
    m_probe = new ProbePanel;
    m_probeSide = panelOf(makeColumn({m_probe}), Qt::LeftEdge);
    m_probeSide->setMinimumWidth(px(300));
    QSplitter* split = makeSplitter(Qt::Horizontal, QStringLiteral("train/probeSplitter"),
                                    {{panelOf(makeColumn({m_curves})), 706}, {m_probeSide, 418}}, 0);
    m_content->addWidget(panelOf(makeColumn({empty})));
    m_content->addWidget(panelOf(makeColumn({m_head, new Hairline, {split, 1}})));

    connect(m_head, &MonitorHead::stopRequested, m_stop, &QAction::trigger);
    connect(m_head, &MonitorHead::resumeRequested, m_resume, &QAction::trigger);
    connect(m_head, &MonitorHead::useRequested, this, &TrainPane::useModel);
    connect(m_head, &MonitorHead::openFolderRequested, this, &TrainPane::openFolder);
    connect(m_head, &MonitorHead::changeRequested, this, [this] {
        if (!m_shown) return;
        m_wizard->showOptions(m_shown->options());
        m_stack->setCurrentIndex(1);
    });
    return m_content;
}

void TrainPane::connectTraining() {
    TrainingService& training = m_services.training();
    connect(&training, &TrainingService::started, this,
            [this](const TrainOptions& options, qint64 firstStep, qint64 totalSteps) {
                if (m_live) m_live->begin(options, firstStep, totalSteps);
                updateActions();
            });
    connect(&training, &TrainingService::stepsDone, this, [this](const std::vector<StepMetrics>& steps) {
        if (m_live) m_live->add(steps);
    });
    connect(&training, &TrainingService::validated, this, [this](const ValidationMetrics& metrics) {
        if (m_live) m_live->add(metrics);
    });
    connect(&training, &TrainingService::checkpointSaved, this, [this](qint64 step) {
        if (m_live) m_live->addCheckpoint(step);
    });
    connect(&training, &TrainingService::message, this, [this](const QString& text) {
        if (m_live) m_live->setMessage(text);
    });
    connect(&training, &TrainingService::finished, this, [this](const TrainingResult& result) {
        if (m_live) m_live->setState(result.finished ? RunState::Finished : RunState::Stopped);
        if (m_live && result.finished && !isVisible()) m_news = true;
        updateActions();
    });
    connect(&training, &TrainingService::failed, this, [this](const JobError& error) {
        if (m_live) m_live->fail(error);
        m_news = m_news || !isVisible();
        updateActions();
    });
    connect(&training, &TrainingService::jobChanged, this, [this] {
        // The status bar says the same.
        if (m_live && m_services.training().isRunning())
            m_live->setSecondsLeft(m_services.training().job().secondsLeft);
        if (m_live && m_services.training().isStopping() && m_live->state() == RunState::Running)
            m_live->setState(RunState::Stopping);
        updateActions();
    });
}

void TrainPane::newRun() {
    m_wizard->open();
    m_stack->setCurrentIndex(1);
}

bool TrainPane::isWizardShown() const {
    return m_stack->currentIndex() == 1;
}

bool TrainPane::hasNews() const {
    return m_news || m_services.training().isRunning();
}

bool TrainPane::openPaths(const QStringList& paths) {
    if (paths.isEmpty()) return false;
    m_services.compute(
        &m_openOwner, {}, [path = paths.first()](const JobContext&) { return isRunPath(path); },
        [this, path = paths.first()](bool isRun) { isRun ? openRun(path) : openData(path); });
    return true;
}

void TrainPane::openData(const QString& path) {
    if (!isWizardShown()) newRun();
    m_wizard->setData(path);
}

void TrainPane::start(const TrainOptions& options) {
    auto* run = new RunModel(this);
    beginLive(run, options);
    m_services.training().start(options);
    updateActions();
}

void TrainPane::beginLive(RunModel* run, const TrainOptions& options) {
    run->setFolder(fromPath(options.output), options);
    run->setState(RunState::Starting);
    if (m_live && m_live != m_shown && m_live != run) m_live->deleteLater();
    m_live = run;
    connect(run, &RunModel::changed, this, &TrainPane::updateList);
    connect(run, &RunModel::stepsAdded, this, &TrainPane::updateList);
    connect(run, &RunModel::validationAdded, this, &TrainPane::updateList);
    connect(run, &RunModel::checkpointAdded, this, &TrainPane::updateList);
    leaveWizard();
    showRun(run);
    updateList();
}

/// The runs take its place, and its focus, which would go wherever.
void TrainPane::leaveWizard() {
    const bool hadFocus = m_wizard->isAncestorOf(QApplication::focusWidget());
    m_stack->setCurrentIndex(0);
    if (hadFocus) m_list->setFocus();
}

void TrainPane::resume(const QString& folder) {
    if (m_services.training().isRunning()) {
        m_services.notify(tr("Another run is training. Stop it, or wait for its end."));
        return;
    }
    m_services.compute(
        &m_resumeOwner, tr("Reading the run"), [folder](const JobContext&) { return Record(folder); },
        [this, folder](Record record) {
            if (m_services.training().isRunning()) return;
            const TrainOptions options = record.run.options;
            beginLive(record.model(this), options);
            m_services.training().resume(folder);
            updateActions();
        });
}

void TrainPane::openRun(const QString& folder) {
    leaveWizard();
    const QString clean = QDir::cleanPath(folder);
    if (m_runs->rowOf(clean) < 0 && !m_foreign.contains(clean)) m_foreign << clean;
    select(clean);
}

void TrainPane::select(const QString& folder) {
    m_wanted = folder;
    if (m_shown && m_shown->folder() == folder) return;
    if (m_live && m_live->folder() == folder) {
        showRun(m_live);
        return;
    }
    m_services.compute(
        &m_readOwner, tr("Reading the run"), [folder](const JobContext&) { return Record(folder); },
        [this, folder](Record record) {
            if (m_wanted != folder) return;  // another was chosen meanwhile
            RunModel* run = record.model(this);
            m_runs->update(summaryOf(*run));
            showRun(run);
        },
        [this, folder](const JobError& error) {
            if (m_wanted != folder) return;
            auto* run = new RunModel(this);
            run->setFolder(folder, {});
            run->fail(error);
            showRun(run);
        });
}

void TrainPane::showRun(RunModel* run) {
    RunModel* before = m_shown;
    m_shown = run;
    m_wanted = run->folder();
    m_head->setRun(run);
    m_curves->setRun(run);
    m_probe->setRun(run);
    m_facts->setRun(run);
    m_content->setCurrentIndex(1);
    if (before != nullptr && before != run && before != m_live) before->deleteLater();
    const int row = m_runs->rowOf(run->folder());
    if (row >= 0) m_list->setCurrentIndex(m_runs->index(row));
    connect(run, &RunModel::changed, this, &TrainPane::updateActions, Qt::UniqueConnection);
    updateActions();
}

void TrainPane::refreshRuns() {
    m_services.compute(
        &m_listOwner, tr("Looking for runs"),
        [folder = m_services.runsFolder(), known = m_known](const JobContext& job) {
            return readRunSummaries(folder, job, known.get());
        },
        [this](std::vector<RunSummary> found) {
            const QSignalBlocker blocker(m_list->selectionModel());
            m_runs->setRuns(std::move(found));
            if (m_live) m_runs->update(summaryOf(*m_live));
            if (m_shown && m_shown != m_live) m_runs->update(summaryOf(*m_shown));
            const int row = m_shown ? m_runs->rowOf(m_shown->folder()) : -1;
            if (row >= 0) m_list->setCurrentIndex(m_runs->index(row));
            m_list->viewport()->update();
            if (!m_shown && m_runs->rowCount() > 0) select(m_runs->run(0).folder);
        });
}

void TrainPane::showEvent(QShowEvent* event) {
    Pane::showEvent(event);
    if (m_news) {
        m_news = false;
        Q_EMIT newsChanged();
    }
    refreshRuns();
}

/// Where there is little room the curves come first.
void TrainPane::resizeEvent(QResizeEvent* event) {
    Pane::resizeEvent(event);
    m_probeSide->setVisible(width() >= px(kRoomForProbe));
}

void TrainPane::updateList() {
    if (!m_live || m_live->folder().isEmpty()) return;
    m_runs->update(summaryOf(*m_live));
    const int row = m_runs->rowOf(m_live->folder());
    if (m_shown == m_live && m_list->currentIndex().row() != row) m_list->setCurrentIndex(m_runs->index(row));
}

void TrainPane::updateActions() {
    const bool running = m_services.training().isRunning();
    m_stop->setEnabled(running && !m_services.training().isStopping());
    m_resume->setEnabled(!running && m_shown && m_shown->canResume());
    m_head->setTrainingBusy(running);
    Q_EMIT newsChanged();
}

void TrainPane::useModel() {
    if (!m_shown) return;
    m_services.openModel(m_shown->folder());
    Q_EMIT m_services.paneRequested(QStringLiteral("label"), {});
}

void TrainPane::openFolder() {
    if (m_shown) QDesktopServices::openUrl(toUrl(m_shown->folder()));
}

}  // namespace diagonal
