// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include "engine/base/error.h"
#include "engine/index/library.h"
#include "engine/inference/sqlite.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

constexpr int64_t kLibraryDim = 4;

LibraryModel testModel(int64_t dim = kLibraryDim) {
    return {"identity", "demo", "Demo", dim};
}

ContentHash contentOfTest(int i) {
    ContentHash content{};
    std::memcpy(content.data(), &i, sizeof i);
    content[31] = 1;
    return content;
}

/// A picture whose first number tells which it is.
NewFile testPicture(int i, int64_t source = 1) {
    NewFile file;
    file.path = "/pictures/" + std::to_string(i % 3) + "/" + std::to_string(i) + ".jpg";
    file.source = source;
    file.stamp = {100 + i, 1, 2, 3, 4};
    file.content = contentOfTest(i);
    file.format = i % 2 == 0 ? "JPEG" : "PNG";
    file.camera = i % 5 == 0 ? "Canon EOS R5" : "";
    file.width = 40;
    file.height = 30;
    file.date = 1000 + i;
    file.rows.resize(1);
    file.values = {static_cast<float>(i % 1024), 1, 2, 3};
    return file;
}

float firstNumber(const Snapshot& snapshot, size_t row) {
    const std::byte* place = snapshot.vectors.data() + row * snapshot.rowBytes();
    if (snapshot.type == RowType::Float32) {
        float value = 0;
        std::memcpy(&value, place, sizeof value);
        return value;
    }
    uint16_t half = 0;
    std::memcpy(&half, place, sizeof half);
    if ((half & 0x7FFF) == 0) return 0;
    return std::ldexp(1 + static_cast<float>(half & 0x3FF) / 1024, ((half >> 10) & 31) - 15);
}

/// Every row that is used belongs to the file whose number stands in it, and every file has one.
void verifyRows(const Snapshot& snapshot, size_t files) {
    QCOMPARE(snapshot.files.size(), files);
    QCOMPARE(snapshot.paths.size(), files);
    std::vector<int> rowsOf(files);
    for (size_t row = 0; row < snapshot.rows.size(); ++row) {
        const int32_t file = snapshot.rows[row].file;
        if (file == LibraryRow::kGone) continue;
        ++rowsOf[static_cast<size_t>(file)];
        const std::string name = snapshot.paths[static_cast<size_t>(file)].stem();
        QCOMPARE(firstNumber(snapshot, row), static_cast<float>(std::stoi(name) % 1024));
    }
    for (const int count : rowsOf)
        QCOMPARE(count, 1);
}

std::string libraryProblem(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

void overwriteAt(const fs::path& file, size_t at, const std::string& bytes) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(at));
    stream << bytes;
}

}  // namespace

