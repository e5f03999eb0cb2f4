// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <mutex>
#include <set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/index/indexer.h"
#include "engine/inference/session.h"
#include "engine/inference/sqlite.h"
#include "tests/engine/avi_bytes.h"
#include "tests/engine/tiny_model.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

/// A picture of its own colours: a PNM needs no library.
void writeTestPicture(const fs::path& file, int number) {
    fs::create_directories(file.parent_path());
    std::ofstream stream(file, std::ios::binary);
    stream << "P6 40 30 255\n";
    for (int i = 0; i < 40 * 30 * 3; ++i)
        stream << static_cast<char>((i * (number % 7 + 1) + number * 37) % 251);
}

/// Two seconds, large enough for parts.
void writeFilm(const fs::path& file) {
    fs::create_directories(file.parent_path());
    AviBytes avi(320, 180, 25);
    for (int i = 0; i < 50; ++i)
        avi.add(stripes(320, 180, i, i < 25 ? 0xC02020 : 0x2040C0, 0xE0A060));
    writeFile(file, avi.bytes());
}

/// Another user while it is there: root reads everything.
class AnotherUser {
  public:
    AnotherUser() : m_isRoot(::geteuid() == 0 && ::seteuid(65534) == 0) {}
    ~AnotherUser() {
        if (m_isRoot) m_isRoot = ::seteuid(0) != 0;
    }

  private:
    bool m_isRoot;
};

void changeDatabase(const fs::path& library, const std::string& statement) {
    SqliteDatabase(library / "library.db", 1000, SqliteAccess::Write).run(statement.c_str());
}

/// An APP1 segment of JPEG with DateTimeOriginal alone.
std::string takenExif(const std::string& when) {
    const auto big = [](uint32_t value, int bytes) {
        std::string text;
        for (int i = bytes - 1; i >= 0; --i)
            text += static_cast<char>(value >> (8 * i));
        return text;
    };
    std::string tiff = "MM" + big(42, 2) + big(8, 4);
    tiff += big(1, 2) + big(0x8769, 2) + big(4, 2) + big(1, 4) + big(26, 4) + big(0, 4);
    tiff += big(1, 2) + big(0x9003, 2) + big(2, 2) + big(static_cast<uint32_t>(when.size()) + 1, 4) + big(44, 4) +
            big(0, 4);
    const std::string body = std::string("Exif\0\0", 6) + tiff + when + std::string(1, '\0');
    return "\xFF\xE1" + big(static_cast<uint32_t>(body.size()) + 2, 2) + body;
}

/// Sets the time of change back; `changed` cannot be set.
void setBackTo(const fs::path& file, int64_t seconds) {
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    QCOMPARE(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
}

}  // namespace

