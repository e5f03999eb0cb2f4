// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QPlainTextEdit>
#include <QtTest>
#include <cmath>

#include "engine/base/error.h"
#include "tests/ui/ui_test.h"
#include "ui/matrix/captions_panel.h"
#include "ui/matrix/matrix_analysis.h"
#include "ui/matrix/matrix_export.h"
#include "ui/matrix/matrix_pane.h"
#include "ui/matrix/matrix_side.h"
#include "ui/matrix/matrix_source.h"
#include "ui/matrix/matrix_view.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/notice_bar.h"

using namespace diagonal;

namespace {

SimilarityMatrix matrixOf(int64_t rows, int64_t columns, std::vector<float> values) {
    return {rows, columns, std::move(values)};
}

const float kNan = std::nanf("");

}  // namespace

class TestMatrixPane : public PaneTest<MatrixPane> {
    Q_OBJECT

  private Q_SLOTS:
    void ranksCountWhatIsHigher() {
        const auto matrix = matrixOf(2, 3, {0.1F, 0.9F, 0.5F, kNan, 0.2F, 0.6F});
        QCOMPARE(rankInRow(matrix, 0, 0), 3);
        QCOMPARE(rankInRow(matrix, 0, 1), 1);
        QCOMPARE(rankInColumn(matrix, 0, 2), 2);
        QCOMPARE(rankInColumn(matrix, 1, 0), 0);  // no number, no rank
    }

    void recallLeavesUnreadImagesOut() {
        QCOMPARE(recallAt({1, 2, 6, 0}, 1), 1.0 / 3);
        QCOMPARE(recallAt({1, 2, 6, 0}, 5), 2.0 / 3);
        QVERIFY(std::isnan(recallAt({0, 0}, 1)));
    }

    void diagonalFactsCountRowsAndColumns() {
        const auto facts = diagonalFacts(matrixOf(2, 2, {0.9F, 0.1F, 0.95F, 0.3F}));
        QVERIFY(std::abs(facts.diagonal - 0.6) < 1e-6);
        QCOMPARE(facts.rightRows, 1);
        QCOMPARE(facts.rightColumns, 1);
    }

    void rangeIsRoundedToTwentieths() {
        std::vector<float> values;
        for (int i = 0; i <= 100; ++i)
            values.push_back(0.11F + 0.002F * static_cast<float>(i));
        values.push_back(kNan);
        const auto [low, high] = percentileRange(values);
        QCOMPARE(low, 0.10);
        QCOMPARE(high, 0.35);
        QCOMPARE(percentileRange({kNan}), (std::pair<double, double>(0, 1)));
    }

    void lossOfEqualCosinesIsChance() {
        const auto loss = pairLoss(matrixOf(4, 4, std::vector<float>(16, 0.3F)), 0.01);
        QVERIFY(std::abs(loss.imageToText - std::log(4.0)) < 1e-9);
        QVERIFY(std::abs(loss.textToImage - std::log(4.0)) < 1e-9);
    }

    void lossAgreesWithTheSoftmaxOfTheDiagonal() {
        const auto cosines = matrixOf(2, 2, {0.5F, 0.2F, 0.1F, 0.4F});
        const double temperature = 0.1;
        const auto rows = matrixValues(cosines, MatrixValue::SoftmaxRow, temperature);
        const auto columns = matrixValues(cosines, MatrixValue::SoftmaxColumn, temperature);
        const auto loss = pairLoss(cosines, temperature);
        QVERIFY(std::abs(loss.imageToText + (std::log(rows.at(0, 0)) + std::log(rows.at(1, 1))) / 2) < 1e-5);
        QVERIFY(std::abs(loss.textToImage + (std::log(columns.at(0, 0)) + std::log(columns.at(1, 1))) / 2) < 1e-5);
    }

