// SPDX-License-Identifier: GPL-3.0-or-later
#include <QListView>
#include <QScrollBar>
#include <QTableView>
#include <algorithm>
#include <cmath>
#include <fstream>

#include "tests/engine/avi_bytes.h"
#include "tests/ui/ui_test.h"
#include "training/data/scenes.h"
#include "ui/base/paths.h"
#include "ui/pictures/frame_name.h"
#include "ui/search/filter_bar.h"
#include "ui/search/folder_panel.h"
#include "ui/search/moment_timeline.h"
#include "ui/search/region_view.h"
#include "ui/search/result_grid.h"
#include "ui/search/result_side.h"
#include "ui/search/search_field.h"
#include "ui/search/search_pane.h"
#include "ui/search/thumb_button.h"
#include "ui/search/video_frames.h"
#include "ui/search/video_page.h"
#include "ui/widgets/icon_button.h"

using namespace diagonal;

namespace {

constexpr int kPictures = 60, kLongest = 20'000;
// Of the video, three seconds each.
constexpr const char* kScenesSeen[] = {"red circle", "green triangle", "blue square"};

SearchTerm words(const QString& text) {
    SearchTerm term;
    term.text = text;
    return term;
}

QString textsOf(const std::vector<SearchTerm>& terms) {
    QStringList all;
    for (const SearchTerm& term : terms)
        all << QStringLiteral("%1 %2").arg(term.text).arg(term.weight);
    return all.join(QStringLiteral(", "));
}

}  // namespace

/// What the widgets of the Search pane do with what is half done, gone, or shown in another place.
class TestSearchWidgets : public PaneTest<SearchPane> {
    Q_OBJECT

  private:
    QString m_scenes, m_videos;

