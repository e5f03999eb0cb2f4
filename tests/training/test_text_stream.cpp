// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <QtTest>

#include "engine/base/error.h"
#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "tests/training/gzip.h"
#include "training/data/csv.h"
#include "training/data/dataset.h"
#include "training/data/random.h"
#include "training/data/text_stream.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

std::string drawBytes(Random& random, const std::string& pieces, uint32_t longest) {
    std::string text(random.below(longest + 1), ' ');
    for (char& c : text)
        c = pieces[random.below(static_cast<uint32_t>(pieces.size()))];
    return text;
}

/// All of a stream, taken in steps of drawn sizes.
std::string readAll(TextStream& stream, Random& random) {
    std::string all;
    for (std::string_view shown = stream.ahead(); !shown.empty(); shown = stream.ahead()) {
        const std::string_view taken = shown.substr(0, 1 + random.below(static_cast<uint32_t>(shown.size())));
        all += taken;
        stream.skip(taken.size());
    }
    return all;
}

struct Row {
    size_t line;
    std::vector<std::string> cells;
    bool isBroken;
    bool operator==(const Row&) const = default;
};

std::vector<Row> rowsOf(TextStream stream) {
    CsvReader reader(stream, ',');
    CsvReader::Record record;
    std::vector<Row> rows;
    while (reader.next(record))
        rows.push_back(
            {record.line, record.problem.empty() ? record.cells : std::vector<std::string>(), !record.problem.empty()});
    return rows;
}

int64_t peakBytes() {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * 1024;
}

}  // namespace

