// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QComboBox>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <algorithm>

#include "ui/base/engine_texts.h"
#include "ui/base/model_paths.h"
#include "ui/base/paths.h"
#include "ui/evaluate/calibration_view.h"
#include "ui/evaluate/class_page.h"
#include "ui/evaluate/confusion_page.h"
#include "ui/evaluate/evaluate_pane.h"
#include "ui/evaluate/few_shot_plot.h"
#include "ui/evaluate/picture_panel.h"
#include "ui/evaluate/results_chart.h"
#include "ui/evaluate/results_view.h"
#include "ui/evaluate/setup_panel.h"
#include "ui/evaluate/suspect_page.h"
#include "ui/evaluate/template_page.h"
#include "ui/shell/services.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/busy_mark.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

QString failureText(const FailedTask& failed) {
    const JobError error{engineText(failed.subject), engineText(failed.problem), engineText(failed.remedy)};
    return failed.problem.empty() ? engineText(failed.reason) : error.text();
}

/// What tasks say of how they were done, once; retrieval's counts stand beside the data, and the Calibration page says
/// where there is none.
QStringList taskNotes(const EvaluationReport& report) {
    QStringList sentences;
    for (const ModelEvaluation& model : report.models)
        for (const TaskResult& result : model.results)
            for (const std::string& note : result.notes) {
                if (result.task == EvaluationTask::Retrieval || note.starts_with("No temperature was fitted")) continue;
                const QString sentence =
                    EvaluatePane::tr("%1: %2", "task, note").arg(engineText(nameOf(result.task)), engineText(note)) +
                    EvaluatePane::tr(".", "end of a sentence");
                if (!sentences.contains(sentence)) sentences << sentence;
            }
    return sentences;
}

}  // namespace

QList<QAction*> EvaluatePane::fileActions() const {
    return {m_exportAction};
}

QList<QAction*> EvaluatePane::runActions() const {
    return {m_run, m_stop};
}

bool EvaluatePane::openPaths(const QStringList& paths) {
    if (paths.isEmpty()) return false;
    if (m_runs.isRunning()) {
        m_services.notify(tr("An evaluation is going on: stop it to change what is evaluated"));
        return true;
    }
    m_services.compute(
        &m_openOwner, {},
        [paths](const JobContext&) {
            QStringList runs = paths;
            runs.removeIf([](const QString& path) { return !isRunPath(path); });
            return runs;
        },
        [this, paths](const QStringList& runs) {
            QStringList data = paths;
            data.removeIf([&](const QString& path) { return runs.contains(path); });
            if (!runs.isEmpty()) m_setup->compared().addRuns(runs);
            if (data.isEmpty()) return;
            m_setup->labelled().setSpec(data.first());
            if (data.size() > 1)
                m_services.notify(tr("One data set is evaluated at a time: %1 is taken, %Ln other(s) not", nullptr,
                                     static_cast<int>(data.size()) - 1)
                                      .arg(nameInSentence(data.first())));
        });
    return true;
}

bool EvaluatePane::openModel(const QString& path) {
    if (m_runs.isRunning()) return false;
    m_setup->compared().addModel(path);
    return true;
}

QString EvaluatePane::status() const {
    return m_status->text();
}

bool EvaluatePane::isEmptyShown() const {
    return m_right->currentIndex() == 0;
}

void EvaluatePane::evaluate() {
    if (m_runs.isRunning()) return;
    const QString problem = m_setup->problem();
    if (!problem.isEmpty()) return m_notice->notice(NoticeBar::Kind::Warning, problem);
    m_notice->hide();
    m_told.clear();
    m_wasCancelled = false;
    m_stage.clear();
    const EvaluationPlan plan = m_setup->plan();
    m_runs.start(plan, m_runs.isDone(plan));
    m_results.setStale(true);
    refresh();
    Q_EMIT newsChanged();
}

QString EvaluatePane::idleText() const {
    const QString problem = m_setup->problem();
    if (!problem.isEmpty()) return problem;
    const EvaluationPlan plan = m_setup->plan();
    const size_t due = m_runs.dueModels(plan).size();
    if (m_runs.report() == nullptr || m_runs.report()->models.empty()) return {};
    if (due > 0 && m_wasCancelled)
        return tr("Stopped: %1 of %Ln model(s) evaluated; what was read of the others is kept", nullptr,
                  static_cast<int>(plan.models.size()))
            .arg(formatCount(static_cast<qint64>(plan.models.size() - due)));
    if (due == plan.models.size()) return tr("Out of date: the data, the tasks or the prompts are others");
    if (due > 0)
        return tr("Out of date: %1 of %Ln model(s) to be evaluated", nullptr, static_cast<int>(plan.models.size()))
            .arg(formatCount(static_cast<qint64>(due)));
    const QString made = m_runs.restoredFrom().isValid()
                             ? tr("Of %1.").arg(locale().toString(m_runs.restoredFrom(), QLocale::ShortFormat))
                             : tr("Up to date.");
    return made + QLatin1Char(' ') + resultText();
}