    void lossDoesNotOverflowAtTheLowestTemperature() {
        const auto curve = lossCurve(matrixOf(2, 2, {1.0F, -1.0F, -1.0F, 1.0F}));
        for (const double value : curve.imageToText)
            QVERIFY(std::isfinite(value));
        QCOMPARE(curve.temperatures.front(), 0.001);
        QVERIFY(std::abs(curve.temperatures.back() - 1) < 1e-12);
    }

    void likeRowsStandBesideEachOther() {
        const std::vector<std::vector<float>> rows = {{1, 0}, {0, 1}, {0.99F, 0.14F}, {}, {0.14F, 0.99F}};
        const auto order = orderByLikeness(rows);
        QCOMPARE(order.size(), rows.size());
        QCOMPARE(order.back(), 3);
        const auto place = [&](int row) { return std::find(order.begin(), order.end(), row) - order.begin(); };
        QCOMPARE(std::abs(place(0) - place(2)), 1);
        QCOMPARE(std::abs(place(1) - place(4)), 1);
    }

    void anUnreadImageIsARowOfNan() {
        MatrixInput input;
        input.images = {{1, 0}, {}, {0, 1}};
        input.texts = {{1, 0}, {0, 1}, {0.6F, 0.8F}};
        input.paired = true;
        const auto analysis = analyseMatrix(input);
        QVERIFY(std::isnan(analysis.cosines.at(1, 0)));
        QCOMPARE(analysis.cosines.at(0, 0), 1.0F);
        QCOMPARE(analysis.rowRanks[1], 0);
        const auto shown = shownMatrix(analysis, ShownValue::Both, 0.1);
        QVERIFY(std::isnan(shown.at(1, 1)));
        QVERIFY(shown.at(0, 0) > 0 && shown.at(0, 0) <= 1);
    }

    void worstPairsComeFirst() {
        MatrixInput input;
        input.images = {{1, 0}, {0, 1}};
        input.texts = {{1, 0}, {0.8F, 0.6F}};
        input.paired = true;
        input.order = MatrixOrder::WorstFirst;
        const auto analysis = analyseMatrix(input);
        QCOMPARE(analysis.rowOrder.size(), size_t{2});
        QCOMPARE(analysis.rowOrder, analysis.columnOrder);
    }

    void sampleScenesArePairs() {
        QTemporaryDir folder;
        const auto items = drawSampleScenes(folder.path(), 5, {});
        QCOMPARE(items.files.size(), 5);
        QCOMPARE(items.captions.size(), 5);
        QVERIFY(items.paired);
        for (const QString& file : items.files)
            QVERIFY(!QImage(file).isNull());
    }

    void pairsAreReadFromATable() {
        QTemporaryDir folder;
        const auto scenes = drawSampleScenes(folder.path(), 3, {});
        QFile table(folder.filePath(QStringLiteral("pairs.csv")));
        QVERIFY(table.open(QIODevice::WriteOnly));
        table.write("image,caption\n");
        for (int i = 0; i < 3; ++i)
            table.write(QFileInfo(scenes.files[i]).fileName().toUtf8() + ",\"" + scenes.captions[i].toUtf8() + "\"\n");
        table.close();
        const auto items = readPairs(table.fileName(), 2, {});
        QCOMPARE(items.files.size(), 2);
        QCOMPARE(items.captions, scenes.captions.mid(0, 2));
        QCOMPARE(items.available, 3);
    }

    void droppedFoldersGiveTheirImages() {
        QTemporaryDir folder;
        const auto scenes = drawSampleScenes(folder.path(), 3, {});
        QVERIFY2(!readDropped({folder.path()}, 24, {}), "no data set: pictures");
        QVERIFY(!readDropped({scenes.files.first()}, 24, {}));
        QVERIFY(!readDropped(scenes.files, 24, {}));
        QVERIFY_EXCEPTION_THROWN(readDropped({folder.filePath("gone.csv")}, 24, {}), Error);
    }

