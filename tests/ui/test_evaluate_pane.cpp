// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessible>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSet>
#include <QSpinBox>
#include <QToolTip>

#include "engine/checkpoint/model_notes.h"
#include "engine/evaluation/evaluation_files.h"
#include "tests/ui/file_watch.h"
#include "tests/ui/ui_test.h"
#include "ui/base/paths.h"
#include "ui/evaluate/calibration_view.h"
#include "ui/evaluate/class_page.h"
#include "ui/evaluate/confusion_page.h"
#include "ui/evaluate/evaluate_pane.h"
#include "ui/evaluate/evaluation_export.h"
#include "ui/evaluate/few_shot_plot.h"
#include "ui/evaluate/picture_panel.h"
#include "ui/evaluate/results_chart.h"
#include "ui/evaluate/results_view.h"
#include "ui/evaluate/setup_panel.h"
#include "ui/evaluate/suspect_page.h"
#include "ui/evaluate/template_page.h"
#include "ui/jobs/model_scoring.h"
#include "ui/label/label_pane.h"
#include "ui/label/side_panel.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/temperature_slider.h"

using namespace diagonal;

class TestEvaluatePane : public PaneTest<EvaluatePane> {
    Q_OBJECT

  private:
    using Task = EvaluationTask;

    SetupPanel& setup() { return m_pane->setup(); }

    /// Pictures in folders "red", "green", "blue", and a table with a caption of each.
    void makePictures() {
        m_data = m_folder.filePath("colours");
        m_twins = m_folder.filePath("twins");
        QByteArray table = "image,caption\n";
        const QStringList names{"red", "green", "blue"};
        for (int k = 0; k < 3; ++k)
            for (int i = 0; i < 12; ++i) {
                const QString file = QStringLiteral("colours/%1/%2.png").arg(names[k]).arg(i);
                picture(file, QColor::fromHsv(120 * k + i, 255 - 5 * i, 200 + i));
                picture(QStringLiteral("twins/%1/%2.png").arg(names[k]).arg(i), QColor::fromHsv(i, 90, 90));
                table += QStringLiteral("%1,a %2 dog chases picture %3\n").arg(file, names[k]).arg(i).toUtf8();
            }
        QFile captions(m_folder.filePath("captions.csv"));
        QVERIFY(captions.open(QIODevice::WriteOnly));
        captions.write(table);
    }

    void plan(const QStringList& models, std::initializer_list<Task> tasks) {
        for (const QString& model : models)
            setup().compared().addModel(model);
        for (const Task task : {Task::ZeroShot, Task::Retrieval, Task::LinearProbe, Task::FewShot,
                                Task::NearestNeighbours, Task::WordOrder, Task::Templates, Task::Robustness})
            setup().setTask(task, std::ranges::find(tasks, task) != tasks.end());
        setup().seeds().setValue(2);
        setup().findChild<QSpinBox*>("draws")->setValue(40);
        setup().labelled().setSpec(m_data);
    }

