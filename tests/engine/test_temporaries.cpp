// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <cerrno>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/new_folder.h"
#include "engine/base/path_array.h"
#include "engine/base/temporary.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

class TestTemporaries : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    fs::path at(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }

  private Q_SLOTS:
    /// A killed process had our number, as it goes in containers.
    void whatAKilledProcessLeftIsNotInTheWay() {
        for (int i = 0; i < 200; ++i)
            writeFile(at("out.npy.tmp-" + std::to_string(::getpid()) + "-" + std::to_string(i)), "stale");
        for (int i = 0; i < 20; ++i)
            writeFile(at("out.npy"), "new");
        QCOMPARE(readText(at("out.npy")), std::string("new"));
    }

    void aStaleFolderIsNeverCommitted() {
        for (int i = 0; i < 200; ++i) {
            const fs::path stale = at("model.partial-" + std::to_string(::getpid()) + "-" + std::to_string(i));
            fs::create_directories(stale);
            writeFile(stale / "config.json", "stale");
        }
        NewFolder folder(at("model"));
        writeFile(folder.path() / "weights", "new");
        folder.commit();
        QVERIFY(!fs::exists(at("model") / "config.json"));
        QVERIFY(fs::exists(at("model") / "weights"));
    }

    void foldersAboveAreMadeAndWhatCannotBeMadeIsSaid() {
        NewFolder folder(at("above/more/model"));
        folder.commit();
        QVERIFY(fs::is_directory(at("above/more/model")));
        writeFile(at("file"), "");
        QVERIFY_THROWS_EXCEPTION(Error, NewFolder(at("file") / "model"));
        QVERIFY_THROWS_EXCEPTION(Error, NewFolder(at("file") / "more" / "model"));
    }

    void aNameThatIsTakenIsTriedAnew() {
        std::vector<fs::path> names;
        const fs::path made = makeTemporary("target", ".tmp-", [&](const fs::path& name) {
            names.push_back(name);
            errno = EEXIST;
            return names.size() == 4;
        });
        QCOMPARE(names.size(), size_t{4});
        QVERIFY(made == names.back() && made.native().starts_with("target.tmp-"));
        QVERIFY(names[0] != names[1] && names[1] != names[2]);
        int tries = 0;
        const fs::path none = makeTemporary("target", ".tmp-", [&](const fs::path&) {
            ++tries;
            errno = EACCES;
            return false;
        });
        QVERIFY(none.empty());
        QCOMPARE(tries, 1);
        QCOMPARE(errno, EACCES);
    }

    void pathsOfAListAreThoseThatWereGiven() {
        std::vector<fs::path> paths;
        for (int i = 0; i < 20'000; ++i)
            paths.emplace_back("/pictures/folder " + std::to_string(i % 7) + "/\xFF" + std::to_string(i) + ".jpg");
        paths.emplace_back(std::string(1'000'000, 'x'));
        paths.emplace_back("");
        const PathArray list(paths);
        QCOMPARE(list.size(), paths.size());
        QVERIFY(std::ranges::equal(std::vector<fs::path>(list.begin(), list.end()), paths));
        PathArray copy = list, other;
        copy.add(std::string_view("of the copy"));
        other = copy;
        other.add(std::string_view("of the other"));
        copy.add(std::string_view("of the copy too"));
        QVERIFY(list.size() == paths.size() && list[paths.size() - 1].empty());
        QCOMPARE(copy[paths.size() + 1], fs::path("of the copy too"));
        QCOMPARE(other[paths.size() + 1], fs::path("of the other"));
        other.removeIf([](std::string_view path) { return !path.starts_with("of"); });
        QCOMPARE(other.size(), size_t{2});
        QVERIFY(other == PathArray(std::vector<fs::path>{"of the copy", "of the other"}));
        QVERIFY(!(other == copy));
    }
};

DIAGONAL_TEST(TestTemporaries);
#include "test_temporaries.moc"
