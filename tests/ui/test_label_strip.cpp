// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/ui/label_pane_test.h"
#include "ui/label/bar_list.h"
#include "ui/label/grid_column.h"
#include "ui/label/label_strip.h"
#include "ui/label/named_sets.h"
#include "ui/label/picture_column.h"
#include "ui/label/prompt_editor.h"
#include "ui/label/side_panel.h"
#include "ui/pictures/image_grid.h"
#include "ui/widgets/format.h"
#include "ui/widgets/link_label.h"

using namespace diagonal;

/// What stands below the picture: each template alone, and the nearest words.
class TestLabelStrip : public LabelPaneTest {
    Q_OBJECT

  private:
    LabelStrip& strip() { return m_pane->pictureColumn().strip(); }
    /// Probability of the picture's label `index` as the pane has it now.
    QString probability(size_t index) {
        for (const LabelScore& score : images().ranking(0))
            if (score.label == index) return formatPercent(score.probability);
        return {};
    }

  private Q_SLOTS:
    void init() {
        UiTest::init();
        openPaneFor({"red | crimson", "blue", "dog"});
        m_pane->openPaths({picture("red.png")});
        QTRY_VERIFY_WITH_TIMEOUT(isLabelled(), 20000);
    }

    void countsComeLargestFirst() {
        const auto& rows = strip().counts().rows();
        QCOMPARE(rows.size(), size_t{3});
        QCOMPARE(rows[0].name, images().item(0).label);
        QCOMPARE(rows[0].number, QString("1"));
        QCOMPARE(rows[0].share, 1.0);
        QCOMPARE(rows[1].number, QString("0"));
        QCOMPARE(rows[1].share, 0.0);
    }

    void barsStandInTwoColumnsWhereThereIsRoomAndAreChosenByKeys() {
        BarList bars;
        std::vector<BarRow> rows;
        for (int i = 0; i < 30; ++i)
            rows.push_back({QString::number(i), 0.5, "1", false, QString::number(i)});
        bars.set("bars", rows, {});
        bars.resize(600, 120);
        bars.show();
        QApplication::processEvents();
        const auto area = [&bars](int row) { return bars.visualRect(bars.model()->index(row, 0)); };
        QCOMPARE(area(1).top(), area(0).top());
        QVERIFY(area(2).top() > area(1).top() && area(2).left() == area(0).left());
        bars.resize(300, 120);
        QApplication::processEvents();
        QVERIFY(area(1).top() > area(0).top());
        QSignalSpy chosen(&bars, &BarList::chosen);
        QTest::mouseClick(bars.viewport(), Qt::LeftButton, {}, area(1).center());
        QCOMPARE(chosen.last()[0].toString(), QString("1"));
        QTest::keyClick(&bars, Qt::Key_Down);
        QTest::keyClick(&bars, Qt::Key_Return);
        QCOMPARE(chosen.last()[0].toString(), QString("2"));
        bars.set("bars", {}, "nothing yet");
        QCOMPARE(bars.accessibleName(), QString("nothing yet"));
    }

    void eachTemplateAloneGivesWhatThePaneGivesWithIt() {
        const QStringList templates = {"a {}", "the {}", "one {} here"};
        m_pane->side().prompt().setTemplates(templates);
        QTRY_VERIFY(isLabelled());
        const size_t best = static_cast<size_t>(images().item(0).top.best);
        const QString ensemble = probability(best);
        strip().setChosenLabel(images().labels()[static_cast<qsizetype>(best)]);
        strip().setView(LabelStrip::ByTemplate);
        QTRY_VERIFY(!strip().isReading());
        const auto rows = strip().templates().rows();
        QCOMPARE(rows.size(), size_t{4});
        QCOMPARE(rows[3].number, ensemble);
        QVERIFY(rows[3].isStrong);
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(rows[static_cast<size_t>(i)].name, templates[i]);
            strip().setView(LabelStrip::Counts);
            m_pane->side().prompt().setTemplates({templates[i]});
            QTRY_VERIFY(isLabelled());
            QCOMPARE(rows[static_cast<size_t>(i)].number, probability(best));
        }
    }

    void oneTemplateIsComparedWithTheBestSeven() {
        strip().setView(LabelStrip::ByTemplate);
        QTRY_VERIFY(!strip().isReading());
        const auto& rows = strip().templates().rows();
        QCOMPARE(rows.size(), size_t{10});
        QCOMPARE(rows[0].name, QString("a {}"));
        QCOMPARE(rows[1].name, QString("{}"));
        for (const auto& row : rows)
            QVERIFY2(!row.number.isEmpty(), qPrintable(row.name));
        // Labels that change are read anew.
        m_pane->session().setLabels({"green", "blue"});
        QTRY_VERIFY(!strip().isReading() && isLabelled());
        QVERIFY(!strip().templates().rows().empty());
    }

    void stoppedTextsAreReadWhenAsked() {
        const JobId last = m_services->engine().runTask(this, "probe", [](const JobContext&) {}, {});
        strip().setView(LabelStrip::ByTemplate);
        m_services->engine().cancel(last + 1);
        QVERIFY(strip().isReading() && strip().continueLink().isVisible());
        strip().continueLink().click();
        QVERIFY(!strip().continueLink().isVisible());
        QTRY_VERIFY(!strip().isReading());
    }

    void nearestWordsComeBestFirstAndBecomeLabels() {
        if (NamedSets(TextSets::Labels).lines("imagenet").isEmpty())
            QSKIP("scripts/setup has not fetched ImageNet's names");
        strip().setView(LabelStrip::NearestWords);
        QTRY_VERIFY_WITH_TIMEOUT(!strip().isReading(), 60000);
        const auto rows = strip().words().rows();
        QCOMPARE(rows.size(), size_t{10});
        for (size_t i = 1; i < rows.size(); ++i)
            QVERIFY(rows[i - 1].share >= rows[i].share);
        QTest::mouseClick(strip().words().viewport(), Qt::LeftButton, {}, {30, 10});
        QVERIFY(m_pane->session().labels().contains(rows[0].name));
        m_pane->undoStack().undo();
        QVERIFY(!m_pane->session().labels().contains(rows[0].name));
    }

    void withoutAnImageAHintStandsThere() {
        m_pane->gridColumn().grid().selectAll();
        strip().setView(LabelStrip::ByTemplate);
        m_pane->removeSelected();
        QVERIFY(strip().templates().rows().empty());
        QVERIFY(!strip().templates().accessibleName().isEmpty());
    }
};

DIAGONAL_TEST(TestLabelStrip);
#include "test_label_strip.moc"
