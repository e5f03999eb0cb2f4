// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <fstream>
#include <set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/folder_name.h"
#include "engine/image/sort_files.h"
#include "engine/image/sort_journal.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

/// Throws itself away, with all that is in it.
class Place {
  public:
    ~Place() { fs::remove_all(path("")); }  // QTemporaryDir leaves names that are no UTF-8
    fs::path path(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }
    fs::path write(const std::string& name, const std::string& content) const {
        fs::create_directories(path(name).parent_path());
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }
    std::string read(const std::string& name) const { return fs::exists(path(name)) ? readText(path(name)) : "-"; }
    bool has(const std::string& name) const { return fs::exists(fs::symlink_status(path(name))); }
    /// Names below a folder, the journal left out.
    std::vector<std::string> names(const std::string& folder) const {
        std::vector<std::string> found;
        if (!has(folder)) return found;
        for (const auto& entry : fs::recursive_directory_iterator(path(folder)))
            if (!entry.is_directory() && entry.path().filename() != ".diagonal-sort.jsonl")
                found.push_back(entry.path().lexically_relative(path(folder)).string());
        std::sort(found.begin(), found.end());
        return found;
    }

  private:
    QTemporaryDir m_folder;
};

using Names = std::vector<std::string>;

/// Stops at the n-th report of progress.
struct Stopper {
    std::stop_source source;
    JobContext after(int count) {
        return {source.get_token(), [this, left = count](const Progress&) mutable {
                    if (--left < 0) source.request_stop();
                }};
    }
};

}  // namespace

