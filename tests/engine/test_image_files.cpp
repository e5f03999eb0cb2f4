// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "engine/image/image_files.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

class TestImageFiles : public QObject {
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_folder;

    void touch(const fs::path& name) {
        fs::create_directories((m_folder / name).parent_path());
        std::ofstream(m_folder / name) << 'x';
    }

    std::vector<std::string> names(const ImageFiles& found) {
        std::vector<std::string> list;
        for (const fs::path& file : found.files)
            list.push_back(file.lexically_relative(m_folder).string());
        return list;
    }

  private Q_SLOTS:
    void init() {
        m_folder = fs::path(m_temporary.path().toStdString()) / QTest::currentTestFunction();
        fs::create_directories(m_folder);
    }

    void namesOfImagesAreKnownInAnyCase_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("image");
        QTest::newRow("jpg") << "a.jpg" << true;
        QTest::newRow("JPEG") << "a.b.JPEG" << true;
        QTest::newRow("webp") << "a.WebP" << true;
        QTest::newRow("gif") << "a.gif" << true;
        QTest::newRow("text") << "a.txt" << false;
        QTest::newRow("none") << "jpg" << false;
        QTest::newRow("hidden") << ".jpg" << false;
        QTest::newRow("backup") << "a.jpg.bak" << false;
    }
    void namesOfImagesAreKnownInAnyCase() {
        QFETCH(QString, name);
        QTEST(hasImageExtension(name.toStdString()), "image");
    }

    void piecesOfAWalkAreTheWhole() {
        for (int i = 0; i < 4100; ++i)
            touch("many/" + std::to_string(i) + ".png");
        touch("one/a.png");
        ImageFiles all;
        size_t pieces = 0;
        listImages({m_folder, m_folder / "gone.jpg"}, {}, [&](const ImageFiles& piece) {
            ++pieces;
            QVERIFY(!piece.files.empty() || !piece.failures.empty());
            QVERIFY(piece.files.size() <= 2000);
            all.files.append(piece.files);
            all.failures.insert(all.failures.end(), piece.failures.begin(), piece.failures.end());
        });
        QVERIFY(pieces >= 3);
        QCOMPARE(all.files.size(), size_t{4102});
        QVERIFY(all.files == listImages({m_folder, m_folder / "gone.jpg"}).files);
    }

    void stoppingFromAPieceEndsTheWalk() {
        for (int i = 0; i < 4100; ++i)
            touch("many" + std::to_string(i % 3) + "/" + std::to_string(i) + ".png");
        std::stop_source stop;
        size_t files = 0;
        listImages({m_folder}, stop.get_token(), [&](const ImageFiles& piece) {
            files += piece.files.size();
            stop.request_stop();
        });
        QVERIFY2(files < 4100, std::to_string(files).c_str());
    }

    void foldersAreWalkedInNaturalOrder() {
        for (const char* name : {"img10.jpg", "img2.jpg", "IMG1.png", "img02.jpg", "notes.txt", ".hidden.jpg",
                                 "b/2.png", "b/10.png", "a10/x.gif", "a9/x.gif", ".thumbnails/x.png"}) {
            touch(name);
        }
        const ImageFiles found = listImages({m_folder});
        const std::vector<std::string> expected = {"IMG1.png", "img02.jpg", "img2.jpg", "img10.jpg",
                                                   "a9/x.gif", "a10/x.gif", "b/2.png",  "b/10.png"};
        QCOMPARE(names(found), expected);
        QVERIFY(found.failures.empty());
    }

    void filesStayAsGiven() {
        touch("z.jpg");
        touch("a.dat");
        const ImageFiles found = listImages({m_folder / "z.jpg", m_folder / "a.dat"});
        QCOMPARE(names(found), (std::vector<std::string>{"z.jpg", "a.dat"}));
    }

    void whatIsLeftBehindIsLeftOut() {
        for (const char* name :
             {"2024/a.png", "2024/@eaDir/a.png/SYNOPHOTO_THUMB_XL.png", "2024/._a.png", "#recycle/old.png",
              ".thumbnails/x.png", "$Recycle.Bin/$R1.png", "lost+found/c.png", "System Volume Information/d.png",
              "__MACOSX/2024/._b.png", ".@__thumb/e.jpg", "@Recycle/f.jpg", ".Trash-1000/files/g.jpg",
              "2024/.hidden.jpg", "2024/Thumbs.db", "2024/.DS_Store", "recycle/b.png", "LOST.DIR/h.png"})
            touch(name);
        const ImageFiles found = listImages({m_folder});
        QCOMPARE(names(found), (std::vector<std::string>{"2024/a.png", "recycle/b.png"}));
        QVERIFY(found.failures.empty());
        QCOMPARE(found.leftBehind, size_t{12});
        QCOMPARE(found.leftBehindNames.size(), size_t{5});
        QVERIFY2(found.leftBehindNote().starts_with("12 folders and pictures left out"),
                 found.leftBehindNote().c_str());
        const ImageFiles all = listImages({m_folder}, {}, WalkRule::All);
        QCOMPARE(all.files.size(), size_t{13});
        QCOMPARE(all.leftBehind, size_t{0});
        QVERIFY(all.leftBehindNote().empty());
        for (const auto& name : names(all))
            QVERIFY2(name.find("/._") == std::string::npos, name.c_str());
    }

    void whatIsGivenIsTakenWhateverItsName() {
        touch("@eaDir/a.png/b.png");
        touch(".hidden/c.png");
        touch("._d.png");
        const ImageFiles found = listImages({m_folder / "@eaDir", m_folder / ".hidden", m_folder / "._d.png"});
        QCOMPARE(names(found), (std::vector<std::string>{"@eaDir/a.png/b.png", ".hidden/c.png", "._d.png"}));
        QCOMPARE(found.leftBehind, size_t{0});
    }

    void linkLoopsEnd() {
        touch("a/x.jpg");
        fs::create_directory_symlink(m_folder, m_folder / "a" / "loop");
        fs::create_directory_symlink("self", m_folder / "self");
        const ImageFiles found = listImages({m_folder});
        QCOMPARE(names(found), (std::vector<std::string>{"a/x.jpg"}));
    }

    void linksToImagesAndFoldersAreFollowed() {
        touch("real/x.jpg");
        fs::create_directories(m_folder / "links");
        fs::create_symlink(m_folder / "real" / "x.jpg", m_folder / "links" / "y.jpg");
        fs::create_directory_symlink(m_folder / "real", m_folder / "links" / "folder");
        const ImageFiles found = listImages({m_folder / "links"});
        QCOMPARE(names(found), (std::vector<std::string>{"links/y.jpg", "links/folder/x.jpg"}));
    }

    void missingPathsKeepTheirPlaces() {
        touch("a.jpg");
        const ImageFiles found = listImages({m_folder / "nothing", m_folder / "a.jpg", m_folder / "a.jpg" / "b"});
        QCOMPARE(names(found), (std::vector<std::string>{"nothing", "a.jpg", "a.jpg/b"}));
        QVERIFY(found.failures.empty());
    }

    void unreadableFoldersAreReported() {
        if (::geteuid() == 0) QSKIP("root may read every folder");
        touch("a.jpg");
        touch("locked/b.jpg");
        fs::permissions(m_folder / "locked", fs::perms::none);
        const ImageFiles found = listImages({m_folder});
        fs::permissions(m_folder / "locked", fs::perms::owner_all);
        QCOMPARE(names(found), (std::vector<std::string>{"a.jpg"}));
        QCOMPARE(found.failures.size(), size_t{1});
        QCOMPARE(found.failures[0].path, m_folder / "locked");
    }

    void namesThatAreNoTextAreKept() {
        touch("bad\xFF\xFE name.jpg");
        touch("line\nbreak.png");
        QCOMPARE(listImages({m_folder}).files.size(), size_t{2});
    }

    void stopEndsTheWalk() {
        touch("a.jpg");
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(listImages({m_folder}, stop.get_token()).files.empty());
    }
};

DIAGONAL_TEST(TestImageFiles);
#include "test_image_files.moc"