class TestTextStream : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void allBytesComeInTheirOrder() {
        const Folder folder;
        Random random(4);
        for (int round = 0; round < 60; ++round) {
            const std::string text = drawBytes(random, "ab\n\r\0", 5000);
            const fs::path path = folder.write("t", text);
            for (const size_t window : {size_t{1}, size_t{16}, size_t{700}, TextStream::kWindow}) {
                TextStream file(path, window), memory = TextStream::ofText(text, window);
                QVERIFY(readAll(file, random) == text);
                QVERIFY(readAll(memory, random) == text);
            }
        }
    }

    void aheadShowsTheWindowOrAllThatIsLeft() {
        const Folder folder;
        TextStream stream(folder.write("t", std::string(1000, 'x')), 64);
        for (size_t left = 1000; left > 0; left -= std::min<size_t>(left, 37)) {
            const std::string_view shown = stream.ahead();
            QCOMPARE(shown.size(), std::min<size_t>(left, 64));
            QCOMPARE(stream.isLast(), left <= 64);
            stream.skip(std::min<size_t>(left, 37));
        }
        QVERIFY(stream.ahead().empty() && stream.isLast());
    }

    void aFileGivesTheRecordsOfItsText() {
        const Folder folder;
        Random random(7);
        size_t records = 0, broken = 0;
        for (int round = 0; round < 400; ++round) {
            // Stray quotes and line ends of all kinds.
            std::string text;
            for (uint32_t lines = random.below(30); lines > 0; --lines)
                text += drawBytes(random, "abc,\"\n", 8) + drawBytes(random, "ab,", 12) +
                        (random.chance(0.5F)   ? "\n"
                         : random.chance(0.5F) ? "\r\n"
                                               : "\r");
            const std::vector<Row> expected = rowsOf(TextStream::ofText(text));
            const fs::path path = folder.write("t.csv", text);
            QVERIFY(rowsOf(TextStream(path)) == expected);
            QVERIFY(rowsOf(TextStream(path, text.size() + 1)) == expected);
            records += expected.size();
            broken += static_cast<size_t>(std::ranges::count(expected, true, &Row::isBroken));
        }
        QVERIFY(broken > 500 && records > 3 * broken / 2);
    }

    void wellFormedRecordsPassAnyWindowThatHoldsThem() {
        const Folder folder;
        Random random(9);
        for (int round = 0; round < 100; ++round) {
            std::string text;
            std::vector<Row> expected;
            size_t line = 1;
            for (uint32_t i = 1 + random.below(60); i > 0; --i) {
                const std::string plain = "p" + drawBytes(random, "ab c", 6), quoted = drawBytes(random, "a,\"\n\r", 6);
                std::string doubled;
                for (const char c : quoted)
                    doubled += c == '"' ? "\"\"" : std::string(1, c);
                expected.push_back({line, {plain, quoted}, false});
                text += plain + ",\"" + doubled + "\"";
                const std::string end = random.chance(0.5F) ? "\r\n" : random.chance(0.5F) ? "\n" : "\r";
                text += end;
                for (size_t at = 0; at < quoted.size(); ++at)
                    line += quoted[at] == '\n' ||
                            (quoted[at] == '\r' && (at + 1 == quoted.size() || quoted[at + 1] != '\n'));
                ++line;
            }
            const fs::path path = folder.write("t.csv", text);
            for (const size_t window : {size_t{24}, size_t{25}, size_t{33}, size_t{1000}}) {
                QVERIFY(rowsOf(TextStream(path, window)) == expected);
                QVERIFY(rowsOf(TextStream::ofText(text, window)) == expected);
            }
        }
    }

    void recordsAndLinesLongerThanTheWindowAreLeftOut() {
        const Folder folder;
        const std::string text = "a,b\n" + std::string(500, 'x') + ",y\r\n\"" + std::string(300, 'q') + "\",z\nc,d\n" +
                                 std::string(200, 'e');
        const std::vector<Row> expected = {
            {1, {"a", "b"}, false}, {2, {}, true}, {3, {}, true}, {4, {"c", "d"}, false}, {5, {}, true}};
        QVERIFY(rowsOf(TextStream(folder.write("t.csv", text), 32)) == expected);
        QVERIFY(rowsOf(TextStream::ofText(text, 32)) == expected);

        TextStream stream(folder.write("t.txt", "\xEF\xBB\xBFone\n\n  \r\n" + std::string(500, 'x') + "\ntwo\r\n" +
                                                    std::string(40, ' ') + "\nthree"),
                          32);
        LineReader lines(stream);
        LineReader::Line line;
        std::vector<std::pair<size_t, std::string>> read;
        while (lines.next(line))
            read.emplace_back(line.number, line.isTooLong ? "too long" : std::string(line.text));
        QCOMPARE(read, (std::vector<std::pair<size_t, std::string>>{
                           {1, "one"}, {4, "too long"}, {5, "two"}, {6, "too long"}, {7, "three"}}));
    }

    // --- gzip ---------------------------------------------------------------------------------------------------

    void gzipIsUnpacked() {
        const Folder folder;
        Random random(1);
        const std::string text = drawBytes(random, "abc,\n", 300000), more = drawBytes(random, "de", 3000);
        TextStream one(folder.write("t.csv.gz", gzipped(text)), 1000);
        QVERIFY(readAll(one, random) == text);
        TextStream several(folder.write("t", gzipped(text) + gzipped("") + gzipped(more) + std::string(512, '\0')));
        QVERIFY(readAll(several, random) == text + more);
        TextStream empty(folder.write("t", gzipped("")));
        QVERIFY(empty.ahead().empty() && empty.isLast());
    }

    void aGzipFileThatIsCutOrDamagedIsAnErrorThatNamesIt() {
        const Folder folder;
        Random random(3);
        const std::string text = "image,caption\n" + drawBytes(random, "abcdefghijklmnop,\n", 3000),
                          good = gzipped(text);
        const auto refused = [&](const std::string& bytes) {
            try {
                TextStream file(folder.write("t.csv.gz", bytes));
                const bool isSame = readAll(file, random) == text;
                // What says nothing of the content: time, system, flags of the header.
                return isSame ? 0 : -1;
            } catch (const Error& error) {
                return error.subject().ends_with("t.csv.gz") && !error.problem().empty() ? 1 : -1;
            }
        };
        for (size_t size = 2; size < good.size(); size += 1 + size / 50)
            QCOMPARE(refused(good.substr(0, size)), 1);
        size_t errors = 0;
        for (size_t at = 2; at < good.size(); ++at) {
            std::string bytes = good;
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
            const int result = refused(bytes);
            QVERIFY2(result >= 0, qPrintable(QString::number(at)));
            errors += static_cast<size_t>(result);
        }
        QVERIFY(errors > good.size() - 20);
        QCOMPARE(refused(good + "garbage"), 1);
        QCOMPARE(refused(good + good.substr(0, good.size() / 2)), 1);
    }

    void aGzipBombTakesTimeButNoMemory() {
        const Folder folder;
        std::string bomb;
        {
            const std::string part = gzipped(std::string(16 << 20, '\n'));
            for (int i = 0; i < 32; ++i)
                bomb += part;
        }
        QVERIFY(bomb.size() < (1 << 20));  // of half a gigabyte
        folder.picture("a.png");
        const fs::path path =
            folder.write("t.csv.gz", gzipped("image,caption\na.png,x\n") + bomb + gzipped("a.png,y\n"));
        const int64_t before = peakBytes();
        QCOMPARE(openDataset(path.string())->captions(0), (std::vector<std::string>{"x", "y"}));
        QVERIFY(peakBytes() - before < (64 << 20));
    }

    // --- more than 2 GiB ----------------------------------------------------------------------------------------

    void tablesMayBeLargerThanTwoGigabytes_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("head");
        QTest::addColumn<QString>("tail");
        QTest::newRow("CSV") << "t.csv"
                             << "image,caption\na.png,one\n"
                             << "\nb.png,two\n";
        QTest::newRow("jsonl") << "t.jsonl"
                               << "{\"file_name\": \"a.png\", \"text\": \"one\"}\n"
                               << "\n{\"file_name\": \"b.png\", \"text\": \"two\"}";
    }
    void tablesMayBeLargerThanTwoGigabytes() {
        QFETCH(QString, name);
        QFETCH(QString, head);
        QFETCH(QString, tail);
        const Folder folder;
        folder.picture("a.png");
        folder.picture("b.png");
        const fs::path path = folder.write(name.toStdString(), head.toStdString() + std::string(8192, 'x'));
        fs::resize_file(path, (uint64_t{1} << 31) + 12345);  // a hole: a line of zeros
        std::ofstream(path, std::ios::binary | std::ios::app) << tail.toStdString();
        const int64_t before = peakBytes();
        const auto data = openDataset(path.string());
        QCOMPARE(data->size(), size_t{2});
        QCOMPARE(data->caption(1, 0), std::string_view("two"));
        QCOMPARE(data->warnings().size(), size_t{1});
        QVERIFY2(data->warnings()[0].find("longer than") != std::string::npos, data->warnings()[0].c_str());
        QVERIFY(peakBytes() - before < (64 << 20));
    }
};

DIAGONAL_TEST(TestTextStream);
#include "test_text_stream.moc"
