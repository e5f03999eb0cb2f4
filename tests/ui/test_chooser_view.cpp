// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/paths.h"
#include "tests/registry.h"
#include "ui/base/settings.h"
#include "ui/model_pane/chooser_view.h"
#include "ui/model_pane/front_plot.h"
#include "ui/model_pane/models_pane.h"
#include "ui/model_pane/score_table.h"
#include "ui/shell/services.h"
#include "ui/style/theme.h"

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
class TestChooserView : public QObject {
    Q_OBJECT

  private:
    const QString m_demo = QString::fromStdString(paths::source("resources/demo-model"));
    const QString m_vit = QString::fromStdString(paths::source("tests/parity/data/families/open_clip-vit"));
    QTemporaryDir m_folder;
    std::unique_ptr<Services> m_services;
    std::unique_ptr<ChooserView> m_view;

    const ScoreTableModel::Row& row(int number) const { return m_view->scores().rows()[static_cast<size_t>(number)]; }
    void waitForTheEnd() const { QTRY_VERIFY_WITH_TIMEOUT(!m_view->isRunning(), kChooserPatience); }

  private Q_SLOTS:
    void initTestCase() {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath("settings"));
        QCoreApplication::setOrganizationName("DiagonalTest");
        qputenv("DIAGONAL_EMBEDDING_CACHE", "off");
        Theme::instance().install(*qApp);
    }

    void init() {
        QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support)"));
        settings().clear();
        m_services = std::make_unique<Services>();
        m_view = std::make_unique<ChooserView>(*m_services);
        m_view->resize(1044, 800);
        m_view->show();
    }

    void cleanup() {
        m_view.reset();
        m_services.reset();
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
        m_view->setEntries({localModel("Demo model", m_demo), localModel("ViT", m_vit),
                            localModel("gone", m_folder.filePath("gone")), localModel("not here", {})});
        QCOMPARE(m_view->scores().rowCount(), 3);
        QVERIFY(!m_view->startButton().isEnabled());
        m_view->setData("scenes:count=120,seed=2");
        m_view->setLimit(20);
        QVERIFY(m_view->startButton().isEnabled());
        m_view->startButton().click();
        QVERIFY(m_view->isRunning());
        waitForTheEnd();
        QVERIFY2(m_view->errorText().isEmpty(), qPrintable(m_view->errorText()));
        QVERIFY(row(0).score && row(1).score);
        QCOMPARE(row(0).score->pictures, size_t{20});
        QVERIFY(row(0).score->recall.mean() > row(1).score->recall.mean());
        QVERIFY(row(2).error.contains("no such model"));
        QVERIFY(m_view->plot().accessibleDescription().contains("Demo model"));
        QVERIFY(m_view->noteText().contains("20"));

        m_view->copy();
        const QStringList lines = QApplication::clipboard()->text().split('\n');
        QCOMPARE(lines[0].count('\t'), int{ScoreTableModel::ColumnCount} - 1);
        QVERIFY(lines[1].startsWith("Demo model\t"));
        m_view->exportTo(m_folder.filePath("models.csv"));
        QFile file(m_folder.filePath("models.csv"));
        QTRY_VERIFY(file.exists());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArrayList csv = file.readAll().split('\n');
        QCOMPARE(csv.size(), 5);
        QCOMPARE(csv[0].count(','), csv[1].count(','));
        QVERIFY(csv[1].startsWith("Demo model,,"));
    }

    void onlyCheckedModelsAreCompared() {
        m_view->setEntries({localModel("Demo model", m_demo), localModel("gone", m_folder.filePath("gone"))});
        QTableView& table = m_view->table();
        table.setFocus();
        table.setCurrentIndex(m_view->scores().index(1, 3));
        QTest::keyClick(&table, Qt::Key_Space);
        QCOMPARE(m_view->scores().chosen(), QStringList{m_demo});
        const QRect cell = table.visualRect(m_view->scores().index(0, 0));
        QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, ModelScoreDelegate::checkArea(cell).center());
        m_view->setData("scenes:count=20");
        QVERIFY(!m_view->startButton().isEnabled());
        QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, ModelScoreDelegate::checkArea(cell).center());
        m_view->setLimit(5);
        m_view->start();
        waitForTheEnd();
        QVERIFY(row(0).score);
        QVERIFY(row(1).error.isEmpty());
    }

    void dataThatIsNoneIsTold() {
        m_view->setEntries({localModel("Demo model", m_demo)});
        m_view->setData(m_folder.filePath("nothing.csv"));
        m_view->start();
        waitForTheEnd();
        QVERIFY2(m_view->errorText().contains("nothing.csv"), qPrintable(m_view->errorText()));
        QVERIFY(!m_view->scores().hasScores());
        m_view->setData("scenes:count=20");
        m_view->setLimit(5);
        m_view->start();
        QVERIFY(m_view->errorText().isEmpty());
        waitForTheEnd();
    }

    void stopEndsIt() {
        m_view->setEntries({localModel("Demo model", m_demo), localModel("ViT", m_vit)});
        m_view->setData("scenes:count=20000");
        m_view->setLimit(0);
        m_view->start();
        m_view->stop();
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
