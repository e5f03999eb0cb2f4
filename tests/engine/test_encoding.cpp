// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <random>
#include <set>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/list_file.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

using Strings = std::vector<std::string>;

/// A text in UTF-16 with its mark.
std::string utf16(const QString& text, bool isBig) {
    std::string bytes = isBig ? "\xFE\xFF" : "\xFF\xFE";
    for (const QChar c : text) {
        const auto low = static_cast<char>(c.unicode() & 0xFF), high = static_cast<char>(c.unicode() >> 8);
        bytes += isBig ? std::string{high, low} : std::string{low, high};
    }
    return bytes;
}

std::string whyRefused(const std::string& bytes) {
    try {
        decodedText(bytes, "labels.txt");
    } catch (const Error& error) {
        return error.what();
    }
    return "taken";
}

Strings namesOf(const PathList& list) {
    Strings names;
    for (const fs::path& path : list.paths)
        names.push_back(path.string());
    return names;
}

}  // namespace

class TestEncoding : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void textsOfTheUnicodeKindsAreRead() {
        const QString text = QStringLiteral("café\r\n两个\n\U0001F415 dog\n");
        const std::string expected = text.toStdString();
        QCOMPARE(decodedText(expected, "x"), expected);
        QCOMPARE(decodedText("\xEF\xBB\xBF" + expected, "x"), expected);
        QCOMPARE(decodedText(utf16(text, false), "x"), expected);
        QCOMPARE(decodedText(utf16(text, true), "x"), expected);
        QCOMPARE(decodedText("", "x"), std::string());
        QCOMPARE(decodedText("\xEF\xBB\xBF", "x"), std::string());
        QCOMPARE(decodedText("\xFF\xFE", "x"), std::string());
    }

    void whatIsNoUtf8IsRefusedWithItsLine_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("reason");
        QTest::newRow("Latin-1") << QByteArray("a\nb\ncaf\xE9\n") << "labels.txt: line 3: this is not UTF-8";
        QTest::newRow("CR only") << QByteArray("a\r5 \x80\r") << "line 2: this is not UTF-8";
        QTest::newRow("CRLF") << QByteArray("a\r\nb\r\n\xFC") << "line 3: this is not UTF-8";
        QTest::newRow("cut") << QByteArray("a\n\xE4\xB8") << "line 2: this is not UTF-8";
        QTest::newRow("overlong") << QByteArray("\xC0\xAF") << "line 1: this is not UTF-8";
        QTest::newRow("a surrogate") << QByteArray("\xED\xA0\x80") << "line 1: this is not UTF-8";
        QTest::newRow("UTF-16 without a mark") << QByteArray("a\0\n\0", 4) << "line 1: there is a zero byte";
        QTest::newRow("UTF-32") << QByteArray("\xFF\xFE\0\0a\0\0\0", 8) << "UTF-32";
        QTest::newRow("UTF-16, half a pair") << QByteArray(
                                                    "\xFF\xFE"
                                                    "a\0\n\0\x3D\xD8x\0",
                                                    10)
                                             << "line 2: half a character";
        QTest::newRow("UTF-16, half a unit") << QByteArray(
                                                    "\xFF\xFE"
                                                    "a\0\n",
                                                    5)
                                             << "half a character";
    }
    void whatIsNoUtf8IsRefusedWithItsLine() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, reason);
        const std::string said = whyRefused(bytes.toStdString());
        QVERIFY2(said.find(reason.toStdString()) != std::string::npos, said.c_str());
    }

    void piecesOfUtf16AreTheWhole() {
        std::mt19937 random(5);
        for (int round = 0; round < 500; ++round) {
            std::string bytes;
            for (int i = 0; i < 40; ++i)
                bytes += random() % 3 == 0 ? std::string{'\x3D', static_cast<char>(0xD8 + random() % 8)}
                                           : std::string{static_cast<char>('a' + random() % 20), '\0'};
            if (random() % 2 == 0) bytes.pop_back();
            std::string whole, parts;
            Utf16Decoder one(false), other(false);
            one.add(bytes, whole);
            one.finish(whole);
            for (size_t at = 0; at < bytes.size();) {
                const size_t count = 1 + random() % 3;
                other.add(std::string_view(bytes).substr(at, count), parts);
                at += count;
            }
            other.finish(parts);
            QVERIFY(whole == parts);
            const bool isSound =
                QString::fromUtf16(reinterpret_cast<const char16_t*>(bytes.data()), qsizetype(bytes.size() / 2))
                    .isValidUtf16() &&
                bytes.size() % 2 == 0;
            QCOMPARE(isUtf8(whole), isSound);
        }
    }

    void linesEndInThreeWays() {
        const auto lines = [](std::string_view text) {
            Strings all;
            for (const std::string_view line : linesOf(text))
                all.emplace_back(line);
            return all;
        };
        QCOMPARE(lines("a\nb\r\nc\rd"), (Strings{"a", "b", "c", "d"}));
        QCOMPARE(lines("a\n\n\r\nb\r\r"), (Strings{"a", "", "", "b", ""}));
        QCOMPARE(lines("\n"), Strings{""});
        QCOMPARE(lines(""), Strings());
    }

    void namesOfAnyBytesAreShownAndFound() {
        QCOMPARE(displayName("caf\xE9.jpg"), std::string("caf\\xe9.jpg"));
        QCOMPARE(displayName("café 中.jpg"), std::string("café 中.jpg"));
        QCOMPARE(displayName("a\nb\x7F"), std::string("a\\x0ab\\x7f"));
        QCOMPARE(displayName("a\\xe9"), std::string("a\\x5cxe9"));
        QCOMPARE(displayName("a\\xyz\\x4"), std::string("a\\xyz\\x4"));
        std::mt19937 random(1);
        const std::string pieces[] = {"\\", "x", "5", "c", "\xE9", "\xC3", "é", "\n", "\xFF", "中", "a", "\xF0\x9F"};
        std::set<std::string> shown, names;
        for (int round = 0; round < 5000; ++round) {
            std::string name;
            for (auto i = random() % 8; i > 0; --i)
                name += pieces[random() % std::size(pieces)];
            const std::string display = displayName(name);
            QVERIFY(isUtf8(display));
            QCOMPARE(pathFromDisplayName(display).string(), name);
            shown.insert(display);
            names.insert(name);
        }
        QCOMPARE(shown.size(), names.size());
    }

    void listsOfPathsAreRead() {
        const QTemporaryDir temporary;
        const fs::path folder = temporary.path().toStdString();
        fs::create_directories(folder / "sub");
        for (const char* name : {"sub/a.jpg", "as\\written.jpg", "#1.jpg"})
            writeFile(folder / name, "x");
        QCOMPARE(namesOf(parsePathList("a\r\n\n  \nb c\n\xE9.jpg", "list")), (Strings{"a", "b c", "\xE9.jpg"}));
        QCOMPARE(parsePathList("a\r\n\n  \nb", "list").blank, size_t{2});
        QCOMPARE(namesOf(parsePathList(std::string("a\nb\0c\0", 6), "list")), (Strings{"a\nb", "c"}));
        QCOMPARE(namesOf(parsePathList("\xEF\xBB\xBF"
                                       "a.jpg\na.jpg",
                                       "list")),
                 (Strings{"a.jpg", "a.jpg"}));
        QCOMPARE(namesOf(parsePathList(utf16(QStringLiteral("é.jpg\r\nb"), false), "list")), (Strings{"é.jpg", "b"}));
        writeFile(folder / "list.lst", "# pictures\n#1.jpg\nsub\\a.jpg\nas\\written.jpg\n/abs.png\n");
        const PathList list = readPathList(folder / "list.lst");
        const fs::path expected[] = {folder / "#1.jpg", folder / "sub/a.jpg", folder / "as\\written.jpg", "/abs.png"};
        QCOMPARE(list.paths.size(), std::size(expected));
        QCOMPARE(list.comments, size_t{1});
        for (size_t i = 0; i < list.paths.size(); ++i)
            QVERIFY(list.paths[i] == expected[i]);
        writeFile(folder / "notes.txt", "a red circle\nblue\n");
        QVERIFY_THROWS_EXCEPTION(Error, readPathList(folder / "notes.txt"));
        QCOMPARE(namesOf(parsePathList("a\rb\r", "list")), (Strings{"a", "b"}));
        const auto found = [&](const std::string& name) { return parsePathList(name, "list", folder).paths.front(); };
        QVERIFY(found("\"sub\\a.jpg\"") == folder / "sub/a.jpg");
        QVERIFY(found("  sub/a.jpg ") == folder / "sub/a.jpg");
        QVERIFY(found("file://" + (folder / "%231.jpg").string()) == folder / "#1.jpg");
        QVERIFY(found("sub/\\x61.jpg") == folder / "sub/a.jpg");
        for (const char* missing : {"C:\\a.jpg", "https://a.org/a.jpg"})
            QVERIFY(found(missing) == missing);
        QVERIFY(found("no\\a.jpg") == folder / "no\\a.jpg");
        QVERIFY_THROWS_EXCEPTION(Error, parsePathList(std::string(".\0/\0a\0\n\0", 8), "list"));
        QVERIFY(isPathList("a.TXT") && isPathList("b/c.lst") && !isPathList("a.txt.png") && !isPathList("txt"));
    }
};

DIAGONAL_TEST(TestEncoding);
#include "test_encoding.moc"
