// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>

#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QDirIterator>
#include <QLineEdit>
#include <QMimeData>
#include <QSemaphore>
#include <QThread>
#include <QUrl>
#include <cmath>
#include <filesystem>

#include "tests/ui/drop.h"
#include "tests/ui/label_pane_test.h"
#include "ui/base/paths.h"
#include "ui/label/label_editor.h"
#include "ui/label/side_panel.h"
#include "ui/pictures/drop_frame.h"
#include "ui/pictures/file_threads.h"
#include "ui/pictures/picture_sources.h"
#include "ui/pictures/picture_view.h"
#include "ui/pictures/thumbnail_cache.h"

using namespace diagonal;

namespace {

QImage filled(const QColor& colour, int side = 24) {
    QImage image(side, side, QImage::Format_RGB32);
    image.fill(colour);
    return image;
}

QByteArray pngOf(const QImage& image) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QString dataUrl(const QColor& colour) {
    return "data:image/png;base64," + QString::fromLatin1(pngOf(filled(colour)).toBase64());
}

void write(const QString& file, const QByteArray& content) {
    QFile out(file);
    QVERIFY(out.open(QIODevice::WriteOnly) && out.write(content) == content.size());
}

}  // namespace

class TestPictureSources : public LabelPaneTest {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_own;

