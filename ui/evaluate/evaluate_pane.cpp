// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/evaluate_pane.h"

#include <QAction>
#include <QComboBox>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>

#include "ui/base/paths.h"
#include "ui/evaluate/calibration_view.h"
#include "ui/evaluate/class_page.h"
#include "ui/evaluate/confusion_page.h"
#include "ui/evaluate/evaluation_export.h"
#include "ui/evaluate/few_shot_plot.h"
#include "ui/evaluate/picture_panel.h"
#include "ui/evaluate/results_chart.h"
#include "ui/evaluate/results_view.h"
#include "ui/evaluate/setup_panel.h"
#include "ui/evaluate/suspect_page.h"
#include "ui/evaluate/template_page.h"
#include "ui/pictures/drop_frame.h"
#include "ui/shell/services.h"
#include "ui/shell/splitter.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/busy_mark.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kSetupWidth = 264, kPicturesWidth = 400;
constexpr int kNarrowPane = 1240, kLeastWidth = 480;

/// A mark of the legend: filled, hollow or grey.
class StandingMark : public QWidget {
  public:
    enum Kind { Best, Within, Worse };
    explicit StandingMark(Kind kind) : m_kind(kind) {
        setFixedSize(px(12), px(16));
        followTheme(this, [this] { update(); });
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QColor ink = colour(m_kind == Worse ? &Tokens::bar : &Tokens::accent);
        painter.setPen(QPen(ink, 1.5));
        painter.setBrush(m_kind == Within ? colour(&Tokens::surface) : ink);
        painter.drawEllipse(QRectF(rect()).center(), px(3), px(3));
    }

  private:
    Kind m_kind;
};

}  // namespace

EvaluatePane::EvaluatePane(Services& services, QWidget* parent)
    : PaneShell(parent), m_services(services), m_runs(services.engine()), m_setup(new SetupPanel(services)) {
    createActions();
    createToolbar();
    m_notice = addNotice(true);
    m_empty = new EmptyState(
        tr("Find out how good a model is on your data"),
        tr("Add models at the left, choose pictures whose labels or captions are known, and evaluate. Every number "
           "comes with its 95% interval; what differs within noise is said."));
    QPushButton* addModel = m_empty->addButton(tr("Add the open model"), QStringLiteral("ui/plus"));
    connect(addModel, &QPushButton::clicked, this, [this] {
        const QString source = m_services.engine().modelSource();
        m_setup->compared().addModel(source.isEmpty() ? QStringLiteral("demo") : source);
    });
    m_right = new QStackedWidget;
    m_right->addWidget(m_empty);
    m_right->addWidget(makeSplitter(Qt::Vertical, QStringLiteral("evaluate/resultsSplitter"),
                                    {{makeResults(), 370}, {makeDetails(), 430}}, 1));
    m_body = makeSplitter(Qt::Horizontal, QStringLiteral("evaluate/setupSplitter"),
                          {{m_setup, kSetupWidth}, {m_right, 1100}}, 1);
    addPage(m_body);
    connectParts();
    arrange();
    showTab();
    takeEdits();
    m_runs.restore();
}

EvaluatePane::~EvaluatePane() {
    disconnect(&m_runs, nullptr, this, nullptr);
    delete m_body;  // its parts use members
    m_body = nullptr;
}

void EvaluatePane::createActions() {
    m_run = makeAction(tr("&Evaluate"), {"Ctrl+Return"}, &EvaluatePane::evaluate);
    m_stop = makeAction(tr("&Stop evaluating"), {"Ctrl+Shift+."}, [this] { m_runs.cancel(); });
    m_exportAction = makeAction(tr("&Export evaluation…"), {"Ctrl+E"}, [this] { m_export->showMenu(); });
}