/// "2 rows in 17 s, features from the cache"
QString EvaluatePane::resultText() const {
    const QString text = tr("%Ln row(s) in %1", nullptr, m_results.rowCount()).arg(formatTimeLeft(m_runs.seconds()));
    return m_runs.isFromCache() ? tr("%1, features from the cache").arg(text) : text;
}

/// Results of models that are compared no more stand back at once.
void EvaluatePane::takeEdits() {
    QStringList models;
    for (const PlannedModel& model : m_setup->plan().models)
        models << model.path;
    m_runs.showModels(models);
    refresh();
}

void EvaluatePane::refresh() {
    if (m_body == nullptr) return;
    const bool isRunning = m_runs.isRunning();
    const auto& report = m_runs.report();
    const bool isThere = report != nullptr && !report->models.empty();
    const QString problem = m_setup->problem();
    m_setup->setLocked(isRunning);
    m_evaluate->setVisible(!isRunning);
    m_cancel->setVisible(isRunning);
    m_cancel->setEnabled(!m_runs.isCancelling());
    m_busy->setVisible(isRunning);
    m_bar->setVisible(isRunning);
    m_evaluate->setEnabled(problem.isEmpty());
    const bool isDone = m_runs.isDone(m_setup->plan());
    m_evaluate->setToolTip(problem.isEmpty() && isDone ? tr("Everything is up to date: evaluates all of it again")
                                                       : problem);
    const bool goesOn = m_wasCancelled && !isDone;
    m_evaluate->setText(goesOn ? tr("Resume") : tr("Evaluate"));
    m_run->setEnabled(!isRunning && problem.isEmpty());
    m_stop->setEnabled(isRunning && !m_runs.isCancelling());
    m_exportAction->setEnabled(isThere && !isRunning);
    m_page->setEnabled(isThere && !isRunning);
    m_export->setEnabled(isThere && !isRunning);
    m_status->setText(!isRunning ? idleText() : m_runs.isCancelling() ? tr("Stopping…") : m_stage);
    m_right->setCurrentIndex(isThere ? 1 : 0);
}

void EvaluatePane::showProgress(const JobState& state) {
    m_busy->step();
    m_bar->setValue(state.total > 0 ? static_cast<double>(state.done) / static_cast<double>(state.total) : 0);
    QString text = m_stage;
    if (state.total > 0)
        text += QStringLiteral(" · ") + tr("%1 of %2 pictures").arg(formatCount(state.done), formatCount(state.total));
    if (state.secondsLeft >= 0) text += QStringLiteral(" · ") + tr("%1 left").arg(formatTimeLeft(state.secondsLeft));
    if (!m_runs.isCancelling()) m_status->setText(text);
}

void EvaluatePane::showReport() {
    m_results.set(m_runs.report());
    {
        const QSignalBlocker blockFigures(m_figure), blockRows(m_rowBox);
        m_figure->clear();
        for (int column = ResultsModel::FirstFigure; column < m_results.columnCount(); ++column)
            m_figure->addItem(m_results.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString());
        m_figure->setCurrentIndex(std::max(0, m_figure->findText(m_wantedFigure)));
        m_rowBox->clear();
        for (int row = 0; row < m_results.rowCount(); ++row)
            m_rowBox->addItem(rowTitle(*m_results.report(), m_results.modelOf(row), m_results.promptsOf(row)));
    }
    m_chart->setColumn(ResultsModel::FirstFigure + std::max(0, m_figure->currentIndex()));
    m_fewShot->setReport(m_runs.report());
    m_fewShotNote->setText(
        m_fewShot->isEmpty()
            ? tr("Tick Few-shot: curves over 1 to 16 labelled pictures a class, with the zero-shot line.")
            : m_fewShot->verdict());
    const int row = m_results.rowOf(m_rowModel, m_rowPrompts);
    showRow(row < 0 ? m_results.bestRow() : row);
    showProblems();
    refresh();
}

void EvaluatePane::chooseRow(int row) {
    m_isRowChosen = true;
    showRow(row);
}