    void openLibrary(const QStringList& folders) {
        openPane();
        openModel(QStringLiteral("demo"));
        static int number = 0;
        m_pane->createLibrary(m_folder.filePath(QStringLiteral("library%1").arg(++number)));
        m_pane->addToLibrary(folders);
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().sources.size(), static_cast<size_t>(folders.size()),
                                  kLongest);
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().state().counts.rows >= kPictures, kLongest);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->library().isBusy() && !m_pane->search().isPreparing(), kLongest);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->search().isBehind(), kLongest);
    }
    void settle() {
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->search().answer() != nullptr && !m_pane->search().isBusy() &&
                                     !m_pane->search().isStale() &&
                                     m_pane->results().answer() == m_pane->search().answer(),
                                 kLongest);
    }
    void ask(const QString& text) {
        m_pane->field().clear();
        m_pane->field().edit().setText(text);
        m_pane->field().commit();
        settle();
    }
    QString video() const { return m_videos + "/walk.avi"; }
    int videoRow() const {
        for (int i = 0; i < m_pane->results().rowCount(); ++i)
            if (m_pane->results().row(i).isVideo) return i;
        return -1;
    }
    void openTile(int row) {
        m_pane->grid().setCurrentIndex(m_pane->results().index(row, 0));
        QTest::keyClick(&m_pane->grid(), Qt::Key_Return);
    }
    static void typeWeight(SearchField& field, int chip, const QString& text) {
        WeightEdit* edit = field.findChildren<TermChip*>()[chip]->findChild<WeightEdit*>();
        edit->setFocus();
        edit->selectAll();
        QTest::keyClicks(edit, text);
    }
    static void clickCross(SearchField& field, int chip) {
        QTest::mouseClick(field.findChildren<TermChip*>()[chip]->findChild<IconButton*>(), Qt::LeftButton);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

  private Q_SLOTS:
    void initTestCase() {
        m_scenes = m_folder.filePath(QStringLiteral("scenes"));
        QVERIFY(QDir().mkpath(m_scenes));
        ScenesOptions options;
        options.count = kPictures;
        options.seed = 5;
        options.imageSize = 96;
        const auto scenes = makeScenes(options);
        for (size_t i = 0; i < scenes->size(); ++i) {
            const QString shape = QString::fromStdString(scenes->captions(i).front());
            const Image image = scenes->image(i);
            QVERIFY(QImage(image.rgb.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888)
                        .save(QStringLiteral("%1/%2 %3.png").arg(m_scenes, shape).arg(i)));
        }
        m_videos = m_folder.filePath(QStringLiteral("videos"));
        QVERIFY(QDir().mkpath(m_videos));
        AviBytes video(options.imageSize, options.imageSize, 10);
        const std::vector<std::string> labels = sceneLabels();
        const int shapes = static_cast<int>(sceneShapes().size());
        for (const char* label : kScenesSeen) {
            const auto at = static_cast<int>(std::ranges::find(labels, label) - labels.begin());
            QVERIFY(at < static_cast<int>(labels.size()));
            video.add(drawScene({at % shapes, at / shapes, 1, 2, 4, 1, 7}, options.imageSize), 30);
        }
        std::ofstream(toPath(this->video()), std::ios::binary) << video.bytes();
    }

    void aWeightThatIsTypedStaysWithItsTerm() {
        SearchField field;
        field.resize(900, field.height());
        field.show();
        QVERIFY(QTest::qWaitForWindowActive(&field));
        field.setChips({words("a"), words("b"), words("c")});
        typeWeight(field, 1, "3");
        clickCross(field, 0);
        QCOMPARE(textsOf(field.chips()), QString("b 3, c 1"));
        // Of the last one, and of that which goes itself.
        typeWeight(field, 1, "2");
        clickCross(field, 0);
        QCOMPARE(textsOf(field.chips()), QString("c 2"));
        typeWeight(field, 0, "4");
        clickCross(field, 0);
        QCOMPARE(textsOf(field.chips()), QString());
        // Other terms in their place.
        field.setChips({words("a"), words("b")});
        typeWeight(field, 1, "3");
        field.setChips({words("c"), words("d")});
        QCOMPARE(textsOf(field.chips()), QString("c 1, d 1"));
        typeWeight(field, 0, "3");
        field.addChip(words("e"));
        QCOMPARE(textsOf(field.chips()), QString("c 3, d 1, e 1"));
    }

    void aVideoThatJoinedSinceTheAnswerOpens() {
        openLibrary({m_scenes});
        if (QTest::currentTestFailed()) return;
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        bool wasOpened = false, wasOlder = false;
        connect(&m_pane->library(), &LibrarySession::snapshotChanged, m_pane.get(), [&] {
            if (wasOpened || fileAt(*m_pane->library().snapshot(), video()) < 0) return;
            wasOpened = true;
            wasOlder = fileAt(m_pane->search().answer()->snapshot(), video()) < 0;
            Q_EMIT m_pane->folders().videoActivated(video());
        });
        m_pane->addToLibrary({m_videos});
        QTRY_VERIFY_WITH_TIMEOUT(wasOpened, kLongest);
        QVERIFY(wasOlder);
        QVERIFY(m_pane->video().isVisible());
        QCOMPARE(m_pane->video().frames().path, video());
        // An answer that does not know it yet leaves it open.
        m_pane->video().showAnswer(m_pane->library().snapshot(), m_pane->search().answer());
        QVERIFY(m_pane->video().isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->video().frames().hasQuery, kLongest);
        QCOMPARE(m_pane->video().frames().path, video());
        // What is gone opens nothing.
        m_pane->closeVideo();
        Q_EMIT m_pane->folders().videoActivated(m_videos + "/gone.avi");
        QVERIFY(!m_pane->video().isVisible());
    }

    void aVideoOpensAtTheHitThatWasClicked() {
        openLibrary({m_scenes, m_videos});
        if (QTest::currentTestFailed()) return;
        VideoPage& page = m_pane->video();
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        QTRY_VERIFY_WITH_TIMEOUT(videoRow() >= 0, kLongest);
        openTile(videoRow());
        QTRY_VERIFY_WITH_TIMEOUT(page.time() >= 6000, kLongest);
        m_pane->closeVideo();
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        QVERIFY(videoRow() >= 0);
        openTile(videoRow());
        QTRY_VERIFY_WITH_TIMEOUT(!page.frames().moments.empty() && page.time() == page.frames().moments.front().best,
                                 kLongest);
        QVERIFY2(page.time() < 3000, qPrintable(QString::number(page.time())));
        // Read once more before it has been read.
        const SearchAnswerPtr answer = m_pane->search().answer();
        page.setTime(9000);
        page.showVideo(answer->searcher->snapshot(), page.frames().file, answer);
        page.showAnswer(answer->searcher->snapshot(), answer);
        QTRY_VERIFY_WITH_TIMEOUT(page.time() == page.frames().moments.front().best, kLongest);
        // Other words leave the reader where they are.
        page.setTime(7000);
        ask("green triangle");
        if (QTest::currentTestFailed()) return;
        QTRY_VERIFY_WITH_TIMEOUT(!page.frames().moments.empty() && page.frames().moments.front().start >= 2500,
                                 kLongest);
        QCOMPARE(page.time(), qint64{7000});
    }
};

DIAGONAL_TEST(TestSearchWidgets);
#include "test_search_widgets.moc"
