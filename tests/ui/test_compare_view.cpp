// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QPainter>
#include <map>

#include "engine/base/resources.h"
#include "tests/ui/label_pane_test.h"
#include "ui/label/compare_detail.h"
#include "ui/label/compare_source.h"
#include "ui/label/compare_view.h"
#include "ui/label/named_sets.h"
#include "ui/label/side_panel.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/row_view.h"
#include "ui/widgets/temperature_slider.h"

using namespace diagonal;

namespace {

constexpr int kComparePatience = 60000, kPictures = 24;
const std::vector<std::string> kLabels = {"red circle", "blue square", "green triangle"};

/// Rankings of the pictures, by path, as the engine alone makes them.
std::map<QString, std::vector<LabelScore>> rankingsOf(const QString& model, const QStringList& files,
                                                      const std::vector<std::string>& templates) {
    const auto session = Session::open(model.toStdString());
    const Embeddings labels = embedLabels(*session, kLabels, templates);
    const std::vector<std::filesystem::path> paths = [&] {
        std::vector<std::filesystem::path> result;
        for (const QString& file : files)
            result.emplace_back(file.toStdString());
        return result;
    }();
    std::map<QString, std::vector<LabelScore>> rankings;
    session->embedImages(paths, true, [&](const std::vector<ImageEmbedding>& batch) {
        for (const ImageEmbedding& one : batch)
            if (one.error.empty())
                rankings[files[static_cast<qsizetype>(one.index)]] =
                    scoreLabels(one.values, labels, session->info().temperature);
    });
    return rankings;
}

/// Up to rounding: a model of random weights hardly tells labels apart.
bool isBest(const QString& label, const std::vector<LabelScore>& ranking) {
    for (const LabelScore& score : ranking)
        if (kLabels[score.label] == label.toStdString()) return score.probability > ranking.front().probability - 1e-4;
    return false;
}

}  // namespace

class TestCompareView : public LabelPaneTest {
    Q_OBJECT

  private:
    ComparisonModel& pictures() { return view().session().pictures(); }
    CompareView& view() { return m_pane->compareView(); }
    bool isCompared(int count) {
        const ComparisonCounts counts = pictures().counts();
        return counts.compared() == count && counts.waiting == 0;
    }
    void compareWithPrompt() {
        m_pane->openPaths(m_files);
        m_pane->showView("compare");
        view().source().choosePrompt({});
        QTRY_VERIFY_WITH_TIMEOUT(isCompared(kPictures), kComparePatience);
    }
    void compareWithModel(const QString& model) {
        m_pane->openPaths(m_files);
        m_pane->showView("compare");
        view().source().chooseModel(model);
        QTRY_VERIFY_WITH_TIMEOUT(isCompared(kPictures), kComparePatience);
    }
    /// What is shown is what the engine says of both sides, in order.
    void verifyAgainst(const std::map<QString, std::vector<LabelScore>>& left,
                       const std::map<QString, std::vector<LabelScore>>& right) {
        int agreeing = 0;
        double last = 2;
        bool seenAgreeing = false;
        for (int row = 0; row < view().shown().rowCount(); ++row) {
            const int image = view().shown().imageRow(view().shown().index(row, 0));
            const Comparison* one = &pictures().of(image);
            const QString& path = pictures().images().item(image).path;
            const auto& p = left.at(path);
            const auto& q = right.at(path);
            QVERIFY(isBest(one->leftLabel, p));
            QVERIFY(isBest(one->rightLabel, q));
            QVERIFY(std::abs(one->result->distance - rankingDistance(p, q)) < 1e-3);
            const bool agrees = one->leftLabel == one->rightLabel;
            QCOMPARE(one->result->agrees(), agrees);
            agreeing += agrees ? 1 : 0;
            if (agrees && !seenAgreeing) last = 2;
            seenAgreeing = seenAgreeing || agrees;
            QVERIFY2(agrees || !seenAgreeing, "disagreements come first");
            QVERIFY(one->result->distance <= last);
            last = one->result->distance;
        }
        QCOMPARE(pictures().counts().agreeing, agreeing);
        QVERIFY(view().summary().contains(QStringLiteral("agree on %1 of %2").arg(agreeing).arg(kPictures)));
    }

    QString m_first, m_second, m_empty;
    QStringList m_files;