class TestLibrary : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_count = 0;

    fs::path newFolder() { return fs::path(m_folder.path().toStdString()) / ("library" + std::to_string(++m_count)); }

  private Q_SLOTS:
    void aLibraryKeepsWhatIsPut_data() {
        QTest::addColumn<bool>("isHalf");
        QTest::newRow("fp16") << true;
        QTest::newRow("fp32") << false;
    }

    void aLibraryKeepsWhatIsPut() {
        QFETCH(bool, isHalf);
        const fs::path folder = newFolder();
        {
            const auto library = Library::create(folder, testModel(), isHalf ? RowType::Float16 : RowType::Float32);
            QCOMPARE(library->addSource("/pictures", true), 1);
            for (int i = 0; i < 50; ++i)
                library->put(testPicture(i));
            NewFile failed = testPicture(50);
            failed.rows.clear();
            failed.values.clear();
            failed.error = "the file is empty";
            library->put(failed);
        }
        QVERIFY(Library::isLibrary(folder));
        const auto library = Library::open(folder, Library::Access::Read);
        QCOMPARE(library->model().dim, kLibraryDim);
        QCOMPARE(library->model().source, std::string("demo"));
        const auto sources = library->sources();
        QCOMPARE(sources.size(), 1U);
        QCOMPARE(sources[0].path, std::string("/pictures"));
        QVERIFY(sources[0].isWatched);
        const auto snapshot = library->snapshot();
        QCOMPARE(snapshot->files.size(), 51U);
        const auto counts = library->counts();
        QCOMPARE(counts.pictures, 50);
        QCOMPARE(counts.failed, 1);
        QCOMPARE(counts.rows, 50);
        QCOMPARE(counts.goneRows, 0);
        QCOMPARE(library->failures().size(), 1U);
        QCOMPARE(library->failures()[0].second, std::string("the file is empty"));
        for (size_t row = 0; row < snapshot->rows.size(); ++row) {
            const auto file = static_cast<size_t>(snapshot->rows[row].file);
            QCOMPARE(firstNumber(*snapshot, row), static_cast<float>(std::stoi(snapshot->paths[file].stem())));
            const LibraryFile& facts = snapshot->files[file];
            const int i = std::stoi(snapshot->paths[file].stem());
            QCOMPARE(snapshot->formats[facts.format], std::string(i % 2 == 0 ? "JPEG" : "PNG"));
            QCOMPARE(snapshot->cameras[facts.camera], std::string(i % 5 == 0 ? "Canon EOS R5" : ""));
            QCOMPARE(facts.date, 1000 + i);
            QCOMPARE(facts.size, 100 + i);
        }
        QCOMPARE(library->snapshot(), snapshot);  // nothing changed
        QVERIFY(libraryProblem([&] { library->put(testPicture(1)); }).find("read only") != std::string::npos);
    }

    void aFileThatIsPutAgainHasItsNewRowsAlone() {
        const auto library = Library::create(newFolder(), testModel());
        for (int i = 0; i < 10; ++i)
            library->put(testPicture(i));
        for (int i = 0; i < 10; ++i)
            library->put(testPicture(i));
        library->flush();
        verifyRows(*library->snapshot(), 10);
        QCOMPARE(library->counts().goneRows, 10);
    }

    void snapshotsStayAsTheyWere() {
        const auto library = Library::create(newFolder(), testModel());
        library->put(testPicture(1));
        library->flush();
        const auto before = library->snapshot();
        for (int i = 0; i < 2000; ++i)
            library->put(testPicture(i));
        library->flush();  // with a new file of rows: more than a quarter of 2001 was not used
        for (int i = 0; i < 2000; ++i)
            if (i % 2 == 0) library->remove(library->find(testPicture(i).path)->id);
        library->flush();
        verifyRows(*library->snapshot(), 1000);
        verifyRows(*before, 1);
    }

    void rowsThatAreNoLongerUsedLeaveTheDisk() {
        const fs::path folder = newFolder();
        const auto library = Library::create(folder, testModel());
        for (int i = 0; i < 1000; ++i)
            library->put(testPicture(i));
        library->flush();
        const auto reader = Library::open(folder, Library::Access::Read);
        verifyRows(*reader->snapshot(), 1000);
        for (int i = 0; i < 600; ++i)
            library->remove(library->find(testPicture(i).path)->id);
        library->flush();
        QCOMPARE(library->counts().goneRows, 0);
        QVERIFY(!fs::exists(folder / "rows-0.fp16"));
        QCOMPARE(fs::file_size(folder / "rows-1.fp16"), 400U * kLibraryDim * 2);
        verifyRows(*reader->snapshot(), 400);
        library->put(testPicture(3));
        library->flush();
        verifyRows(*reader->snapshot(), 401);
    }

    void equalContentIsCopiedAndRenamesKeepTheirRows() {
        const auto library = Library::create(newFolder(), testModel());
        NewFile video = testPicture(7);
        video.kind = MediaKind::Video;
        video.path = "/pictures/7.mp4";
        video.duration = 9000;
        video.rows = {{0, 1000, 0, 2000, 0}, {0, 5000, 2000, 9000, 3}};
        video.values = {7, 0, 0, 0, 7, 1, 1, 1};
        video.cues = {{0, 100, 200, "good morning"}};
        library->put(video);  // not flushed: its rows are only in memory
        const auto known = library->find(video.path);
        NewFile copy;
        copy.path = "/pictures/other/7.mp4";
        copy.stamp = {9, 8, 7, 6, 5};
        copy.date = 4321;
        copy.cues = {{0, 300, 400, "guten Morgen"}};
        library->copy(known->id, copy);
        library->flush();
        auto snapshot = library->snapshot();
        QCOMPARE(snapshot->files.size(), 2U);
        QCOMPARE(snapshot->rows.size(), 4U);
        // What does not lie in the video is the copy's own.
        QCOMPARE(snapshot->cues.size(), 2U);
        for (const LibraryCue& cue : snapshot->cues) {
            const auto file = static_cast<size_t>(cue.file);
            const bool isCopy = snapshot->paths[file] == copy.path;
            QCOMPARE(cue.text, std::string(isCopy ? "guten Morgen" : "good morning"));
            QCOMPARE(snapshot->files[file].date, isCopy ? 4321 : 1007);
        }
        QVERIFY(known->hasPatches && library->find(copy.path)->hasPatches);
        QCOMPARE(library->frames(), 2);
        QCOMPARE(library->findContent(video.content).size(), 2U);
        for (const size_t first : {0U, 2U}) {
            QCOMPARE(snapshot->rows[first].time, 1000);
            QCOMPARE(snapshot->rows[first + 1].stop, 9000);
            QCOMPARE(snapshot->rows[first + 1].patch, 3);
            QCOMPARE(firstNumber(*snapshot, first), 7.0F);
        }
        QCOMPARE(snapshot->files[1].duration, 9000);
        library->rename(known->id, "/elsewhere/new.mp4", {1, 2, 3, 4, 5}, 3);
        library->flush();
        snapshot = library->snapshot();
        QVERIFY(!library->find(video.path));
        const auto renamed = library->find("/elsewhere/new.mp4");
        QCOMPARE(renamed->id, known->id);
        QCOMPARE(renamed->stamp, (FileStamp{1, 2, 3, 4, 5}));
        QCOMPARE(snapshot->rows.size(), 4U);
        // In place of a file of that name.
        library->rename(known->id, copy.path, {1, 2, 3, 4, 5}, 3);
        library->flush();
        QCOMPARE(library->snapshot()->files.size(), 1U);
    }

    void whatIsLeftOutIsKept() {
        const fs::path folder = newFolder();
        {
            const auto library = Library::create(folder, testModel());
            QVERIFY(library->leftOut() == LeftOutNames());
            library->setLeftOut(LeftOutNames({".*", "private", "\xFF old*"}));
        }
        {
            const auto library = Library::open(folder, Library::Access::Write);
            QCOMPARE(library->leftOut().names(), (std::vector<std::string>{".*", "private", "\xFF old*"}));
            library->setLeftOut(LeftOutNames(std::vector<std::string>()));
            QVERIFY(library->leftOut().names().empty());
            library->setLeftOut(LeftOutNames());
            library->flush();
        }
        QCOMPARE(
            SqliteDatabase(folder / "library.db", 1000).number("SELECT count(*) FROM settings WHERE name = 'left_out'"),
            0);
        const auto library = Library::open(folder, Library::Access::Read);
        QVERIFY(library->leftOut() == LeftOutNames());
        QVERIFY(libraryProblem([&] { library->setLeftOut({}); }).find("read only") != std::string::npos);
    }

    void aNewFileOfRowsIsOpenedOnce() {
        if (::geteuid() != 0) QSKIP("needs another user");
        const fs::path folder = newFolder();
        {
            const auto library = Library::create(folder, testModel());
            for (int i = 0; i < 1000; ++i)
                library->put(testPicture(i));
        }
        fs::permissions(m_folder.path().toStdString(), fs::perms(0755));
        fs::permissions(folder, fs::perms(0777));
        for (const auto& entry : fs::directory_iterator(folder))
            fs::permissions(entry.path(), fs::perms(0666));
        const pid_t child = ::fork();
        if (child == 0) {
            int code = 1;
            if (::setgid(65534) == 0 && ::setuid(65534) == 0) {
                const std::string problem = libraryProblem([&] {
                    const auto library = Library::open(folder, Library::Access::Write);
                    ::umask(0777);  // what is made now cannot be opened again
                    for (int i = 0; i < 600; ++i)
                        library->remove(library->find(testPicture(i).path)->id);
                    library->flush();
                    library->put(testPicture(3));
                    library->flush();
                });
                code = problem.empty() ? 0 : 2;
            }
            ::_exit(code);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
        fs::permissions(folder / "rows-1.fp16", fs::perms(0666));
        verifyRows(*Library::open(folder, Library::Access::Read)->snapshot(), 401);
    }

    void filesWaitTillTheyAreEmbedded() {
        const auto library = Library::create(newFolder(), testModel());
        const int64_t id = library->note(testPicture(1));
        library->note(testPicture(2));
        library->put(testPicture(3));
        library->note(testPicture(3));  // changed: it keeps its rows till then
        library->flush();
        QCOMPARE(library->counts().waiting, 3);
        QCOMPARE(library->snapshot()->files.size(), 1U);
        QCOMPARE(library->waiting(0, 10).size(), 3U);
        QCOMPARE(library->waiting(id, 1)[0].path, testPicture(2).path);
        QVERIFY(library->findContent(contentOfTest(1)).empty());
        library->put(testPicture(1));
        library->flush();
        QCOMPARE(library->find(testPicture(1).path)->id, id);
        QCOMPARE(library->counts().waiting, 2);
    }

    void namesMayBeAnyBytes() {
        const auto library = Library::create(newFolder(), testModel());
        const std::string longName = "/" + std::string(4090, 'x') + ".jpg";
        std::vector<std::string> names = {"/a\xFF\xFE\n\t.jpg", "relative.jpg", "/\xE4\xB8\xAD'\";--.png", longName,
                                          "row of a table"};
        for (size_t i = 0; i < names.size(); ++i) {
            NewFile file = testPicture(static_cast<int>(i));
            file.path = names[i];
            library->put(file);
        }
        library->flush();
        const auto snapshot = library->snapshot();
        for (size_t i = 0; i < names.size(); ++i) {
            QCOMPARE(snapshot->paths[i].native(), names[i]);
            QVERIFY(library->find(names[i]).has_value());
        }
        NewFile bad = testPicture(1);
        bad.path = std::string("a\0b", 3);
        QVERIFY(!libraryProblem([&] { library->put(bad); }).empty());
    }

    void rowsOfAnotherWidthOrNoNumbersAreRefused() {
        const auto library = Library::create(newFolder(), testModel());
        NewFile file = testPicture(1);
        file.values.pop_back();
        QVERIFY(libraryProblem([&] { library->put(file); }).find("width") != std::string::npos);
        file = testPicture(1);
        file.values[2] = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(libraryProblem([&] { library->put(file); }).find("finite") != std::string::npos);
        library->flush();
        QVERIFY(library->snapshot()->files.empty());
    }

    void anotherModelBeginsAgain() {
        const fs::path folder = newFolder();
        const auto library = Library::create(folder, testModel());
        library->addSource("/pictures", false);
        for (int i = 0; i < 20; ++i)
            library->put(testPicture(i));
        library->beginAgain({"other", "demo", "Other", 2});
        QCOMPARE(library->model().identity, std::string("other"));
        QCOMPARE(library->counts().waiting, 20);
        QCOMPARE(library->snapshot()->rows.size(), 0U);
        NewFile file = testPicture(5);
        file.values = {5, 6};
        library->put(file);
        library->flush();
        verifyRows(*library->snapshot(), 1);
        QVERIFY(!fs::exists(folder / "rows-0.fp16"));
    }

    void aSourceLeavesWithItsFiles() {
        const auto library = Library::create(newFolder(), testModel());
        const int64_t outer = library->addSource("/pictures", false), inner = library->addSource("/pictures/1", false);
        const int64_t other = library->addSource("/other", false);
        QCOMPARE(library->addSource("/pictures", true), outer);
        for (int i = 0; i < 30; ++i)
            library->put(testPicture(i, i % 3 == 1 ? inner : outer));
        NewFile file = testPicture(99, other);
        file.path = "/other/99.jpg";
        library->put(file);
        library->removeSource(inner);  // its files lie below the outer one
        QCOMPARE(library->counts(outer).pictures, 30);
        library->removeSource(outer);
        library->flush();
        QCOMPARE(library->sources().size(), 1U);
        verifyRows(*library->snapshot(), 1);
        QCOMPARE(library->counts().goneRows, 30);
    }

    void oneProgramWritesAndOthersRead() {
        const fs::path folder = newFolder();
        auto writer = Library::create(folder, testModel());
        const std::string problem = libraryProblem([&] { Library::open(folder, Library::Access::Write); });
        QVERIFY2(problem.find("already") != std::string::npos, problem.c_str());
        const auto reader = Library::open(folder, Library::Access::Read);
        QCOMPARE(reader->snapshot()->files.size(), 0U);
        std::jthread writing([&](const std::stop_token&) {
            for (int i = 0; i < 3000; ++i) {
                writer->put(testPicture(i));
                if (i % 50 == 49) writer->flush();
            }
        });
        size_t seen = 0;
        while (seen < 3000) {
            const auto snapshot = reader->snapshot();
            QVERIFY(snapshot->files.size() >= seen);
            seen = snapshot->files.size();
            verifyRows(*snapshot, seen);
        }
        writing.join();
        writer.reset();
        Library::open(folder, Library::Access::Write);
    }

    void aLibraryWhoseFolderIsReplacedStops_data() {
        QTest::addColumn<bool>("isMadeAnew");
        QTest::newRow("deleted") << false;
        QTest::newRow("made anew") << true;
    }

    void aLibraryWhoseFolderIsReplacedStops() {
        QFETCH(bool, isMadeAnew);
        const fs::path folder = newFolder();
        auto before = Library::create(folder, testModel());
        for (int i = 0; i < 300; ++i)
            before->put(testPicture(i));
        before->flush();
        const auto kept = before->snapshot();
        before->put(testPicture(300));  // in the middle of a change
        fs::remove_all(folder);
        std::shared_ptr<Library> now;
        if (isMadeAnew) {
            now = Library::create(folder, testModel());
            for (int i = 0; i < 400; ++i)
                now->put(testPicture(i));
            now->flush();
        }
        const std::vector<std::function<void()>> changes = {[&] { before->flush(); },
                                                            [&] { before->put(testPicture(1)); },
                                                            [&] { before->addSource("/pictures", false); },
                                                            [&] { before->beginAgain(testModel()); },
                                                            [&] { before->snapshot(); },
                                                            [&] { before->hasContent(contentOfTest(1)); }};
        for (const auto& change : changes) {
            const std::string problem = libraryProblem(change);
            QVERIFY2(problem.find("no longer where it was opened") != std::string::npos, problem.c_str());
        }
        verifyRows(*kept, 300);
        before.reset();
        if (!isMadeAnew) {
            QVERIFY(!fs::exists(folder));
            return;
        }
        // The old one took nothing of the new one with it.
        for (int i = 400; i < 500; ++i)
            now->put(testPicture(i));
        now->flush();
        verifyRows(*now->snapshot(), 500);
        now.reset();
        verifyRows(*Library::open(folder, Library::Access::Write)->snapshot(), 500);
    }

    void whatAKilledProgramLeftIsWrittenOver() {
        const fs::path folder = newFolder();
        {
            const auto library = Library::create(folder, testModel());
            for (int i = 0; i < 10; ++i)
                library->put(testPicture(i));
        }
        std::ofstream(folder / "rows-0.fp16", std::ios::app | std::ios::binary) << std::string(37, 'x');
        std::ofstream(folder / "rows-1.fp16", std::ios::binary) << std::string(999, 'x');  // of a new one, half written
        const auto library = Library::open(folder, Library::Access::Write);
        library->put(testPicture(10));
        library->flush();
        verifyRows(*library->snapshot(), 11);
        QVERIFY(!fs::exists(folder / "rows-1.fp16"));
    }

    void aDiskWithoutRoomIsNotFilledAgainAndAgain() {
        const fs::path folder = newFolder();
        const auto library = Library::create(folder, testModel());
        for (int i = 0; i < 3000; ++i)
            library->put(testPicture(i));
        library->flush();
        const auto remove = [&](int first, int end) {
            for (int i = first; i < end; ++i)
                library->remove(library->find(testPicture(i).path)->id);
            library->flush();
        };
        // Something in the way of the new file of rows: as if there were no room for it.
        fs::create_directory(folder / "rows-1.fp16");
        std::ofstream(folder / "rows-1.fp16" / "letter") << "x";
        remove(0, 1000);
        QCOMPARE(library->counts().goneRows, 1000);
        fs::remove_all(folder / "rows-1.fp16");
        remove(1000, 1010);
        QCOMPARE(library->counts().goneRows, 1010);
        QVERIFY(!fs::exists(folder / "rows-1.fp16"));
        remove(1010, 2000);  // twice as many
        QCOMPARE(library->counts().goneRows, 0);
        QVERIFY(fs::exists(folder / "rows-1.fp16"));
        verifyRows(*library->snapshot(), 1000);
    }

    void damagedLibrariesAreNotChangedBeyondTheirRows_data() {
        QTest::addColumn<QByteArray>("statement");
        QTest::newRow("row") << QByteArray("UPDATE files SET row = 1000000000 WHERE id = 1");
        QTest::newRow("negative row") << QByteArray("UPDATE files SET row = -1000000000 WHERE id = 1");
        QTest::newRow("rows") << QByteArray("UPDATE files SET rows = 1 << 50 WHERE id = 1");
        QTest::newRow("negative rows") << QByteArray("UPDATE files SET rows = 1 - (1 << 62) WHERE id = 1");
        QTest::newRow("shared rows") << QByteArray("UPDATE files SET row = 0, rows = 3000");
    }

    void damagedLibrariesAreNotChangedBeyondTheirRows() {
        QFETCH(QByteArray, statement);
        const fs::path folder = newFolder();
        {
            const auto library = Library::create(folder, testModel());
            for (int i = 0; i < 3000; ++i)
                library->put(testPicture(i));
        }
        SqliteDatabase(folder / "library.db", 1000, SqliteAccess::Write)
            .run(("UPDATE settings SET value = 0 WHERE name = 'used'; " + statement).constData());
        {
            const auto library = Library::open(folder, Library::Access::Write);
            NewFile copy = testPicture(5000);
            libraryProblem([&] { library->copy(1, copy); });
            for (const int i : {0, 7}) {
                libraryProblem([&] { library->put(testPicture(i + 6000)); });
                libraryProblem([&] { library->flush(); });  // more than a quarter is not used, it says
                libraryProblem([&] { library->put(testPicture(i)); });
            }
        }
        // Files whose rows are their own have them still; the others are said.
        std::shared_ptr<const Snapshot> snapshot;
        const std::string problem =
            libraryProblem([&] { snapshot = Library::open(folder, Library::Access::Read)->snapshot(); });
        if (snapshot)
            verifyRows(*snapshot, snapshot->files.size());
        else
            QVERIFY2(problem.find("it is damaged") != std::string::npos, problem.c_str());
    }

    void damageIsSaid_data() {
        QTest::addColumn<QByteArray>("what");
        for (const char* what : {"no rows", "rows cut", "database cut", "database garbage", "header gone", "empty",
                                 "later version", "rows out of range", "shared rows", "settings"})
            QTest::newRow(what) << QByteArray(what);
    }

    void damageIsSaid() {
        QFETCH(QByteArray, what);
        const fs::path folder = newFolder(), database = folder / "library.db", rows = folder / "rows-0.fp16";
        {
            const auto library = Library::create(folder, testModel());
            for (int i = 0; i < 3000; ++i)
                library->put(testPicture(i));
        }
        if (what == "no rows") fs::remove(rows);
        if (what == "rows cut") fs::resize_file(rows, 8001);
        if (what == "database cut") fs::resize_file(database, fs::file_size(database) / 2);
        if (what == "database garbage")
            for (size_t at = 8192; at < fs::file_size(database); at += 1024)
                overwriteAt(database, at, std::string(512, '\xA5'));
        if (what == "header gone") overwriteAt(database, 0, std::string(100, 'x'));
        if (what == "empty") fs::resize_file(database, 0);
        if (what == "later version") SqliteDatabase(database, 1000).run("PRAGMA user_version = 99");
        if (what == "rows out of range") SqliteDatabase(database, 1000).run("UPDATE files SET row = 1000000");
        if (what == "shared rows") SqliteDatabase(database, 1000).run("UPDATE files SET row = 0, rows = 3000");
        if (what == "settings") SqliteDatabase(database, 1000).run("UPDATE settings SET value = -5");
        for (const auto access : {Library::Access::Read, Library::Access::Write}) {
            const std::string problem = libraryProblem([&] { Library::open(folder, access)->snapshot(); });
            QVERIFY2(!problem.empty(), "nothing was said");
            QVERIFY2(problem.find(folder.filename().string()) != std::string::npos, problem.c_str());
        }
    }

    void aDiskThatCannotBeWrittenIsRead() {
        if (::geteuid() == 0) {
            // Root writes everywhere; another user is what the test needs.
            const fs::path folder = newFolder();
            {
                const auto library = Library::create(folder, testModel());
                for (int i = 0; i < 10; ++i)
                    library->put(testPicture(i));
            }
            fs::permissions(m_folder.path().toStdString(), fs::perms(0755));
            const pid_t child = ::fork();
            if (child == 0) {
                int code = 1;
                if (::setgid(65534) == 0 && ::setuid(65534) == 0) {
                    try {
                        const auto library = Library::open(folder, Library::Access::Read);
                        code = library->snapshot()->files.size() == 10 ? 0 : 2;
                        if (libraryProblem([&] { Library::open(folder, Library::Access::Write); }).empty()) code = 3;
                        if (fs::exists(folder / "library.db-shm")) code = 4;
                    } catch (const Error&) {
                        code = 5;
                    }
                }
                ::_exit(code);
            }
            int status = 0;
            ::waitpid(child, &status, 0);
            QCOMPARE(WEXITSTATUS(status), 0);
        } else {
            QSKIP("needs another user");
        }
    }

    /// A copy of the folder without what readers share, on a disk that cannot be written.
    void aLogThatCannotBeReadIsSaid() {
        if (::geteuid() != 0) QSKIP("needs another user");
        const fs::path folder = newFolder(), copy = newFolder();
        const auto library = Library::create(folder, testModel());
        for (int i = 0; i < 10; ++i)
            library->put(testPicture(i));
        library->flush();
        fs::create_directories(copy);
        for (const auto& entry : fs::directory_iterator(folder))
            if (!entry.path().native().ends_with("-shm")) fs::copy_file(entry, copy / entry.path().filename());
        QVERIFY(fs::file_size(copy / "library.db-wal") > 0);
        fs::permissions(m_folder.path().toStdString(), fs::perms(0755));
        const pid_t child = ::fork();
        if (child == 0) {
            int code = 1;
            if (::setgid(65534) == 0 && ::setuid(65534) == 0) {
                const std::string problem =
                    libraryProblem([&] { Library::open(copy, Library::Access::Read)->snapshot(); });
                code = problem.find("in a log beside it") != std::string::npos ? 0 : 2;
            }
            ::_exit(code);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
        // Where it can be written it is read whole.
        QCOMPARE(Library::open(copy, Library::Access::Read)->snapshot()->files.size(), size_t{10});
    }

    void aFullDiskIsSaidAndNothingIsLost() {
        const fs::path folder = newFolder();
        const auto library = Library::create(folder, testModel(), RowType::Float32);
        for (int i = 0; i < 100; ++i)
            library->put(testPicture(i));
        library->flush();
        rlimit before{};
        ::getrlimit(RLIMIT_FSIZE, &before);
        const auto old = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{fs::file_size(folder / "library.db") + 4096, before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const std::string problem = libraryProblem([&] {
            for (int i = 100; i < 20000; ++i)
                library->put(testPicture(i));
            library->flush();
        });
        ::setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, old);
        QVERIFY2(!problem.empty(), "nothing was said");
        const auto kept = library->snapshot();
        QVERIFY(kept->files.size() >= 100);
        verifyRows(*kept, kept->files.size());
        for (int i = 0; i < 3000; ++i)
            library->put(testPicture(i));
        library->flush();
        verifyRows(*library->snapshot(), std::max<size_t>(3000, kept->files.size()));
    }

    void aFolderThatIsInUseIsRefused() {
        const fs::path folder = newFolder();
        fs::create_directories(folder);
        std::ofstream(folder / "letter.txt") << "x";
        QVERIFY(libraryProblem([&] { Library::create(folder, testModel()); }).find("not empty") != std::string::npos);
        QVERIFY(libraryProblem([&] { Library::open(folder, Library::Access::Read); }).find("no library") !=
                std::string::npos);
        fs::remove(folder / "letter.txt");
        // What a program that was killed while it made one has left.
        std::ofstream(folder / "library.db") << "";
        Library::create(folder, testModel());
        QVERIFY(libraryProblem([&] { Library::create(folder, testModel()); }).find("already") != std::string::npos);
    }
};

DIAGONAL_TEST(TestLibrary);
#include "test_library.moc"
