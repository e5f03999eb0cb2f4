// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QComboBox>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <algorithm>
#include <cmath>
#include <fstream>

#include "tests/engine/avi_bytes.h"
#include "tests/paths.h"
#include "tests/ui/ui_test.h"
#include "training/data/scenes.h"
#include "ui/base/paths.h"
#include "ui/pictures/frame_name.h"
#include "ui/search/caption_list.h"
#include "ui/search/filter_bar.h"
#include "ui/search/folder_panel.h"
#include "ui/search/known_libraries.h"
#include "ui/search/left_out_dialog.h"
#include "ui/search/line_slider.h"
#include "ui/search/moment_timeline.h"
#include "ui/search/region_view.h"
#include "ui/search/result_grid.h"
#include "ui/search/result_side.h"
#include "ui/search/search_field.h"
#include "ui/search/search_pane.h"
#include "ui/search/search_texts.h"
#include "ui/search/video_frames.h"
#include "ui/search/video_page.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/notice_bar.h"

using namespace diagonal;

namespace {

constexpr int kScenes = 120, kWait = 20'000;
// Of the video, three seconds each.
constexpr const char* kVideoScenes[] = {"red circle", "green triangle", "blue square", "yellow star"};

std::vector<std::pair<QString, bool>> shortOf(const std::vector<SearchTerm>& terms) {
    std::vector<std::pair<QString, bool>> all;
    for (const SearchTerm& term : terms)
        all.emplace_back(term.text, term.isMinus);
    return all;
}

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The picture as a camera would write it: maker and model in an EXIF segment.
void writePhotograph(const std::filesystem::path& path, const std::string& maker) {
    const auto number = [](size_t value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i)
            text += static_cast<char>(value >> 8 * i & 255);
        return text;
    };
    const std::string name = maker + '\0';
    const std::string exif = std::string("Exif\0\0II*\0\x08\0\0\0", 14) + number(1, 2) + number(0x10F, 2) +
                             number(2, 2) + number(name.size(), 4) + number(26, 4) + number(0, 4) + name;
    const size_t length = exif.size() + 2;
    QByteArray bytes = contentOf(QString::fromStdString(paths::source("tests/parity/data/pictures/00.jpeg")));
    bytes.insert(
        2, QByteArray::fromStdString(
               std::string{'\xFF', '\xE1', static_cast<char>(length >> 8), static_cast<char>(length & 255)} + exif));
    std::ofstream(path, std::ios::binary) << bytes.toStdString();
}

}  // namespace

class TestSearchPane : public PaneTest<SearchPane> {
    Q_OBJECT

  private:
    QString m_scenes, m_videos;
    QStringList m_shapes;  ///< "red circle"