class TestIndexer : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::shared_ptr<Session> m_session;
    int m_count = 0;
    fs::path m_pictures;
    std::shared_ptr<Library> m_library;
    int64_t m_source = 0;

    fs::path place(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }

    std::shared_ptr<Library> newLibrary() {
        return Library::create(place("library" + std::to_string(++m_count)),
                               {m_session->identity(), "tiny", "Tiny", m_session->info().embedDim}, RowType::Float32);
    }

    /// All that is to do, and what was done.
    IndexReport index() {
        Indexer indexer(m_library);
        indexer.scan();
        while (indexer.embed(*m_session, std::chrono::milliseconds(200))) {
        }
        return indexer.report();
    }

    /// Changes the library's database while it is closed.
    void changeClosed(const std::string& statement) {
        const fs::path folder = m_library->folder();
        m_library.reset();
        changeDatabase(folder, statement);
        m_library = Library::open(folder, Library::Access::Write);
    }

    /// What another user finds: indexes as he may.
    IndexReport indexAsAnother() {
        fs::permissions(place(""), fs::perms(0755));
        fs::permissions(m_library->folder(), fs::perms(0777));
        for (const auto& entry : fs::directory_iterator(m_library->folder()))
            fs::permissions(entry.path(), fs::perms(0666));
        const AnotherUser another;
        return index();
    }

    /// Each file of the library is there once, with the embedding that the session gives it now.
    void verifyAll(size_t expected) {
        const auto snapshot = m_library->snapshot();
        std::vector<fs::path> paths;
        std::vector<size_t> rows;
        for (size_t row = 0; row < snapshot->rows.size(); ++row) {
            if (snapshot->rows[row].file == LibraryRow::kGone) continue;
            paths.push_back(snapshot->paths[static_cast<size_t>(snapshot->rows[row].file)]);
            rows.push_back(row);
        }
        QCOMPARE(paths.size(), expected);
        QCOMPARE(std::set<fs::path>(paths.begin(), paths.end()).size(), expected);
        m_session->embedImages(paths, true, [&](const std::vector<ImageEmbedding>& batch) {
            for (const ImageEmbedding& image : batch) {
                QVERIFY2(image.error.empty(), image.error.c_str());
                std::vector<float> row(image.values.size());
                std::memcpy(row.data(), snapshot->vectors.data() + rows[image.index] * snapshot->rowBytes(),
                            snapshot->rowBytes());
                for (size_t i = 0; i < row.size(); ++i)
                    QVERIFY(std::abs(row[i] - image.values[i]) < 1e-5F);
            }
        });
    }

  private Q_SLOTS:
    void initTestCase() {
        writeTinyModel(place("model"));
        m_session = Session::open(place("model").string(), {.device = "cpu"});
    }

    void init() {
        m_pictures = place("pictures" + std::to_string(++m_count));
        for (int i = 0; i < 12; ++i)
            writeTestPicture(m_pictures / (i % 2 == 0 ? "even" : "odd") / (std::to_string(i) + ".ppm"), i);
        m_library = newLibrary();
        m_source = m_library->addSource(m_pictures, false);
    }

    void foldersAreTakenUpOnce() {
        IndexReport report = index();
        QCOMPARE(report.added, 12);
        QCOMPARE(report.left, 0);
        verifyAll(12);
        report = index();
        QCOMPARE(report.added, 0);
        QCOMPARE(report.changed, 0);
        QCOMPARE(report.unchanged, 12);
        verifyAll(12);
        QCOMPARE(m_library->counts().goneRows, 0);
        const auto snapshot = m_library->snapshot();
        QCOMPARE(snapshot->formats[snapshot->files[0].format], std::string("PNM"));
        QCOMPARE(snapshot->files[0].width, 40);
    }

    void changesAreFollowed() {
        index();
        const auto before = m_library->find(m_pictures / "even" / "2.ppm");
        fs::rename(m_pictures / "even" / "2.ppm", m_pictures / "new name.ppm");  // renamed
        fs::rename(m_pictures / "odd", m_pictures / "moved");                    // a folder of six
        fs::remove(m_pictures / "even" / "4.ppm");                               // deleted
        writeTestPicture(m_pictures / "even" / "6.ppm", 106);                    // replaced in place
        fs::copy_file(m_pictures / "even" / "0.ppm", m_pictures / "copy.ppm");   // copied
        writeTestPicture(m_pictures / "even" / "20.ppm", 20);                    // new
        setBackTo(m_pictures / "even" / "8.ppm", 1'000'000'000);                 // touched
        const IndexReport report = index();
        QCOMPARE(report.renamed, 7);
        QCOMPARE(report.removed, 1);
        QCOMPARE(report.added, 2);
        QCOMPARE(report.changed, 1);
        QCOMPARE(m_library->find(m_pictures / "new name.ppm")->id, before->id);
        verifyAll(13);
        QCOMPARE(m_library->counts().goneRows, 2);
    }

    void aFileMovedOverAnotherTakesItsPlace() {
        index();
        fs::rename(m_pictures / "even" / "2.ppm", m_pictures / "even" / "4.ppm");
        const IndexReport report = index();
        QCOMPARE(report.renamed, 1);
        QCOMPARE(report.changed, 0);
        QCOMPARE(report.removed, 0);
        verifyAll(11);
    }

    void equalPicturesAreEmbeddedOnce() {
        for (int i = 0; i < 40; ++i)
            writeTestPicture(m_pictures / "equal" / (std::to_string(i) + ".ppm"), 500);
        index();
        verifyAll(52);
        for (int i = 0; i < 3; ++i)
            std::ofstream(m_pictures / ("broken" + std::to_string(i) + ".ppm")) << "P6 40 30 255\nshort";
        const IndexReport report = index();
        QCOMPARE(report.failed, 3);
        QCOMPARE(m_library->counts().failed, 3);
        QCOMPARE(m_library->counts().waiting, 0);
    }

    void whatCannotBeReadIsSaidOnceAndTriedAgainWhenItChanged() {
        std::ofstream(m_pictures / "empty.jpg") << "";
        std::ofstream(m_pictures / "text.png") << "no picture";
        fs::create_symlink("nowhere", m_pictures / "dangling.jpg");
        IndexReport report = index();
        QCOMPARE(report.failed, 3);
        QCOMPARE(report.failures.size(), 3U);
        QCOMPARE(m_library->failures().size(), 3U);
        verifyAll(12);
        setBackTo(m_pictures / "empty.jpg", 1'000'000'000);
        writeTestPicture(m_pictures / "text.png", 77);
        index();
        QCOMPARE(m_library->failures().size(), 2U);
        verifyAll(13);
    }

    void filesThatChangePlacesAreBothEmbedded() {
        index();
        const fs::path one = m_pictures / "even" / "2.ppm", other = m_pictures / "odd" / "3.ppm";
        fs::rename(one, m_pictures / "between");
        fs::rename(other, one);
        fs::rename(m_pictures / "between", other);
        index();
        QCOMPARE(m_library->counts().waiting, 0);
        verifyAll(12);
    }

    void whatWasRenamedBeforeAllIsEmbeddedAnewIsEmbedded() {
        index();
        fs::rename(m_pictures / "even" / "2.ppm", m_pictures / "even" / "renamed.ppm");
        m_library->beginAgain(m_library->model());
        index();
        QCOMPARE(m_library->counts().waiting, 0);
        verifyAll(12);
    }

    void linksHiddenFoldersAndLeftoversAreFollowedAsWalksDo() {
        fs::create_directory_symlink("..", m_pictures / "even" / "loop");
        writeTestPicture(m_pictures / "@eaDir" / "thumb.ppm", 1000);
        writeTestPicture(m_pictures / ".hidden" / "thumb.ppm", 1001);
        IndexReport report = index();
        QCOMPARE(report.added, 12);
        QCOMPARE(report.leftBehind, 2U);
        m_library->setTaken(m_source, true, false);
        report = index();
        QCOMPARE(report.added, 2);
        verifyAll(14);
        report = index();
        QCOMPARE(report.unchanged, 14);
    }

    void whatTheLibraryLeavesOutLeavesAndComes() {
        writeTestPicture(m_pictures / ".hidden" / "a.ppm", 1000);
        index();
        m_library->setLeftOut(LeftOutNames({"ODD", "0.*"}));
        IndexReport report = index();
        QCOMPARE(report.added, 1);  // what is hidden is on that list no longer
        QCOMPARE(report.removed, 7);
        QCOMPARE(report.leftBehind, 2U);
        verifyAll(6);
        m_library->setTaken(m_source, true, false);
        QCOMPARE(index().added, 7);
        verifyAll(13);
        m_library->setTaken(m_source, false, false);
        m_library->setLeftOut({});
        report = index();
        QCOMPARE(report.removed, 1);
        verifyAll(12);
    }

    void equalVideosKeepTheirOwnSubtitles() {
        if (!whyNoVideos().empty()) QSKIP(whyNoVideos().c_str());
        const fs::path first = m_pictures / "a" / "film.avi", second = m_pictures / "b" / "film.avi";
        writeFilm(first);
        fs::create_directories(second.parent_path());
        fs::copy_file(first, second);
        writeFile(m_pictures / "a" / "film.srt", "1\n00:00:00,000 --> 00:00:01,000\nGood morning\n");
        writeFile(m_pictures / "b" / "film.srt", "1\n00:00:00,000 --> 00:00:01,000\nGuten Morgen\n");
        setBackTo(first, 1'400'000'000);
        setBackTo(second, 1'500'000'000);
        index();
        const auto snapshot = m_library->snapshot();
        QCOMPARE(snapshot->cues.size(), 2U);
        for (const LibraryCue& cue : snapshot->cues) {
            const auto file = static_cast<size_t>(cue.file);
            const bool isFirst = snapshot->paths[file] == first;
            QCOMPARE(cue.text, std::string(isFirst ? "Good morning" : "Guten Morgen"));
            QVERIFY(std::abs(snapshot->files[file].date - (isFirst ? 1'400'000'000 : 1'500'000'000)) <= 14 * 3600);
        }
    }

    void subtitlesThatComeChangeAndGoAreFollowed() {
        if (!whyNoVideos().empty()) QSKIP(whyNoVideos().c_str());
        const fs::path film = m_pictures / "even" / "film.avi", texts = m_pictures / "even" / "film.srt";
        const auto texted = [](const std::string& words) {
            return "1\n00:00:00,000 --> 00:00:01,000\n" + words + "\n";
        };
        // What the library says; a look at the folders alone, without a model, brings it up to date.
        const auto scanned = [&] {
            Indexer indexer(m_library);
            indexer.scan();
            return indexer.report();
        };
        const auto said = [&] {
            std::vector<std::string> all;
            for (const LibraryCue& cue : m_library->snapshot()->cues)
                all.push_back(cue.text);
            return all;
        };
        using Said = std::vector<std::string>;
        writeFilm(film);
        QTest::qWait(2100);  // what changed just now is looked at twice
        index();
        QCOMPARE(said(), Said());
        const auto before = m_library->snapshot();
        const int64_t id = m_library->find(film)->id;

        writeFile(texts, texted("Good morning"));
        IndexReport report = scanned();
        QCOMPARE(report.changed, 1);
        QCOMPARE(report.unchanged, 12);
        QCOMPARE(report.left, 0);
        QCOMPARE(said(), Said{"Good morning"});
        // As long, and written at once: no clock tells it.
        writeFile(texts, texted("Good evening"));
        QCOMPARE(scanned().changed, 1);
        QCOMPARE(said(), Said{"Good evening"});
        writeFile(m_pictures / "even" / "film.de.vtt", "WEBVTT\n\n00:02.000 --> 00:03.000\nGuten Abend\n");
        QCOMPARE(scanned().changed, 1);
        QCOMPARE(said(), (Said{"Good evening", "Guten Abend"}));
        writeFile(m_pictures / "even" / "film.de.vtt", std::string("\xFF\x80\x80", 3));
        report = scanned();
        QCOMPARE(report.changed, 1);
        QCOMPARE(report.notes.size(), 1U);
        QCOMPARE(said(), Said{"Good evening"});
        fs::remove(m_pictures / "even" / "film.de.vtt");
        scanned();
        QCOMPARE(said(), Said{"Good evening"});
        QCOMPARE(scanned().unchanged, 13);
        fs::rename(texts, m_pictures / "even" / "other.srt");
        QCOMPARE(scanned().changed, 1);
        QCOMPARE(said(), Said());
        fs::rename(m_pictures / "even" / "other.srt", texts);
        QCOMPARE(scanned().changed, 1);

        // A video that moves has those beside its new place, one that is touched those of now.
        writeFile(m_pictures / "odd" / "film.srt", texted("Good night"));
        fs::rename(film, m_pictures / "odd" / "film.avi");
        QCOMPARE(scanned().renamed, 1);
        QCOMPARE(said(), Said{"Good night"});
        writeFile(m_pictures / "odd" / "film.srt", texted("Good day"));
        setBackTo(m_pictures / "odd" / "film.avi", 1'400'000'000);
        index();
        QCOMPARE(said(), Said{"Good day"});

        // No frame was embedded again.
        const auto after = m_library->snapshot();
        QCOMPARE(m_library->find(m_pictures / "odd" / "film.avi")->id, id);
        QCOMPARE(after->rows.size(), before->rows.size());
        QVERIFY(std::ranges::equal(after->vectors, before->vectors));
    }

    /// Without EXIF the date is that of the file, also of a copy, and of one that is touched.
    void datesAreThoseOfTheFiles() {
        const fs::path first = m_pictures / "even" / "0.ppm", second = m_pictures / "odd" / "copy.ppm";
        const auto isOf = [&](const fs::path& path, int64_t date) {
            const auto snapshot = m_library->snapshot();
            for (size_t i = 0; i < snapshot->files.size(); ++i)
                if (snapshot->paths[i] == path) return std::abs(snapshot->files[i].date - date) <= 14 * 3600;
            return false;
        };
        setBackTo(first, 1'400'000'000);
        index();
        QVERIFY(isOf(first, 1'400'000'000));
        fs::copy_file(first, second);
        setBackTo(second, 1'500'000'000);
        index();
        QVERIFY(isOf(second, 1'500'000'000));
        setBackTo(first, 1'300'000'000);
        QCOMPARE(index().unchanged, 13);
        QVERIFY(isOf(first, 1'300'000'000));
        QVERIFY(isOf(second, 1'500'000'000));
        // By EXIF it is the same for both.
        const fs::path taken = m_pictures / "odd" / "taken.jpg", same = m_pictures / "odd" / "same.jpg";
        std::vector<uint8_t> jpeg = encodeJpeg(stripes(64, 48, 0, 0xC02020, 0xE0A060));
        const std::string exif = takenExif("2012:03:04 05:06:07");
        jpeg.insert(jpeg.begin() + 2, exif.begin(), exif.end());
        writeFile(taken, {reinterpret_cast<const char*>(jpeg.data()), jpeg.size()});
        fs::copy_file(taken, same);
        setBackTo(same, 1'600'000'000);
        index();
        setBackTo(taken, 1'700'000'000);
        index();
        QVERIFY(isOf(taken, 1'330'837'567));
        QVERIFY(isOf(same, 1'330'837'567));
    }

    /// A copy waits from a run that was stopped, then the first one leaves.
    void whatWaitedBeforeIsNotCountedAsChanged() {
        QTest::qWait(2100);  // what changed just now is looked at twice
        index();
        fs::copy_file(m_pictures / "even" / "0.ppm", m_pictures / "even" / "copy.ppm");
        const auto scanned = [&] {
            Indexer indexer(m_library);
            indexer.scan();
            return indexer.report();
        };
        QCOMPARE(scanned().added, 1);
        fs::remove(m_pictures / "even" / "0.ppm");
        const IndexReport report = scanned();
        QCOMPARE(report.renamed, 1);
        QCOMPARE(report.added, 0);
        QCOMPARE(report.changed, 0);
        QCOMPARE(report.left, 0);
    }

    void librariesWithoutMarksOfSubtitlesGetThem() {
        if (!whyNoVideos().empty()) QSKIP(whyNoVideos().c_str());
        const fs::path film = m_pictures / "even" / "film.avi", texts = m_pictures / "even" / "film.srt";
        writeFilm(film);
        writeFile(texts, "1\n00:00:00,000 --> 00:00:01,000\nGood morning\n");
        QTest::qWait(2100);
        index();
        const fs::path folder = m_library->folder();
        m_library.reset();
        SqliteDatabase(folder / "library.db", 1000, SqliteAccess::Write).run("DROP TABLE subtitles");
        QCOMPARE(Library::open(folder, Library::Access::Read)->snapshot()->cues.size(), 1U);
        m_library = Library::open(folder, Library::Access::Write);
        QCOMPARE(index().unchanged, 13);
        fs::remove(texts);
        QCOMPARE(index().changed, 1);
        QCOMPARE(m_library->snapshot()->cues.size(), 0U);
    }

    void aVideoThatComesIntoASourceWithPartsGetsThem_data() {
        QTest::addColumn<QByteArray>("how");
        for (const char* how : {"moved", "copied", "source within"})
            QTest::newRow(how) << QByteArray(how);
    }

    void aVideoThatComesIntoASourceWithPartsGetsThem() {
        if (!whyNoVideos().empty()) QSKIP(whyNoVideos().c_str());
        QFETCH(QByteArray, how);
        const bool isWithin = how == "source within";
        const fs::path film = m_pictures / "even" / "film.avi";
        const fs::path parts = isWithin ? m_pictures / "even" : fs::path(m_pictures.string() + " parts");
        const fs::path target = parts / "film.avi";
        writeFilm(film);
        fs::create_directories(parts);
        writeTestPicture(parts / "one.ppm", 900);
        index();
        QVERIFY(!m_library->find(film)->hasPatches);
        const int64_t source = m_library->addSource(parts, false);
        m_library->setTaken(source, false, true);
        index();
        if (how == "moved") fs::rename(film, target);
        if (how == "copied") fs::copy_file(film, target);
        index();
        QCOMPARE(m_library->counts().waiting, 0);
        QVERIFY(m_library->find(target)->hasPatches);
        QCOMPARE(index().changed, 0);  // once
        if (isWithin) return;
        // Whoever leaves it keeps what he has.
        fs::rename(target, m_pictures / "odd" / "film.avi");
        QCOMPARE(index().renamed, 1);
        QVERIFY(m_library->find(m_pictures / "odd" / "film.avi")->hasPatches);
    }

    void whatIsNotThereNowStays() {
        index();
        const fs::path away = m_pictures.string() + " away";
        fs::rename(m_pictures, away);
        IndexReport report = index();
        QCOMPARE(report.unreached.size(), 1U);
        QCOMPARE(report.removed, 0);
        fs::create_directory(m_pictures);  // an empty mount point
        report = index();
        QCOMPARE(report.unreached.size(), 1U);
        QCOMPARE(m_library->counts().pictures, 12);
        fs::remove(m_pictures);
        fs::rename(away, m_pictures);
        report = index();
        QCOMPARE(report.unchanged, 12);
        QVERIFY(report.unreached.empty());
        verifyAll(12);
    }

    void aFolderThatCannotBeReadKeepsItsFiles() {
        index();
        const fs::path folder = m_library->folder();
        m_library.reset();
        fs::permissions(place(""), fs::perms(0755));
        fs::permissions(m_pictures / "even", fs::perms::none);
        fs::permissions(folder, fs::perms(0777));
        for (const auto& entry : fs::directory_iterator(folder))
            fs::permissions(entry.path(), fs::perms(0666));
        // Root reads everything: another user looks.
        const pid_t child = ::fork();
        if (child == 0) {
            int code = 1;
            if (::geteuid() != 0 || (::setgid(65534) == 0 && ::setuid(65534) == 0)) {
                try {
                    Indexer indexer(Library::open(folder, Library::Access::Write));
                    indexer.scan();
                    const IndexReport& report = indexer.report();
                    code = report.failures.size() == 1 && report.removed == 0 && report.unchanged + report.changed == 6
                               ? 0
                               : 2;
                } catch (const Error&) {
                    code = 3;
                }
            }
            ::_exit(code);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        fs::permissions(m_pictures / "even", fs::perms::owner_all);
        QCOMPARE(WEXITSTATUS(status), 0);
        m_library = Library::open(folder, Library::Access::Write);
        verifyAll(12);
    }

    void aFolderThatMayNotBeEnteredKeepsItsFiles() {
        index();
        fs::permissions(m_pictures / "even", fs::perms(0444));  // listed, not entered
        const IndexReport report = indexAsAnother();
        fs::permissions(m_pictures / "even", fs::perms(0755));
        QVERIFY2(report.failed == 6, report.failures.empty() ? "" : report.failures[0].reason.c_str());
        QCOMPARE(report.removed, 0);
        QCOMPARE(m_library->counts().pictures, 12);
        QCOMPARE(index().unchanged, 12);
        QCOMPARE(m_library->counts().goneRows, 0);
        verifyAll(12);
    }

    void whatCannotBeReadNowKeepsItsRowsAndIsTriedAgain() {
        index();
        const fs::path known = m_pictures / "even" / "2.ppm", added = m_pictures / "even" / "new.ppm";
        writeTestPicture(known, 102);
        writeTestPicture(added, 103);
        for (const fs::path& file : {known, added})
            fs::permissions(file, fs::perms::owner_read);
        QTest::qWait(2100);  // what changed just now is looked at twice
        if (::geteuid() != 0) {
            for (const fs::path& file : {known, added})
                fs::permissions(file, fs::perms::none);
        }
        QCOMPARE(indexAsAnother().failed, 2);
        QCOMPARE(m_library->counts().pictures, 12);
        QCOMPARE(m_library->counts().waiting, 0);
        QCOMPARE(m_library->failures().size(), 2U);
        QCOMPARE(m_library->counts().failed, 2);
        QCOMPARE(m_library->counts().goneRows, 0);
        if (::geteuid() != 0) {
            for (const fs::path& file : {known, added})
                fs::permissions(file, fs::perms::owner_read);
        }
        QCOMPARE(index().failed, 0);
        QCOMPARE(m_library->counts().waiting, 0);
        QVERIFY(m_library->failures().empty());
        verifyAll(13);
    }

    void whatCouldNotBeDecodedIsTriedAgainWhenItIsTouchedOrCopied() {
        const fs::path text = m_pictures / "text.png";
        std::ofstream(text) << "no picture";
        QTest::qWait(2100);  // what changed just now is looked at twice
        index();
        const auto why = m_library->failures();
        QCOMPARE(why.size(), 1U);
        // As an older program said it, which had no decoder for it.
        changeClosed("UPDATE files SET error = 'old' WHERE error <> ''");
        fs::copy_file(text, m_pictures / "copy.png");
        index();
        auto failures = m_library->failures();
        QCOMPARE(failures.size(), 2U);
        QCOMPARE(failures[0].second, why[0].second);
        QCOMPARE(failures[1].second, std::string("old"));
        setBackTo(text, 1'000'000'000);
        index();
        QVERIFY(m_library->failures()[1].second != "old");
        fs::rename(text, m_pictures / "moved.png");
        changeClosed("UPDATE files SET error = 'old' WHERE error <> ''");
        index();
        failures = m_library->failures();
        QCOMPARE(failures.size(), 2U);
        QVERIFY(failures[1].second != "old");
    }

    void aVideoThatWasNamedLikeAPictureBecomesOne_data() {
        QTest::addColumn<bool>("isCopied");
        QTest::newRow("renamed") << false;
        QTest::newRow("copied") << true;
    }

    void aVideoThatWasNamedLikeAPictureBecomesOne() {
        if (!whyNoVideos().empty()) QSKIP(whyNoVideos().c_str());
        QFETCH(bool, isCopied);
        writeFilm(m_pictures / "film.jpg");
        index();
        QCOMPARE(m_library->counts().failed, 1);
        if (isCopied)
            fs::copy_file(m_pictures / "film.jpg", m_pictures / "film.avi");
        else
            fs::rename(m_pictures / "film.jpg", m_pictures / "film.avi");
        index();
        QCOMPARE(m_library->counts().videos, 1);
        QCOMPARE(m_library->counts().failed, isCopied ? 1 : 0);
        QCOMPARE(m_library->counts().waiting, 0);
    }

    void drivesBelowASourceKeepTheirFiles_data() {
        QTest::addColumn<QByteArray>("how");
        for (const char* how : {"link", "empty", "not there"})
            QTest::newRow(how) << QByteArray(how);
    }

    void drivesBelowASourceKeepTheirFiles() {
        QFETCH(QByteArray, how);
        const fs::path drive = m_pictures.string() + " drive", below = m_pictures / "usb", away = place("away");
        fs::remove_all(away);
        for (int i = 20; i < 24; ++i)
            writeTestPicture(drive / "album" / (std::to_string(i) + ".ppm"), i);
        if (how == "link")
            fs::create_directory_symlink(drive, below);
        else
            fs::rename(drive, below);
        index();
        if (how == "link") {
            fs::rename(drive, away);
        } else {
            fs::rename(below, away);
            if (how == "empty") fs::create_directories(below / "album");
            changeClosed("UPDATE files SET device = 1234567 WHERE CAST(name AS TEXT) LIKE '2_.ppm'");
        }
        for (int round = 0; round < 2; ++round) {
            const IndexReport report = index();
            QCOMPARE(report.removed, 0);
            QCOMPARE(report.unreached, std::vector<std::string>{how == "empty" ? below / "album" : below});
            QCOMPARE(m_library->counts().pictures, 16);
        }
        if (how == "empty") fs::remove_all(below);
        fs::rename(away, how == "link" ? drive : below);
        const IndexReport report = index();
        QVERIFY(report.unreached.empty());
        QCOMPARE(report.unchanged, 16);
        verifyAll(16);
        // What is deleted leaves.
        fs::remove_all(below / "album");
        fs::create_directory(below / "album");
        QCOMPARE(index().removed, 4);
        verifyAll(12);
    }

    void drivesAreKnownUnderAnotherNumber() {
        QTest::qWait(2100);  // what changed just now is looked at twice
        index();
        const int64_t id = m_library->find(m_pictures / "even" / "2.ppm")->id;
        changeClosed("UPDATE files SET device = device + 1000, inode = inode + 5");
        {
            Indexer indexer(m_library);
            indexer.scan();
            QCOMPARE(indexer.report().unchanged, 12);
            QCOMPARE(indexer.report().left, 0);
        }
        // Once more, and a folder was deleted meanwhile: it leaves, for others of its drive are there.
        changeClosed("UPDATE files SET device = device + 1000, inode = inode + 5");
        fs::remove_all(m_pictures / "odd");
        const IndexReport report = index();
        QCOMPARE(report.unchanged, 6);
        QCOMPARE(report.removed, 6);
        QCOMPARE(m_library->find(m_pictures / "even" / "2.ppm")->id, id);
        QCOMPARE(m_library->find(m_pictures / "even" / "2.ppm")->stamp, *stampOf(m_pictures / "even" / "2.ppm"));
        verifyAll(6);
    }

    void aFileBelongsToTheDeepestSource() {
        index();
        const int64_t inner = m_library->addSource(m_pictures / "even", false);
        const int64_t one = m_library->addSource(m_pictures / "odd" / "1.ppm", false);
        IndexReport report = index();
        QCOMPARE(report.added + report.changed + report.removed, 0);
        QCOMPARE(m_library->counts(inner).pictures, 6);
        QCOMPARE(m_library->counts(one).pictures, 1);
        QCOMPARE(m_library->counts(m_source).pictures, 5);
        Indexer(m_library).scan({}, m_source);  // alone: the others' stay
        QCOMPARE(m_library->counts().pictures, 12);
        m_library->removeSource(inner);
        report = index();
        QCOMPARE(report.added + report.removed, 0);
        QCOMPARE(m_library->counts(m_source).pictures, 11);
        fs::remove(m_pictures / "odd" / "1.ppm");
        report = index();
        QCOMPARE(report.removed, 1);
        verifyAll(11);
    }

    void pathsOfFourThousandBytesAndAnyNames() {
        // Longer than one call takes: made and removed step by step.
        const int start = ::open(".", O_RDONLY | O_DIRECTORY);
        const std::string part(200, 'd');
        fs::path deep = m_pictures;
        QCOMPARE(::chdir(m_pictures.c_str()), 0);
        while (deep.native().size() + part.size() + 40 < 4096) {
            QCOMPARE(::mkdir(part.c_str(), 0777), 0);
            QCOMPARE(::chdir(part.c_str()), 0);
            deep /= part;
        }
        writeTestPicture(fs::path("./long.ppm"), 300);
        QCOMPARE(::fchdir(start), 0);
        ::close(start);
        writeTestPicture(m_pictures / "\xFF\xFE bytes\n.ppm", 301);
        const IndexReport report = index();
        QCOMPARE(report.added, 14);
        QCOMPARE(report.failed, 0);
        verifyAll(14);
        fs::remove_all(m_pictures);
    }

    void itCanBeStoppedAndBegunAgain() {
        for (int i = 100; i < 400; ++i)
            writeTestPicture(m_pictures / (std::to_string(i) + ".ppm"), i);
        // Until then each round would read them again.
        QTRY_VERIFY(isSettled(*stampOf(m_pictures / "399.ppm")));
        size_t rounds = 0;
        for (bool isLeft = true; isLeft; ++rounds) {
            QVERIFY(rounds < 100);
            std::stop_source stop;
            const JobContext job{stop.get_token(), [&](const Progress& progress) {
                                     if (progress.done >= 40) stop.request_stop();
                                 }};
            Indexer indexer(m_library);
            indexer.scan();
            try {
                isLeft = indexer.embed(*m_session, std::chrono::seconds(60), job);
            } catch (const Cancelled&) {
            }
        }
        QVERIFY(rounds > 2);
        verifyAll(312);
        QCOMPARE(m_library->counts().goneRows, 0);
    }

    void slicesEndInTime() {
        for (int i = 100; i < 200; ++i)
            writeTestPicture(m_pictures / (std::to_string(i) + ".ppm"), i);
        Indexer indexer(m_library);
        indexer.scan();
        int64_t last = 0, slices = 0;
        JobContext job;
        job.report = [&](const Progress& progress) {
            QVERIFY(progress.done > last);
            QCOMPARE(progress.total, 112);
            last = progress.done;
        };
        while (indexer.embed(*m_session, std::chrono::milliseconds(1), job)) {
            ++slices;
            QCOMPARE(indexer.report().left, 112 - last);
            QCOMPARE(m_library->counts().waiting, 112 - last);
        }
        QVERIFY(slices > 1);
        QCOMPARE(last, 112);
        verifyAll(112);
    }

    void anotherModelIsSaid() {
        const auto other = Library::create(place("other"), {"another", "x", "Another", m_session->info().embedDim});
        Indexer indexer(other);
        try {
            indexer.embed(*m_session, std::chrono::seconds(1));
            QFAIL("embedded");
        } catch (const Error& error) {
            QVERIFY(std::string(error.what()).find("another model") != std::string::npos);
        }
    }

    void datesAndCamerasComeFromThePictures() {
        const auto snapshotOf = [&](const fs::path& file) {
            const auto snapshot = m_library->snapshot();
            for (size_t i = 0; i < snapshot->files.size(); ++i)
                if (snapshot->paths[i] == file) return std::pair(snapshot->files[i], snapshot->cameras);
            return std::pair(LibraryFile(), snapshot->cameras);
        };
        // An EXIF segment: Make, Model, and the date in a directory of its own.
        const auto u16 = [](int value) {
            return std::string{static_cast<char>(value & 255), static_cast<char>(value >> 8)};
        };
        const auto u32 = [&](int value) { return u16(value & 0xFFFF) + u16(value >> 16); };
        const std::string tiff = std::string("II*\0\x08\0\0\0", 8) + u16(3) + u16(0x10F) + u16(2) + u32(6) + u32(50) +
                                 u16(0x110) + u16(2) + u32(7) + u32(56) + u16(0x8769) + u16(4) + u32(1) + u32(64) +
                                 u32(0) + std::string("Canon\0", 6) + std::string("EOS R5\0\0", 8) + u16(1) +
                                 u16(0x9003) + u16(2) + u32(20) + u32(82) + u32(0) +
                                 std::string("2021:07:14 18:03:05\0", 20);
        const std::string exif = std::string("Exif\0\0", 6) + tiff;
        const fs::path file = m_pictures / "taken.jpg";
        std::string bytes = readText(paths::source("tests/parity/data/pictures/00.jpeg"));
        const size_t length = exif.size() + 2;
        bytes.insert(
            2, std::string{'\xFF', '\xE1', static_cast<char>(length >> 8), static_cast<char>(length & 255)} + exif);
        std::ofstream(file, std::ios::binary) << bytes;
        setBackTo(m_pictures / "even" / "0.ppm", 1'500'000'000);
        index();
        const auto [taken, cameras] = snapshotOf(file);
        QCOMPARE(cameras[taken.camera], std::string("Canon EOS R5"));
        QCOMPARE(taken.date, 1626285785);
        const auto [plain, all] = snapshotOf(m_pictures / "even" / "0.ppm");
        QCOMPARE(all[plain.camera], std::string());
        QVERIFY(std::abs(plain.date - 1'500'000'000) <= 14 * 3600);  // local time
    }

    void changesAreHeard() {
        std::mutex mutex;
        std::condition_variable heard;
        int count = 0;
        const auto tell = [&] {
            const std::lock_guard lock(mutex);
            ++count;
            heard.notify_all();
        };
        const auto wait = [&](int before, std::chrono::seconds most = std::chrono::seconds(20)) {
            std::unique_lock lock(mutex);
            return heard.wait_for(lock, most, [&] { return count > before; });
        };
        writeTestPicture(m_pictures / ".hidden" / "deep" / "a.ppm", 1);
        writeTestPicture(m_pictures / "private" / "a.ppm", 1);
        auto watch = std::make_unique<FolderWatch>(std::vector<WatchedFolder>{{m_pictures}},
                                                   LeftOutNames({".*", "Private"}), tell);
        QVERIFY(wait(0));  // it watches
        writeTestPicture(m_pictures / "even" / "first.ppm", 1);
        QVERIFY(wait(1));
        writeTestPicture(m_pictures / "a new" / "folder" / "one.ppm", 1);
        QVERIFY(wait(2));
        while (wait(count, std::chrono::seconds(2))) {
        }
        const int before = count;
        writeTestPicture(m_pictures / ".hidden" / "deep" / "b.ppm", 1);
        writeTestPicture(m_pictures / "private" / "b.ppm", 1);
        writeTestPicture(m_pictures / "PRIVATE" / "new" / "b.ppm", 1);
        QVERIFY(!wait(before, std::chrono::seconds(2)));
        writeFile(m_pictures / "even" / "film.en.SRT", std::string("1\n"));
        QVERIFY(wait(before));
        while (wait(count, std::chrono::seconds(2))) {
        }
        const int later = count;
        // Where all is taken, all is heard of.
        watch = std::make_unique<FolderWatch>(std::vector<WatchedFolder>{{m_pictures, true}},
                                              LeftOutNames({".*", "Private"}), tell);
        QVERIFY(wait(later));
        writeTestPicture(m_pictures / ".hidden" / "deep" / "c.ppm", 1);
        QVERIFY(wait(later + 1));
        writeTestPicture(m_pictures / ".other" / "new" / "c.ppm", 1);
        QVERIFY(wait(later + 2));
    }

    /// More at once than the system keeps: what is made then is watched all the same.
    void foldersThatCameInAFloodAreHeard() {
        std::mutex mutex;
        std::condition_variable changed;
        int count = 0;
        bool isHeld = true;
        const auto tell = [&] {
            std::unique_lock lock(mutex);
            ++count;
            changed.notify_all();
            changed.wait(lock, [&] { return !isHeld; });
        };
        const auto wait = [&](int before, std::chrono::seconds most) {
            std::unique_lock lock(mutex);
            return changed.wait_for(lock, most, [&] { return count > before; });
        };
        const FolderWatch watch({{m_pictures}}, LeftOutNames(), tell);
        QVERIFY(wait(0, std::chrono::seconds(20)));
        // Nobody reads while it tells.
        int most = 0;
        std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
        QVERIFY(most > 0);
        if (most > 100000) QSKIP("the system keeps very many");
        for (int i = 0; i < most + 100; ++i)
            std::ofstream(m_pictures / ("flood" + std::to_string(i % 2)));
        fs::create_directories(m_pictures / "made" / "then");
        {
            const std::lock_guard lock(mutex);
            isHeld = false;
            changed.notify_all();
        }
        QVERIFY(wait(1, std::chrono::seconds(20)));
        for (int before = count; wait(before, std::chrono::seconds(2));)
            before = count;
        const int before = count;
        writeTestPicture(m_pictures / "made" / "then" / "late.ppm", 1);
        QVERIFY(wait(before, std::chrono::seconds(20)));
    }
};

DIAGONAL_TEST(TestIndexer);
#include "test_indexer.moc"