void EvaluatePane::showRow(int row) {
    ShownRow shown;
    bool isSame = false;  // what was chosen there stays
    if (row >= 0 && row < m_results.rowCount()) {
        shown.report = m_results.report();
        shown.files = m_runs.files();
        shown.model = m_results.modelOf(row);
        shown.prompts = m_results.promptsOf(row);
        isSame = !m_row.isEmpty() && m_rowModel == fromPath(shown.evaluation().model) &&
                 m_rowPrompts == shown.prompts && m_row.report->classes == shown.report->classes;
        m_rowModel = fromPath(shown.evaluation().model);
        m_rowPrompts = shown.prompts;
        m_rowBox->setCurrentIndex(row);
        const QSignalBlocker blocker(m_table);
        if (m_table->currentIndex().row() != row)
            m_table->setCurrentIndex(m_results.index(row, std::max(0, m_table->currentIndex().column())));
    }
    m_row = shown;
    const int chosenClass = isSame ? m_pictures->chosenClass() : -1;
    if (!shown.isEmpty() && !isSame) m_runs.readTemperature(m_rowModel);
    m_confusion->setRow(shown);
    m_classes->setRow(shown);
    m_pictures->setRow(shown);
    m_calibration->setRow(shown);
    m_templates->setRow(shown);
    m_suspects->setRow(shown);
    showKept();
    ConfusionMatrix& matrix = m_confusion->matrix();
    if (chosenClass >= 0)
        m_pictures->showClass(chosenClass);
    else if (const QPoint cell = matrix.currentCell(); isSame && cell.x() >= 0)
        m_pictures->showCell(matrix.classAt(cell.y()), matrix.classAt(cell.x()));
    else if (const TaskResult* result = shown.answers())
        if (const auto worst = mostConfused(result->answers, 1); !worst.empty()) {
            matrix.choose(worst.front().truth, worst.front().predicted);
            m_pictures->showCell(worst.front().truth, worst.front().predicted);
        }
}

/// What failed, of which model; the rest is there all the same.
void EvaluatePane::showProblems() {
    const auto& report = m_runs.report();
    if (report == nullptr) return;
    const auto say = [this](NoticeBar::Kind kind, const QString& text) {
        if (text == m_told) return;  // it stands there, or was closed
        m_told = text;
        if (text.isEmpty())
            m_notice->hide();
        else
            m_notice->notice(kind, text);
    };
    QStringList sentences;
    size_t unreadable = 0;
    for (size_t m = 0; m < report->models.size(); ++m) {
        const ModelEvaluation& model = report->models[m];
        const QString name = QString::fromStdString(report->modelName(m));
        if (!model.error.empty()) sentences << tr("%1: %2").arg(name, QString::fromStdString(model.error));
        for (const FailedTask& failed : model.failed)
            sentences << tr("%1, %2: %3").arg(name, engineText(nameOf(failed.task)), failureText(failed));
        if (model.notFinite > 0)
            sentences << tr("%1: %Ln picture(s) without an embedding that is a number; they count as misses", nullptr,
                            static_cast<int>(model.notFinite))
                             .arg(name);
        unreadable = std::max(unreadable, model.unreadable.size());
    }
    if (unreadable > 0) {
        const auto& first = std::ranges::find_if(report->models, [](const auto& model) {
                                return !model.unreadable.empty();
                            })->unreadable.front();
        sentences << tr("%Ln picture(s) could not be read and left out; the first: %1", nullptr,
                        static_cast<int>(unreadable))
                         .arg(nameInSentence(fromPath(first.path)) + QStringLiteral(": ") + engineText(first.reason));
    }
    if (!sentences.isEmpty()) return say(NoticeBar::Kind::Warning, inOneLine(sentences));
    if (!m_runs.restoredFrom().isValid()) {  // else it was said
        for (const std::string& note : report->notes)
            sentences << engineText(note) + tr(".", "end of a sentence");
        sentences += taskNotes(*report);
    }
    say(NoticeBar::Kind::Info, inOneLine(sentences));
}

void EvaluatePane::ended(bool cancelled) {
    m_wasCancelled = cancelled;
    m_results.setStale(false);
    m_stage.clear();
    if (!m_isRowChosen && m_results.rowCount() > 0) showRow(m_results.bestRow());
    refresh();
    setNews(!isVisible() && !cancelled);
    if (!cancelled && m_results.rowCount() > 0) m_services.notify(tr("Evaluated: %1").arg(resultText()));
}

void EvaluatePane::keepTemperature(const QString& model, double temperature) {
    m_runs.keepTemperature(model, temperature);
}

void EvaluatePane::showKept() {
    m_calibration->setKept(m_row.isEmpty() ? 0 : m_runs.keptTemperature(m_rowModel));
}

void EvaluatePane::useTemplates(const QStringList& templates) {
    PromptSet set{tr("Chosen %1 of %2").arg(templates.size()).arg(promptTitle(m_rowPrompts)).toStdString(), {}};
    for (const QString& line : templates)
        set.templates.push_back(line.toStdString());
    m_setup->compared().addPrompts(m_rowModel, set);
}

void EvaluatePane::setNews(bool news) {
    m_news = news;
    Q_EMIT newsChanged();
}

void EvaluatePane::showEvent(QShowEvent* event) {
    Pane::showEvent(event);
    if (m_news) setNews(false);
    if (!m_row.isEmpty()) m_runs.readTemperature(m_rowModel);
}

}  // namespace diagonal