    void exportsWriteEachKind() {
        QTemporaryDir folder;
        MatrixExport job;
        job.matrix = matrixOf(1, 2, {0.25F, 0.5F});
        job.names = QStringList{QStringLiteral("a.jpg")};
        job.captions = QStringList{QStringLiteral("one"), QStringLiteral("two, three")};
        for (const char* ending : {"csv", "npy", "png"}) {
            job.file = folder.filePath(QStringLiteral("m.") + QLatin1String(ending));
            writeMatrix(job);
            QVERIFY(QFileInfo(job.file).size() > 0);
        }
        QFile table(folder.filePath(QStringLiteral("m.csv")));
        QVERIFY(table.open(QIODevice::ReadOnly));
        const QByteArray text = table.readAll();
        QVERIFY(text.contains("\"two, three\""));
        QVERIFY(text.contains("0.25,0.5"));
    }

    void captionsAreOneALine() {
        CaptionsPanel panel;
        QSignalSpy spy(&panel, &CaptionsPanel::captionsEdited);
        panel.findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("a dog\n\n  a cat \n"));
        QVERIFY(spy.wait());
        QCOMPARE(spy.last().first().toStringList(), (QStringList{QStringLiteral("a dog"), QStringLiteral("a cat")}));
    }

    void thePaneShowsSampleScenes() {
        openPane();
        QSignalSpy changed(&m_pane->session(), &MatrixSession::itemsChanged);
        m_pane->showSampleScenes();
        QVERIFY(changed.wait(20000));
        QCOMPARE(m_pane->session().items().files.size(), 12);
        QVERIFY(m_pane->session().isPaired());
        m_pane->session().setPaired(false);
        QVERIFY(!m_pane->session().isPaired());
        m_pane->session().setItems({});
        QVERIFY(m_pane->session().items().files.isEmpty());
    }

    void removingAllCanBeTakenBack() {
        openPane();
        QSignalSpy changed(&m_pane->session(), &MatrixSession::itemsChanged);
        m_pane->showSampleScenes();
        QVERIFY(changed.wait(20000));
        m_pane->session().setCaptions({"typed by hand"});
        const auto actions = m_pane->editActions();
        actions.last()->trigger();
        QVERIFY(m_pane->session().items().files.isEmpty() && m_pane->session().items().captions.isEmpty());
        QVERIFY(actions.first()->isEnabled());
        actions.first()->trigger();
        QCOMPARE(m_pane->session().items().files.size(), 12);
        QCOMPARE(m_pane->session().items().captions, QStringList("typed by hand"));
        m_pane->session().setCaptions({"typed later"});
        m_pane->undoStack().redo();
        QVERIFY(m_pane->session().items().files.isEmpty());
        m_pane->undoStack().undo();
        QCOMPARE(m_pane->session().items().captions, QStringList("typed later"));
    }

    void theHeadingFollowsEdits() {
        Services services;
        MatrixPane pane(services);
        QTemporaryDir folder;
        MatrixItems items = drawSampleScenes(folder.path(), 3, {});
        items.title = "Flickr8k test";
        items.available = 1000;
        pane.session().setItems(items);
        QVERIFY(pane.heading().contains("Flickr8k test, 3 of 1"));
        QVERIFY(pane.session().typedCaptions().isEmpty());
        pane.session().setCaptions({"one", "two", "three"});
        QCOMPARE(pane.heading(), QString("3 images, 3 captions"));
        QCOMPARE(pane.session().typedCaptions(), QStringList({"one", "two", "three"}));
    }

    void theCaptionEditorTakesItsOwnEditsBack() {
        Services services;
        MatrixPane pane(services);
        pane.resize(1300, 800);
        pane.show();
        QSignalSpy changed(&pane.session(), &MatrixSession::itemsChanged);
        pane.showSampleScenes();
        QVERIFY(changed.wait(20000));
        pane.editActions().last()->trigger();  // a step to take back
        QVERIFY(pane.undoStack().canUndo());
        pane.editCaptions(true);
        auto* editor = pane.findChild<CaptionsPanel*>()->findChild<QPlainTextEdit*>();
        QApplication::setActiveWindow(&pane);
        editor->setFocus();
        QTest::keyClicks(editor, "a dog");
        QTRY_COMPARE(pane.session().items().captions, QStringList("a dog"));
        for (const QKeySequence::StandardKey key : {QKeySequence::Undo, QKeySequence::Redo}) {
            QTest::keySequence(editor, QKeySequence(key));
            QVERIFY(pane.session().items().files.isEmpty() && pane.undoStack().canUndo());
        }
        QCOMPARE(editor->toPlainText(), QString("a dog"));
        // Nothing typed is left: the field still has the focus, and the matrix stays.
        for (int i = 0; i < 3; ++i)
            QTest::keySequence(editor, QKeySequence(QKeySequence::Undo));
        QVERIFY(editor->toPlainText().isEmpty() && pane.session().items().files.isEmpty());
    }

    void aStoppedMatrixGoesOnWhenAsked() {
        Services services;
        MatrixPane pane(services);
        pane.resize(1300, 800);
        pane.show();
        QSignalSpy opened(&services.engine(), &EngineService::modelChanged);
        services.openModel("demo");
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, 60000);
        const JobId last = services.engine().runTask(this, "probe", [](const JobContext&) {}, {});
        pane.session().setCaptions({"a red circle"});
        services.engine().cancel(last + 1);
        QVERIFY(pane.session().isStopped() && !pane.session().isBusy());
        QVERIFY(pane.notice().text().contains("not finished"));
        Q_EMIT pane.notice().linkActivated();
        QVERIFY(pane.session().isBusy() && !pane.session().isStopped());
        QTRY_VERIFY_WITH_TIMEOUT(!pane.session().isBusy(), 60000);
        QVERIFY(!pane.notice().text().contains("not finished") || pane.notice().isHidden());
    }

    /// Edited captions start no images, and new images no captions.
    void whatWasStoppedIsOfferedUntilItGoesOn() {
        Services services;
        MatrixPane pane(services);
        QSignalSpy opened(&services.engine(), &EngineService::modelChanged);
        services.openModel("demo");
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, 60000);
        const auto isOffered = [&pane] {
            return pane.session().isStopped() && pane.notice().text().contains("not finished");
        };
        JobId last = services.engine().runTask(this, "probe", [](const JobContext&) {}, {});
        pane.session().addImages({picture("one.png")}, {});
        services.engine().cancel(last + 1);
        QVERIFY(isOffered());
        pane.session().setCaptions({"a red circle"});
        QTRY_VERIFY_WITH_TIMEOUT(!pane.session().isBusy(), 60000);
        QVERIFY(isOffered());
        last = services.engine().runTask(this, "probe", [](const JobContext&) {}, {});
        pane.session().setCaptions({"a blue square"});
        services.engine().cancel(last + 1);
        pane.session().addImages({picture("two.png")}, {});
        QTRY_VERIFY_WITH_TIMEOUT(!pane.session().isBusy(), 60000);
        QVERIFY(isOffered());
        Q_EMIT pane.notice().linkActivated();
        QVERIFY(!isOffered() && pane.session().isBusy());
        QTRY_VERIFY_WITH_TIMEOUT(!pane.session().isBusy(), 60000);
        QVERIFY(!pane.session().isStopped());
    }

    void aMatrixHasABound() {
        QTemporaryDir folder;
        for (int i = 0; i < 1100; ++i)
            QVERIFY(QFile(folder.filePath(QStringLiteral("%1.png").arg(i))).open(QIODevice::WriteOnly));
        openPane();
        QSignalSpy told(m_services.get(), &Services::notified);
        m_pane->openPaths({folder.path()});
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->session().items().files.size(), 1000, 20000);
        QTRY_COMPARE(told.count(), 1);
        QVERIFY(told[0][0].toString().contains("100 "));
    }

    /// While pictures stream in, loss and recall are of those that are there, and so is what chance would give.
    void chanceIsOfThePairsThatAreThere() {
        MatrixInput input;
        for (int i = 0; i < 40; ++i) {
            input.texts.push_back({std::cos(0.1F * static_cast<float>(i)), std::sin(0.1F * static_cast<float>(i))});
            input.images.push_back(i < 24 ? input.texts.back() : std::vector<float>());
        }
        input.paired = true;
        MatrixSide side;
        side.showAnalysis(analyseMatrix(input), true);
        QCOMPARE(side.chance(), std::log(24.0));
    }

    /// Range, colours and values together are one picture; missing cells are few rectangles, whatever their number.
    void aHeatmapIsMadeOnceForManyChanges() {
        HeatmapView view;
        view.resize(600, 600);
        std::vector<float> values(1000 * 1000, 0.5F);
        for (size_t i = 300 * 1000; i < values.size(); ++i)
            values[i] = kNan;
        view.setColours(colourTableOf(ColourMap::Viridis));
        view.setRange(0, 1);
        view.setMatrix(1000, 1000, values);
        view.setRowNames({});
        QCOMPARE(view.renderCount(), 0);
        view.show();
        QVERIFY(!view.grab().isNull());
        QCOMPARE(view.renderCount(), 1);
        QCOMPARE(view.missingRuns(), 1);
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < 20; ++i) {
            view.setCurrentCell({i, i});
            view.repaint();
        }
        QCOMPARE(view.renderCount(), 1);
        qInfo("a hover over 1000 x 1000 cells, most of them missing: %lld ms", clock.elapsed() / 20);
        values[500 * 1000 + 500] = 0.25F;
        view.setMatrix(1000, 1000, std::move(values));
        QVERIFY(!view.grab().isNull());
        QCOMPARE(view.missingRuns(), 4);
    }

    void onlyNewCaptionsAreEmbedded() {
        Services services;
        MatrixSession session(services.engine());
        QSignalSpy opened(&services.engine(), &EngineService::modelChanged),
            analysed(&session, &MatrixSession::analysed);
        services.openModel("demo");
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, 60000);
        session.setCaptions({"a red circle", "a blue square"});
        QTRY_VERIFY_WITH_TIMEOUT(!session.isBusy(), 60000);
        session.setCaptions({"a red circle"});
        QVERIFY(!session.isBusy());  // it is known
        session.setCaptions({"a red circle", "a green star"});
        QVERIFY(session.isBusy());
        QTRY_VERIFY_WITH_TIMEOUT(!session.isBusy(), 60000);
    }

    void theOpenModelFillsTheMatrix() {
        openPane();
        QSignalSpy opened(&m_services->engine(), &EngineService::modelChanged);
        QSignalSpy failed(&m_services->engine(), &EngineService::modelFailed);
        m_services->openModel(QStringLiteral("demo"));
        QTRY_VERIFY_WITH_TIMEOUT(opened.count() + failed.count() > 0, 30000);
        if (m_services->engine().model() == nullptr) QSKIP("the demo model is not there");
        m_pane->showSampleScenes();
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->view().shown().rows == 12 && !std::isnan(m_pane->view().shown().at(11, 11)),
                                 60000);
        QCOMPARE(m_pane->view().heatmap()->columns(), 12);
        const auto facts = diagonalFacts(m_pane->session().analysis().cosines);
        QVERIFY(facts.diagonal > facts.others);
        m_pane->side().setValue(ShownValue::Row);
        float sum = 0;
        for (int j = 0; j < 12; ++j)
            sum += m_pane->view().shown().at(0, j);
        QVERIFY(std::abs(sum - 1) < 1e-4F);
    }
};

DIAGONAL_TEST(TestMatrixPane);
#include "test_matrix_pane.moc"
