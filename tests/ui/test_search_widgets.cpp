// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDateTime>
#include <QDesktopServices>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>
#include <QTimeZone>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "engine/index/row_ranking.h"
#include "tests/engine/avi_bytes.h"
#include "tests/ui/ui_test.h"
#include "training/data/scenes.h"
#include "ui/base/paths.h"
#include "ui/pictures/frame_name.h"
#include "ui/search/filter_bar.h"
#include "ui/search/folder_panel.h"
#include "ui/search/line_slider.h"
#include "ui/search/moment_timeline.h"
#include "ui/search/region_view.h"
#include "ui/search/result_grid.h"
#include "ui/search/result_side.h"
#include "ui/search/search_field.h"
#include "ui/search/search_pane.h"
#include "ui/search/thumb_button.h"
#include "ui/search/video_frames.h"
#include "ui/search/video_page.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"

using namespace diagonal;

namespace {

constexpr int kWidgetScenes = 60, kWidgetWait = 20'000;
// Of the video, three seconds each.
constexpr const char* kWidgetVideo[] = {"red circle", "green triangle", "blue square"};

SearchTerm wordTerm(const QString& text) {
    SearchTerm term;
    term.text = text;
    return term;
}

QString weightedTexts(const std::vector<SearchTerm>& terms) {
    QStringList all;
    for (const SearchTerm& term : terms)
        all << QStringLiteral("%1 %2").arg(term.text).arg(term.weight);
    return all.join(QStringLiteral(", "));
}

}  // namespace

/// Files that the program would show with another one.
class UrlCatcher : public QObject {
    Q_OBJECT

  public:
    UrlCatcher() { QDesktopServices::setUrlHandler(QStringLiteral("file"), this, "take"); }
    ~UrlCatcher() override { QDesktopServices::unsetUrlHandler(QStringLiteral("file")); }

    QList<QUrl> urls;