  private Q_SLOTS:
    void initTestCase() {
        m_first = QString::fromStdString((resourceFolder() / "demo-model").string());
        m_second = tinyModel("second", true);
        for (int i = 0; i < kPictures; ++i) {
            QImage image(48, 48, QImage::Format_RGB32);
            image.fill(QColor::fromHsv(i * 15, 255, 255));
            QPainter painter(&image);
            painter.fillRect(i, 2 * i % 30, 12, 18, QColor::fromHsv((i * 77) % 360, 255, 90 + 5 * i));
            painter.end();
            m_files << m_folder.filePath(QStringLiteral("%1.png").arg(i));
            QVERIFY(image.save(m_files.last()));
        }
        m_empty = emptyFile("empty.png");
    }

    void init() {
        UiTest::init();
        QStringList labels;
        for (const std::string& label : kLabels)
            labels << QString::fromStdString(label);
        settings().setValue("label/labels", labels);
        settings().setValue("label/templates", QStringList("a photo of a {}"));
        openPane();
        openModel(m_first);
    }

    void nothingChosenExplainsItself() {
        m_pane->openPaths(m_files);
        m_pane->showView("compare");
        QTRY_VERIFY(view().isVisible());
        QVERIFY(view().isEmpty());
        view().source().choosePrompt({});
        QVERIFY(!view().isEmpty());
    }

    void anotherPromptIsCompared() {
        const QAbstractItemModelTester shown(&view().shown()), scores(&view().detail().scores());
        compareWithPrompt();
        verifyAgainst(rankingsOf(m_first, m_files, {"a photo of a {}"}), rankingsOf(m_first, m_files, {}));
        QVERIFY(pictures().counts().agreeing > 0);
        QCOMPARE(view().detail().scores().rowCount(), 3);
        QVERIFY2(m_services->engine().jobs().isEmpty(), "pictures are not read anew");
    }

    void aNamedSetIsAveraged() {
        m_pane->openPaths(m_files);
        m_pane->showView("compare");
        view().source().choosePrompt("photos");
        QTRY_VERIFY_WITH_TIMEOUT(isCompared(kPictures), kComparePatience);
        QVERIFY(view().session().choice().templates.size() > 1);
        std::vector<std::string> templates;
        for (const QString& one : view().session().choice().templates)
            templates.push_back(one.toStdString());
        verifyAgainst(rankingsOf(m_first, m_files, {"a photo of a {}"}), rankingsOf(m_first, m_files, templates));
    }

    void anOwnTemplateIsNoErrorBeforeItIsWritten() {
        m_pane->openPaths(m_files);
        m_pane->showView("compare");
        QComboBox& prompts = view().source().prompts();
        const int own = prompts.findText("Own template");
        prompts.setCurrentIndex(own);
        Q_EMIT prompts.activated(own);
        QVERIFY(!view().source().field().isHidden());
        for (const auto* label : view().source().findChildren<ElidedLabel*>())
            QCOMPARE(label->text(), QString());
    }

    void anOwnTemplateNeedsAPlace() {
        compareWithPrompt();
        const CompareChoice before = view().session().choice();
        view().source().chooseTemplate("no place");
        QCOMPARE(view().session().choice(), before);
        view().source().chooseTemplate("three {} on the beach");
        QCOMPARE(view().session().choice().templates, QStringList("three {} on the beach"));
        QTRY_VERIFY_WITH_TIMEOUT(isCompared(kPictures), kComparePatience);
        verifyAgainst(rankingsOf(m_first, m_files, {"a photo of a {}"}),
                      rankingsOf(m_first, m_files, {"three {} on the beach"}));
    }

    void labelsThatAreNotGivenAreNone() {
        m_pane->session().setLabels({"red circle @ 100%", "blue square", "! green triangle"});
        compareWithPrompt();
        const ImageList& images = pictures().images();
        int none = 0;
        for (int row = 0; row < images.rowCount(); ++row) {
            QCOMPARE(pictures().of(row).leftLabel, images.item(row).givenLabel());
            none += images.item(row).givenLabel().isEmpty() ? 1 : 0;
            QCOMPARE(pictures().of(row).result->agrees(),
                     pictures().of(row).leftLabel == pictures().of(row).rightLabel);
        }
        QCOMPARE(images.counts().none, none);
        QVERIFY(none > 0);
    }