    QString path(const QString& name) const override { return m_own->filePath(name); }
    QStringList stored() {
        QStringList files;
        for (QDirIterator it(path("cache/thumbnails"), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
             it.hasNext();)
            files << it.next();
        return files;
    }
    /// Colour of the middle of the thumbnail that a new cache shows.
    QColor shown(const QString& file, int size = 16) {
        ThumbnailCache cache;
        cache.keepOnDisk(path("cache/thumbnails"));
        QSignalSpy ready(&cache, &ThumbnailCache::ready);
        if (!cache.pixmap(file, size).isNull() || !ready.wait(20000)) return {};
        const QImage image = cache.pixmap(file, size).toImage();
        return image.isNull() ? QColor() : image.pixelColor(image.rect().center());
    }

  private Q_SLOTS:
    void init() {
        UiTest::init();
        m_own = std::make_unique<QTemporaryDir>();
        openPane();
    }

    void browsersPictureGoesBeforeItsLink() {
        QMimeData data;
        data.setUrls({QUrl("https://example.org/cat.jpg")});
        data.setHtml("<a href='https://example.org'><img alt=\"\" src=\"https://example.org/cat.jpg\"></a>");
        data.setImageData(filled(Qt::blue));
        const PictureSources sources = pictureSources(&data);
        QVERIFY(sources.paths.isEmpty() && sources.link.isEmpty());
        QCOMPARE(sources.image.pixelColor(3, 3), QColor(Qt::blue));
    }

    void pngBytesAreAPicture() {
        QMimeData data;
        data.setData("image/png", pngOf(filled(Qt::green)));
        QCOMPARE(pictureSources(&data).image.pixelColor(3, 3), QColor(Qt::green));
    }

    void dataUrlsAreDecoded() {
        QMimeData html, text, damaged;
        html.setHtml("<img src='" + dataUrl(Qt::red) + "'>");
        text.setText(dataUrl(Qt::blue));
        damaged.setText("data:image/png;base64,AAAA");
        QCOMPARE(pictureSources(&html).image.pixelColor(3, 3), QColor(Qt::red));
        QCOMPARE(pictureSources(&text).image.pixelColor(3, 3), QColor(Qt::blue));
        QVERIFY(pictureSources(&damaged).isEmpty());
    }

    void linkInHtmlIsThatOfThePicture() {
        QMimeData data;
        data.setUrls({QUrl("https://example.org/page")});
        data.setHtml("<a href=\"https://example.org/page\"><img src=\"https://example.org/a.jpg?x=1&amp;y=2\"/></a>");
        QCOMPARE(pictureSources(&data).link, QString("https://example.org/a.jpg?x=1&y=2"));
    }

    void otherThingsAreNoPictures() {
        QMimeData words, mail;
        words.setText("only words");
        mail.setUrls({QUrl("mailto:someone@example.org")});
        QVERIFY(pictureSources(&words).isEmpty());
        QVERIFY(pictureSources(&mail).isEmpty());
        QVERIFY(pictureSources(nullptr).isEmpty());
    }

    void onlyALinkIsExplainedAndNotFetched() {
        QSignalSpy notified(m_services.get(), &Services::notified);
        QMimeData data;
        data.setUrls({QUrl("https://example.org/cat.jpg")});
        QVERIFY(drop(*m_pane, data));
        QCOMPARE(notified.size(), 1);
        QVERIFY(notified[0][0].toString().contains("Copy the picture itself"));
        QApplication::clipboard()->setText("https://example.org/cat.jpg");
        m_pane->intake().paste();
        QCOMPARE(notified.size(), 2);
        QCOMPARE(images().rowCount(), 0);
    }

    void framesWithoutUseForLinksRefuseThem() {
        DropFrame frame;
        QMimeData data;
        data.setUrls({QUrl("https://example.org/cat.jpg")});
        QVERIFY(!drop(frame, data));
    }

    void picturesWithoutFileAreDroppedAndPasted() {
        QMimeData image;
        image.setImageData(filled(Qt::red));
        QVERIFY(drop(*m_pane, image));
        QMimeData html;
        html.setHtml("<img src='" + dataUrl(Qt::blue) + "'>");
        QVERIFY(drop(*m_pane, html));
        QTRY_COMPARE(images().rowCount(), 2);
        QVERIFY(isPasted(images().item(0).path));
        QVERIFY(m_pane->intake().isTemporary(images().item(0).path));
        auto* pasted = new QMimeData;
        pasted->setText(dataUrl(Qt::green));
        QApplication::clipboard()->setMimeData(pasted);
        m_pane->intake().paste();
        QTRY_COMPARE(images().rowCount(), 3);
    }

    void filesFoldersAndListsAreDropped() {
        const QString odd = picture("odd/a b%20\nü#1.png");
        picture("folder/deep/2.png");
        picture("folder/1.png");
        write(path("list.txt"), "\xEF\xBB\xBF# pictures\r\nodd/second.png\r\n\r\ngone.png\r\n" +
                                    QFile::encodeName(path("folder/1.png")) + "\n");
        const QString second = picture("odd/second.png");
        QMimeData data;
        data.setUrls(
            {QUrl::fromLocalFile(odd), QUrl::fromLocalFile(path("folder")), QUrl::fromLocalFile(path("list.txt"))});
        QVERIFY(drop(*m_pane, data));
        QTRY_COMPARE(images().rowCount(), 5);
        QTRY_VERIFY(!m_pane->intake().isBusy());
        QVERIFY(images().contains(odd));
        QVERIFY(images().contains(second));
        QVERIFY(images().contains(path("gone.png")));
        QCOMPARE(images().counts().failed, 1);
    }

    void textsThatAreNoListsAreOneFailure() {
        write(path("diary.txt"), "Dear diary,\nnothing happened.\n");
        write(path("empty.lst"), "");
        write(path("binary.txt"), QByteArray("\0\1\2\n\0", 5));
        std::vector<ListFailure> failures;
        const QString plain = picture("plain.png");
        QCOMPARE(expandPathLists({path("diary.txt"), path("empty.lst"), path("binary.txt"), plain, path("gone.txt")},
                                 failures),
                 QStringList({plain, path("gone.txt")}));
        QCOMPARE(failures.size(), size_t{3});
    }

    void manyRowsComeInFewSteps() {
        QByteArray list;
        for (int i = 0; i < 5000; ++i)
            list += "gone" + QByteArray::number(i) + ".png\n";
        write(path("list.txt"), list);
        QSignalSpy inserted(&images(), &ImageList::appended);
        QSignalSpy changed(&images(), &ImageList::scoresChanged);
        m_pane->openPaths({path("list.txt")});
        QTRY_COMPARE(images().rowCount(), 5000);
        QTRY_VERIFY(!m_pane->intake().isBusy());
        QCOMPARE(images().counts().failed, 5000);
        QVERIFY2(inserted.size() <= 20, qPrintable(QString::number(inserted.size())));
        QVERIFY2(changed.size() <= 60, qPrintable(QString::number(changed.size())));
    }

    /// What is moved here would be deleted where it comes from.
    void dropsAreCopiesWhateverIsOffered() {
        const QString file = picture("a.png");
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QCOMPARE(dropAs(*m_pane, data, Qt::MoveAction | Qt::CopyAction), Qt::CopyAction);
        QCOMPARE(dropAs(*m_pane, data, Qt::MoveAction), Qt::IgnoreAction);
        std::unique_ptr<DropFrame> frame(m_pane->intake().makeFrame());
        QCOMPARE(dropAs(*frame, data, Qt::MoveAction | Qt::CopyAction), Qt::CopyAction);
        for (const auto* field : m_pane->findChildren<QLineEdit*>())
            QVERIFY2(!field->acceptDrops(), "a drag over a field is for the pane");
        QTRY_COMPARE(images().rowCount(), 1);
    }

    void modelsAreOpenedNotLabelled() {
        const QString file = picture("a.png");
        QSignalSpy loaded(&m_services->engine(), &EngineService::modelChanged);
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(tinyModel()), QUrl::fromLocalFile(file)});
        QVERIFY(drop(*m_pane, data));
        QVERIFY(loaded.count() > 0 || loaded.wait(20000));
        QTRY_COMPARE(images().rowCount(), 1);
        QCOMPARE(images().item(0).path, file);
    }

    void filesPastedIntoTheLabelsArePictures() {
        LabelEditor& editor = m_pane->side().editor();
        const QString before = editor.toPlainText();
        auto* data = new QMimeData;
        data->setUrls({QUrl::fromLocalFile(picture("a.png"))});
        QApplication::clipboard()->setMimeData(data);
        editor.paste();
        QTRY_COMPARE(images().rowCount(), 1);
        QCOMPARE(editor.toPlainText(), before);
        QApplication::clipboard()->setText("dog");
        editor.selectAll();
        editor.paste();
        QCOMPARE(editor.toPlainText(), QString("dog"));
    }

    void onlyRegularFilesAreOpened() {
        const QString fifo = path("fifo.png"), good = picture("good.png");
        QCOMPARE(::mkfifo(QFile::encodeName(fifo).constData(), 0600), 0);
        ThumbnailCache cache;
        QVERIFY(cache.pixmap(fifo, 16).isNull());
        QTRY_VERIFY(!cache.error(fifo).isEmpty());
        QVERIFY(cache.pixmap(good, 16).isNull());
        QTRY_VERIFY(!cache.pixmap(good, 16).isNull());
        PictureView view;
        view.resize(200, 200);
        view.showPicture(fifo);
        QTRY_VERIFY(view.isDecoded());
    }

    /// A mount that does not answer: what lies on it waits or is refused, all else goes on.
    void aFileThatIsHeldUpHoldsUpNothingElse() {
        FileThreads threads(100);
        QSignalSpy answered(&threads, &FileThreads::answered);
        QSemaphore mount;
        QStringList done, refused;
        const auto start = [&](const QString& file, bool waits) {
            threads.start(
                file,
                [&, file, waits](const std::function<void()>&) -> FileThreads::Finish {
                    if (waits) mount.acquire();
                    return [&done, file] { done << file; };
                },
                [&refused, file](const QString& reason) { refused << file + reason; });
        };
        const int most = std::max(1, QThread::idealThreadCount() / 2);
        for (int i = 0; i < most; ++i)
            start(QString("/held/%1").arg(i), true);
        start("/free/1", false);
        QTRY_COMPARE(done, QStringList("/free/1"));
        start("/held/0", false);
        QTRY_COMPARE(refused.size(), 1);
        QVERIFY(refused[0].contains("does not answer"));
        mount.release(most);
        QTRY_COMPARE(done.size(), 1 + most);
        QTRY_COMPARE(answered.size(), most);
        start("/held/0", false);
        QTRY_COMPARE(done.size(), 2 + most);
    }

    /// What decodes for long has its file already.
    void aSlowDecodingIsNoDeadMount() {
        FileThreads threads(1);
        QSemaphore reading, decoding;
        QStringList done, refused;
        threads.start(
            "/photographs/large.png",
            [&](const std::function<void()>& hasRead) -> FileThreads::Finish {
                hasRead();
                reading.release();
                decoding.acquire();
                return [&done] { done << "large"; };
            },
            [](const QString&) {});
        reading.acquire();
        QElapsedTimer since;
        since.start();
        while (since.elapsed() <= 2) {
        }
        threads.lookAtClocks();
        threads.start(
            "/photographs/large.png", [&](const auto&) -> FileThreads::Finish { return [&done] { done << "again"; }; },
            [&refused](const QString& reason) { refused << reason; });
        decoding.release();
        QTRY_COMPARE(done, QStringList({"large", "again"}));
        QCOMPARE(refused, QStringList());
    }

    /// A picture that is looked at comes, whatever was asked for since, and when its mount answers again.
    void thePictureThatIsShownIsReadInTheEnd() {
        const QString good = path("shown.png");
        QImage image(8, 8, QImage::Format_RGB32);
        image.fill(Qt::red);
        QVERIFY(image.save(good));
        FileThreads& threads = FileThreads::instance();
        QSemaphore gate, begun;
        const int most = std::max(1, QThread::idealThreadCount() / 2);
        const auto wait = [&](const auto&) { return begun.release(), gate.acquire(), FileThreads::Finish(); };
        for (int i = 0; i < most; ++i)
            threads.start(good, wait, [](const QString&) {});
        begun.acquire(most);
        PictureView view;
        view.resize(200, 200);
        view.showPicture(good);
        for (int i = 0; i < 600; ++i)
            threads.start(
                "/x", [](const auto&) { return FileThreads::Finish(); }, [](const QString&) {});
        gate.release(most);
        QTRY_VERIFY(view.isDecoded());

        for (int i = 0; i < most; ++i)
            threads.start(good, wait, [](const QString&) {});
        begun.acquire(most);
        PictureView refused;
        refused.resize(200, 200);
        refused.showPicture(good);
        QTRY_VERIFY_WITH_TIMEOUT(refused.isDecoded(), 60000);
        QVERIFY(!refused.hasPicture());
        gate.release(most);
        QTRY_VERIFY(refused.hasPicture());
    }

    void theLatestIsReadFirstAndTheFirstGivesWay() {
        FileThreads threads;
        QSemaphore gate, begun;
        QList<int> done, unread;
        const int most = std::max(1, QThread::idealThreadCount() / 2);
        for (int i = 0; i < most; ++i)
            threads.start(
                "/x",
                [&gate, &begun](const auto&) {
                    begun.release();
                    gate.acquire();
                    return FileThreads::Finish();
                },
                [](const QString&) {});
        begun.acquire(most);  // else one that came later might be begun before it
        for (int i = 0; i < 600; ++i)
            threads.start(
                "/x", [&done, i](const auto&) -> FileThreads::Finish { return [&done, i] { done << i; }; },
                [&unread, i](const QString& reason) {
                    QVERIFY(reason.isEmpty());
                    unread << i;
                });
        QCOMPARE(unread.value(0), 0);
        gate.release(most);
        QTRY_COMPARE(done.size() + unread.size(), 600);
        if (most == 1) QCOMPARE(done.first(), 599);
        QVERIFY(done.contains(599) && unread.size() >= 600 - 512 - most);
    }

    void hugePicturesAreShownSmaller_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("quality");
        QTest::addColumn<int>("tolerance");
        QTest::newRow("photograph") << "huge.jpg" << 20 << 3;
        QTest::newRow("drawing") << "huge.png" << 90 << 0;
    }
    void hugePicturesAreShownSmaller() {
        QFETCH(QString, name);
        QFETCH(int, quality);
        QFETCH(int, tolerance);
        QImage image(10'500, 10'000, QImage::Format_Grayscale8);
        image.fill(128);
        const QString file = path(name);
        QVERIFY(image.save(file, nullptr, quality));
        const ShownPicture picture = readPicture(file, 96, true);
        QVERIFY2(picture.problem.isEmpty(), qPrintable(picture.problem));
        QCOMPARE(picture.image.size(), QSize(96, 96));
        QCOMPARE(picture.size, QSize(10'500, 10'000));
        QVERIFY(std::abs(picture.image.pixelColor(48, 48).red() - 128) <= tolerance);
    }

    /// Names of another time: no UTF-8.
    void aNameOfAnyBytesIsLabelledShownAndExported() {
        const auto folder = std::filesystem::path(m_own->path().toStdString()) / "old";
        std::filesystem::create_directory(folder);
        const std::string name = "caf\xe9.png";
        std::filesystem::rename(toPath(picture("plain.png")), folder / name);
        m_services->engine().openModel(tinyModel());
        m_pane->openPaths({fromPath(folder)});
        QTRY_COMPARE_WITH_TIMEOUT(images().rowCount(), 1, 20000);
        QTRY_VERIFY2_WITH_TIMEOUT(images().item(0).isFailed() || images().item(0).hasScores(),
                                  qPrintable(images().item(0).error), 20000);
        const ImageItem one = images().item(0);
        QVERIFY2(!one.isFailed(), qPrintable(one.error));
        QCOMPARE(one.name, QString("caf\\xe9.png"));
        QCOMPARE(toPath(one.path), folder / name);
        QVERIFY(shown(one.path).red() > 250);
        QSignalSpy exported(&m_pane->session(), &LabelSession::exported);
        m_pane->session().exportScores(path("out.csv"));
        QVERIFY(exported.wait(20000));
        QFile out(path("out.csv"));
        QVERIFY(out.open(QIODevice::ReadOnly));
        QVERIFY2(out.readAll().contains(QByteArray::fromStdString((folder / name).native()).toHex()), "its bytes");
        QMimeData data;
        data.setUrls({toUrl(one.path)});
        QCOMPARE(droppedPaths(&data), QStringList{one.path});
        std::filesystem::remove_all(folder);  // QTemporaryDir cannot
    }

    void nothingIsKeptOnDiskUnlessAsked() {
        ThumbnailCache cache;
        QSignalSpy ready(&cache, &ThumbnailCache::ready);
        cache.pixmap(picture("a.png"), 16);
        QVERIFY(ready.wait(20000));
        QVERIFY(stored().isEmpty());
    }

    void thumbnailsAreFoundOnDisk() {
        const QString file = picture("a.png", Qt::red);
        QVERIFY(shown(file).red() > 250);
        QCOMPARE(stored().size(), 1);
        // Another picture is put in its place: that it is shown proves where it came from.
        ThumbnailStore store(path("cache/thumbnails"));
        store.save(store.fileFor(file, 16, true), filled(QColor(0, 0, 255), 16));
        const QColor second = shown(file);
        QVERIFY2(second.blue() > 250 && second.red() < 5, qPrintable(second.name()));
        QCOMPARE(stored().size(), 1);
    }

    void cacheIsPrivate() {
        shown(picture("a.png"));
        constexpr auto kOthers = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther |
                                 QFile::WriteOther | QFile::ExeOther;
        const QStringList files = stored();
        QCOMPARE(files.size(), 1);
        for (const QString& name : {files[0], QFileInfo(files[0]).path(), path("cache/thumbnails")})
            QVERIFY2((QFile::permissions(name) & kOthers) == QFile::Permissions(), qPrintable(name));
    }

    void changedPicturesHaveOtherThumbnails() {
        const QString file = picture("a.png", Qt::red);
        const ThumbnailStore store(path("cache/thumbnails"));
        const QString before = store.fileFor(file, 16, true);
        QVERIFY(before != store.fileFor(file, 32, true));
        QVERIFY(before != store.fileFor(file, 16, false));
        shown(file);
        write(file, pngOf(filled(Qt::blue, 25)));
        QVERIFY(before != store.fileFor(file, 16, true));
        QVERIFY(shown(file).blue() > 250);
    }

    void damagedThumbnailsAreReplaced() {
        const QString file = picture("a.png", Qt::red);
        shown(file);
        const QString entry = stored().value(0);
        QFile content(entry);
        QVERIFY(content.open(QIODevice::ReadOnly));
        const QByteArray whole = content.readAll();
        content.close();
        QByteArray flipped = whole;
        flipped[flipped.size() / 2] = static_cast<char>(~flipped[flipped.size() / 2]);
        for (const QByteArray& damage :
             {QByteArray(), QByteArray("x"), whole.first(whole.size() / 2), whole.chopped(1), flipped}) {
            write(entry, damage);
            QVERIFY(ThumbnailStore(path("cache/thumbnails")).load(entry).isNull());
            QVERIFY(shown(file).red() > 250);
            QVERIFY(!ThumbnailStore(path("cache/thumbnails")).load(entry).isNull());
        }
    }

    void longestUnusedIsRemovedFirst() {
        const ThumbnailStore store(path("cache/thumbnails"));
        QStringList entries;
        for (int i = 0; i < 4; ++i) {
            const QString entry = store.fileFor(picture(QString("%1.png").arg(i)), 16, true);
            store.save(entry, filled(Qt::red, 16));
            QFile stored(entry);
            QVERIFY(stored.open(QIODevice::ReadWrite));
            stored.setFileTime(QDateTime::currentDateTime().addDays(-10 + i), QFileDevice::FileModificationTime);
            entries << entry;
        }
        QVERIFY(!store.load(entries[0]).isNull());  // used just now
        const qint64 one = QFileInfo(entries[0]).size();
        store.prune(2 * one);
        QCOMPARE(stored().size(), 2);
        QVERIFY(QFile::exists(entries[0]));
        QVERIFY(QFile::exists(entries[3]));
    }

    void withoutAFolderThereIsNoDiskCache() {
        write(path("cache"), "a file where the folder should be");
        QVERIFY(shown(picture("a.png", Qt::red)).red() > 250);
    }

    void pastedPicturesAreNotKept() {
        const ThumbnailStore store(path("cache/thumbnails"));
        QVERIFY(store.fileFor(picture("diagonal-pasted-1/a.png"), 16, true).isEmpty());
    }
};

DIAGONAL_TEST(TestPictureSources);
#include "test_picture_sources.moc"
