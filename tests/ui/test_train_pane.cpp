// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QtTest>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "tests/paths.h"
#include "tests/ui/run_folder.h"
#include "tests/ui/ui_test.h"
#include "training/run/metrics.h"
#include "ui/base/paths.h"
#include "ui/train/architectures.h"
#include "ui/train/curves.h"
#include "ui/train/data_preview.h"
#include "ui/train/metric_tile.h"
#include "ui/train/metric_tiles.h"
#include "ui/train/monitor_head.h"
#include "ui/train/option_texts.h"
#include "ui/train/run_facts.h"
#include "ui/train/run_list.h"
#include "ui/train/run_model.h"
#include "ui/train/train_command.h"
#include "ui/train/train_pane.h"
#include "ui/train/wizard.h"
#include "ui/train/wizard_defaults.h"
#include "ui/widgets/plot.h"

using namespace diagonal;

class TestTrainPane : public PaneTest<TrainPane> {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_home.isValid());
        qputenv("HOME", m_home.path().toUtf8());
    }

    void runModelKnowsWhereItStands() {
        RunModel run;
        run.begin(optionsIn(QStringLiteral("/runs/a")), 0, 20);
        for (int i = 1; i <= 10; ++i)
            run.add({stepAt(i, 20)});
        QCOMPARE(run.name(), QStringLiteral("a"));
        QCOMPARE(run.step(), 10);
        QCOMPARE(run.progress(), 0.5);
        QCOMPARE(run.seconds(), 5.0);
        QCOMPARE(run.secondsLeft(), 5.0);
        QVERIFY(std::abs(run.waitingForData() - 0.2) < 1e-9);
        QCOMPARE(run.xOfStep(4, Across::Samples), 128.0);
        QCOMPARE(run.xEnd(Across::Samples), 640.0);
        QCOMPARE(run.stepAt(129, Across::Samples), 5);
        QCOMPARE(run.temperatureAt(3), 0.05);
        const std::filesystem::path bytes = "/runs/caf\xe9";
        run.setFolder(fromPath(bytes), {});
        QCOMPARE(toPath(run.folder()).native(), bytes.native());
    }

    void theBestValidationAndLeftOutBatchesAreKnown() {
        TrainOptions options = optionsIn(QStringLiteral("/runs/a"));
        options.keepBest = "val/loss";
        RunModel run;
        run.begin(options, 0, 20);
        QCOMPARE(run.best().step, -1);
        for (int i = 1; i <= 10; ++i) {
            StepMetrics metrics = stepAt(i, 20);
            metrics.skipped = i < 4 ? 0 : i < 9 ? 1 : 2;
            run.add({metrics});
        }
        QCOMPARE(run.skips(), (std::vector<int64_t>{4, 9}));
        for (const auto& [step, loss] : {std::pair(2, 1.5), {4, 0.5}, {6, 0.75}, {8, 0.25}}) {
            ValidationMetrics metrics = validationAt(step);
            metrics.loss = loss;
            run.add(metrics);
        }
        QCOMPARE(run.best().step, 8);
        QCOMPARE(run.best().value, 0.25);
        run.begin(options, 6, 20);
        QCOMPARE(run.best().step, 4);
        QCOMPARE(run.skips(), (std::vector<int64_t>{4}));
    }

    void aGpuTakesThePlaceOfTheWait() {
        RunModel run;
        run.begin(optionsIn(QStringLiteral("/runs/a")), 0, 20);
        MetricTiles tiles;
        const auto shown = [&tiles] {
            QStringList names;
            for (const MetricTile* tile : tiles.findChildren<MetricTile*>())
                if (!tile->isHidden()) names << tile->accessibleName();
            return names;
        };
        run.add({stepAt(1, 20)});
        tiles.showRun(&run);
        QCOMPARE(shown(), (QStringList{QStringLiteral("Throughput"), QStringLiteral("Waiting for data")}));
        StepMetrics metrics = stepAt(2, 20);
        metrics.gpuUtilization = 94;
        metrics.gpuMemoryBytes = 21.4e9;
        metrics.gpuTemperature = 61;
        run.add({metrics});
        tiles.showRun(&run);
        QCOMPARE(shown(), (QStringList{QStringLiteral("Throughput"), QStringLiteral("GPU"),
                                       QStringLiteral("GPU memory"), QStringLiteral("GPU power")}));
        QCOMPARE(tiles.findChildren<MetricTile*>()[3]->accessibleDescription(), QStringLiteral("21.4 GB"));
        QCOMPARE(tiles.findChildren<MetricTile*>()[4]->accessibleDescription(), QStringLiteral("61 °C"));
    }

    void resumingForgetsWhatCameAfterTheCheckpoint() {
        RunModel run;
        run.begin(optionsIn(QStringLiteral("/runs/a")), 0, 20);
        for (int i = 1; i <= 10; ++i)
            run.add({stepAt(i, 20)});
        run.add(validationAt(8));
        run.setState(RunState::Stopped);
        run.begin(optionsIn(QStringLiteral("/runs/a")), 6, 20);
        QCOMPARE(run.step(), 6);
        QVERIFY(run.validations().empty());
        QCOMPARE(run.resumes().size(), size_t{1});
        QVERIFY(run.seconds() >= 3.0 && run.seconds() < 4.0);
    }

    void runFoldersAreSummarised() {
        QTemporaryDir folder;
        writeRun(folder.filePath(QStringLiteral("first run")), 8);
        QDir().mkpath(folder.filePath(QStringLiteral("broken")));
        writeFile(folder.filePath(QStringLiteral("broken/config.json")).toStdString(), "{");
        const auto runs = readRunSummaries(folder.path(), {});
        QCOMPARE(runs.size(), size_t{2});
        const auto& run = runs[0].problem.isEmpty() ? runs[0] : runs[1];
        const auto& broken = runs[0].problem.isEmpty() ? runs[1] : runs[0];
        QCOMPARE(run.name, QStringLiteral("first run"));
        QCOMPARE(run.state, RunState::Stopped);
        QCOMPARE(run.step, 8);
        QCOMPARE(run.lastCheckpoint, 5);
        QCOMPARE(run.recallAt10, 0.5);
        QVERIFY(!broken.problem.isEmpty());
    }

    void theListOfRunsIsAProperModel() {
        RunListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        RunSummary run;
        run.folder = QStringLiteral("/runs/a");
        run.name = QStringLiteral("a");
        model.update(run);
        run.step = 3;
        model.update(run);
        QCOMPARE(model.rowCount(), 1);
        run.folder = QStringLiteral("/runs/b");
        model.update(run);
        QCOMPARE(model.rowOf(QStringLiteral("/runs/b")), 0);
        model.setRuns({});
        QCOMPARE(model.rowCount(), 0);
    }

    void parametersAreCountedAsOpenAisModelsHaveThem() {
        for (const ArchitectureChoice& choice : architectureChoices()) {
            if (choice.name == QLatin1String("ViT-B-32")) QCOMPARE(choice.parameters, 151'277'313);
            if (choice.name == QLatin1String("RN50")) QCOMPARE(choice.parameters, 102'007'137);
        }
        const QDir presets(QString::fromStdString(paths::source("resources/architectures")));
        QCOMPARE(architectureChoices().size(), size_t(presets.entryList({QStringLiteral("*.json")}).size()));
    }

    void theCommandSaysWhatDiffers() {
        TrainOptions options;
        options.trainData = "my photos/captions.csv";
        options.output = "/tmp/it's a run";
        options.steps = 50;
        QCOMPARE(trainCommand(options),
                 QStringLiteral("diagonal-cli train --train-data 'my photos/captions.csv' --model small --out "
                                "'/tmp/it'\\''s a run' --steps 50"));
    }

    void scenesAreLookedAt() {
        const auto preview = previewData("scenes:count=300,seed=1", {}, 0, {});
        QCOMPARE(QString::fromStdString(preview.summary.kind), QStringLiteral("Scenes"));
        QCOMPARE(preview.samples.size(), size_t{kSampleCount});
        for (const DataSample& sample : preview.samples) {
            QVERIFY(!sample.picture.isNull());
            QVERIFY(!sample.caption.isEmpty());
        }
        QVERIFY(medianWords(preview.summary.captionLengths) > 0);
        QVERIFY(preview.columns.isEmpty());
    }

    void fewImagesGetASmallBatch() {
        DatasetSummary summary;
        summary.kind = "CSV";
        summary.images = summary.unassigned = 50;
        TrainOptions options = defaultOptions();
        suitData(options, summary);
        QCOMPARE(static_cast<size_t>(options.batchSize), trainingImages(summary));
        QVERIFY(options.epochs > 0 && options.steps == 0);
        options.trainData = "x";
        options.output = "y";
        checkOptions(options);
    }

    void namesOfRunsDoNotCollide() {
        const QString first = freeRunName({}, defaultOptions());
        QVERIFY(freeRunName({first}, defaultOptions()) != first);
    }

    /// Of the last values too: the end of a running curve is no spike.
    void smoothingIsCalmAtTheEnd() {
        std::vector<double> noisy(400);
        for (size_t i = 0; i < noisy.size(); ++i)
            noisy[i] = i % 2 == 0 ? 1 : -1;
        noisy.back() = 2;
        const auto calm = smoothed(noisy, 100);
        QVERIFY2(std::abs(calm.back()) < 0.25, qPrintable(QString::number(calm.back())));
        QVERIFY(std::abs(calm.front()) < 0.25);
    }

    void theLogTellsOfResumesAndOfDeath() {
        QTemporaryDir folder;
        const QString path = folder.filePath("run");
        writeRun(path, 8);
        const std::filesystem::path run = path.toStdString();
        QVERIFY(!readHistory(run).died);
        std::string log =
            "2026-11-30T12:00:00Z  tokenizer of 512 tokens\n2026-11-30T12:00:40Z  stopped at step 5; go on\n";
        writeFile(run / "log.txt", log);
        QVERIFY(!readHistory(run).died);
        log += "2026-11-30T13:00:00Z  resumed at step 5 of 20\n2026-11-30T13:00:12Z  a word\n";
        writeFile(run / "log.txt", log);
        QFile metrics(path + "/metrics.jsonl");
        QVERIFY(metrics.open(QIODevice::ReadWrite));
        QVERIFY(metrics.setFileTime(QDateTime(QDate(2026, 11, 30), QTime(13, 0, 20), Qt::UTC),
                                    QFileDevice::FileModificationTime));
        metrics.close();
        const RunHistory history = readHistory(run);
        QCOMPARE(history.resumes, std::vector<int64_t>{5});
        QCOMPARE(history.seconds, 60.0);
        QVERIFY(history.died);
        const RunModel model(readRun(run), history, nullptr);
        QCOMPARE(model.state(), RunState::Died);
        QVERIFY(model.canResume());
        QCOMPARE(model.seconds(), 60.0);
        QCOMPARE(model.resumes(), std::vector<int64_t>{5});
    }

    void aModelOfAHubIsFineTunedAndAPresetIsNot() {
        for (const auto& [model, fineTuned] :
             {std::pair("ViT-B/32", false), {"small", false}, {"/models/mine", true}}) {
            TrainOptions options = optionsIn("/runs/a");
            options.model = model;
            RunModel run;
            run.begin(options, 0, 20);
            QCOMPARE(run.isFineTuned(), fineTuned);
        }
    }

    void errorsOfTheTrainerSpeakTheWindowsWords() {
        const QString text =
            OptionTexts::inWords("The disk is full. Choose another --out, or give a smaller --keep-checkpoints.");
        QVERIFY2(!text.contains("--"), qPrintable(text));
        QVERIFY(text.contains(OptionTexts::label("keep_checkpoints")));
        QCOMPARE(OptionTexts::inWords("a -- b"), QString("a -- b"));
    }

    void aRunThatStaysAsItWasIsNotReadAgain() {
        QTemporaryDir folder;
        const QString path = folder.filePath("run");
        writeRun(path, 8);
        KnownRuns known;
        QCOMPARE(readRunSummaries(folder.path(), {}, &known).front().step, 8);
        QCOMPARE(known.runs.size(), size_t{1});
        known.runs.begin()->second.summary.step = 7;  // to see who answers
        QCOMPARE(readRunSummaries(folder.path(), {}, &known).front().step, 7);
        writeRun(path, 9);
        QCOMPARE(readRunSummaries(folder.path(), {}, &known).front().step, 9);
    }

    void smoothingGoesFromOneToAThousand() {
        QCOMPARE(smoothingWindow(0), 1);
        QCOMPARE(smoothingWindow(100), 1000);
        QCOMPARE(condensed({1, 2, 3, 4}, 4, 2), (std::vector<double>{1.5, 3.5}));
    }

    void enterFiveTimesStarts() {
        Services services;
        TrainWizard wizard(services);
        wizard.resize(1300, 800);
        QSignalSpy started(&wizard, &TrainWizard::startRequested);
        wizard.begin();
        wizard.show();
        for (int i = 0; i < wizard.stepCount(); ++i) {
            QCOMPARE(wizard.currentStep(), i);
            QTest::keyClick(&wizard, Qt::Key_Return);
        }
        QCOMPARE(started.count(), 1);
        checkOptions(started.first().first().value<TrainOptions>());
        QTest::qWait(1);
    }

    void aWrongPathIsSaidUnderTheField() {
        Services services;
        TrainWizard wizard(services);
        wizard.begin(QStringLiteral("/nowhere/at/all"));
        wizard.show();
        // The look at the data is over when Next refuses.
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                wizard.goTo(0);
                wizard.next();
                return wizard.currentStep() == 0;
            }(),
            20000);
    }

    void aRunFolderOpensInTheMonitor() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("my run"));
        writeRun(path, 8);
        openPane();
        QVERIFY(m_pane->openPaths({path}));
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->shownRun() != nullptr && m_pane->shownRun()->name() == QLatin1String("my run"),
                                 20000);
        QCOMPARE(m_pane->shownRun()->state(), RunState::Stopped);
        QVERIFY(m_pane->shownRun()->canResume());
        m_pane->grab();
    }

    /// The answer to an earlier choice comes when another was made.
    void allSayTheSameTime() {
        RunModel run;
        run.begin(optionsIn("/runs/one"), 0, 20);
        StepMetrics step = stepAt(1, 20);
        step.batchTime = 0;
        run.add({step});
        const double seconds = run.seconds();
        QTest::qWait(5);
        QCOMPARE(run.seconds(), seconds);
        run.add(validationAt(1));
        QVERIFY(run.seconds() > seconds);
        QSignalSpy changed(&run, &RunModel::changed);
        run.setSecondsLeft(20);
        run.setSecondsLeft(20);
        QCOMPARE(changed.count(), 1);
    }

    void whyARunFailedIsSaidInTheListAndOnItsPage() {
        const QString reason("a <very> long reason that no line of the list has room for, and that goes on and on");
        RunModel run;
        run.setFolder("/runs/one", optionsIn("/runs/one"));
        run.fail({"training", reason, {}});
        RunListModel list;
        list.update(summaryOf(run));
        QVERIFY(list.index(0).data(Qt::ToolTipRole).toString().contains(reason));  // shown as plain text
        QVERIFY(list.index(0).data(Qt::AccessibleTextRole).toString().contains(reason));
        QTemporaryDir folder;
        Services services;
        TrainPane pane(services);
        pane.resize(1000, 700);
        pane.show();
        pane.openRun(folder.path());  // no run
        QTRY_VERIFY_WITH_TIMEOUT(pane.shownRun() != nullptr, 20000);
        QCOMPARE(pane.shownRun()->state(), RunState::Failed);
        const auto says = [&](const QString& words) {
            for (const QLabel* label : pane.findChildren<QLabel*>())
                if (label->isVisible() && label->wordWrap() && label->text().contains(words)) return true;
            return false;
        };
        QVERIFY(says(pane.shownRun()->error().problem));
    }

    void stopStaysWhereItIsAndFactsComeWithARun() {
        Services services;
        TrainPane pane(services);
        pane.resize(1300, 800);
        pane.show();
        QVERIFY(!pane.findChild<RunFacts*>()->isVisible());
        MonitorHead head;
        head.resize(1000, 80);
        head.show();
        RunModel run;
        head.setRun(&run);
        run.setFolder("/runs/one", optionsIn("/runs/one"));
        const QPushButton* stop = nullptr;
        for (const auto* button : head.findChildren<QPushButton*>())
            if (button->text() == "Stop") stop = button;
        QVERIFY(stop != nullptr && stop->isVisible());
        QCoreApplication::processEvents();
        const QPoint before = stop->pos();
        run.begin(optionsIn("/runs/one"), 0, 20);
        run.add({stepAt(1, 20)});
        run.addCheckpoint(1);
        QCoreApplication::processEvents();
        QCOMPARE(stop->pos(), before);
    }

    /// One run trains at a time: the wizard says so from its first page on.
    void aSecondRunWaitsForTheFirst() {
        QTemporaryDir folder;
        Services services;
        TrainPane pane(services);
        pane.resize(1300, 800);
        pane.show();
        pane.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&pane));
        pane.newRun();
        TrainOptions options = optionsIn(folder.filePath("live"));
        options.trainData = "scenes:count=400,seed=1";
        Q_EMIT pane.wizard()->startRequested(options);
        QVERIFY(!pane.isWizardShown());
        QVERIFY(qobject_cast<QListView*>(QApplication::focusWidget()) != nullptr);
        QVERIFY(services.training().isRunning());
        const auto says = [&](const QString& words) {
            for (const QLabel* label : pane.wizard()->findChildren<QLabel*>())
                if (label->isVisible() && label->text().contains(words)) return true;
            return false;
        };
        pane.newRun();
        QVERIFY(says("Another run is training"));
        QTRY_VERIFY_WITH_TIMEOUT(services.engine().jobs().isEmpty(), 20000);
        pane.wizard()->goTo(pane.wizard()->stepCount() - 1);
        QPushButton* start = nullptr;
        for (auto* button : pane.wizard()->findChildren<QPushButton*>())
            if (button->text() == "Start training") start = button;
        QVERIFY(start != nullptr && !start->isEnabled());
        QVERIFY(pane.wizard()->isAncestorOf(QApplication::focusWidget()));
        services.training().stop();
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), 60000);
        QVERIFY(!says("Another run is training"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QVERIFY(!pane.isWizardShown());
        QVERIFY(qobject_cast<QListView*>(QApplication::focusWidget()) != nullptr);
    }

    void theRunChosenLastIsShown() {
        QTemporaryDir folder;
        const QString slow = folder.filePath("slow"), live = folder.filePath("live");
        writeRun(slow, 5);
        openPane();
        m_pane->openRun(slow);  // is being read
        Q_EMIT m_pane->wizard()->startRequested(optionsIn(live));
        QVERIFY(m_pane->shownRun() != nullptr);
        QCOMPARE(m_pane->shownRun()->folder(), live);
        m_pane->shownRun()->add(validationAt(1));
        QCOMPARE(m_pane->findChild<RunListModel*>()->run(0).recallAt10, 0.5);
        QTRY_VERIFY_WITH_TIMEOUT(m_services->engine().jobs().isEmpty(), 20000);
        QTest::qWait(50);
        QCOMPARE(m_pane->shownRun()->folder(), live);
        m_services->training().stop();
        QTRY_VERIFY_WITH_TIMEOUT(!m_services->training().isRunning(), 60000);
    }

    void aFolderOfDataOpensInTheWizard() {
        QTemporaryDir folder;
        openPane();
        QVERIFY(m_pane->openPaths({folder.path()}));
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->isWizardShown(), 20000);
        QCOMPARE(QString::fromStdString(m_pane->wizard()->options().trainData), folder.path());
    }

    void manyStepsArePlottedAtOnce() {
        RunRecord record;
        record.folder = "/runs/long";
        record.options = optionsIn(QStringLiteral("/runs/long"));
        for (int i = 1; i <= 20000; ++i)
            record.steps.push_back(stepAt(i, 20000));
        RunModel run(std::move(record), {}, nullptr);
        Curves curves;
        curves.resize(900, 700);
        curves.setRun(&run);
        curves.show();
        QVERIFY(!curves.grab().isNull());
    }

  private:
    QTemporaryDir m_home;
};

DIAGONAL_TEST(TestTrainPane);
#include "test_train_pane.moc"