    void openScenes(bool withVideos = false) {
        openPane();
        openModel(QStringLiteral("demo"));
        static int number = 0;
        m_pane->createLibrary(m_folder.filePath(QStringLiteral("library%1").arg(++number)));
        m_pane->addToLibrary(withVideos ? QStringList{m_scenes, m_videos} : QStringList{m_scenes});
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().isOpen(), kWait);
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes}, kWait);
        if (withVideos) QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.videos, int64_t{1}, kWait);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->library().isBusy(), kWait);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->search().isPreparing() && !m_pane->search().isBehind(), kWait);
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
    int videoRow() const {
        for (int i = 0; i < m_pane->results().rowCount(); ++i)
            if (m_pane->results().row(i).isVideo) return i;
        return -1;
    }
    /// With the video's page for words, once that shows what they make of it.
    void openVideo(const QString& words) {
        openScenes(true);
        if (QTest::currentTestFailed()) return;
        ask(words);
        if (QTest::currentTestFailed()) return;
        QTRY_VERIFY_WITH_TIMEOUT(videoRow() >= 0, kWait);
        m_pane->grid().setCurrentIndex(m_pane->results().index(videoRow(), 0));
        QTest::keyClick(&m_pane->grid(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->video().frames().moments.size(), size_t{1}, kWait);
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
        m_videos = m_folder.filePath(QStringLiteral("videos"));
        QVERIFY(QDir().mkpath(m_videos));
        AviBytes video(options.imageSize, options.imageSize, 10);
        const std::vector<std::string> labels = sceneLabels();
        const int shapes = static_cast<int>(sceneShapes().size());
        for (const char* label : kVideoScenes) {
            const auto at = static_cast<int>(std::ranges::find(labels, label) - labels.begin());
            QVERIFY(at < static_cast<int>(labels.size()));
            video.add(drawScene({at % shapes, at / shapes, 1, 2, 4, 1, 7}, options.imageSize), 30);
        }
        std::ofstream(toPath(m_videos + "/walk.avi"), std::ios::binary) << video.bytes();
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
        QVERIFY(!view.region().isNull());
        QTest::keyClick(&view, Qt::Key_Escape);
        QVERIFY(view.region().isNull());
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
        QCOMPARE(libraryFolderFor("  ../x/y "), librariesFolder() + "/xy");
        QCOMPARE(libraryFolderFor("..."), QString());
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
        QVERIFY2(nameOf(0).startsWith("blue square"), qPrintable(nameOf(0)));
        QCOMPARE(m_pane->side().whyText().count("; "), 1);
        const SearchHit& hit = m_pane->results().hit(m_pane->results().row(0));
        QCOMPARE(hit.terms.size(), size_t{2});
        QVERIFY(std::abs(hit.terms[0].adds) > 0.1 && std::abs(hit.terms[1].adds) > 0.001);
        QVERIFY(std::abs(hit.terms[0].adds + hit.terms[1].adds - hit.relevance) < 0.01);
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

    void whatIsMarkedHasAWeightAndNeedsNoWords() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        ask("green triangle");
        if (QTest::currentTestFailed()) return;
        const qint64 first = m_pane->results().hit(m_pane->results().row(0)).row;
        m_pane->search().mark(first, true);
        settle();
        if (QTest::currentTestFailed()) return;
        auto* weight = m_pane->field().findChildren<TermChip*>().last()->findChild<WeightEdit*>();
        QTest::keyClick(weight, Qt::Key_Down);
        settle();
        if (QTest::currentTestFailed()) return;
        QCOMPARE(m_pane->search().answer()->terms.back().weight, 0.9);
        QVERIFY(m_pane->results().rowCount() > 1);
        m_pane->search().mark(m_pane->results().hit(m_pane->results().row(1)).row, true);
        settle();
        if (QTest::currentTestFailed()) return;
        QCOMPARE(m_pane->field().chips().back().weight, 0.9);

        // Nothing but what is not wanted: that comes last.
        m_pane->search().clearMarks();
        m_pane->search().setLine(-4);
        ask("green triangle");
        if (QTest::currentTestFailed()) return;
        m_pane->search().mark(first, false);
        settle();
        if (QTest::currentTestFailed()) return;
        QCOMPARE(m_pane->search().answer()->terms.back().isMinus, true);
        const auto isFirst = [&](int row) { return m_pane->results().hit(m_pane->results().row(row)).row == first; };
        QVERIFY(!isFirst(0));
    }

    void aVideoShowsItsMoments() {
        openVideo("blue square");
        if (QTest::currentTestFailed()) return;
        VideoPage& video = m_pane->video();
        QVERIFY(video.isVisible());
        QVERIFY(!m_pane->folders().isVisible());
        const VideoFrames frames = video.frames();
        QVERIFY(frames.points.size() >= std::size(kVideoScenes));
        QCOMPARE(frames.duration, qint64{12'000});
        const Moment moment = frames.moments.front();
        QVERIFY2(std::abs(moment.start - 6000) <= 500 && std::abs(moment.stop - 9000) <= 500,
                 qPrintable(QStringLiteral("%1 to %2").arg(moment.start).arg(moment.stop)));
        // The curve stands above the line within the moment alone.
        for (const CurvePoint& point : frames.points)
            QCOMPARE(point.relevance >= frames.line, point.time >= moment.start && point.time <= moment.stop);
        QCOMPARE(video.time(), qint64{moment.best});
        const auto list = [&](const char* name) {
            for (auto* one : video.findChildren<QListView*>())
                if (one->accessibleName() == QLatin1String(name)) return one;
            return static_cast<QListView*>(nullptr);
        };
        QCOMPARE(list("Moments above the line")->model()->rowCount(), 1);
        QCOMPARE(list("Moments below the line")->model()->rowCount(), static_cast<int>(frames.below.size()));

        // By keys: frame by frame, to the ends, from moment to moment.
        auto* timeline = video.findChild<MomentTimeline*>();
        QTest::keyClick(timeline, Qt::Key_Left);
        QVERIFY(video.time() < moment.start);
        QTest::keyClick(timeline, Qt::Key_Home);
        QCOMPARE(video.time(), qint64{0});
        QTest::keyClick(timeline, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(video.time(), qint64{moment.best});
        QTest::keyClick(timeline, Qt::Key_End);
        QCOMPARE(video.time(), frames.duration);
        QTest::keyClick(timeline, Qt::Key_Left, Qt::ControlModifier);
        QCOMPARE(video.time(), qint64{moment.best});
        // A click shows what is there; a chosen moment too.
        QTest::mouseClick(timeline, Qt::LeftButton, {}, QPoint(timeline->width() / 2, 40));
        QVERIFY(std::abs(video.time() - 6000) < 100);
        // It plays.
        QTest::keyClick(timeline, Qt::Key_Home);
        QTest::keyClick(timeline, Qt::Key_Space);
        QVERIFY(video.isPlaying());
        QTRY_VERIFY_WITH_TIMEOUT(video.time() > 300, kWait);
        QTest::keyClick(timeline, Qt::Key_Space);
        QVERIFY(!video.isPlaying());

        // Other words: the same video, another moment.
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        QTRY_VERIFY_WITH_TIMEOUT(!video.frames().moments.empty() && video.frames().moments.front().start == 0, kWait);
        // What nothing of it is like: no moment, and nothing to be written.
        m_pane->search().setLine(8);
        settle();
        QTRY_VERIFY_WITH_TIMEOUT(video.frames().moments.empty(), kWait);
        QVERIFY(!list("Moments above the line")->isVisible());
        QVERIFY(!video.frames().below.empty());
        QListView* below = list("Moments below the line");
        QCOMPARE(below->model()->rowCount(), static_cast<int>(video.frames().below.size()));
        video.setTime(12'000);
        below->setCurrentIndex(below->model()->index(0, 0));
        QCOMPARE(video.time(), qint64{video.frames().below.front().time});
        for (auto* button : video.findChildren<QPushButton*>())
            if (button->text().contains("EDL")) QVERIFY(!button->isEnabled());
        QTest::keyClick(timeline, Qt::Key_Escape);
        QVERIFY(!video.isVisible());
        QVERIFY(m_pane->folders().isVisible() && m_pane->side().isVisible());
    }

    void inANarrowWindowScoresAndShortChipsAreReadWhole() {
        const auto isWhole = [](const ElidedLabel& label) {
            return label.fontMetrics().horizontalAdvance(label.text()) <= label.width();
        };
        openVideo("blue square");
        if (QTest::currentTestFailed()) return;
        m_pane->resize(948, 620);  // of a window 1024 wide
        for (const char* words : {"a blue shape that is seen from far away", "a green shape, also from far away"}) {
            type(QString::fromLatin1(words));
            m_pane->field().commit();
        }
        settle();
        if (QTest::currentTestFailed()) return;
        int scores = 0, chips = 0;
        for (const ElidedLabel* label : m_pane->video().findChildren<ElidedLabel*>()) {
            if (!label->isVisible() || !label->accessibleName().startsWith(QLatin1String("Cosine"))) continue;
            ++scores;
            QVERIFY2(isWhole(*label), qPrintable(label->text()));
        }
        for (const ElidedLabel* label : m_pane->field().findChildren<ElidedLabel*>()) {
            if (label->text() != QLatin1String("blue square")) continue;
            ++chips;
            QTRY_VERIFY2(isWhole(*label), qPrintable(QString::number(label->width())));
        }
        QCOMPARE(scores, 1);
        QCOMPARE(chips, 1);
    }

    void momentsGoToFiles() {
        openVideo("blue square");
        if (QTest::currentTestFailed()) return;
        const int file = m_pane->video().frames().file;
        const QString csv = m_folder.filePath("moments.csv"), edl = m_folder.filePath("moments.edl");
        m_pane->exportMoments(csv, file);
        m_pane->exportMoments(edl, file);
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(csv) && QFileInfo::exists(edl), kWait);
        const QList<QByteArray> lines = contentOf(csv).trimmed().split('\n');
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines[0].startsWith("Scene Number,Start Frame"));
        QVERIFY2(lines[1].startsWith("1,61,00:00:06.000,"), lines[1]);
        QVERIFY(lines[1].contains("walk.avi"));
        QVERIFY(contentOf(edl).startsWith("TITLE: moments\nFCM: NON-DROP FRAME"));
        QVERIFY(contentOf(edl).contains("FROM CLIP NAME: walk.avi"));
        const QString folder = m_folder.filePath("frames");
        m_pane->exportFrames(folder, file);
        QTRY_COMPARE_WITH_TIMEOUT(QDir(folder).entryList(QDir::Files).size(), 1, kWait);
        const QImage frame(QDir(folder).filePath(QDir(folder).entryList(QDir::Files).first()));
        QCOMPARE(frame.size(), QSize(96, 96));
        // It is that scene's: blue comes most.
        qint64 red = 0, blue = 0;
        for (int y = 0; y < frame.height(); ++y)
            for (int x = 0; x < frame.width(); ++x) {
                red += qRed(frame.pixel(x, y));
                blue += qBlue(frame.pixel(x, y));
            }
        QVERIFY(blue > red);

        // A frame is a picture to search with.
        for (auto* button : m_pane->video().findChildren<QPushButton*>())
            if (button->text() == "Search from this frame") button->click();
        QTRY_VERIFY_WITH_TIMEOUT(
            !m_pane->field().chips().empty() && m_pane->field().chips().back().kind == SearchTerm::Kind::Picture,
            kWait);
        settle();
        if (QTest::currentTestFailed()) return;
        QVERIFY2(nameOf(0).startsWith("blue square") || nameOf(0) == "walk.avi", qPrintable(nameOf(0)));
    }

    void wordsDoNotOpenAnotherVideo() {
        QVERIFY(QFile::copy(m_videos + "/walk.avi", m_scenes + "/copy.avi"));
        openPane();
        openModel(QStringLiteral("demo"));
        m_pane->createLibrary(m_folder.filePath("two videos"));
        m_pane->addToLibrary({m_scenes, m_videos});
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().state().counts.videos == 2 && !m_pane->library().isBusy(), kWait);
        QVERIFY(QFile::remove(m_scenes + "/copy.avi"));
        const auto& paths = m_pane->library().snapshot()->paths;
        for (const char* name : {"walk.avi", "copy.avi"}) {
            QString video;
            for (size_t i = 0; i < m_pane->library().snapshot()->files.size(); ++i)
                if (paths[i].filename() == name) video = fromPath(paths[i]);
            m_pane->openVideo(video);
            ask("red circle");
            if (QTest::currentTestFailed()) return;
            QTRY_VERIFY_WITH_TIMEOUT(m_pane->video().frames().hasQuery, kWait);
            QVERIFY(m_pane->video().frames().path.endsWith(QLatin1String(name)));
            m_pane->field().clear();
        }
    }

    void captionsNearestToThePicture() {
        const QString file = m_folder.filePath("captions.csv");
        {
            QFile table(file);
            QVERIFY(table.open(QIODevice::WriteOnly));
            table.write("image,caption\na.png,\"a circle, red\"\nb.png,blue square\nc.png,blue square\n");
            for (const QString& shape : m_shapes)
                table.write("d.png," + shape.toUtf8() + "\n");
        }
        QCOMPARE(readCaptions(file).mid(0, 2), (QStringList{"a circle, red", "blue square"}));
        QCOMPARE(readCaptions(file).count("blue square"), 1);
        openScenes();
        if (QTest::currentTestFailed()) return;
        auto* captions = m_pane->findChild<CaptionList*>();
        captions->setFile(file);
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        QTRY_VERIFY_WITH_TIMEOUT(!captions->nearest().empty(), kWait);
        QCOMPARE(captions->nearest().front().text, QString("blue square"));
        QCOMPARE(captions->nearest().size(), size_t{5});
        QVERIFY(captions->nearest()[0].cosine >= captions->nearest()[1].cosine);
        // What cannot be read is said, and asked no more.
        QSignalSpy failed(captions, &CaptionList::failed);
        captions->setFile(emptyFile("nothing.txt"));
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, kWait);
        QVERIFY(captions->nearest().empty());
    }

    void watchedFoldersAreFollowed() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        const QString added = picture("scenes/zz seen.png", Qt::magenta);
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes + 1}, kWait);
        QVERIFY(QFile::remove(added));
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes}, kWait);
    }

    void aDriveThatIsGoneIsSaidAndStillSearched() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        QVERIFY(QDir().rename(m_scenes, m_scenes + " away"));
        m_pane->library().refresh();
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->library().state().sources.front().isThere, kWait);
        QVERIFY2(m_pane->folders().texts().front().contains("Drive not connected"),
                 qPrintable(m_pane->folders().texts().front()));
        QCOMPARE(m_pane->library().state().counts.pictures, int64_t{kScenes});
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        QVERIFY(m_pane->results().rowCount() > 0);
        QVERIFY(QDir().rename(m_scenes + " away", m_scenes));
        m_pane->library().refresh();
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().state().sources.front().isThere, kWait);
        QVERIFY(!m_pane->folders().texts().front().contains("Drive not connected"));
        QCOMPARE(m_pane->library().state().counts.pictures, int64_t{kScenes});
    }

    void namesThatAreLeftOutCanBeChanged() {
        picture("scenes/private/a.png", Qt::cyan);
        openPane();
        openModel(QStringLiteral("demo"));
        m_pane->createLibrary(m_folder.filePath("left out"));
        m_pane->addToLibrary({m_scenes});
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes + 1}, kWait);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->library().isBusy(), kWait);
        Q_EMIT m_pane->folders().leftOutRequested();
        auto* dialog = m_pane->findChild<LeftOutDialog*>();
        QVERIFY(dialog != nullptr && dialog->isVisible());
        QVERIFY(dialog->edit().toPlainText().contains("@eaDir"));
        dialog->edit().appendPlainText("a/b");
        dialog->accept();
        QVERIFY2(dialog->isVisible() && dialog->problem().contains("a/b"), qPrintable(dialog->problem()));
        dialog->edit().setPlainText(dialog->edit().toPlainText().replace("a/b", "PRIV*"));
        dialog->accept();
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes}, kWait);
        QVERIFY(m_pane->library().state().leftOut.has("private"));
        m_pane->library().setLeftOut(LeftOutNames());
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes + 1}, kWait);
        QVERIFY(QDir(m_scenes + "/private").removeRecursively());
    }

    void camerasAndNamesInAnyBytes() {
        const QString folder = m_folder.filePath("camera");
        QVERIFY(QDir().mkpath(folder));
        writePhotograph(toPath(folder) / "a.jpg", "Olympia");
        writePhotograph(toPath(folder) / "caf\xE9.jpg", "Zeiss");
        openPane();
        openModel(QStringLiteral("demo"));
        m_pane->createLibrary(m_folder.filePath("cameras"));
        m_pane->addToLibrary({folder});
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{2}, kWait);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->library().isBusy() && !m_pane->search().isPreparing(), kWait);
        auto* camera = m_pane->filters().findChildren<QComboBox*>()[4];
        QVERIFY(camera->isVisible());
        QVERIFY(m_pane->filters().rect().contains(QRect(camera->mapTo(&m_pane->filters(), QPoint()), camera->size())));
        m_pane->search().setFoldAlike(false);  // they are the same picture
        ask("anything");
        if (QTest::currentTestFailed()) return;
        QCOMPARE(m_pane->results().rowCount(), 2);
        const QString csv = m_folder.filePath("bytes.csv"), lines = m_folder.filePath("bytes.jsonl");
        m_pane->exportResults(csv);
        m_pane->exportResults(lines);
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(csv) && QFileInfo::exists(lines), kWait);
        QVERIFY(contentOf(csv).startsWith("path,relevance,cosine,start,end,above,path_bytes\r\n"));
        const QByteArray bytes = QByteArray::fromStdString((toPath(folder) / "caf\xE9.jpg").native()).toHex();
        QVERIFY(contentOf(csv).contains(",1," + bytes + "\r\n"));
        QVERIFY(contentOf(lines).contains("\"path_bytes\":\"" + bytes + '"'));
        QVERIFY2(camera->findText("Zeiss") > 0, qPrintable(camera->itemText(1)));
        camera->setCurrentIndex(camera->findText("Zeiss"));
        Q_EMIT camera->activated(camera->currentIndex());
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->results().rowCount(), 1, kWait);
    }

    void aLibraryThatIsDroppedOpens() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        const QString folder = m_pane->library().folder();
        m_pane->library().close();
        QVERIFY(!m_pane->library().isOpen());
        m_pane->openPaths({folder});
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().isOpen(), kWait);
        QCOMPARE(m_pane->library().folder(), folder);
        QCOMPARE(m_pane->library().state().sources.size(), size_t{1});
    }

    void aNarrowPaneShowsFoldersOrTheSide() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        QAction* folders = m_pane->viewActions()[2];
        QVERIFY(folders->isChecked() && m_pane->folders().isVisible() && m_pane->side().isVisible());
        m_pane->resize(940, 600);
        QTRY_VERIFY(!m_pane->folders().isVisible() && m_pane->side().isVisible());
        QVERIFY(!folders->isChecked());
        folders->trigger();
        QVERIFY(m_pane->folders().isVisible() && !m_pane->side().isVisible());
        folders->trigger();
        QVERIFY(!m_pane->folders().isVisible() && m_pane->side().isVisible());
        m_pane->resize(1364, 800);
        QTRY_VERIFY(m_pane->folders().isVisible() && m_pane->side().isVisible());
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

    // Its folder deleted under it, and another one made there: while it is idle, looks at the disk, embeds or opens.
    void aLibraryIsMadeAnewWhereOneWasDeleted_data() {
        QTest::addColumn<int>("wait");
        for (const int wait : {-2, -1, 0, 5, 20, 60, 150, 400})
            QTest::addRow("%d", wait) << wait;
    }

    void aLibraryIsMadeAnewWhereOneWasDeleted() {
        QFETCH(int, wait);
        openPane();
        openModel(QStringLiteral("demo"));
        const QString folder = m_folder.filePath(QStringLiteral("anew%1").arg(wait));
        for (int time = 0; time < 4; ++time) {
            m_pane->createLibrary(folder);
            m_pane->addToLibrary({m_scenes});
            QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes}, kWait);
            QTRY_VERIFY_WITH_TIMEOUT(!m_pane->library().isBusy(), kWait);
            if (wait >= 0) {
                m_pane->openLibrary(folder);
                QTest::qWait(wait);
                m_pane->library().refresh();
            } else if (wait == -2) {
                m_pane->library().embedAgain();
            }
            // What is opened meanwhile may leave files without anything in them.
            QDir(folder).removeRecursively();
            QVERIFY(!QFileInfo::exists(folder + QStringLiteral("/library.db")));
        }
        m_pane->createLibrary(folder);
        m_pane->addToLibrary({m_scenes});
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().state().counts.pictures == kScenes, kWait);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->library().isBusy() && !m_pane->search().isPreparing(), kWait);
        QVERIFY(m_pane->library().state().isWritable());
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        QCOMPARE(static_cast<int>(m_pane->search().answer()->snapshot().files.size()), kScenes);
        // It is the one on the disk.
        const QString opened = m_pane->library().folder();
        m_pane.reset();
        reopenPane();
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kScenes}, kWait);
        QCOMPARE(m_pane->library().folder(), opened);
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
        QVERIFY(grid.hasFocus());
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
