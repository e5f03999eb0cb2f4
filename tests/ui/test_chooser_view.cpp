// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QPushButton>

#include "tests/paths.h"
#include "tests/ui/ui_test.h"
#include "ui/model_pane/chooser_view.h"
#include "ui/model_pane/front_plot.h"
#include "ui/model_pane/models_pane.h"
#include "ui/model_pane/score_table.h"

using namespace diagonal;

namespace {

constexpr int kChooserPatience = 60000;

ModelEntry localModel(const QString& name, const QString& path) {
    ModelEntry entry;
    entry.name = name;
    entry.path = path;
    return entry;
}

std::shared_ptr<const ModelScore> scoreOf(double recall, double seconds) {
    auto score = std::make_shared<ModelScore>();
    score->recall.textToImage = score->recall.imageToText = {recall, recall, recall};
    score->imageSeconds = seconds;
    score->textSeconds = seconds / 4;
    score->memoryBytes = 1000000;
    score->info.embedDim = 512;
    score->bytes = 605000000;
    return score;
}

}  // namespace

/// The model chooser of the Models pane.
class TestChooserView : public PaneTest<ChooserView> {
    Q_OBJECT

  private:
    const QString m_demo = QString::fromStdString(paths::source("resources/demo-model"));
    const QString m_vit = QString::fromStdString(paths::source("tests/parity/data/families/open_clip-vit"));

    const ScoreTableModel::Row& row(int number) const { return m_pane->scores().rows()[static_cast<size_t>(number)]; }
    void waitForTheEnd() const { QTRY_VERIFY_WITH_TIMEOUT(!m_pane->isRunning(), kChooserPatience); }

  private Q_SLOTS:
    void init() {
        UiTest::init();
        openPane();
    }

    void theRowsAreAProperModel() {
        ScoreTableModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setEntries({localModel("a", "/a"), localModel("b", "/b"), localModel("c", "/c")});
        model.setScore("/b", scoreOf(0.5, 0.01));
        model.setScore("/c", scoreOf(0.7, 0.02));
        model.setError("/a", "it is broken");
        model.sort(ScoreTableModel::Mean, Qt::DescendingOrder);
        QCOMPARE(model.index(0, 0).data().toString(), QString("c"));
        QCOMPARE(model.index(2, 0).data().toString(), QString("a"));
        model.sort(ScoreTableModel::ImageTime, Qt::AscendingOrder);
        QCOMPARE(model.index(0, 0).data().toString(), QString("b"));
        QCOMPARE(model.index(2, 0).data().toString(), QString("a"));
        model.sort(-1);
        QCOMPARE(model.index(0, 0).data().toString(), QString("a"));
        QCOMPARE(model.index(1, ScoreTableModel::Mean).data().toString(), QString("50.0"));
        model.setEntries({localModel("c", "/c")});
        QVERIFY(model.rows().front().score);
    }

    void theFrontIsMarked() {
        ScoreTableModel model;
        model.setEntries({localModel("slow", "/a"), localModel("quick", "/b"), localModel("good", "/c")});
        model.setScore("/a", scoreOf(0.5, 0.05));
        model.setScore("/b", scoreOf(0.5, 0.01));
        model.setScore("/c", scoreOf(0.7, 0.02));
        QVERIFY(!model.rows()[0].isOnFront && model.rows()[1].isOnFront && model.rows()[2].isOnFront);
        QVERIFY(model.index(1, 0).data(Qt::AccessibleTextRole).toString().contains("better and quicker"));
    }