void EvaluatePane::createToolbar() {
    m_evaluate = makeButton(tr("Evaluate"), QStringLiteral("ui/play"), ButtonKind::Primary);
    m_cancel = makeButton(tr("Cancel"), QStringLiteral("ui/stop"));
    m_status = new ElidedLabel({}, 12, 400, &Tokens::text2);
    m_busy = new BusyMark;
    m_bar = new Bar(4);
    m_bar->setFixedWidth(px(120));
    m_bar->setAccessibleName(tr("Progress"));
    m_page = makeButton(tr("Report…"));
    m_page->setToolTip(tr("One page of HTML with all that was found"));
    m_export = makeButton(tr("Export…"), QStringLiteral("ui/export"));
    auto* menu = new QMenu(m_export);
    m_export->setMenu(menu);
    toolbar().add({m_evaluate, m_cancel, m_busy, m_bar, {m_status, 1}, m_page, m_export});
    connect(m_evaluate, &QPushButton::clicked, this, &EvaluatePane::evaluate);
    connect(m_cancel, &QPushButton::clicked, &m_runs, &EvaluationRuns::cancel);
    connect(m_page, &QPushButton::clicked, this, [this] { saveEvaluationPage(this, m_services, m_runs.report()); });
    connect(menu, &QMenu::aboutToShow, this,
            [this, menu] { fillExportMenu(*menu, this, m_services, m_runs.report(), m_runs.dataNames()); });
}

QWidget* EvaluatePane::makeResults() {
    m_table = new ResultsView(m_results);
    auto* tablePart = new Panel(&Tokens::surface);
    tablePart->setLayout(makeColumn({{m_table, 1}, new ResultsAxes(m_results, *m_table)}));
    m_chart = new ResultsChart(m_results);
    m_figure = new QComboBox;
    m_figure->setAccessibleName(tr("Figure of the chart"));
    auto* chartPart = new Panel(&Tokens::surface);
    chartPart->setLayout(makeColumn({makeRow({m_figure, stretch(1)}, 0, {16, 4, 16, 8}), {makeScroll(m_chart), 1}}));
    m_views = new QStackedWidget;
    m_views->addWidget(tablePart);
    m_views->addWidget(chartPart);
    m_viewKind = new SegmentedControl({tr("Table"), tr("Chart")});
    m_viewKind->setAccessibleName(tr("How results are shown"));
    auto* header = m_resultsHeader = new SectionHeader(tr("Results"));
    m_withinNoise = new TextLabel({}, 12, 400, &Tokens::text2);
    auto* legend = new QWidget;
    legend->setLayout(
        makeRow({new StandingMark(StandingMark::Best), new TextLabel(tr("best"), 12, 400, &Tokens::text2), gap(8),
                 new StandingMark(StandingMark::Within), m_withinNoise, gap(8), new StandingMark(StandingMark::Worse),
                 new TextLabel(tr("worse"), 12, 400, &Tokens::text2)},
                4));
    header->addRight(legend);
    header->addRight(m_viewKind);
    auto* part = new Panel(&Tokens::surface);
    part->setMinimumWidth(px(kLeastWidth));
    part->setLayout(makeColumn({makeRow({{header, 1}}, 0, {16, 0, 16, 0}), {m_views, 1}}));
    connect(m_viewKind, &SegmentedControl::currentChanged, m_views, &QStackedWidget::setCurrentIndex);
    connect(m_figure, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_wantedFigure = m_figure->currentText();
        m_chart->setColumn(ResultsModel::FirstFigure + std::max(0, index));
    });
    return part;
}

