// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/evaluate/results_model.h"
#include "ui/evaluate/shown_row.h"
#include "ui/jobs/evaluation_runs.h"
#include "ui/shell/pane_shell.h"

class QComboBox;
class QHBoxLayout;
class QPushButton;
class QScrollArea;
class QSplitter;
class QStackedWidget;

namespace diagonal {

class Bar;
class BusyMark;
class CalibrationView;
class ClassPage;
class ConfusionPage;
class ElidedLabel;
class EmptyState;
class FewShotPlot;
class PicturePanel;
class ResultsChart;
class ResultsView;
class SectionHeader;
class SegmentedControl;
class Services;
class SetupPanel;
class SuspectPage;
class TemplatePage;
class TextLabel;

/// How good models are on the person's own data, in the field's own terms.
class EvaluatePane : public PaneShell {
    Q_OBJECT

  public:
    enum Tab { Confusion, PerClass, FewShot, Calibrated, Templates, Suspects };

    explicit EvaluatePane(Services& services, QWidget* parent = nullptr);
    ~EvaluatePane() override;

    QString id() const override { return QStringLiteral("evaluate"); }
    QString title() const override { return tr("Evaluate"); }
    QList<QAction*> fileActions() const override;
    QList<QAction*> runActions() const override;
    bool openPaths(const QStringList& paths) override;
    bool openModel(const QString& path) override;
    bool hasNews() const override { return m_news || m_runs.isRunning(); }

    EvaluationRuns& runs() { return m_runs; }
    SetupPanel& setup() { return *m_setup; }
    ResultsModel& results() { return m_results; }
    ResultsView& table() { return *m_table; }
    ResultsChart& chart() { return *m_chart; }
    ConfusionPage& confusion() { return *m_confusion; }
    ClassPage& classes() { return *m_classes; }
    PicturePanel& pictures() { return *m_pictures; }
    FewShotPlot& fewShot() { return *m_fewShot; }
    CalibrationView& calibration() { return *m_calibration; }
    TemplatePage& templates() { return *m_templates; }
    SuspectPage& suspects() { return *m_suspects; }
    SegmentedControl& tabs() { return *m_tabs; }
    QPushButton& evaluateButton() { return *m_evaluate; }
    QComboBox& rowBox() { return *m_rowBox; }
    QString status() const;
    bool isEmptyShown() const;
    void evaluate();
    void showRow(int row);

  protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void createActions();
    void createToolbar();
    QWidget* makeResults();
    QWidget* makeDetails();
    QWidget* makeTabRow();
    void connectParts();
    void takeEdits();
    void refresh();
    QString idleText() const;
    QString resultText() const;
    void showProgress(const JobState& state);
    void showReport();
    void showProblems();
    void ended(bool cancelled);
    void showTab();
    void keepTemperature(const QString& model, double temperature);
    void showKept();
    void useTemplates(const QStringList& templates);
    void chooseRow(int row);
    void setNews(bool news);
    void arrange();

    Services& m_services;
    QObject m_openOwner;
    EvaluationRuns m_runs;
    ResultsModel m_results;
    ShownRow m_row;
    QString m_told;                    ///< of problems and notes: a closed one stays closed
    QString m_rowModel, m_rowPrompts;  ///< what the person looks at, whatever comes and goes
    SetupPanel* m_setup;
    NoticeBar* m_notice = nullptr;
    QPushButton* m_evaluate = nullptr;
    QPushButton* m_cancel = nullptr;
    QPushButton* m_page = nullptr;
    QPushButton* m_export = nullptr;
    ElidedLabel* m_status = nullptr;
    BusyMark* m_busy = nullptr;
    Bar* m_bar = nullptr;
    QWidget* m_body = nullptr;
    EmptyState* m_empty = nullptr;
    QStackedWidget* m_right = nullptr;
    QStackedWidget* m_views = nullptr;
    SegmentedControl* m_viewKind = nullptr;
    QComboBox* m_figure = nullptr;
    ResultsView* m_table = nullptr;
    ResultsChart* m_chart = nullptr;
    SegmentedControl* m_tabs = nullptr;
    QComboBox* m_rowBox = nullptr;
    SegmentedControl* m_numbers = nullptr;
    QComboBox* m_order = nullptr;
    QWidget* m_orderPart = nullptr;
    QHBoxLayout* m_tabRow = nullptr;    ///< m_orderPart stands at its end, else
    QHBoxLayout* m_orderRow = nullptr;  ///< below
    SectionHeader* m_resultsHeader = nullptr;
    TextLabel* m_withinNoise = nullptr;
    QStackedWidget* m_pages = nullptr;
    ConfusionPage* m_confusion = nullptr;
    ClassPage* m_classes = nullptr;
    PicturePanel* m_pictures = nullptr;
    FewShotPlot* m_fewShot = nullptr;
    TextLabel* m_fewShotNote = nullptr;
    CalibrationView* m_calibration = nullptr;
    QWidget *m_curve = nullptr, *m_calibrated = nullptr;  ///< side by side where there is room
    TemplatePage* m_templates = nullptr;
    SuspectPage* m_suspects = nullptr;
    QAction* m_run = nullptr;
    QAction* m_stop = nullptr;
    QAction* m_exportAction = nullptr;
    QString m_stage, m_wantedFigure;  ///< of the chart, whichever are there
    bool m_wasCancelled = false, m_news = false;
    bool m_isNarrow = false;
    bool m_isRowChosen = false;  ///< by the person: else the best is shown in the end
};

}  // namespace diagonal