class TestSortFiles : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void namesAreSafe_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("name");
        const auto row = [](const char* text, const char* name) { QTest::newRow(text) << text << name; };
        row("cat", "cat");
        row("  a small  cat. ", "a small  cat");
        row("..", "unnamed");
        row("../../etc/passwd", "_.._etc_passwd");
        row("", "unnamed");
        row(" . ", "unnamed");
        row("AC/DC: \"live\"?", "AC_DC_ _live__");
        row("a\\b*c<d>e|f", "a_b_c_d_e_f");
        row("a\tb\x01"
            "c\x7F",
            "a bc");
        row("CON", "CON_");
        row("con.txt", "con_.txt");
        row("LPT1", "LPT1_");
        row("com\xC2\xB9", "com\xC2\xB9_");
        row("console", "console");
        row("COM10", "COM10");
        row("\xE2\x80\xAEgpj.exe", "gpj.exe");
        row("猫", "猫");
        row("\xFF"
            "cat",
            "\xEF\xBF\xBD"
            "cat");
        row(".hidden", "hidden");
    }

    void namesAreSafe() {
        QFETCH(QString, text);
        QFETCH(QString, name);
        QCOMPARE(QString::fromStdString(safeFolderName(text.toStdString())), name);
    }

    void longNamesEndOnACharacter() {
        std::string text = "x";
        for (int i = 0; i < 100; ++i)
            text += "猫";
        const std::string name = safeFolderName(text);
        QCOMPARE(name.size(), size_t{199});
        QVERIFY(text.starts_with(name));
        std::string longest(255, 'a');
        longest.replace(250, 5, ".jpeg");
        const std::string numbered = numberedName(longest, 12);
        QCOMPARE(numbered.size(), size_t{255});
        QVERIFY(numbered.ends_with("a (12).jpeg"));
    }

    void theFirstSynonymNamesTheFolder() {
        QCOMPARE(labelFolderName("cat | kitten"), std::string("cat"));
        QCOMPARE(labelFolderName("a dog"), std::string("a dog"));
    }

    void picturesAreCopied() {
        const Place place;
        const fs::path one = place.write("in/a.jpg", "one"), two = place.write("in/deep/a.jpg", "two"),
                       three = place.write("in/A.JPG", "three");
        const timespec times[2] = {{1'000'000, 0}, {1'234'567, 89}};
        QCOMPARE(::utimensat(AT_FDCWD, one.c_str(), times, 0), 0);
        QCOMPARE(::chmod(one.c_str(), 0640), 0);
        const SortPlan plan = planSort({{one, "cat"}, {two, "cat"}, {three, "Cat"}, {one, "cat"}},
                                       place.path("out/deeper"), SortMode::Copy);
        QVERIFY2(!place.has("out"), "planning touches nothing");
        QCOMPARE(plan.count(), size_t{3});
        QCOMPARE(plan.files[3].skip, SortSkip::Twice);
        const SortResult result = sortFiles(plan);
        QCOMPARE(result.done.size(), size_t{3});
        QVERIFY(result.failures.empty());
        QCOMPARE(place.names("out/deeper"), (Names{"cat/A (3).JPG", "cat/a (2).jpg", "cat/a.jpg"}));
        QCOMPARE(place.read("out/deeper/cat/a (2).jpg"), std::string("two"));
        struct stat status = {};
        QCOMPARE(::stat(place.path("out/deeper/cat/a.jpg").c_str(), &status), 0);
        QCOMPARE(status.st_mtim.tv_sec, 1'234'567);
        QCOMPARE(status.st_mtim.tv_nsec, 89);
        QCOMPARE(status.st_mode & 0777, 0640U);

        const SortPlan again =
            planSort({{one, "cat"}, {two, "cat"}, {three, "CAT"}}, place.path("out/deeper"), SortMode::Copy);
        QCOMPARE(again.count(), size_t{0});
        for (const auto& file : again.files)
            QCOMPARE(file.skip, SortSkip::SameContent);
        QVERIFY(sortFiles(again).id.empty());

        const UndoResult undo = undoSort(place.path("out/deeper"));
        QCOMPARE(undo.undone.size(), size_t{3});
        QVERIFY2(!place.has("out"), "with the folders that the sort made");
        QCOMPARE(place.names("in"), (Names{"A.JPG", "a.jpg", "deep/a.jpg"}));
    }

    void whatIsThereIsNeverOverwritten() {
        const Place place;
        const fs::path source = place.write("in/a.jpg", "new");
        place.write("out/CAT/a.jpg", "old");
        place.write("out/dog", "a file where a folder should be");
        const SortPlan plan =
            planSort({{source, "cat"}, {place.write("in/b.jpg", "b"), "dog"}}, place.path("out"), SortMode::Move);
        QCOMPARE(plan.files[0].folder, std::string("CAT"));
        place.write("out/CAT/a (2).jpg", "came in between");
        const SortResult result = sortFiles(plan);
        QCOMPARE(result.done, std::vector<size_t>{1});
        QCOMPARE(result.failures.size(), size_t{1});
        QCOMPARE(place.read("out/CAT/a.jpg"), std::string("old"));
        QCOMPARE(place.read("out/CAT/a (2).jpg"), std::string("came in between"));
        QCOMPARE(place.read("in/a.jpg"), std::string("new"));
        QCOMPARE(place.read("out/dog (2)/b.jpg"), std::string("b"));
        QCOMPARE(undoSort(place.path("out")).undone.size(), size_t{1});
        QCOMPARE(place.names("out"), (Names{"CAT/a (2).jpg", "CAT/a.jpg", "dog"}));
        QCOMPARE(place.names("in"), (Names{"a.jpg", "b.jpg"}));
    }

    void manyFilesOfOneNameAreNumbered() {
        const Place place;
        constexpr int kCount = 4000;
        std::vector<SortItem> items;
        for (int i = 0; i < kCount; ++i)
            items.push_back({place.write("from/" + std::to_string(i) + "/main.jpg", std::to_string(i)), "cat"});
        items.push_back({place.write("from/x/Main.jpg", "x"), "cat"});
        items.push_back({place.write("from/x/main (7).jpg", "y"), "cat"});
        // Some lie there already: of other content, of the same, and one gap.
        place.write("to/cat/main.jpg", "other");
        place.write("to/cat/main (2).jpg", "5");
        place.write("to/cat/main (4).jpg", "another");
        QElapsedTimer timer;
        timer.start();
        const SortPlan plan = planSort(items, place.path("to"), SortMode::Copy);
        QVERIFY2(timer.elapsed() < 20000, std::to_string(timer.elapsed()).c_str());
        const auto name = [&](size_t i) { return plan.files[i].target.filename().string(); };
        QCOMPARE(name(0), std::string("main (3).jpg"));
        QCOMPARE(name(1), std::string("main (5).jpg"));
        QVERIFY(plan.files[5].skip == SortSkip::SameContent);
        QCOMPARE(name(5), std::string("main (2).jpg"));
        std::set<std::string> keys;
        for (size_t i = 0; i < plan.files.size(); ++i)
            QVERIFY2(keys.insert(nameKey(name(i))).second, name(i).c_str());
        QCOMPARE(plan.count(), size_t{kCount + 1});
        // What was sorted is there already when it is sorted once more.
        items.resize(40);
        sortFiles(planSort(items, place.path("to"), SortMode::Copy));
        items.erase(items.begin());
        QCOMPARE(planSort(items, place.path("to"), SortMode::Copy).count(), size_t{0});
    }

    void badSourcesAreNamed() {
        const Place place;
        fs::create_directories(place.path("in/folder.jpg"));
        QCOMPARE(::mkfifo(place.path("in/fifo.jpg").c_str(), 0600), 0);
        fs::create_symlink("nowhere", place.path("in/dangling.jpg"));
        const fs::path good = place.write("in/\xFF odd\n.jpg", "good");
        const SortPlan plan = planSort({{place.path("in/gone.jpg"), "a"},
                                        {place.path("in/folder.jpg"), "a"},
                                        {place.path("in/fifo.jpg"), "a"},
                                        {place.path("in/dangling.jpg"), "a"},
                                        {"", "a"},
                                        {good, "a"}},
                                       place.path("out"), SortMode::Move);
        QCOMPARE(plan.count(), size_t{1});
        QCOMPARE(plan.files[0].skip, SortSkip::Missing);
        QCOMPARE(plan.files[1].skip, SortSkip::NotAFile);
        QCOMPARE(plan.files[2].skip, SortSkip::NotAFile);
        QCOMPARE(plan.files[3].skip, SortSkip::Missing);
        QCOMPARE(plan.files[4].skip, SortSkip::Missing);
        QVERIFY(isFailure(plan.files[0].skip) && !describe(plan.files[0].skip).empty());
        QCOMPARE(sortFiles(plan).done.size(), size_t{1});
        QCOMPARE(place.names("out"), (Names{"a/\xFF odd\n.jpg"}));
        QCOMPARE(undoSort(place.path("out")).undone.size(), size_t{1});
        QVERIFY(fs::exists(good));
    }

    void aDestinationThatCannotBeIsRefused() {
        const Place place;
        const fs::path file = place.write("file", "");
        QVERIFY_EXCEPTION_THROWN(planSort({}, file, SortMode::Copy), Error);
        QVERIFY_EXCEPTION_THROWN(planSort({}, file / "below", SortMode::Copy), Error);
        QVERIFY_EXCEPTION_THROWN(planSort({}, {}, SortMode::Copy), Error);
        QVERIFY_EXCEPTION_THROWN(undoSort(place.path("none")), Error);
        QVERIFY_EXCEPTION_THROWN(undoSort(place.path("")), Error);
        const fs::path picture = place.write("a.jpg", "a"), closed = "/proc/self/fdinfo/sorted";
        QVERIFY_EXCEPTION_THROWN(sortFiles(planSort({{picture, "x"}}, closed, SortMode::Copy)), Error);
    }

    void oneUnreadableFileStopsNothing() {
        if (geteuid() == 0) QSKIP("root reads everything");
        const Place place;
        const fs::path locked = place.write("in/locked.jpg", "x"), good = place.write("in/good.jpg", "y");
        QCOMPARE(::chmod(locked.c_str(), 0), 0);
        const SortResult result = sortFiles(planSort({{locked, "a"}, {good, "a"}}, place.path("out"), SortMode::Copy));
        QCOMPARE(result.done, std::vector<size_t>{1});
        QCOMPARE(result.failures.size(), size_t{1});
        QVERIFY(result.failures[0].second.find("cannot be read") != std::string::npos);
        QCOMPARE(place.names("out"), (Names{"a/good.jpg"}));
    }

    void movedFilesComeBack() {
        const Place place;
        const fs::path one = place.write("in/one/a.jpg", "1"), two = place.write("in/two/b.jpg", "2");
        QCOMPARE(sortFiles(planSort({{one, "x"}, {two, "y"}}, place.path("in"), SortMode::Move)).done.size(),
                 size_t{2});
        QCOMPARE(place.names("in"), (Names{"x/a.jpg", "y/b.jpg"}));
        const SortPlan again = planSort({{place.path("in/x/a.jpg"), "x"}, {place.path("in/y/b.jpg"), "x"}},
                                        place.path("in"), SortMode::Move);
        QCOMPARE(again.files[0].skip, SortSkip::InPlace);
        QCOMPARE(sortFiles(again).done, std::vector<size_t>{1});
        QCOMPARE(place.names("in"), (Names{"x/a.jpg", "x/b.jpg"}));
        // The last first.
        QCOMPARE(undoSort(place.path("in")).undone.size(), size_t{1});
        QCOMPARE(place.names("in"), (Names{"x/a.jpg", "y/b.jpg"}));
        fs::remove(place.path("in/one"));
        place.write("in/x/a.jpg", "edited since");
        const UndoResult undo = undoSort(place.path("in"));
        QCOMPARE(undo.undone.size(), size_t{2});
        QCOMPARE(undo.undone.back().first, one);
        QCOMPARE(place.names("in"), (Names{"one/a.jpg", "two/b.jpg"}));
        QCOMPARE(place.read("in/one/a.jpg"), std::string("edited since"));
        QVERIFY(!place.has("in/x") && !place.has("in/.diagonal-sort.jsonl"));
    }

    void anotherFileInTheOldPlaceStays() {
        const Place place;
        const fs::path one = place.write("in/a.jpg", "1"), two = place.write("in/b.jpg", "2");
        sortFiles(planSort({{one, "x"}, {two, "x"}}, place.path("out"), SortMode::Move));
        place.write("in/a.jpg", "another");
        UndoResult undo = undoSort(place.path("out"));
        QCOMPARE(undo.undone.size(), size_t{1});
        QCOMPARE(undo.failures.size(), size_t{1});
        QCOMPARE(place.read("in/a.jpg"), std::string("another"));
        QCOMPARE(place.read("out/x/a.jpg"), std::string("1"));
        fs::remove(one);
        undo = undoSort(place.path("out"));
        QVERIFY(undo.failures.empty());
        QCOMPARE(place.read("in/a.jpg"), std::string("1"));
        QVERIFY(!place.has("out"));
    }

    void changedCopiesStay() {
        const Place place;
        const fs::path one = place.write("in/a.jpg", "1"), two = place.write("in/b.jpg", "2"),
                       three = place.write("in/c.jpg", "3");
        sortFiles(planSort({{one, "x"}, {two, "x"}, {three, "y"}}, place.path("out"), SortMode::Copy));
        place.write("out/x/a.jpg", "changed");
        place.write("out/y/mine.txt", "mine");
        fs::remove(place.path("out/x/b.jpg"));
        const UndoResult undo = undoSort(place.path("out"));
        QCOMPARE(undo.undone.size(), size_t{1});
        QCOMPARE(undo.left.size(), size_t{2});
        QCOMPARE(place.names("out"), (Names{"x/a.jpg", "y/mine.txt"}));
        QVERIFY_EXCEPTION_THROWN(undoSort(place.path("out")), Error);
    }

    void linksAreCopiedAsFilesAndMovedAsLinks() {
        const Place place;
        place.write("real/a.jpg", "content");
        fs::create_directories(place.path("in"));
        fs::create_symlink("../real/a.jpg", place.path("in/link.jpg"));
        const std::vector<SortItem> items = {{place.path("in/link.jpg"), "x"}};
        sortFiles(planSort(items, place.path("copies"), SortMode::Copy));
        QVERIFY(!fs::is_symlink(place.path("copies/x/link.jpg")));
        QCOMPARE(place.read("copies/x/link.jpg"), std::string("content"));
        sortFiles(planSort(items, place.path("far/away"), SortMode::Move));
        QVERIFY(fs::is_symlink(place.path("far/away/x/link.jpg")));
        QCOMPARE(place.read("far/away/x/link.jpg"), std::string("content"));
        QVERIFY(!place.has("in/link.jpg"));
        QCOMPARE(undoSort(place.path("far/away")).undone.size(), size_t{1});
        QCOMPARE(fs::read_symlink(place.path("in/link.jpg")), fs::path("../real/a.jpg"));
        QVERIFY(!place.has("far"));
        QCOMPARE(undoSort(place.path("copies")).undone.size(), size_t{1});
    }

    void aStoppedSortIsUndone() {
        const Place place;
        std::vector<SortItem> items;
        for (int i = 0; i < 100; ++i)
            items.push_back(
                {place.write("in/" + std::to_string(i) + ".jpg", std::to_string(i)), i % 2 == 0 ? "x" : "y"});
        const SortPlan plan = planSort(items, place.path("out"), SortMode::Move);
        Stopper stopper;
        const SortResult result = sortFiles(plan, stopper.after(70));
        QVERIFY(result.isCancelled);
        const size_t done = result.done.size();
        QVERIFY(done > 60 && done < 80);
        QCOMPARE(place.names("out").size(), done);
        Stopper undoStopper;
        const UndoResult half = undoSort(place.path("out"), result.id, undoStopper.after(10));
        QVERIFY(half.isCancelled);
        QVERIFY(place.has("out/.diagonal-sort.jsonl"));
        QCOMPARE(half.undone.size() + undoSort(place.path("out"), result.id).undone.size(), done);
        QCOMPARE(place.names("in").size(), size_t{100});
        QVERIFY(!place.has("out"));
    }

    /// What a kill can leave: the journal ends anywhere behind a file that was begun.
    void aKilledSortIsUndone() {
        for (const SortMode mode : {SortMode::Copy, SortMode::Move}) {
            const Place place;
            const fs::path one = place.write("in/a.jpg", "1"), two = place.write("in/b.jpg", "2"),
                           three = place.write("in/c.jpg", "3");
            sortFiles(planSort({{one, "x"}, {two, "x"}, {three, "x"}}, place.path("out"), mode));
            const fs::path journal = SortJournal::fileOf(place.path("out"));
            std::string text = readText(journal);
            text.resize(text.find("{\"done\":1") + 5);
            std::ofstream(journal, std::ios::binary) << text;
            place.write("out/x/.diagonal-sort-2.part", "half a pic");
            if (mode == SortMode::Move) {
                fs::rename(place.path("out/x/c.jpg"), three);
            } else {
                fs::remove(place.path("out/x/c.jpg"));
                place.write("out/x/c.jpg", "a person's own");
            }
            const UndoResult undo = undoSort(place.path("out"));
            QCOMPARE(undo.undone.size(), size_t{2});
            QVERIFY(undo.failures.empty() && undo.left.empty());
            QCOMPARE(place.names("in"), (Names{"a.jpg", "b.jpg", "c.jpg"}));
            if (mode == SortMode::Move)
                QVERIFY(!place.has("out"));
            else
                QCOMPARE(place.names("out"), (Names{"x/c.jpg"}));
        }
    }

    void aSortGoesOnBehindAHalfLine() {
        const Place place;
        const fs::path one = place.write("in/a.jpg", "1"), two = place.write("in/b.jpg", "2");
        sortFiles(planSort({{one, "x"}}, place.path("out"), SortMode::Copy));
        std::ofstream(SortJournal::fileOf(place.path("out")), std::ios::app) << "{\"file\":7,\"fr";
        const SortResult second = sortFiles(planSort({{two, "x"}}, place.path("out"), SortMode::Copy));
        QVERIFY_EXCEPTION_THROWN(undoSort(place.path("out"), "another"), Error);
        QCOMPARE(undoSort(place.path("out"), second.id).undone.size(), size_t{1});
        QCOMPARE(place.names("out"), (Names{"x/a.jpg"}));
        QCOMPARE(undoSort(place.path("out")).undone.size(), size_t{1});
        QVERIFY(!place.has("out"));
    }

    void aForgedJournalIsRefused() {
        const Place place;
        place.write("precious", "mine");
        const std::string begin = "{\"sort\":\"1\",\"version\":1,\"mode\":\"copy\"}\n";
        for (const char* line : {R"({"file":0,"from":"/x","to":"../precious","size":4,"modified":0})",
                                 R"({"file":0,"from":"x","to":"a","size":4,"modified":0})", R"({"done":5})", R"({})",
                                 R"({"sort":"2","version":9,"mode":"copy"})", R"({"folder":5})"}) {
            place.write("out/.diagonal-sort.jsonl", begin + line + "\n");
            QVERIFY_EXCEPTION_THROWN(undoSort(place.path("out")), Error);
        }
        QVERIFY(place.has("precious"));
    }

    void twoSortsIntoOneFolderDoNotMix() {
        const Place place;
        const fs::path one = place.write("in/a.jpg", "1");
        fs::create_directories(place.path("out"));
        const SortJournal other(place.path("out"), true);
        const SortPlan plan = planSort({{one, "x"}}, place.path("out"), SortMode::Move);
        QVERIFY_EXCEPTION_THROWN(sortFiles(plan), Error);
        QVERIFY(fs::exists(one));
    }

    void filesMoveAcrossFileSystems() {
        const fs::path shared = "/dev/shm";
        const Place place;
        struct stat here = {}, there = {};
        if (::stat(place.path("").c_str(), &here) != 0 || ::stat(shared.c_str(), &there) != 0 ||
            here.st_dev == there.st_dev || ::access(shared.c_str(), W_OK) != 0)
            QSKIP("there is but one file system");
        const QTemporaryDir other(QString::fromStdString((shared / "diagonal-XXXXXX").string()));
        const fs::path source = place.write("in/a.jpg", "across"), out = fs::path(other.path().toStdString()) / "out";
        const auto stamp = markOf(source);
        QCOMPARE(sortFiles(planSort({{source, "x"}}, out, SortMode::Move)).done.size(), size_t{1});
        QVERIFY(!fs::exists(source));
        QVERIFY(markOf(out / "x/a.jpg") == stamp);
        QCOMPARE(undoSort(out).undone.size(), size_t{1});
        QVERIFY(markOf(source) == stamp && !fs::exists(out));
    }

    void aFullDiskIsSurvived() {
        const Place place;
        const fs::path one = place.write("in/a.jpg", std::string(4 << 20, 'x')), two = place.write("in/b.jpg", "small");
        const SortPlan plan = planSort({{one, "x"}, {two, "x"}}, place.path("out"), SortMode::Copy);
        struct rlimit before = {}, tight = {};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        tight = before;
        tight.rlim_cur = 1 << 20;
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &tight), 0);
        const SortResult result = sortFiles(plan);
        ::setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, handler);
        QCOMPARE(result.done, std::vector<size_t>{1});
        QCOMPARE(result.failures.size(), size_t{1});
        QCOMPARE(place.names("out"), (Names{"x/b.jpg"}));
    }
};

DIAGONAL_TEST(TestSortFiles);
#include "test_sort_files.moc"