    void comparingFillsTableAndPlot() {
        m_pane->setEntries({localModel("Demo model", m_demo), localModel("ViT", m_vit),
                            localModel("gone", m_folder.filePath("gone")), localModel("not here", {})});
        QCOMPARE(m_pane->scores().rowCount(), 3);
        QVERIFY(!m_pane->startButton().isEnabled());
        m_pane->setData("scenes:count=120,seed=2");
        m_pane->setLimit(20);
        QVERIFY(m_pane->startButton().isEnabled());
        m_pane->startButton().click();
        QVERIFY(m_pane->isRunning());
        waitForTheEnd();
        QVERIFY2(m_pane->errorText().isEmpty(), qPrintable(m_pane->errorText()));
        QVERIFY(row(0).score && row(1).score);
        QCOMPARE(row(0).score->pictures, size_t{20});
        QVERIFY(row(0).score->recall.mean() > row(1).score->recall.mean());
        QVERIFY(row(2).error.contains("no such model"));
        QVERIFY(m_pane->plot().accessibleDescription().contains("Demo model"));
        QVERIFY(m_pane->noteText().contains("20"));

        m_pane->copy();
        const QStringList lines = QApplication::clipboard()->text().split('\n');
        QCOMPARE(lines[0].count('\t'), int{ScoreTableModel::ColumnCount} - 1);
        QVERIFY(lines[1].startsWith("Demo model\t"));
        m_pane->exportTo(m_folder.filePath("models.csv"));
        QFile file(m_folder.filePath("models.csv"));
        QTRY_VERIFY(file.exists());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArrayList csv = file.readAll().split('\n');
        QCOMPARE(csv.size(), 5);
        QCOMPARE(csv[0].count(','), csv[1].count(','));
        QVERIFY(csv[1].startsWith("Demo model,,"));
    }

    void onlyCheckedModelsAreCompared() {
        m_pane->setEntries({localModel("Demo model", m_demo), localModel("gone", m_folder.filePath("gone"))});
        QTableView& table = m_pane->table();
        table.setFocus();
        table.setCurrentIndex(m_pane->scores().index(1, 3));
        QTest::keyClick(&table, Qt::Key_Space);
        QCOMPARE(m_pane->scores().chosen(), QStringList{m_demo});
        const QRect cell = table.visualRect(m_pane->scores().index(0, 0));
        QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, ModelScoreDelegate::checkArea(cell).center());
        m_pane->setData("scenes:count=20");
        QVERIFY(!m_pane->startButton().isEnabled());
        QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, ModelScoreDelegate::checkArea(cell).center());
        m_pane->setLimit(5);
        m_pane->start();
        waitForTheEnd();
        QVERIFY(row(0).score);
        QVERIFY(row(1).error.isEmpty());
    }

    void dataThatIsNoneIsTold() {
        m_pane->setEntries({localModel("Demo model", m_demo)});
        m_pane->setData(m_folder.filePath("nothing.csv"));
        m_pane->start();
        waitForTheEnd();
        QVERIFY2(m_pane->errorText().contains("nothing.csv"), qPrintable(m_pane->errorText()));
        QVERIFY(!m_pane->scores().hasScores());
        m_pane->setData("scenes:count=20");
        m_pane->setLimit(5);
        m_pane->start();
        QVERIFY(m_pane->errorText().isEmpty());
        waitForTheEnd();
    }

    void stopEndsIt() {
        m_pane->setEntries({localModel("Demo model", m_demo), localModel("ViT", m_vit)});
        m_pane->setData("scenes:count=20000");
        m_pane->setLimit(0);
        m_pane->start();
        m_pane->stop();
        waitForTheEnd();
        QVERIFY(!row(1).score);
        QVERIFY(!row(0).isBusy && !row(1).isBusy);
    }

    void thePaneHasIt() {
        ModelsPane pane(*m_services);
        pane.resize(1364, 840);
        pane.show();
        pane.compare();
        QCOMPARE(pane.page(), ModelsPane::Page::Compare);
        QVERIFY(pane.chooser().scores().rowCount() > 0);
        QTest::qWait(0);
        QCOMPARE(pane.page(), ModelsPane::Page::Compare);
    }
};

DIAGONAL_TEST(TestChooserView);
#include "test_chooser_view.moc"