  public Q_SLOTS:
    void take(const QUrl& url) { urls << url; }
};

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
                                  kWidgetWait);
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().state().counts.rows >= kWidgetScenes, kWidgetWait);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->library().isBusy() && !m_pane->search().isPreparing(), kWidgetWait);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->search().isBehind(), kWidgetWait);
    }
    void settle() {
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->search().answer() != nullptr && !m_pane->search().isBusy() &&
                                     !m_pane->search().isStale() &&
                                     m_pane->results().answer() == m_pane->search().answer(),
                                 kWidgetWait);
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
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        WeightEdit* edit = field.findChildren<TermChip*>()[chip]->findChild<WeightEdit*>();
        edit->setFocus();
        edit->selectAll();
        QTest::keyClicks(edit, text);
    }
    static void clickCross(SearchField& field, int chip) {
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QTest::mouseClick(field.findChildren<TermChip*>()[chip]->findChild<IconButton*>(), Qt::LeftButton);
    }

  private Q_SLOTS:
    void initTestCase() {
        m_scenes = m_folder.filePath(QStringLiteral("scenes"));
        QVERIFY(QDir().mkpath(m_scenes));
        ScenesOptions options;
        options.count = kWidgetScenes;
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
        for (const char* label : kWidgetVideo) {
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
        field.setChips({wordTerm("a"), wordTerm("b"), wordTerm("c")});
        typeWeight(field, 1, "3");
        clickCross(field, 0);
        QCOMPARE(weightedTexts(field.chips()), QString("b 3, c 1"));
        // Of the last one, and of that which goes itself.
        typeWeight(field, 1, "2");
        clickCross(field, 0);
        QCOMPARE(weightedTexts(field.chips()), QString("c 2"));
        typeWeight(field, 0, "4");
        clickCross(field, 0);
        QCOMPARE(weightedTexts(field.chips()), QString());
        // Other terms in their place.
        field.setChips({wordTerm("a"), wordTerm("b")});
        typeWeight(field, 1, "3");
        field.setChips({wordTerm("c"), wordTerm("d")});
        QCOMPARE(weightedTexts(field.chips()), QString("c 1, d 1"));
        typeWeight(field, 0, "3");
        field.addChip(wordTerm("e"));
        QCOMPARE(weightedTexts(field.chips()), QString("c 3, d 1, e 1"));
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
        QTRY_VERIFY_WITH_TIMEOUT(wasOpened, kWidgetWait);
        QVERIFY(wasOlder);
        QVERIFY(m_pane->video().isVisible());
        QCOMPARE(m_pane->video().frames().path, video());
        // An answer that does not know it yet leaves it open.
        m_pane->video().showAnswer(m_pane->library().snapshot(), m_pane->search().answer());
        QVERIFY(m_pane->video().isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->video().frames().hasQuery, kWidgetWait);
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
        QTRY_VERIFY_WITH_TIMEOUT(videoRow() >= 0, kWidgetWait);
        openTile(videoRow());
        QTRY_VERIFY_WITH_TIMEOUT(page.time() >= 6000, kWidgetWait);
        m_pane->closeVideo();
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        QVERIFY(videoRow() >= 0);
        openTile(videoRow());
        QTRY_VERIFY_WITH_TIMEOUT(!page.frames().moments.empty() && page.frames().moments.front().start == 0,
                                 kWidgetWait);
        QCOMPARE(page.time(), qint64{page.frames().moments.front().best});
        QVERIFY2(page.time() < 3000, qPrintable(QString::number(page.time())));
        // Read once more before it has been read.
        const SearchAnswerPtr answer = m_pane->search().answer();
        page.setTime(9000);
        page.showVideo(answer->searcher->snapshot(), page.frames().file, answer);
        page.showAnswer(answer->searcher->snapshot(), answer);
        QTRY_VERIFY_WITH_TIMEOUT(page.time() == page.frames().moments.front().best, kWidgetWait);
        // Other words leave the reader where they are.
        page.setTime(7000);
        ask("green triangle");
        if (QTest::currentTestFailed()) return;
        QTRY_VERIFY_WITH_TIMEOUT(!page.frames().moments.empty() && page.frames().moments.front().start >= 2500,
                                 kWidgetWait);
        QCOMPARE(page.time(), qint64{7000});
    }

    void whatJoinsTheLibraryLeavesTheReaderInPlace() {
        openLibrary({m_scenes});
        if (QTest::currentTestFailed()) return;
        m_pane->resize(1364, 560);
        m_pane->search().setLine(-4);
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        for (const bool isTable : {false, true}) {
            m_pane->filters().setShowsTable(isTable);
            QAbstractItemView* view = isTable ? static_cast<QAbstractItemView*>(&m_pane->table()) : &m_pane->grid();
            const auto indexOf = [&](int row) { return view->model()->index(row, ResultModel::Name); };
            const auto fileIn = [&](int row) { return indexOf(row).data(Qt::EditRole).toString(); };
            const int seen = 30;
            QVERIFY(view->model()->rowCount() > seen + 10);
            view->scrollTo(indexOf(seen), QAbstractItemView::PositionAtTop);
            QItemSelection rows(indexOf(seen + 1).siblingAtColumn(0), indexOf(seen + 3).siblingAtColumn(0));
            view->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
            const auto chosen = [&] {
                QStringList files;
                for (int i = 0; i < view->model()->rowCount(); ++i)
                    if (view->selectionModel()->isSelected(indexOf(i).siblingAtColumn(0))) files << fileIn(i);
                files.sort();
                return files;
            };
            const QStringList before = chosen();
            const QString file = fileIn(seen);
            const int top = view->visualRect(indexOf(seen)).top();
            QCOMPARE(before.size(), 3);
            QVERIFY(view->verticalScrollBar()->value() > 0);

            const size_t files = m_pane->search().answer()->snapshot().files.size();
            const QString added = picture("scenes/new.png", Qt::blue);
            m_pane->library().refresh();
            QTRY_COMPARE_WITH_TIMEOUT(m_pane->search().answer()->snapshot().files.size(), files + 1, kWidgetWait);
            settle();
            if (QTest::currentTestFailed()) return;
            int now = 0;
            while (fileIn(now) != file)
                ++now;
            QCOMPARE(view->visualRect(indexOf(now)).top(), top);
            for (const QString& one : before)
                QVERIFY2(chosen().contains(one), qPrintable(one));
            QVERIFY(QFile::remove(added));
            m_pane->library().refresh();
            QTRY_COMPARE_WITH_TIMEOUT(m_pane->search().answer()->snapshot().files.size(), files, kWidgetWait);
            settle();
            if (QTest::currentTestFailed()) return;
            // Another question is answered from the top.
            m_pane->search().setLine(-4);
            ask(isTable ? "blue square" : "red circle");
            if (QTest::currentTestFailed()) return;
            QCOMPARE(view->verticalScrollBar()->value(), 0);
            QCOMPARE(chosen().size(), 1);
        }
    }

    void whatIsDoneIsDoneToThePictureThatIsShown() {
        const QString twice = m_folder.filePath("twice");
        QVERIFY(QDir().mkpath(twice));
        const QStringList names = QDir(m_scenes).entryList({"blue square*"}, QDir::Files);
        QVERIFY(!names.isEmpty());
        for (const char* name : {"one.png", "two.png", "three.png"})
            QVERIFY(QFile::copy(m_scenes + '/' + names.first(), twice + '/' + name));
        openLibrary({m_scenes, twice});
        if (QTest::currentTestFailed()) return;
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        int row = 0;
        while (row < m_pane->results().rowCount() && m_pane->results().row(row).alike < 3)
            ++row;
        QVERIFY(row < m_pane->results().rowCount());
        const auto images = m_pane->search().answer()->result.picturesAbove;
        const QString said = QStringLiteral("%1 image(s) in %2 group(s)").arg(images).arg(m_pane->results().above());
        QVERIFY2(m_pane->field().status().contains(said), qPrintable(m_pane->field().status() + " / " + said));
        m_pane->grid().setCurrentIndex(m_pane->results().index(row, 0));
        ResultSide& side = m_pane->side();
        const QString first = side.shown().file, why = side.whyText();
        ThumbButton* other = nullptr;
        for (auto* thumb : side.findChildren<ThumbButton*>())
            if (thumb->isVisible() && !thumb->isChecked()) other = thumb;
        QVERIFY(other != nullptr);
        other->click();
        const ResultSide::Shown shown = side.shown();
        QVERIFY(shown.file != first);
        QCOMPARE(side.picture().picture(), shown.file);
        const auto saysName = [&](const QString& file) {
            return std::ranges::any_of(side.findChildren<ElidedLabel*>(), [&](const ElidedLabel* label) {
                return label->isVisible() && label->text() == QFileInfo(file).fileName();
            });
        };
        QVERIFY(saysName(shown.file) && !saysName(first));
        QCOMPARE(side.whyText(), why);  // the same picture under another name

        // A mark is of that one, and does not take the reader away from it.
        Q_EMIT side.markRequested(true);
        QCOMPARE(m_pane->search().liked(), QSet<qint64>{shown.row});
        QCOMPARE(side.shown().file, shown.file);
        m_pane->search().clearMarks();
        settle();
        if (QTest::currentTestFailed()) return;
        UrlCatcher catcher;
        Q_EMIT side.openRequested();
        QCOMPARE(catcher.urls.size(), 1);
        const QString opened = side.shown().file;
        QCOMPARE(catcher.urls.first().toLocalFile(), opened);
        Q_EMIT side.similarRequested();
        QCOMPARE(m_pane->field().chips().size(), size_t{1});
        QCOMPARE(m_pane->field().chips().front().path, opened);
        // Another hit shows its own.
        m_pane->grid().setCurrentIndex(m_pane->results().index(row == 0 ? 1 : 0, 0));
        QCOMPARE(side.shown().file, side.current()->file);
    }

    void aPartOfAPictureJoinsTheQuestion() {
        openLibrary({m_scenes, m_videos});
        if (QTest::currentTestFailed()) return;
        ask("blue square -green");
        if (QTest::currentTestFailed()) return;
        m_pane->search().setLine(-4);
        settle();
        if (QTest::currentTestFailed()) return;
        int row = 0;
        while (m_pane->results().row(row).isVideo)
            ++row;
        const QString file = m_pane->results().row(row).file;
        Q_EMIT m_pane->side().regionRequested(file, QRectF(0.25, 0.25, 0.5, 0.5));
        const auto& chips = [this]() -> const std::vector<SearchTerm>& { return m_pane->field().chips(); };
        QTRY_COMPARE_WITH_TIMEOUT(chips().size(), size_t{3}, kWidgetWait);
        QCOMPARE(chips()[0].text, QString("blue square"));
        QVERIFY(chips()[1].isMinus);
        QVERIFY(chips()[2].text.contains(QFileInfo(file).fileName()));
        settle();
        if (QTest::currentTestFailed()) return;
        QCOMPARE(m_pane->search().answer()->terms.size(), size_t{3});
        // A pasted picture has no name of another.
        m_pane->intake().addPicture(QImage(file));
        QTRY_COMPARE_WITH_TIMEOUT(chips().size(), size_t{4}, kWidgetWait);
        QCOMPARE(chips()[3].text, QString("like this picture"));
        // A frame likewise.
        m_pane->openVideo(video());
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->video().frames().hasQuery, kWidgetWait);
        Q_EMIT m_pane->video().searchRequested(frameName(video(), m_pane->video().time()));
        QTRY_COMPARE_WITH_TIMEOUT(chips().size(), size_t{5}, kWidgetWait);
    }

    void aCameraIsNoOtherWhoseNameBeginsAlike() {
        auto snapshot = std::make_shared<Snapshot>();
        snapshot->cameras = {"", "Canon EOS 5D", "Canon EOS 5D Mark III"};
        for (const uint16_t camera : {1, 2}) {
            LibraryFile file;
            file.camera = camera;
            snapshot->files.push_back(file);
            snapshot->paths.add(std::filesystem::path("/" + std::to_string(camera) + ".jpg"));
        }
        FilterBar bar;
        bar.setSnapshot(snapshot);
        auto* camera = bar.findChildren<QComboBox*>()[4];
        camera->setCurrentIndex(camera->findText("Canon EOS 5D"));
        QCOMPARE(filesThrough(*snapshot, bar.filter()), (std::vector<char>{1, 0}));
    }

    void yearsAreOfferedOnceNewestFirst() {
        auto snapshot = std::make_shared<Snapshot>();
        snapshot->formats = {"JPEG"};
        const auto at = [](int year, int month, int day) {
            return QDateTime(QDate(year, month, day), QTime(), QTimeZone::utc()).toSecsSinceEpoch();
        };
        for (const qint64 date : {at(2024, 1, 1), at(2023, 12, 31), at(2024, 12, 31), at(1969, 5, 4), qint64{0},
                                  at(2024, 1, 1) - 1, at(1969, 12, 31)}) {
            LibraryFile file;
            file.date = date;
            snapshot->files.push_back(file);
            snapshot->paths.add(std::filesystem::path("/a.jpg"));
        }
        FilterBar bar;
        bar.setSnapshot(snapshot);
        const auto* dates = bar.findChildren<QComboBox*>()[1];
        QStringList offered;
        for (int i = 0; i < dates->count(); ++i)
            offered << dates->itemText(i);
        QCOMPARE(offered, (QStringList{"Any date", "Last 30 days", "2024", "2023", "1969", "From … to …"}));
        const auto* types = bar.findChildren<QComboBox*>()[2];
        QCOMPARE(types->findText("JPEG"), types->count() - 1);
    }

    void whatIsChosenIsSentWhereNothingIsAboveTheLine() {
        openLibrary({m_scenes});
        if (QTest::currentTestFailed()) return;
        ask("blue square");
        if (QTest::currentTestFailed()) return;
        QTest::keyClick(&m_pane->filters().line(), Qt::Key_End);
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->message(), QString("Nothing found"), kWidgetWait);
        for (auto* button : m_pane->findChildren<QPushButton*>())
            if (button->text() == "Show the closest all the same") button->click();
        QVERIFY(m_pane->results().rowCount() > 5);
        QCOMPARE(m_pane->results().above(), 0);
        QSignalSpy requested(m_services.get(), &Services::paneRequested);
        const auto sent = [&requested] { return requested.takeLast()[1].toStringList(); };
        m_pane->grid().setCurrentIndex(m_pane->results().index(3, 0));
        m_pane->send("label", false);
        QCOMPARE(requested.size(), 1);
        QCOMPARE(sent(), QStringList{m_pane->results().row(3).file});

        // In the table a word says so too, whatever the order.
        m_pane->filters().setShowsTable(true);
        m_pane->table().sortByColumn(ResultModel::Name, Qt::AscendingOrder);
        const QModelIndex relevance = m_pane->table().model()->index(0, ResultModel::Relevance);
        QVERIFY2(relevance.data().toString().startsWith("chance, "), qPrintable(relevance.data().toString()));
        m_pane->table().sortByColumn(-1, Qt::AscendingOrder);
        m_pane->filters().setShowsTable(false);

        // Of many above it, one is sent from its tile alone.
        m_pane->search().setLine(-4);
        settle();
        if (QTest::currentTestFailed()) return;
        const int above = m_pane->results().above();
        QVERIFY(above > 5);
        QVERIFY(!m_pane->results().index(0, ResultModel::Relevance).data().toString().contains("chance"));
        m_pane->grid().setCurrentIndex(m_pane->results().index(2, 0));
        m_pane->send("label", true);
        QCOMPARE(sent(), QStringList{m_pane->results().row(2).file});
        m_pane->send("label", false);
        QCOMPARE(sent().size(), above);
    }

    void dottedLinesAreCuts() {
        // A shot of 3 s, one of 27 s in three pieces, one of 2 s.
        std::vector<CurvePoint> points;
        for (const auto& [start, stop] :
             {std::pair(0, 3000), {3000, 13'000}, {13'000, 23'200}, {23'200, 30'000}, {30'000, 32'000}})
            points.push_back({(start + stop) / 2, start, stop, 0, 0, 0});
        QCOMPARE(cutsOf(points), (std::vector<qint64>{3000, 30'000}));
        QVERIFY(cutsOf({}).empty());

        const auto painted = [](const std::vector<qint64>& cuts) {
            VideoFrames frames;
            frames.duration = 7'200'000;
            frames.hasQuery = true;
            frames.line = 3;
            frames.cuts = cuts;
            MomentTimeline timeline;
            timeline.resize(900, timeline.sizeHint().height());
            timeline.setFrames(&frames);
            return timeline.grab().toImage();
        };
        std::vector<qint64> thousands;
        for (qint64 at = 3000; at < 7'200'000; at += 3000)
            thousands.push_back(at);
        const QImage plain = painted({});
        QVERIFY(painted({3'000'000, 5'000'000}) != plain);
        QCOMPARE(painted(thousands), plain);
    }
};

DIAGONAL_TEST(TestSearchWidgets);
#include "test_search_widgets.moc"
