// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QComboBox>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <cmath>

#include "tests/ui/ui_test.h"
#include "training/data/scenes.h"
#include "ui/pictures/frame_name.h"
#include "ui/search/filter_bar.h"
#include "ui/search/folder_panel.h"
#include "ui/search/known_libraries.h"
#include "ui/search/line_slider.h"
#include "ui/search/moment_timeline.h"
#include "ui/search/region_view.h"
#include "ui/search/result_grid.h"
#include "ui/search/result_side.h"
#include "ui/search/search_field.h"
#include "ui/search/search_pane.h"
#include "ui/search/search_texts.h"
#include "ui/search/video_frames.h"
#include "ui/widgets/notice_bar.h"

using namespace diagonal;

namespace {

constexpr int kScenes = 120, kWait = 20'000;

std::vector<std::pair<QString, bool>> shortOf(const std::vector<SearchTerm>& terms) {
    std::vector<std::pair<QString, bool>> all;
    for (const SearchTerm& term : terms)
        all.emplace_back(term.text, term.isMinus);
    return all;
}

}  // namespace

class TestSearchPane : public PaneTest<SearchPane> {
    Q_OBJECT

  private:
    QString m_scenes;
    QStringList m_shapes;  ///< "red circle"

    void openScenes() {
        openPane();
        openModel(QStringLiteral("demo"));
        static int number = 0;
        m_pane->createLibrary(m_folder.filePath(QStringLiteral("library%1").arg(++number)));
        m_pane->addToLibrary({m_scenes});
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().isOpen(), kWait);
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes}, kWait);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->library().isBusy(), kWait);
        // Gone once the searcher of the whole library is there.
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->search().isPreparing(), kWait);
    }
    void type(const QString& text) { QTest::keyClicks(&m_pane->field().edit(), text); }
    /// Until the answer of the present query is there.
    void ask(const QString& text) {
        m_pane->field().clear();
        type(text);
        m_pane->field().commit();
        settle();
    }
    void settle() {
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->search().answer() != nullptr && !m_pane->search().isBusy() &&
                                     !m_pane->search().isStale() &&
                                     m_pane->results().answer() == m_pane->search().answer(),
                                 kWait);
    }
    QString nameOf(int row) { return QFileInfo(m_pane->results().row(row).file).fileName(); }

  private Q_SLOTS:
    void initTestCase() {
        m_scenes = m_folder.filePath(QStringLiteral("scenes"));
        QVERIFY(QDir().mkpath(m_scenes));
        ScenesOptions options;
        options.count = kScenes;
        options.seed = 5;
        options.imageSize = 96;
        const auto scenes = makeScenes(options);
        for (size_t i = 0; i < scenes->size(); ++i) {
            const QString shape = QString::fromStdString(scenes->captions(i).front());
            const Image image = scenes->image(i);
            QVERIFY(QImage(image.rgb.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888)
                        .save(QStringLiteral("%1/%2 %3.png").arg(m_scenes, shape).arg(i)));
            m_shapes << shape;
        }
    }

    void wordsBehindAMinusAreWithout() {
        using Terms = std::vector<std::pair<QString, bool>>;
        QCOMPARE(shortOf(parseQuery("dog  in snow -people")), (Terms{{"dog in snow", false}, {"people", true}}));
        QCOMPARE(shortOf(parseQuery("−people −two cars")), (Terms{{"people", true}, {"two cars", true}}));
        QCOMPARE(shortOf(parseQuery("black-and-white 10 - 12")), (Terms{{"black-and-white 10 - 12", false}}));
        QVERIFY(parseQuery("  - ").size() == 1);
        QVERIFY(parseQuery("   ").empty());
    }

    void framesHaveNamesOfTheirOwn() {
        const FrameName frame = frameOf(frameName("/a/b:c.mp4", 1500));
        QCOMPARE(frame.file, QString("/a/b:c.mp4"));
        QCOMPARE(frame.milliseconds, qint64{1500});
        QVERIFY(!frameOf("/a/frame:5:/b.png").isFrame());
        QVERIFY(!frameOf("frame:x:/b.mp4").isFrame());
    }

    void timesAndRelevanceReadAsInTheGuide() {
        QCOMPARE(formatTime(118'040), QString("1:58"));
        QCOMPARE(formatTime(118'040, true), QString("1:58.0"));
        QCOMPARE(formatTime(3'725'000), QString("1:02:05"));
        QCOMPARE(formatSigma(6.52), QString("+6.5 σ"));
        QVERIFY(formatSigma(-0.4).startsWith(QChar(0x2212)));
        QCOMPARE(formatSigned(std::nan("")), QString("–"));
    }

    void aFrameStandsForATime() {
        VideoFrames video;
        video.points = {{500, 0, 1000, 0, 0, 0}, {2000, 1000, 3000, 0, 0, 1}};
        QCOMPARE(video.frameAt(0), 0);
        QCOMPARE(video.frameAt(999), 0);
        QCOMPARE(video.frameAt(1000), 1);
        QCOMPARE(video.frameAt(99'000), 1);
        QCOMPARE(VideoFrames().frameAt(3), -1);
        QCOMPARE(video.bestMoment(), -1);
    }

    void theLineIsMovedByKeysAndSetsItselfAgain() {
        LineSlider line;
        line.setAutomatic(3.2);
        QCOMPARE(line.line(), 3.2);
        QVERIFY(!line.chosen());
        QSignalSpy changed(&line, &LineSlider::chosenChanged);
        QTest::keyClick(&line, Qt::Key_Right);
        QCOMPARE(line.chosen(), std::optional<double>(3.3));
        line.setAutomatic(2.0);
        QCOMPARE(line.line(), 3.3);
        QTest::keyClick(&line, Qt::Key_Home);
        QCOMPARE(line.line(), 2.0);
        QCOMPARE(changed.size(), 2);
    }

    void aWeightIsTypedSteppedAndBounded() {
        WeightEdit edit(1);
        QSignalSpy changed(&edit, &WeightEdit::weightChanged);
        QTest::keyClick(&edit, Qt::Key_Down);
        QCOMPARE(edit.weight(), 0.9);
        edit.selectAll();
        QTest::keyClicks(&edit, "0.4");
        QTest::keyClick(&edit, Qt::Key_Return);
        QCOMPARE(edit.weight(), 0.4);
        edit.selectAll();
        QTest::keyClicks(&edit, "99");
        QTest::keyClick(&edit, Qt::Key_Return);
        QCOMPARE(edit.weight(), WeightEdit::kHighest);
        edit.setText("dog");
        QTest::keyClick(&edit, Qt::Key_Return);
        QCOMPARE(edit.weight(), WeightEdit::kHighest);
        QCOMPARE(changed.size(), 3);
    }

    void aPartOfAPictureIsChosenByKeys() {
        RegionView view;
        view.resize(300, 200);
        view.showPicture(picture("part.png"));
        view.show();
        view.setFocus();
        QSignalSpy chosen(&view, &RegionView::regionChosen);
        QTest::keyClick(&view, Qt::Key_Return);
        QTest::keyClick(&view, Qt::Key_Left);
        QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(chosen.size(), 1);
        const QRectF region = chosen[0][0].toRectF();
        QVERIFY(std::abs(region.left() - 0.23) < 1e-9);
        QVERIFY(std::abs(region.height() - 0.52) < 1e-9);
        QTest::keyClick(&view, Qt::Key_Return);
        QTest::keyClick(&view, Qt::Key_Escape);
        QVERIFY(view.region().isNull() || view.region() == region);
    }

    void enterMakesChipsAndBackspaceTakesThemBack() {
        openPane();
        SearchField& field = m_pane->field();
        type("red circle -blue");
        QCOMPARE(field.terms().size(), size_t{2});
        QVERIFY(field.chips().empty());
        QTest::keyClick(&field.edit(), Qt::Key_Return);
        QCOMPARE(field.chips().size(), size_t{2});
        QVERIFY(field.chips()[1].isMinus);
        QCOMPARE(field.findChildren<TermChip*>().size(), 2);
        QTest::keyClick(&field.edit(), Qt::Key_Backspace);
        QCOMPARE(field.chips().size(), size_t{1});
        QCOMPARE(field.edit().text(), QString("-blue"));
        QTest::keyClick(&field.edit(), Qt::Key_Escape);
        QVERIFY(field.terms().empty());
    }

    void librariesAreKeptInTheList() {
        keepLibrary("/a");
        keepLibrary("/b");
        keepLibrary("/a");
        QCOMPARE(knownLibraries(), (QStringList{"/a", "/b"}));
        keepLastLibrary("/b");
        forgetLibrary("/b");
        QCOMPARE(knownLibraries(), QStringList{"/a"});
        QVERIFY(lastLibrary().isEmpty());
        QVERIFY(libraryFolderFor("  ../x/y ").endsWith("/xy") || libraryFolderFor("  ../x/y ").endsWith("xy"));
        QVERIFY(libraryFolderFor(" .. ").isEmpty());
    }

    void withoutALibraryThePaneInvites() {
        openPane();
        QVERIFY(!m_pane->library().isOpen());
        QVERIFY(!m_pane->field().isVisible());
    }

    void wordsFindPictures() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        QVERIFY(m_pane->results().rowCount() > 0);
        QVERIFY2(nameOf(0).startsWith("blue square"), qPrintable(nameOf(0)));
        QVERIFY(m_pane->field().status().contains("above the line"));
        QVERIFY(m_pane->side().current() != nullptr);
        QVERIFY(m_pane->side().whyText().startsWith("blue square"));
        const SearchHit& hit = m_pane->results().hit(m_pane->results().row(0));
        QVERIFY(std::abs(hit.terms[0].adds - hit.relevance) < 0.01);
        // What is said below the line is dimmed by isAbove, and stands behind.
        for (int i = 1; i < m_pane->results().rowCount(); ++i)
            QVERIFY(m_pane->results().row(i - 1).isAbove || !m_pane->results().row(i).isAbove);

        // The line of one's own: nothing passes, and that is said.
        m_pane->filters().line().setFocus();
        QTest::keyClick(&m_pane->filters().line(), Qt::Key_End);
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->message(), QString("Nothing found"), kWait);
        QCOMPARE(m_pane->results().rowCount(), 0);
        QTest::keyClick(&m_pane->filters().line(), Qt::Key_Home);
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->results().rowCount() > 0, kWait);
        QVERIFY(m_pane->message().isEmpty());

        // As a table.
        m_pane->filters().setShowsTable(true);
        QVERIFY(m_pane->table().isVisible());
        QCOMPARE(m_pane->table().model()->rowCount(), m_pane->results().rowCount());
        m_pane->table().sortByColumn(ResultModel::Name, Qt::AscendingOrder);
        m_pane->filters().setShowsTable(false);
        QVERIFY(m_pane->grid().isVisible());

        // To a file.
        const QString csv = m_folder.filePath("hits.csv");
        m_pane->exportResults(csv);
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(csv), kWait);
        QFile file(csv);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readLine().trimmed(), QByteArray("path,relevance,cosine,start,end,above"));
        QVERIFY(file.readLine().contains("blue square"));

        // Without. Two terms of a small library stay below the line: one of one's own.
        m_pane->search().setLine(0.5);
        ask("blue square -green");
        if (QTest::currentTestFailed()) return;
        QVERIFY2(nameOf(0).contains("blue") || nameOf(0).contains("square"), qPrintable(nameOf(0)));
        QCOMPARE(m_pane->side().whyText().count("; "), 1);
    }

    void picturesAndMarksFindPictures() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        m_pane->findSimilar(true);
        settle();
        if (QTest::currentTestFailed()) return;
        QCOMPARE(m_pane->field().chips().size(), size_t{1});
        QCOMPARE(m_pane->search().answer()->terms.size(), size_t{1});
        QVERIFY2(nameOf(0).startsWith("blue"), qPrintable(nameOf(0)));

        // A file from elsewhere.
        m_pane->field().clear();
        m_pane->openPaths({m_pane->library().state().sources.empty()
                               ? QString()
                               : m_scenes + "/" + QDir(m_scenes).entryList(QDir::Files).first()});
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->field().chips().size(), size_t{1}, kWait);
        settle();
        if (QTest::currentTestFailed()) return;
        QCOMPARE(nameOf(0), QDir(m_scenes).entryList(QDir::Files).first());

        // More like this.
        ask("green triangle");
        if (QTest::currentTestFailed()) return;
        const qint64 row = m_pane->results().hit(m_pane->results().row(0)).row;
        m_pane->search().mark(row, true);
        settle();
        if (QTest::currentTestFailed()) return;
        QCOMPARE(m_pane->field().chips().size(), size_t{2});
        QVERIFY(m_pane->results().isMarked(row, true));
        QCOMPARE(m_pane->search().answer()->terms.back().kind, SearchTerm::Kind::Marks);
        m_pane->search().clearMarks();
        QCOMPARE(m_pane->field().chips().size(), size_t{1});
    }

    void filtersLeaveOut() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        auto* type = m_pane->filters().findChildren<QComboBox*>()[2];
        type->setCurrentIndex(type->findText("Videos"));
        Q_EMIT type->activated(type->currentIndex());
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->message(), QString("Nothing to look at"), kWait);
        m_pane->filters().reset();
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->results().rowCount() > 0, kWait);
    }

    void anotherModelIsSaid() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        openModel(tinyModel());
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->notice().isVisible(), kWait);
        QVERIFY(m_pane->notice().text().contains("made with"));
        QCOMPARE(m_pane->results().rowCount(), 0);
        m_pane->library().embedAgain();
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->notice().isVisible(), kWait);
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes}, kWait);
    }

    void theLastLibraryOpensAgain() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        const QString folder = m_pane->library().folder();
        m_pane.reset();
        reopenPane();
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().isOpen(), kWait);
        QCOMPARE(m_pane->library().folder(), folder);
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes}, kWait);
        QVERIFY(m_pane->library().state().isWritable());
    }

    void newFilesJoin() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        const QString added = picture("scenes/zz new.png", Qt::magenta);
        m_pane->library().refresh();
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes + 1}, kWait);
        QVERIFY(QFile::remove(added));
        m_pane->library().refresh();
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes}, kWait);
    }

    void arrowsWalkTheResults() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        m_pane->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_pane.get()));
        ResultGrid& grid = m_pane->grid();
        QTest::keyClick(&m_pane->field().edit(), Qt::Key_Down);
        QTRY_VERIFY(grid.hasFocus());
        QCOMPARE(grid.currentIndex().row(), 0);
        QTest::keyClick(&grid, Qt::Key_Right);
        QCOMPARE(grid.currentIndex().row(), 1);
        QTest::keyClick(&grid, Qt::Key_Down);
        const QRect first = grid.visualRect(m_pane->results().index(1, 0));
        const QRect below = grid.visualRect(grid.currentIndex());
        QVERIFY(below.top() > first.top());
        QCOMPARE(m_pane->side().current(), &m_pane->results().row(grid.currentIndex().row()));
        QTest::keyClick(&grid, Qt::Key_Up);
        QCOMPARE(grid.currentIndex().row(), 1);
    }
};

DIAGONAL_TEST(TestSearchPane);
#include "test_search_pane.moc"