    void evaluate() {
        QTRY_VERIFY2(setup().problem().isEmpty(), qPrintable(setup().problem()));
        QSignalSpy ended(&m_pane->runs(), &EvaluationRuns::ended);
        m_pane->evaluate();
        QVERIFY(m_pane->runs().isRunning());
        QVERIFY(ended.wait(120'000));
    }

    QString notice() const {
        for (const auto* bar : m_pane->findChildren<NoticeBar*>())
            if (bar->isVisible()) return bar->text();
        return {};
    }

    QString m_model, m_data, m_twins;  ///< m_twins: other pictures of the same names

  private Q_SLOTS:
    void initTestCase() {
        m_model = tinyModel();
        makePictures();
    }

    void init() {
        UiTest::init();
        openPane();
    }

    void anEmptyPaneSaysWhatIsMissing() {
        QVERIFY(m_pane->isEmptyShown());
        QVERIFY(!m_pane->evaluateButton().isEnabled());
        QVERIFY(m_pane->status().contains("model"));
        setup().compared().addModel(m_model);
        QVERIFY(m_pane->status().contains("labels"));
        setup().setTask(Task::ZeroShot, false);
        QVERIFY(m_pane->status().contains("task"));
    }

    void modelsAndPromptsAreCompared() {
        plan({m_model}, {Task::ZeroShot, Task::LinearProbe, Task::FewShot, Task::NearestNeighbours});
        setup().compared().addPrompts(m_model, {"two", {"a photo of a {}.", "the {} one"}});
        QTRY_COMPARE(setup().labelled().note(), QStringLiteral("3 class(es), 36 image(s)"));
        evaluate();
        QVERIFY(!m_pane->isEmptyShown());
        ResultsModel& results = m_pane->results();
        QVERIFY2(results.rowCount() == 2, qPrintable(notice()));
        QStringList heads;
        for (int column = 0; column < results.columnCount(); ++column)
            heads << results.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        QVERIFY2(heads.contains("Top-1") && heads.contains("ECE") && heads.contains("1 shot"),
                 qPrintable(heads.join(' ')));
        QVERIFY(m_pane->status().startsWith("Up to date. 2 row"));
        for (int column = ResultsModel::FirstFigure; column < results.columnCount(); ++column) {
            const ResultsModel::Axis& axis = results.axis(column);
            QVERIFY(axis.low < axis.high);
            if (results.figure(column).isShare) QVERIFY(axis.low >= 0 && axis.high <= 100);
        }
        const QString sentence = results.index(0, 2).data(Qt::AccessibleTextRole).toString();
        QVERIFY2(sentence.contains("95% interval"), qPrintable(sentence));
        // Tasks without prompts stand in the first row alone.
        const int shot = static_cast<int>(heads.indexOf("1 shot"));
        QVERIFY(!results.index(0, shot).data().toString().isEmpty());
        QVERIFY(results.index(1, shot).data().toString().isEmpty());
        QVERIFY(results.isAsAbove(1, shot));
        QVERIFY(m_pane->fewShot().verdict().size() > 10);
        QVERIFY(!m_pane->fewShot().accessibleDescription().isEmpty());
        QVERIFY(!m_pane->chart().accessibleDescription().isEmpty());
        // Choosing another row shows it below.
        for (const int row : {1, 0}) {
            m_pane->table().setCurrentIndex(results.index(row, 0));
            QCOMPARE(m_pane->rowBox().currentIndex(), row);
        }
    }

    void aCellShowsItsPictures() {
        plan({m_model}, {Task::ZeroShot});
        evaluate();
        ConfusionMatrix& matrix = m_pane->confusion().matrix();
        QCOMPARE(matrix.size(), 3);
        int shown = 0;
        for (int row = 0; row < 3; ++row)
            for (int column = 0; column < 3; ++column) {
                QTest::mousePress(&matrix, Qt::LeftButton, {}, matrix.cellRect(row, column).center());
                QCOMPARE(matrix.currentCell(), QPoint(column, row));
                shown += m_pane->pictures().model().rowCount();
            }
        QCOMPARE(shown, 36);
        // The same from the keyboard, and told to screen readers.
        matrix.setFocus();
        QSignalSpy chosen(&m_pane->confusion(), &ConfusionPage::cellChosen);
        matrix.setCurrentCell({0, 0});
        QTest::keyClick(&matrix, Qt::Key_Right);
        QTest::keyClick(&matrix, Qt::Key_Down);
        QCOMPARE(matrix.currentCell(), QPoint(1, 1));
        QTest::keyClick(&matrix, Qt::Key_Return);
        QCOMPARE(chosen.count(), 1);
        QVERIFY(m_pane->pictures().heading().contains("answered rightly"));
        QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(&matrix);
        QVERIFY(spoken != nullptr && spoken->tableInterface() != nullptr);
        QCOMPARE(spoken->childCount(), 9);
        QVERIFY(spoken->child(4)->text(QAccessible::Name).contains("answered"));
        // Pictures go to Label.
        QSignalSpy asked(m_services.get(), &Services::paneRequested);
        for (const auto* link : m_pane->pictures().findChildren<QAbstractButton*>())
            if (link->text() == "Open in Label") const_cast<QAbstractButton*>(link)->click();
        const qsizetype right = m_pane->pictures().model().rowCount();
        QCOMPARE(asked.count(), right > 0 ? 1 : 0);
        if (right > 0) QCOMPARE(asked.first()[1].toStringList().size(), right);
    }

    void classesAreSorted() {
        plan({m_model}, {Task::ZeroShot});
        evaluate();
        m_pane->tabs().setCurrentIndex(EvaluatePane::PerClass);
        RowView& view = m_pane->classes().view();
        QCOMPARE(view.model()->rowCount(), 3);
        double last = -1;
        for (int row = 0; row < 3; ++row) {
            const double share =
                view.model()->index(row, ClassTableModel::Right).data(ClassTableModel::ShareRole).toDouble();
            QVERIFY(share >= last);
            last = share;
        }
        view.setCurrentIndex(view.model()->index(0, 0));
        QVERIFY(m_pane->pictures().heading().endsWith("mistakes"));
    }

    void whatIsThereIsNotDoneAgain() {
        plan({m_model}, {Task::ZeroShot});
        evaluate();
        const QString other = tinyModel("other", true);
        setup().compared().addModel(other);
        QVERIFY2(m_pane->status().startsWith("Out of date: 1 of 2"), qPrintable(m_pane->status()));
        QCOMPARE(m_pane->runs().dueModels(setup().plan()), std::vector<size_t>{1});
        evaluate();
        QCOMPARE(m_pane->results().rowCount(), 2);
        QVERIFY(m_pane->results().isCompared(2));
        setup().seeds().setValue(3);
        QVERIFY(m_pane->status().startsWith("Out of date"));
        setup().seeds().setValue(2);
        QVERIFY(m_pane->status().startsWith("Up to date"));
        setup().compared().boxOf(other, 0)->click();
        QVERIFY(m_pane->status().startsWith("Up to date"));
        evaluate();
        QCOMPARE(m_pane->results().rowCount(), 1);
    }

    void whatIsComparedNoMoreStandsBackAtOnce() {
        const QString other = tinyModel("other", true);
        plan({m_model, other}, {Task::ZeroShot});
        evaluate();
        QCOMPARE(m_pane->results().rowCount(), 2);
        setup().compared().boxOf(m_model, 0)->click();
        QCOMPARE(m_pane->results().rowCount(), 1);
        QCOMPARE(fromPath(m_pane->results().report()->models[0].model), other);
        QVERIFY2(m_pane->status().startsWith("Up to date. 1 row"), qPrintable(m_pane->status()));
        m_pane->showRow(0);
        setup().compared().boxOf(m_model, 0)->click();
        QCOMPARE(m_pane->results().rowCount(), 2);
        QVERIFY(m_pane->status().startsWith("Up to date. 2 row"));
        // Rows can be chosen while others are evaluated, and after a stop.
        setup().compared().boxOf(m_model, 0)->click();
        setup().setTask(Task::NearestNeighbours, true);
        QTRY_VERIFY(setup().problem().isEmpty());
        QSignalSpy ended(&m_pane->runs(), &EvaluationRuns::ended);
        m_pane->evaluate();
        QCOMPARE(m_pane->results().rowCount(), 1);
        m_pane->showRow(0);
        m_pane->runs().cancel();
        QVERIFY(ended.wait(60'000));
        for (int row = 0; row < m_pane->results().rowCount(); ++row) {
            m_pane->showRow(row);
            QCOMPARE(m_pane->rowBox().currentIndex(), row);
        }
        QCOMPARE(m_pane->results().rowCount(), 1);
    }

    void resultsOfTwoDataSetsAreNeverCompared() {
        const QString other = tinyModel("other", true);
        plan({m_model, other}, {Task::ZeroShot});
        evaluate();
        QComboBox* figure = nullptr;
        for (auto* box : m_pane->findChildren<QComboBox*>())
            if (box->accessibleName() == "Figure of the chart") figure = box;
        QVERIFY(figure != nullptr && figure->count() > 1);
        figure->setCurrentIndex(1);
        const QString wanted = figure->currentText();
        setup().labelled().setSpec(m_twins);
        QTRY_COMPARE(setup().labelled().note(), QStringLiteral("3 class(es), 36 image(s)"));
        // What was found before stays until there is something new, which stands alone.
        bool wasEmpty = false;
        connect(&m_pane->runs(), &EvaluationRuns::stageChanged, this, [&] { wasEmpty |= m_pane->isEmptyShown(); });
        size_t atFirst = 0;
        connect(
            &m_pane->runs(), &EvaluationRuns::changed, this,
            [&] {
                if (atFirst == 0) atFirst = m_pane->runs().report()->models.size();
                m_pane->runs().cancel();
            },
            Qt::SingleShotConnection);
        QSignalSpy ended(&m_pane->runs(), &EvaluationRuns::ended);
        m_pane->evaluate();
        QCOMPARE(m_pane->results().rowCount(), 2);
        QVERIFY(ended.wait(60'000));
        QVERIFY(!wasEmpty);
        QVERIFY2(atFirst >= 1, qPrintable(QString::number(atFirst)));
        QCOMPARE(m_pane->runs().dataNames(), QStringList{"twins"});
        QCOMPARE(QString::fromStdString(m_pane->runs().report()->dataset), QStringLiteral("twins"));
        for (const QString& file : m_pane->runs().files())
            QVERIFY2(file.startsWith(m_twins), qPrintable(file));
        QCOMPARE(figure->currentText(), wanted);
        if (!m_pane->runs().isDone(setup().plan())) evaluate();
        QCOMPARE(m_pane->results().rowCount(), 2);
        for (const ModelEvaluation& model : m_pane->runs().report()->models)
            QVERIFY(model.error.empty());
        // Pictures that were written anew are other data too.
        EvaluationPlan again = setup().plan();
        const uint64_t key = readPlan(again, {}).key;
        QCOMPARE(readPlan(again, {}).key, key);
        picture("twins/red/0.png", Qt::black);
        QVERIFY(readPlan(again, {}).key != key);
        again.labelled = m_data;
        QVERIFY(readPlan(again, {}).key != key);
    }

    void thousandsOfClassesAreShown() {
        constexpr int kClasses = 10'000;
        auto report = std::make_shared<EvaluationReport>();
        for (int i = 0; i < kClasses; ++i)
            report->classes.push_back("class " + std::to_string(i));
        TaskResult result;
        Answers& answers = result.answers;
        answers.classes = kClasses;
        for (int i = 0; i < 3 * kClasses; ++i) {
            const int truth = i % kClasses;
            answers.truth.push_back(truth);
            answers.predicted.push_back(truth >= kClasses - 300 ? (truth + 1) % kClasses : truth);
            answers.confidence.push_back(0.5F);
            answers.ownProbability.push_back(0.5F);
            result.pictures.push_back(static_cast<size_t>(i));
        }
        ModelEvaluation model;
        model.results.push_back(result);
        report->models.push_back(model);
        ShownRow row;
        row.report = report;
        ConfusionPage& page = m_pane->confusion();
        page.setRow(row);
        ConfusionMatrix& matrix = page.matrix();
        QCOMPARE(matrix.size(), ConfusionMatrix::kMostClasses);
        QCOMPARE(matrix.leftOut(), kClasses - ConfusionMatrix::kMostClasses);
        for (int i = 0; i < matrix.size(); ++i) {
            QVERIFY(matrix.classAt(i) >= kClasses - 300);
            QCOMPARE(matrix.cellValue(i, i), QStringLiteral("0.0%"));
        }
        matrix.setOrder(ConfusionMatrix::Order::AsGiven);
        QCOMPARE(matrix.classAt(0), kClasses - 300);
        QCOMPARE(matrix.cellValue(0, 1), QStringLiteral("100.0%"));
        QCOMPARE(matrix.cellValue(1, 0), QStringLiteral("0.0%"));
        m_pane->classes().setRow(row);
        const QAbstractItemModel& classes = *m_pane->classes().view().model();
        QCOMPARE(classes.rowCount(), kClasses);
        // The current cell is brought into sight.
        ConfusionPage alone;
        alone.resize(600, 400);
        alone.setRow(row);
        alone.show();
        ConfusionMatrix& walked = alone.matrix();
        const auto isInSight = [&] {
            return walked.visibleRegion().contains(
                walked.cellRect(walked.currentCell().y(), walked.currentCell().x()).center());
        };
        walked.choose(walked.classAt(walked.size() - 1), walked.classAt(walked.size() - 1));
        QVERIFY(isInSight());
        for (int step = 0; step < 60; ++step)
            QTest::keyClick(&walked, Qt::Key_Up);
        QCOMPARE(walked.currentCell().y(), walked.size() - 61);
        QVERIFY(isInSight());
        QVERIFY(classes.index(0, ClassTableModel::TakenFor).data().toString().endsWith("(3)"));
        QCOMPARE(classes.index(kClasses - 1, ClassTableModel::TakenFor).data().toString(), QString());
    }

    void shotsAreWorthWhatEachModelSays() {
        const auto modelOf = [](const std::string& name, double zeroShot, double worth) {
            ModelEvaluation model;
            model.name = name;
            TaskResult& result = model.results.emplace_back();
            result.task = Task::FewShot;
            result.fewShot.emplace();
            result.fewShot->zeroShot = zeroShot;
            result.fewShot->shotsWorth = worth;
            result.fewShot->points = {{1, 0.5, 0.1, 1, {0.4, 0.6}}, {16, 0.8, 0.1, 1, {0.7, 0.9}}};
            return model;
        };
        FewShotPlot& plot = m_pane->fewShot();
        const auto verdict = [&](std::vector<ModelEvaluation> models) {
            auto report = std::make_shared<EvaluationReport>();
            report->models = std::move(models);
            plot.setReport(report);
            return plot.verdict();
        };
        QCOMPARE(verdict({modelOf("a", 0.7, 12)}),
                 QStringLiteral("Zero-shot is worth about 12 labelled pictures a class"));
        QCOMPARE(verdict({modelOf("a", 0.7, 12), modelOf("b", 0.95, INFINITY)}),
                 QStringLiteral("Zero-shot is worth, in labelled pictures a class: a 12, b more than the most"));
        QCOMPARE(verdict({modelOf("a", 0.7, 12), modelOf("b", 0.75, 15)}),
                 QStringLiteral("Zero-shot is worth about 12 to 15 labelled pictures a class (a 12, b 15)"));
        QVERIFY(verdict({modelOf("b", 0.95, INFINITY)}).startsWith("Zero-shot is better"));
        verdict({modelOf("a", 0.7, 12)});
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(plot.detail(),
                 QStringLiteral(
                     "1 labelled picture(s) a class\na: 50.0% ± 10.0 (spread of 2 seeds), 20.0 behind zero-shot"));
        QTest::keyClick(&plot, Qt::Key_Right);
        QVERIFY(plot.detail().endsWith("10.0 ahead of zero-shot"));
        verdict({modelOf("a", NAN, 0)});
        QVERIFY(!plot.csv().contains("nan"));
        QVERIFY(plot.csv().contains(",2,\r\n"));
    }

    void curvesAndCalibrationStandSideBySide() {
        plan({m_model}, {Task::ZeroShot, Task::FewShot});
        evaluate();
        const auto isShown = [&](const QWidget& widget) { return widget.isVisibleTo(m_pane.get()); };
        for (const int width : {1364, 1000}) {
            m_pane->resize(width, 800);
            m_pane->tabs().setCurrentIndex(EvaluatePane::FewShot);
            QVERIFY(isShown(m_pane->fewShot()));
            QCOMPARE(isShown(m_pane->calibration()), width > 1240);
            m_pane->tabs().setCurrentIndex(EvaluatePane::Calibrated);
            QVERIFY(!isShown(m_pane->fewShot()));
            QVERIFY(isShown(m_pane->calibration()));
        }
    }

    void namesInTooltipsAreNoHtml() {
        QToolTip::showText({}, "<b>cat</b>", m_pane.get());
        QLabel* tip = nullptr;
        for (QWidget* widget : QApplication::topLevelWidgets())
            if (widget->inherits("QTipLabel")) tip = qobject_cast<QLabel*>(widget);
        QVERIFY(tip != nullptr);
        QCOMPARE(tip->text(), QStringLiteral("<b>cat</b>"));
        QCOMPARE(tip->textFormat(), Qt::PlainText);
        QToolTip::hideText();
    }

    void modelsAreScoredOnceAtATime() {
        ModelScoring scoring(m_services->engine());
        QSignalSpy begun(&scoring, &ModelScoring::begun), ended(&scoring, &ModelScoring::ended);
        scoring.start(m_folder.filePath("captions.csv"), 8, {m_model});
        scoring.start(m_folder.filePath("captions.csv"), 8, {m_model});
        QVERIFY(ended.wait(60'000));
        QCoreApplication::processEvents();
        QCOMPARE(begun.count(), 1);
        QCOMPARE(ended.count(), 1);
        QVERIFY(!scoring.isRunning());
    }

    void aModelThatFailsStopsNoOther() {
        const QString broken = m_folder.filePath("broken.pt");
        QFile file(broken);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("this is no model");
        file.close();
        plan({broken, m_model}, {Task::ZeroShot});
        evaluate();
        QCOMPARE(m_pane->results().rowCount(), 1);
        QVERIFY2(notice().contains("broken"), qPrintable(notice()));
    }

    void dataThatCannotBeUsedIsSaid() {
        plan({m_model}, {Task::ZeroShot});
        setup().labelled().setSpec(m_folder.filePath("nowhere"));
        QTRY_VERIFY(setup().labelled().hasFailed());
        QVERIFY(!m_pane->evaluateButton().isEnabled());
        setup().labelled().setSpec(m_folder.filePath("captions.csv"));
        QTRY_VERIFY2(setup().problem().contains("no labels"), qPrintable(setup().problem()));
        const QString one = picture("single/red/a.png");
        setup().labelled().setSpec(QDir::cleanPath(one + "/../.."));
        QTRY_VERIFY2(setup().problem().contains("only one folder"), qPrintable(setup().problem()));
        // What is found out later is said above the results.
        setup().labelled().setSpec(m_data);
        QTRY_VERIFY2_WITH_TIMEOUT(setup().problem().isEmpty(), qPrintable(setup().problem()), 30000);
        const QString other = m_folder.filePath("others");
        picture("others/square/a.png");
        picture("others/star/a.png");
        setup().training().setSpec(other);
        QTRY_VERIFY(!setup().training().note().isEmpty());
        QSignalSpy failed(&m_pane->runs(), &EvaluationRuns::dataFailed);
        m_pane->evaluate();
        QVERIFY(failed.wait(30'000));
        QVERIFY2(notice().contains("none of its pictures is of a class of colours"), qPrintable(notice()));
        QVERIFY(m_pane->isEmptyShown());
    }

    void aCancelledEvaluationGoesOn() {
        const QString other = tinyModel("other", true);
        plan({m_model, other}, {Task::ZeroShot});
        QTRY_VERIFY(setup().problem().isEmpty());
        QSignalSpy ended(&m_pane->runs(), &EvaluationRuns::ended);
        m_pane->evaluate();
        m_pane->runs().cancel();
        QVERIFY(m_pane->runs().isCancelling());
        QVERIFY(ended.wait(60'000));
        QVERIFY(ended.first()[0].toBool());
        if (!m_pane->runs().isDone(setup().plan())) {
            QCOMPARE(m_pane->evaluateButton().text(), QStringLiteral("Resume"));
            evaluate();
        }
        QCOMPARE(m_pane->results().rowCount(), 2);
    }

    void captionsMayBeOfOtherPictures() {
        plan({m_model}, {Task::ZeroShot, Task::Retrieval});
        setup().captioned().setSpec(m_folder.filePath("captions.csv"));
        QTRY_VERIFY(setup().captioned().note().contains("36 text(s)"));
        evaluate();
        QCOMPARE(m_pane->runs().dataNames(), QStringList({"colours", "captions.csv"}));
        const auto report = m_pane->runs().report();
        QCOMPARE(report->pictures.size(), size_t{72});
        const auto parts = splitByData(*report, m_pane->runs().dataNames());
        QCOMPARE(parts.size(), size_t{2});
        for (const TaskResult& result : parts[1].models[0].results)
            QCOMPARE(nameOf(result.task), nameOf(Task::Retrieval));
        QCOMPARE(parts[0].models[0].results.size(), size_t{1});
    }

    void filesAreWritten() {
        plan({m_model}, {Task::ZeroShot, Task::LinearProbe});
        evaluate();
        const QString folder = m_folder.filePath("out");
        writeEvaluationFolder(*m_pane->runs().report(), m_pane->runs().dataNames(), folder);
        const QStringList names = QDir(folder).entryList(QDir::Files);
        QVERIFY2(names.contains("results.csv") && names.contains("report.html") && names.contains("results.svg"),
                 qPrintable(names.join(' ')));
        int documents = 0;
        for (const QString& name : names) {
            if (!name.endsWith(".json")) continue;
            QFile file(QDir(folder).filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
            QCOMPARE(object["dataset"].toString(), QStringLiteral("colours"));
            QVERIFY(object["metrics"].isObject());
            ++documents;
        }
        QCOMPARE(documents, 2);
    }

    void chartsArePictures() {
        plan({m_model}, {Task::ZeroShot});
        evaluate();
        const QString folder = m_folder.filePath("charts");
        writeEvaluationFolder(*m_pane->runs().report(), m_pane->runs().dataNames(), folder);
        const QImage image(folder + "/results.png");
        QVERIFY(image.width() > 800 && image.height() > 200);
        QSet<QRgb> colours;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                colours.insert(image.pixel(x, y));
        QVERIFY2(colours.size() > 20, qPrintable(QString::number(colours.size())));
        QVERIFY(colours.contains(QColor("#0B746F").rgb()));
    }

    void whatWasFoundIsKept() {
        plan({m_model}, {Task::ZeroShot, Task::LinearProbe, Task::FewShot, Task::Retrieval, Task::WordOrder});
        setup().captioned().setSpec(m_folder.filePath("captions.csv"));
        evaluate();
        const auto report = m_pane->runs().report();
        const QStringList files = m_pane->runs().files();
        const QString csv = QString::fromStdString(evaluationCsv(*report) + answersCsv(*report));
        QTRY_VERIFY(QFile::exists(evaluationStoreFile()));
        openPane();
        QVERIFY(m_pane->runs().report() == nullptr);
        QTRY_VERIFY(m_pane->runs().report() != nullptr);
        const auto again = m_pane->runs().report();
        QVERIFY(again != report);
        QCOMPARE(QString::fromStdString(evaluationCsv(*again) + answersCsv(*again)), csv);
        QCOMPARE(m_pane->runs().files(), files);
        QCOMPARE(m_pane->runs().dataNames(), QStringList({"colours", "captions.csv"}));
        QVERIFY(!m_pane->isEmptyShown());
        QTRY_VERIFY2(m_pane->runs().isDone(setup().plan()), qPrintable(m_pane->status()));
        QVERIFY2(m_pane->status().startsWith("Of "), qPrintable(m_pane->status()));
        // Another model joins what was kept.
        const QString other = tinyModel("other", true);
        setup().compared().addModel(other);
        QCOMPARE(m_pane->runs().dueModels(setup().plan()), std::vector<size_t>{1});
        evaluate();
        QCOMPARE(m_pane->runs().report()->models.size(), size_t{2});
        QVERIFY(m_pane->status().startsWith("Up to date."));
    }

    void aDamagedFileOfResultsIsSaid() {
        plan({m_model}, {Task::ZeroShot});
        evaluate();
        QTRY_VERIFY(QFile::exists(evaluationStoreFile()));
        QFile file(evaluationStoreFile());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        file.close();
        QVERIFY(unpackEvaluation(whole.toStdString()).report->models.size() == 1);
        QByteArray flipped = whole;
        flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
        for (const QByteArray& damaged : {QByteArray(), QByteArray("no results"), whole.left(whole.size() - 1), flipped,
                                          QByteArray(whole).replace(20, 1, "2")}) {
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
            file.write(damaged);
            file.close();
            openPane();
            QTRY_VERIFY2(notice().contains("Evaluate again"), qPrintable(notice()));
            QVERIFY(m_pane->isEmptyShown());
        }
    }

    void aWorseTemperatureIsNotOffered() {
        EvaluationReport report;
        report.classes = {"a", "b"};
        ModelEvaluation model;
        TaskResult result;
        Calibration& calibration = result.calibration.emplace();
        calibration.temperature = 0.01;
        calibration.fittedTemperature = 0.02;
        calibration.pictures = 10;
        calibration.fittedOn = "10 pictures of the training split";
        model.results.push_back(result);
        report.models.push_back(model);
        const auto shown = [&](double ece, double fittedEce) {
            report.models[0].results[0].calibration->ece = ece;
            report.models[0].results[0].calibration->fittedEce = fittedEce;
            ShownRow row;
            row.report = std::make_shared<EvaluationReport>(report);
            m_pane->calibration().setRow(row);
        };
        shown(0.05, 0.02);
        QVERIFY(m_pane->calibration().useButton().isEnabled());
        shown(0.02, 0.05);
        QVERIFY(!m_pane->calibration().useButton().isEnabled());
        QVERIFY(m_pane->calibration().useButton().toolTip().contains("not better"));
    }

    void probesHaveProbabilitiesToo() {
        plan({m_model}, {Task::ZeroShot, Task::FewShot, Task::LinearProbe});
        evaluate();
        CalibrationView& view = m_pane->calibration();
        SegmentedControl& which = *view.findChild<SegmentedControl*>();
        QVERIFY(!which.isHidden());
        const QString ofZeroShot = view.verdict();
        const auto plot = view.findChild<ReliabilityPlot*>();
        for (const int probe : {1, 2}) {
            QTest::mouseClick(which.findChildren<QPushButton*>()[probe], Qt::LeftButton);
            QVERIFY(view.verdict().contains("on average"));
            QVERIFY(view.useButton().isHidden());
            QVERIFY(plot->accessibleDescription().contains("are right in"));
        }
        QCOMPARE(which.findChildren<QPushButton*>()[1]->text(), QString("Probe, 16"));
        QTest::mouseClick(which.findChildren<QPushButton*>()[0], Qt::LeftButton);
        QCOMPARE(view.verdict(), ofZeroShot);
    }

    /// Weights that were written anew meanwhile are not compared by what was found of those before.
    void modelsThatWereOverwrittenAreEvaluatedAgain() {
        const QString first = tinyModel("overwritten"), second = tinyModel("kept", true), third = tinyModel("third");
        plan({first, second}, {Task::ZeroShot});
        evaluate();
        const auto before = m_pane->runs().report();
        for (const char* file : {"/open_clip_config.json", "/open_clip_model.safetensors"}) {
            QVERIFY(QFile::remove(first + file));
            QVERIFY(QFile::copy(second + file, first + file));
        }
        setup().compared().addModel(third);
        QCOMPARE(m_pane->runs().dueModels(setup().plan()), std::vector<size_t>{2});
        evaluate();
        const auto after = m_pane->runs().report();
        QCOMPARE(after->models.size(), size_t{3});
        QVERIFY(after->models[0].identity != before->models[0].identity);
        QVERIFY(after->models[0].results[0].answers.confidence != before->models[0].results[0].answers.confidence);
        QCOMPARE(after->models[1].seconds, before->models[1].seconds);  // not again
        // What is on a drive that was taken off stays as it was.
        QVERIFY(QDir(first).removeRecursively());
        setup().compared().addModel(tinyModel("fourth", true));
        evaluate();
        QCOMPARE(m_pane->runs().report()->models[0].error, std::string());
        QCOMPARE(m_pane->runs().report()->models[0].seconds, after->models[0].seconds);
    }

    void countsAreShown() {
        plan({m_model}, {Task::ZeroShot});
        evaluate();
        ConfusionMatrix& matrix = m_pane->confusion().matrix();
        const QImage shares = matrix.grab().toImage();
        matrix.setCounts(true);
        QVERIFY(matrix.grab().toImage() != shares);
        matrix.setCounts(false);
        QCOMPARE(matrix.grab().toImage(), shares);
    }

    void closedNoticesStayClosed() {
        const QString broken = m_folder.filePath("broken model");
        QVERIFY(QDir().mkpath(broken));
        plan({m_model, broken}, {Task::ZeroShot});
        evaluate();
        QVERIFY2(notice().contains("broken model"), qPrintable(notice()));
        m_pane->runs().showModels({m_model});
        QVERIFY2(!notice().contains("broken model"), qPrintable(notice()));
        m_pane->runs().showModels({m_model, broken});
        QVERIFY(notice().contains("broken model"));
        for (auto* bar : m_pane->findChildren<NoticeBar*>())
            bar->hide();  // as its cross does
        m_pane->runs().showModels({broken, m_model});
        QCOMPARE(notice(), QString());
    }

    /// The disk is looked at by a task; runs are compared, of data the first is taken.
    void whatIsDroppedIsTaken() {
        QStringList runs;
        for (const char* name : {"run 1", "run 2"}) {
            runs << m_folder.filePath(name);
            QVERIFY(QDir().mkpath(runs.last() + "/checkpoints"));
            QFile config(runs.last() + "/config.json");
            QVERIFY(config.open(QIODevice::WriteOnly));
            config.write("{}");
        }
        QSignalSpy notified(m_services.get(), &Services::notified);
        {
            const FileWatch watch(m_folder.path());
            QVERIFY(m_pane->openPaths({runs[0], m_data, runs[1], m_twins}));
            QVERIFY2(watch.calls().isEmpty(), qPrintable(watch.calls().join('\n')));
        }
        QTRY_COMPARE(notified.count(), 3);  // two runs without a checkpoint, data that is not taken
        QStringList told;
        for (const auto& one : notified)
            told << one[0].toString();
        QVERIFY2(told.filter("1 other(s) not").size() == 1, qPrintable(told.join('\n')));
        QVERIFY2(told.filter("run 1").size() == 1 && told.filter("run 2").size() == 1, qPrintable(told.join('\n')));
        QTRY_VERIFY(setup().labelled().note().contains("3 class"));
    }

    void narrowWindowsShowEverything() {
        plan({m_model}, {Task::ZeroShot});
        evaluate();
        for (const int width : {1364, 948}) {
            m_pane->resize(width, 700);
            m_pane->tabs().setCurrentIndex(EvaluatePane::Confusion);
            QTRY_COMPARE(m_pane->width(), width);
            QCoreApplication::processEvents();
            for (const auto* control : m_pane->findChildren<SegmentedControl*>())
                if (control->isVisible())
                    QVERIFY2(control->width() >= control->sizeHint().width(),
                             qPrintable(control->accessibleName() + QString::number(control->width())));
        }
    }

    void templatesAreChosen() {
        plan({m_model}, {Task::ZeroShot, Task::Templates});
        setup().compared().addPrompts(m_model, {"three", {"a photo of a {}.", "the {} one", "{}!"}});
        evaluate();
        m_pane->showRow(1);
        TemplatePage& page = m_pane->templates();
        QCOMPARE(page.view().model()->rowCount(), 3);
        page.order().setCurrentIndex(1);
        const int chosen = page.view().model()->rowCount();
        QVERIFY(chosen >= 1 && chosen <= 3);
        page.useButton().click();
        const PromptSet& added = setup().compared().models()[0].prompts.back().set;
        QCOMPARE(static_cast<int>(added.templates.size()), chosen);
        QVERIFY(m_pane->status().startsWith("Out of date"));
    }

    void aFittedTemperatureIsKeptAndUsed() {
        const QString model = tinyModel("calibrated");
        plan({model}, {Task::ZeroShot});
        openModel(model);
        LabelPane label(*m_services);
        label.resize(1300, 800);
        label.show();
        SidePanel& side = *label.findChild<SidePanel*>();
        QVERIFY(!side.calibrated().isVisibleTo(&side));
        const double own = m_services->engine().model()->temperature;
        evaluate();
        CalibrationView& view = m_pane->calibration();
        QVERIFY(view.verdict().contains("on average"));
        QSignalSpy kept(&m_pane->runs(), &EvaluationRuns::temperatureKept);
        if (!view.useButton().isEnabled()) {  // it is no better than the model's own here; it can be kept all the same
            QVERIFY(view.useButton().toolTip().contains("not better"));
            Q_EMIT view.temperatureWanted(model, 0.031);
        } else {
            view.useButton().click();
        }
        QVERIFY(kept.wait(10'000));
        QVERIFY(!view.useButton().isEnabled());
        const double fitted = kept.first()[1].toDouble();
        QVERIFY(QFile::exists(kept.first()[2].toString()));
        QVERIFY(side.calibrated().isVisibleTo(&side));
        QVERIFY(side.calibrated().isChecked());
        // The slider has three significant digits; the scores have all.
        QCOMPARE(side.temperature().temperature(),
                 std::clamp(fitted, TemperatureSlider::kLowest, TemperatureSlider::kHighest));
        side.calibrated().click();
        QCOMPARE(side.temperature().temperature(),
                 std::clamp(own, TemperatureSlider::kLowest, TemperatureSlider::kHighest));
        side.calibrated().click();
        // What is kept holds for whoever opens the model.
        openModel(model);
        QCOMPARE(m_services->engine().model()->fittedTemperature, fitted);
    }

    void aTemperatureKeptElsewhereIsSeen() {
        const QString model = tinyModel("noted");
        plan({model}, {Task::ZeroShot});
        evaluate();
        QCOMPARE(m_pane->runs().keptTemperature(model), 0.0);
        saveFittedTemperature(toPath(model), 0.042);
        m_pane->hide();
        m_pane->show();
        QTRY_COMPARE(m_pane->runs().keptTemperature(model), 0.042);
        saveFittedTemperature(toPath(model), 0);
        m_pane->showRow(0);
        m_pane->hide();
        m_pane->show();
        QTRY_COMPARE(m_pane->runs().keptTemperature(model), 0.0);
    }

    void whatIsComparedIsKept() {
        plan({m_model}, {Task::ZeroShot, Task::FewShot});
        setup().compared().addPrompts(m_model, {"two", {"a photo of a {}.", "the {} one"}});
        setup().compared().boxOf(m_model, 0)->click();
        makePane();
        QCOMPARE(setup().compared().models().size(), size_t{1});
        QCOMPARE(setup().plan().models[0].prompts.size(), size_t{1});
        QCOMPARE(setup().plan().models[0].prompts[0].templates.size(), size_t{2});
        QVERIFY(setup().box(Task::FewShot).isChecked());
        QVERIFY(!setup().box(Task::Retrieval).isChecked());
        QCOMPARE(setup().plan().labelled, m_data);
        QCOMPARE(setup().seeds().value(), 2);
    }
};

DIAGONAL_TEST(TestEvaluatePane);
#include "test_evaluate_pane.moc"