    void stoppedTextsAreReadWhenAsked() {
        m_pane->openPaths(m_files);
        m_pane->showView("compare");
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->session().images().counts().all, kPictures, kComparePatience);
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->session().images().counts().waiting == 0 && view().session().isActive(),
                                 kComparePatience);
        const JobId last = m_services->engine().runTask(this, "probe", [](const JobContext&) {}, {});
        view().source().choosePrompt({});
        m_services->engine().cancel(last + 1);
        QVERIFY(view().session().isPaused());
        QVERIFY(view().notice().isVisible());
        Q_EMIT view().notice().linkActivated();
        QTRY_VERIFY_WITH_TIMEOUT(isCompared(kPictures), kComparePatience);
        QVERIFY(!view().notice().isVisible());
    }

    void anotherModelIsCompared() {
        compareWithModel(m_second);
        QVERIFY(view().session().secondModel() != nullptr);
        QVERIFY(view().session().secondBytes() > 0);
        verifyAgainst(rankingsOf(m_first, m_files, {"a photo of a {}"}),
                      rankingsOf(m_second, m_files, {"a photo of a {}"}));
        const ComparisonCounts counts = pictures().counts();
        view().chips().setCurrentIndex(1);
        QCOMPARE(view().shown().rowCount(), counts.differing);
        view().chips().setCurrentIndex(2);
        QCOMPARE(view().shown().rowCount(), counts.agreeing);
    }

    void aCopyOfTheModelAgrees() {
        compareWithModel(m_first);
        QCOMPARE(pictures().counts().agreeing, kPictures);
        QVERIFY(pictures().counts().meanDistance() < 1e-6);
        QVERIFY(view().summary().contains("(100%)"));
    }

    void eachSideHasItsOwnTemperature() {
        compareWithModel(m_second);
        const auto right = view().session().rightRanking(0);
        const double left = pictures().of(0).result->left.probability;
        m_pane->session().images().setTemperature(0.5);
        QTRY_VERIFY(pictures().of(0).result->left.probability < left);
        QCOMPARE(view().session().rightRanking(0).front().probability, right.front().probability);
        QCOMPARE(pictures().of(0).result->right.probability, right.front().probability);
    }

    void editedLabelsAreComparedAnew() {
        compareWithModel(m_second);
        m_pane->session().setLabels({"beach", "stars"});
        QTRY_VERIFY_WITH_TIMEOUT(
            isCompared(kPictures) && QStringList({"beach", "stars"}).contains(pictures().of(0).rightLabel),
            kComparePatience);
        QCOMPARE(view().session().rightRanking(0).size(), size_t{2});
        m_pane->session().setLabels({});
        QTRY_VERIFY(view().isEmpty());
    }

    void aChangedModelIsComparedAnew() {
        compareWithPrompt();
        openModel(m_second);
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->session().images().counts().waiting == 0 && isCompared(kPictures),
                                 kComparePatience);
        verifyAgainst(rankingsOf(m_second, m_files, {"a photo of a {}"}), rankingsOf(m_second, m_files, {}));
    }

    void cancelledWorkGoesOnWhenAsked() {
        m_pane->openPaths(m_files);
        m_pane->showView("compare");
        QAction* stop = m_pane->runActions().first();
        bool stopped = false;
        // 24 small pictures take a few milliseconds: who waits and looks comes too late.
        const auto stopAtOnce = [&] {
            if (stopped || !view().session().isEmbedding()) return;
            stopped = stop->isEnabled();
            stop->trigger();
        };
        QObject scope;  // ends the connection, and what is still to be called, with this test
        connect(&view().session(), &CompareSession::changed, &scope,
                [&] { QMetaObject::invokeMethod(&scope, stopAtOnce, Qt::QueuedConnection); });
        view().source().chooseModel(m_second);
        QTRY_VERIFY_WITH_TIMEOUT(stopped, kComparePatience);
        QVERIFY(!view().session().isEmbedding());
        QVERIFY(view().session().isPaused());
        QTRY_VERIFY(view().notice().isVisible());
        Q_EMIT view().notice().linkActivated();
        QTRY_VERIFY_WITH_TIMEOUT(isCompared(kPictures), kComparePatience);
        QVERIFY(!view().notice().isVisible());
    }

    void ownPromptsAreOffered() {
        m_pane->openPaths(m_files);
        m_pane->showView("compare");
        const NamedSets sets(TextSets::Templates);
        sets.save("mine", {"my {}", "our {}"});
        m_pane->showView("picture");
        m_pane->showView("compare");
        view().source().choosePrompt("mine");
        QTRY_VERIFY_WITH_TIMEOUT(isCompared(kPictures), kComparePatience);
        verifyAgainst(rankingsOf(m_first, m_files, {"a photo of a {}"}),
                      rankingsOf(m_first, m_files, {"my {}", "our {}"}));
        sets.remove("mine");
        view().source().choosePrompt("mine");
        QCOMPARE(view().session().choice().name, QString("mine"));  // what is shown stays
    }

    void aModelThatFailsIsNamed() {
        m_pane->openPaths(m_files);
        m_pane->showView("compare");
        const QString gone = m_folder.filePath("no-model");
        view().source().chooseModel(gone);
        QTRY_VERIFY_WITH_TIMEOUT(!view().session().problem().isEmpty(), kComparePatience);
        QVERIFY(view().notice().isVisible());
        QVERIFY2(view().notice().text().contains("no-model"), qPrintable(view().notice().text()));
        QCOMPARE(pictures().counts().compared(), 0);
        view().source().choosePrompt({});
        QTRY_VERIFY_WITH_TIMEOUT(isCompared(kPictures), kComparePatience);
        QVERIFY(!view().notice().isVisible());
    }

    void aModelThatFailsLeavesTheOneBefore() {
        compareWithModel(m_second);
        QSignalSpy told(m_services.get(), &Services::notified);
        view().source().chooseModel(m_folder.filePath("no-model"));
        QTRY_VERIFY_WITH_TIMEOUT(!told.isEmpty(), kComparePatience);
        QVERIFY(told.first()[0].toString().contains("no-model"));
        QCOMPARE(view().session().choice().modelPath, m_second);
        QCOMPARE(view().source().models().currentData().toString(), m_second);
        QTRY_VERIFY_WITH_TIMEOUT(isCompared(kPictures), kComparePatience);
    }

    void anotherViewClosesTheSecondModel() {
        compareWithModel(m_second);
        m_pane->showView("picture");
        QVERIFY(view().session().secondModel() == nullptr);
        m_pane->showView("compare");
        QTRY_VERIFY_WITH_TIMEOUT(view().session().secondModel() != nullptr && isCompared(kPictures), kComparePatience);
    }

    void unreadablePicturesStandApart() {
        compareWithModel(m_second);
        m_pane->openPaths({m_empty});
        QTRY_COMPARE_WITH_TIMEOUT(pictures().counts().failed, 1, kComparePatience);
        QVERIFY(isCompared(kPictures));
        view().chips().setCurrentIndex(3);
        QCOMPARE(view().shown().rowCount(), 1);
        view().list().setCurrentIndex(view().shown().index(0, 0));
        QCOMPARE(view().detail().scores().rowCount(), 0);
    }

    void removedPicturesGoAndComeBack() {
        compareWithModel(m_second);
        view().list().setCurrentIndex(view().shown().index(3, 0));
        const ImageList& images = pictures().images();
        const QString path = images.item(view().selectedRows().first()).path;
        m_pane->removeSelected();
        QVERIFY(isCompared(kPictures - 1));
        for (int row = 0; row < images.rowCount(); ++row)
            QVERIFY(images.item(row).path != path);
        m_pane->undoStack().undo();
        QTRY_VERIFY_WITH_TIMEOUT(isCompared(kPictures), kComparePatience);
        verifyAgainst(rankingsOf(m_first, m_files, {"a photo of a {}"}),
                      rankingsOf(m_second, m_files, {"a photo of a {}"}));
    }

    void rowsAreCopiedAndExported() {
        compareWithModel(m_second);
        m_pane->openPaths({m_empty});
        QTRY_COMPARE_WITH_TIMEOUT(pictures().counts().failed, 1, kComparePatience);
        view().list().setCurrentIndex(view().shown().index(0, 0));
        const QStringList cells = view().selectionAsText().split('\t');
        QCOMPARE(cells.size(), 7);
        QVERIFY(m_files.contains(cells.first()));
        const QString out = m_folder.filePath("comparison.csv");
        QSignalSpy exported(&view().session(), &CompareSession::exported);
        view().session().exportCsv(out);
        QVERIFY(exported.wait(kComparePatience));
        QFile file(out);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QStringList lines = QString::fromUtf8(file.readAll()).trimmed().split("\r\n");
        QCOMPARE(lines.size(), kPictures + 2);
        QCOMPARE(lines[0], "image,agree,distance,label_a,probability_a,label_b,probability_b,error");
        QVERIFY(lines[1].startsWith(cells.first()));
        QVERIFY(lines.last().startsWith(m_empty + ",,,,,,,"));
        QSignalSpy failed(&view().session(), &CompareSession::failed);
        view().session().exportCsv(m_folder.filePath("nowhere/comparison.csv"));
        QVERIFY(failed.wait(kComparePatience));
    }

    void keysWalkTheRows() {
        compareWithPrompt();
        view().list().setFocus();
        view().list().setCurrentIndex(view().shown().index(0, 0));
        QTest::keyClick(&view().list(), Qt::Key_Down);
        QCOMPARE(view().list().currentIndex().row(), 1);
        QTest::keyClick(&view().list(), Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QApplication::clipboard()->text().contains('\t'));
    }
};

DIAGONAL_TEST(TestCompareView);
#include "test_compare_view.moc"