QWidget* EvaluatePane::makeTabRow() {
    m_tabs = new SegmentedControl(
        {tr("Confusion"), tr("Per class"), tr("Few-shot"), tr("Calibration"), tr("Templates"), tr("Suspected")});
    m_tabs->setAccessibleName(tr("What is shown of a row"));
    m_rowBox = new QComboBox;
    m_rowBox->setAccessibleName(tr("Model and prompts that are shown"));
    m_rowBox->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_rowBox->setMinimumContentsLength(6);
    m_rowBox->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_rowBox->setMaximumWidth(px(360));
    m_numbers = new SegmentedControl({tr("Share of row"), tr("Count")});
    m_numbers->setAccessibleName(tr("Numbers of cells"));
    m_order = new QComboBox;
    m_order->setAccessibleName(tr("Order of classes"));
    m_order->addItems({tr("By confusion"), tr("As given"), tr("By name")});
    m_orderPart = new QWidget;
    m_orderPart->setLayout(
        makeRow({m_numbers, gap(8), new TextLabel(tr("Order"), 12, 400, &Tokens::text2), m_order}, 8));
    auto* row = new Panel(&Tokens::window, Qt::TopEdge | Qt::BottomEdge);
    m_tabRow = makeRow({m_tabs,
                        new TextLabel(tr("of", "a row of results"), 12, 400, &Tokens::text2),
                        {m_rowBox, 3},
                        stretch(1),
                        m_orderPart},
                       8);
    m_orderRow = makeRow({stretch(1)});
    row->setLayout(makeColumn({m_tabRow, m_orderRow}, 6, {16, 6, 16, 6}));
    return row;
}

QWidget* EvaluatePane::makeDetails() {
    m_confusion = new ConfusionPage;
    m_classes = new ClassPage;
    m_pictures = new PicturePanel(m_services);
    m_fewShot = new FewShotPlot;
    m_fewShotNote = makeWrapped({}, 12);
    m_calibration = new CalibrationView;
    m_templates = new TemplatePage;
    m_suspects = new SuspectPage(m_services);
    auto* classPages = new QStackedWidget;
    classPages->addWidget(m_confusion);
    classPages->addWidget(m_classes);
    auto* byClass = makeSplitter(Qt::Horizontal, QStringLiteral("evaluate/picturesSplitter"),
                                 {{classPages, 700}, {m_pictures, kPicturesWidth}}, 0);
    auto* curve = new Panel(&Tokens::surface);
    auto* curveHeader = new SectionHeader(tr("Accuracy by labelled pictures a class"));
    curveHeader->setNote(tr("mean and spread of the seeds; rings: where the curves meet zero-shot"));
    curve->setLayout(makeColumn({makeRow({{curveHeader, 1}}, 0, {16, 0, 16, 0}),
                                 {m_fewShot, 1},
                                 makeRow({{m_fewShotNote, 1}}, 0, {16, 2, 16, 10})}));
    auto* calibrated = new Panel(&Tokens::surface);
    calibrated->setLayout(makeColumn({m_calibration}));
    m_pages = new QStackedWidget;
    m_curve = curve;
    m_calibrated = calibrated;
    auto* curveAndCalibration = makeSplitter(Qt::Horizontal, QStringLiteral("evaluate/calibrationSplitter"),
                                             {{curve, 600}, {calibrated, 500}}, 0);
    for (QWidget* page : std::initializer_list<QWidget*>{byClass, curveAndCalibration, m_templates, m_suspects})
        m_pages->addWidget(page);
    auto* details = new Panel(&Tokens::surface);
    details->setMinimumWidth(px(kLeastWidth));  // arrange() makes room
    details->setLayout(makeColumn({makeTabRow(), {m_pages, 1}}));
    connect(m_tabs, &SegmentedControl::currentChanged, this, [this, classPages](int tab) {
        if (tab <= PerClass) classPages->setCurrentIndex(tab);
        showTab();
    });
    return details;
}

/// In a narrow window there is no room for everything in one row.
void EvaluatePane::arrange() {
    const bool isNarrow = m_isNarrow = width() < px(kNarrowPane);
    m_resultsHeader->setNote(isNarrow ? QString() : tr("percent; the line is the 95% interval"));
    m_withinNoise->setText(isNarrow ? tr("≈ within noise") : tr("≈ difference to the best is within noise"));
    QHBoxLayout* wanted = isNarrow ? m_orderRow : m_tabRow;
    if (wanted->indexOf(m_orderPart) >= 0) return;
    (isNarrow ? m_tabRow : m_orderRow)->removeWidget(m_orderPart);
    wanted->insertWidget(isNarrow ? 0 : wanted->count(), m_orderPart);
    showTab();
}

