// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QCheckBox>
#include <QElapsedTimer>
#include <algorithm>

#include "engine/embeddings/items.h"
#include "tests/ui/ui_test.h"
#include "training/data/scenes.h"
#include "ui/base/paths.h"
#include "ui/embeddings/embedding_job.h"
#include "ui/search/caption_list.h"
#include "ui/search/folder_panel.h"
#include "ui/search/search_field.h"
#include "ui/search/search_pane.h"
#include "ui/search/source_row.h"

using namespace diagonal;

namespace {

constexpr int kSceneFiles = 40, kSceneWait = 20'000;
const QString kOpening = QStringLiteral("Opening the library");

SearchTerm wordsOf(const QString& text) {
    SearchTerm term;
    term.text = text;
    return term;
}

}  // namespace

/// What sessions of the Search pane do where something comes late, twice, or not at all.
class TestSearchSession : public PaneTest<SearchPane> {
    Q_OBJECT

  private:
    QString m_scenes, m_others, m_more;

    void write(const QString& folder, int count, uint64_t seed) {
        QVERIFY(QDir().mkpath(folder));
        ScenesOptions options;
        options.count = count;
        options.seed = seed;
        options.imageSize = 64;
        const auto scenes = makeScenes(options);
        for (size_t i = 0; i < scenes->size(); ++i) {
            const Image image = scenes->image(i);
            QVERIFY(QImage(image.rgb.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888)
                        .save(QStringLiteral("%1/%2.png").arg(folder).arg(i)));
        }
    }
    QString newFolder() const {
        static int number = 0;
        return m_folder.filePath(QStringLiteral("library%1").arg(++number));
    }
    void settleLibrary(size_t sources) {
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().sources.size(), sources, kSceneWait);
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().state().counts.rows > 0 && !m_pane->library().isBusy(), kSceneWait);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->search().isPreparing() && !m_pane->search().isBehind(), kSceneWait);
    }
    void makeLibrary(const QStringList& folders) {
        m_pane->createLibrary(newFolder());
        m_pane->addToLibrary(folders);
        settleLibrary(static_cast<size_t>(folders.size()));
    }
    void openScenes(const QStringList& folders = {}) {
        openPane();
        openModel(QStringLiteral("demo"));
        makeLibrary(folders.isEmpty() ? QStringList{m_scenes} : folders);
    }
    void settle() {
        QTRY_VERIFY_WITH_TIMEOUT(
            m_pane->search().answer() != nullptr && !m_pane->search().isBusy() && !m_pane->search().isStale(),
            kSceneWait);
    }
    void ask(const QString& text) {
        m_pane->field().clear();
        m_pane->field().edit().setText(text);
        m_pane->field().commit();
        settle();
    }
    void tick(int source, bool on) {
        const auto boxes = m_pane->folders().findChildren<QCheckBox*>();
        QVERIFY(boxes.size() > source);
        if (boxes[source]->isChecked() != on) boxes[source]->click();
    }
    /// Calls `act` once a search has begun, before it can have ended.
    void whenItSearches(const std::function<void()>& act) {
        auto* once = new QObject(this);
        connect(&m_pane->search(), &SearchSession::busyChanged, once, [this, once, act] {
            if (!m_pane->search().isBusy()) return;
            once->deleteLater();
            QMetaObject::invokeMethod(m_pane.get(), act, Qt::QueuedConnection);
        });
    }
    JobId jobOf(const QString& title) const {
        for (const JobState& job : m_services->engine().jobs())
            if (job.title == title) return job.id;
        return 0;
    }
    TermChip* chip(int index) {
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        return m_pane->field().findChildren<TermChip*>().value(index);
    }

  private Q_SLOTS:
    void initTestCase() {
        m_scenes = m_folder.filePath(QStringLiteral("scenes"));
        m_others = m_folder.filePath(QStringLiteral("others"));
        m_more = m_folder.filePath(QStringLiteral("more"));
        write(m_scenes, kSceneFiles, 5);
        write(m_others, 25, 6);
        write(m_more, 25, 7);
    }

    void theFoldersOfAnotherLibraryAreAllSearched() {
        openScenes({m_scenes, m_others});
        if (QTest::currentTestFailed()) return;
        tick(1, false);
        QCOMPARE(m_pane->search().filter().sources.size(), size_t{1});
        // One that joins is searched.
        m_pane->addToLibrary({m_more});
        settleLibrary(3);
        if (QTest::currentTestFailed()) return;
        const qint64 joined = m_pane->library().state().sources[2].id;
        QVERIFY(std::ranges::count(m_pane->search().filter().sources, joined) == 1);
        QCOMPARE(m_pane->search().filter().sources.size(), size_t{2});
        // None, then another library.
        for (const int source : {0, 2})
            tick(source, false);
        QCOMPARE(m_pane->search().filter().sources, std::vector<int64_t>{-1});
        makeLibrary({m_others});
        if (QTest::currentTestFailed()) return;
        QVERIFY(m_pane->search().filter().sources.empty());
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        QCOMPARE(m_pane->search().answer()->result.looked, int64_t{25});
    }

    void aLibraryThatGrowsIsSearchedMeanwhile() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        SearchSession& search = m_pane->search();
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        const auto first = m_pane->library().snapshot();
        QElapsedTimer clock;
        clock.start();
        // More often than what follows it: as an indexer gives them.
        while (clock.elapsed() < 6000 && search.answer()->searcher->snapshot() == first) {
            search.setSnapshot(std::make_shared<const Snapshot>(*first), m_pane->library().folder(), true, true);
            QTest::qWait(500);
        }
        QVERIFY(search.answer()->searcher->snapshot() != first);
    }

    void whatWasClearedDoesNotComeBack() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        m_pane->field().clear();
        QVERIFY(m_pane->search().answer() == nullptr);
        whenItSearches([this] { m_pane->field().clear(); });
        m_pane->field().addChip(wordsOf("red circle"));
        QTRY_VERIFY(m_pane->search().isEmpty());
        QTest::qWait(300);
        QVERIFY(m_pane->search().answer() == nullptr);
        QCOMPARE(m_pane->results().rowCount(), 0);
        // Nor in a library that was opened meanwhile.
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        whenItSearches([this] { m_pane->library().close(); });
        m_pane->search().setLine(1);
        QTRY_VERIFY(!m_pane->library().isOpen());
        QTest::qWait(300);
        QVERIFY(m_pane->search().answer() == nullptr);
        QVERIFY(!m_pane->search().isBusy());
    }

    void whatAnswersOlderWordsIsDimmed() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        // Words that come meanwhile have yet to be embedded.
        whenItSearches([this] { m_pane->search().setTerms({wordsOf("a blue square that is new")}); });
        QObject watcher;
        bool wasSeen = false, wasDimmed = false;
        connect(&m_pane->search(), &SearchSession::answered, &watcher, [&] {
            const SearchAnswerPtr answer = m_pane->search().answer();
            if (!answer || answer->terms.front().text != "red circle") return;
            wasSeen = true;
            wasDimmed = m_pane->results().isStale();
        });
        m_pane->search().setLine(0.5);
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->search().answer()->terms.front().text != "red circle", kSceneWait);
        QVERIFY(wasSeen && wasDimmed);
        settle();
        QVERIFY(!m_pane->results().isStale());
    }

    void captionsAreOfTheOpenModel() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        const QString file = m_folder.filePath("captions.txt");
        {
            QFile list(file);
            QVERIFY(list.open(QIODevice::WriteOnly));
            for (int i = 0; i < 8000; ++i)
                list.write(QByteArray("a picture of things, number ") + QByteArray::number(i) + '\n');
        }
        bool wasBusy = false;
        CaptionList* list = nullptr;
        QObject watcher;
        connect(&m_services->engine(), &EngineService::modelChanged, &watcher, [&] { wasBusy = list->isBusy(); });
        CaptionList captions(*m_services);
        list = &captions;
        captions.setFile(file);
        const auto searcher = m_pane->search().answer()->searcher;
        captions.setPicture(searcher, 0);
        QTRY_VERIFY_WITH_TIMEOUT(jobOf("Embedding captions") != 0, kSceneWait);
        openModel(tinyModel());
        QVERIFY(wasBusy);
        QTRY_VERIFY_WITH_TIMEOUT(!captions.isBusy(), kSceneWait);
        QTest::qWait(200);
        QVERIFY(!captions.isReady());
        QVERIFY(captions.nearest().empty());
        captions.setFile({});
    }

    void aLibraryThatDoesNotAnswerHoldsUpNoOther() {
        openPane();
        openModel(QStringLiteral("demo"));
        const QString hung = m_folder.filePath("hung");
        QVERIFY(QDir().mkpath(hung));
        const QByteArray fifo = QFile::encodeName(hung + "/library.db");
        QCOMPARE(::mkfifo(fifo.constData(), 0600), 0);
        for (int time = 0; time < 3; ++time) {
            m_pane->openLibrary(hung);
            QVERIFY(m_pane->library().isOpening());
            QTest::qWait(50);
        }
        m_pane->createLibrary(newFolder());
        m_pane->addToLibrary({m_scenes});
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().isOpen(), 5000);
        settleLibrary(1);
        // Those that wait get an end of the file.
        for (int quiet = 0; quiet < 10; ++quiet) {
            const int other = ::open(fifo.constData(), O_WRONLY | O_NONBLOCK);
            if (other >= 0) {
                ::close(other);
                quiet = 0;
            }
            QTest::qWait(20);
        }
        QVERIFY(m_pane->library().isOpen());
        QVERIFY(QFile::remove(QFile::decodeName(fifo)));
    }

    void openingCanBeStopped() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        const QString folder = m_pane->library().folder();
        // Somebody of this program has it, for which it waits.
        LibrarySession other(*m_services);
        m_pane->library().close();
        QTest::qWait(200);
        other.open(folder);
        QTRY_VERIFY_WITH_TIMEOUT(other.isOpen(), kSceneWait);
        m_pane->openLibrary(folder);
        QTRY_VERIFY(jobOf(kOpening) != 0);
        m_services->engine().cancel(jobOf(kOpening));
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->library().isOpening(), kSceneWait);
        QVERIFY(m_pane->library().folder().isEmpty());
        other.close();
        m_pane->openLibrary(folder);
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->library().isOpen(), kSceneWait);
    }

    void whatFailedOnceIsTriedAgain() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        const QString file = emptyFile("late.png");
        m_pane->searchPicture(file, "late");
        settle();
        if (QTest::currentTestFailed()) return;
        // Searched by what is left; the chip says that it does not count.
        QCOMPARE(m_pane->search().answer()->terms.size(), size_t{1});
        QVERIFY(chip(0)->problem().isEmpty());
        QVERIFY(!chip(1)->problem().isEmpty());
        QVERIFY(chip(1)->toolTip().contains(chip(1)->problem()));
        QVERIFY2(m_pane->field().status().endsWith("“late” does not count"), qPrintable(m_pane->field().status()));
        // Alone: nothing is found, and why.
        m_pane->field().clear();
        m_pane->searchPicture(file, "late");
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->message(), QString("Not searched"), kSceneWait);
        QVERIFY(QFile::remove(file));
        QVERIFY(QFile::copy(m_scenes + "/0.png", file));
        m_pane->searchPicture(file, "late");
        settle();
        if (QTest::currentTestFailed()) return;
        QCOMPARE(m_pane->search().answer()->terms.size(), size_t{2});
        QVERIFY(chip(0)->problem().isEmpty());
        QVERIFY(m_pane->message().isEmpty());
    }

    void aModelThatCannotBeLearnedIsSaid() {
        openScenes();
        if (QTest::currentTestFailed()) return;
        const QString folder = tinyModel("lost");
        m_pane.reset();
        QObject watcher;
        connect(&m_services->engine(), &EngineService::modelChanged, &watcher,
                [&] { QVERIFY(QDir(folder).removeRecursively()); });
        reopenPane();
        settleLibrary(1);
        if (QTest::currentTestFailed()) return;
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        QSignalSpy failed(&m_pane->search(), &SearchSession::failed);
        QSignalSpy refused(&m_pane->library(), &LibrarySession::failed);
        m_services->engine().openModel(folder);
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->search().isPreparing() || !failed.isEmpty(), kSceneWait);
        QVERIFY(m_pane->search().answer() == nullptr);
        QVERIFY(m_pane->library().model().identity.empty());
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, kSceneWait);
        QVERIFY(!m_pane->search().isPreparing());
        QCOMPARE(m_pane->message(), QString("Not searched"));
        QCOMPARE(m_pane->field().status(), QString());
        // Nothing is made with it.
        picture("scenes/zz joins.png", Qt::magenta);
        m_pane->library().refresh();
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().left, qint64{1}, kSceneWait);
        QTest::qWait(300);
        QVERIFY(!m_pane->library().isEmbedding());
        QCOMPARE(refused.size(), 0);
        openModel(QStringLiteral("demo"));
        settle();
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().left, qint64{0}, kSceneWait);
        QVERIFY(QFile::remove(m_scenes + "/zz joins.png"));
    }

    void aPictureThatIsGoneIsNotSearched() {
        const QString folder = m_folder.filePath("leaving");
        write(folder, 25, 8);
        openScenes({m_scenes, folder});
        if (QTest::currentTestFailed()) return;
        m_pane->search().setLine(-10);
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        int row = 0;
        while (row < m_pane->results().rowCount() && !m_pane->results().row(row).file.startsWith(folder))
            ++row;
        QVERIFY(row < m_pane->results().rowCount());
        m_pane->grid().setCurrentIndex(m_pane->results().index(row, 0));
        const QString file = m_pane->results().row(row).file;
        m_pane->findSimilar(true);
        settle();
        if (QTest::currentTestFailed()) return;
        QSignalSpy failed(&m_pane->search(), &SearchSession::failed);
        QVERIFY(QFile::remove(file));
        m_pane->library().refresh();
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->message(), QString("Not searched"), kSceneWait);
        QCOMPARE(failed.size(), 0);
        QVERIFY(chip(0)->problem().contains("no longer in the library"));
        m_pane->field().addChip(wordsOf("red circle"));
        settle();
        if (QTest::currentTestFailed()) return;
        QCOMPARE(m_pane->search().answer()->terms.size(), size_t{1});
        QVERIFY(!chip(0)->problem().isEmpty() && chip(1)->problem().isEmpty());
    }

    void exportsHoldMoreThanIsShown() {
        const QString folder = m_folder.filePath("many");
        QVERIFY(QDir().mkpath(folder));
        constexpr int kMany = 640;
        for (int i = 0; i < kMany; ++i)
            QVERIFY(QFile::copy(QStringLiteral("%1/%2.png").arg(m_scenes).arg(i % kSceneFiles),
                                QStringLiteral("%1/%2.png").arg(folder).arg(i)));
        openScenes({folder});
        if (QTest::currentTestFailed()) return;
        QTRY_COMPARE_WITH_TIMEOUT(m_pane->library().state().counts.pictures, int64_t{kMany}, 60'000);
        QTRY_VERIFY_WITH_TIMEOUT(!m_pane->library().isBusy() && !m_pane->search().isBehind(), kSceneWait);
        m_pane->search().setFoldAlike(false);
        ask("red circle");
        if (QTest::currentTestFailed()) return;
        QVERIFY(!m_pane->search().answer()->isCut());
        QVERIFY(!m_pane->field().status().contains("shown"));
        m_pane->search().setLine(-10);
        settle();
        if (QTest::currentTestFailed()) return;
        QCOMPARE(m_pane->results().rowCount(), 600);
        QVERIFY2(m_pane->field().status().contains("the best 600 are shown"), qPrintable(m_pane->field().status()));
        const QString csv = m_folder.filePath("many.csv");
        m_pane->exportResults(csv);
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(csv), kSceneWait);
        QFile file(csv);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count('\n'), kMany + 1);
        QSignalSpy sent(m_services.get(), &Services::paneRequested);
        m_pane->send("label", false);
        QTRY_COMPARE_WITH_TIMEOUT(sent.size(), 1, kSceneWait);
        QCOMPARE(sent[0][1].toStringList().size(), kMany);
    }

    void aFileOfEmbeddingsNamesTheModelThatMadeThem() {
        openPane();
        openModel(QStringLiteral("demo"));
        const QString model = tinyModel("other"), file = m_folder.filePath("words.safetensors");
        EmbeddingJob job(m_services->engine());
        QSignalSpy finished(&job, &EmbeddingJob::finished);
        m_services->engine().openModel(model);
        EmbeddingRequest request;
        request.items = std::make_shared<TextItems>(std::vector<std::string>{"a dog", "a cat"});
        request.areTexts = true;
        request.file = file;
        job.start(request);
        QVERIFY(finished.wait(kSceneWait));
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QByteArray head = written.readAll();
        QVERIFY2(head.contains("\"model_source\":\"" + model.toUtf8() + '"'), head.left(600));
    }
};

DIAGONAL_TEST(TestSearchSession);
#include "test_search_session.moc"