void EvaluatePane::resizeEvent(QResizeEvent* event) {
    PaneShell::resizeEvent(event);
    arrange();
}

void EvaluatePane::showTab() {
    const int tab = m_tabs->currentIndex();
    m_pages->setCurrentIndex(tab <= PerClass ? 0 : tab <= Calibrated ? 1 : tab - 2);
    m_curve->setVisible(tab != Calibrated);
    m_calibrated->setVisible(tab == Calibrated || !m_isNarrow);
    m_orderPart->setVisible(tab == Confusion);
}

void EvaluatePane::connectParts() {
    connect(m_setup, &SetupPanel::edited, this, &EvaluatePane::takeEdits);
    connect(&m_runs, &EvaluationRuns::changed, this, &EvaluatePane::showReport);
    connect(&m_runs, &EvaluationRuns::ended, this, &EvaluatePane::ended);
    connect(&m_runs, &EvaluationRuns::stageChanged, this, [this](const QString& stage) {
        m_stage = stage;
        refresh();
    });
    connect(&m_runs, &EvaluationRuns::progressed, this, &EvaluatePane::showProgress);
    connect(&m_runs, &EvaluationRuns::dataFailed, this, [this](const JobError& error) {
        m_results.setStale(false);
        m_notice->notice(NoticeBar::Kind::Error, error.text());
        refresh();
        Q_EMIT newsChanged();
    });
    connect(&m_runs, &EvaluationRuns::restoreFailed, this,
            [this](const JobError& error) { m_notice->notice(NoticeBar::Kind::Warning, error.text()); });
    connect(m_table, &ResultsView::rowChosen, this, &EvaluatePane::chooseRow);
    connect(m_rowBox, &QComboBox::activated, this, &EvaluatePane::chooseRow);
    connect(m_confusion, &ConfusionPage::cellChosen, m_pictures, &PicturePanel::showCell);
    connect(m_classes, &ClassPage::classChosen, m_pictures, &PicturePanel::showClass);
    connect(m_pictures, &PicturePanel::reviewClicked, this, [this] { m_tabs->setCurrentIndex(Suspects); });
    connect(m_numbers, &SegmentedControl::currentChanged, this,
            [this](int index) { m_confusion->matrix().setCounts(index == 1); });
    connect(m_order, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_confusion->matrix().setOrder(static_cast<ConfusionMatrix::Order>(index)); });
    connect(m_calibration, &CalibrationView::temperatureWanted, this, &EvaluatePane::keepTemperature);
    connect(m_templates, &TemplatePage::choiceUsed, this, &EvaluatePane::useTemplates);
    connect(&m_runs, &EvaluationRuns::temperatureFailed, &m_services, &Services::notifyError);
    connect(&m_runs, &EvaluationRuns::temperatureKept, this,
            [this](const QString& model, double temperature, const QString& file) {
                m_services.tellTemperature(model, temperature);
                m_services.notify(
                    temperature > 0
                        ? tr("The fitted temperature is kept in %1; Label uses it").arg(inSentence(shownPath(file)))
                        : tr("The model's own temperature is used again"));
                showKept();
            });
    connect(&m_runs, &EvaluationRuns::temperatureRead, this, &EvaluatePane::showKept);
    auto* drop = new DropOverlay(this);
    connect(drop, &DropOverlay::pathsDropped, this, [this](const QStringList& paths) {
        m_services.lookAt(paths, [this](const Services::Found& found) {
            for (const QString& model : found.models)
                openModel(model);
            if (!found.others.isEmpty()) openPaths(found.others);
        });
    });
}

}  // namespace diagonal
