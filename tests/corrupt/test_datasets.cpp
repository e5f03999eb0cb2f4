// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <QtTest>

#include <filesystem>
#include <fstream>

#include "engine/base/error.h"
#include "engine/image/png.h"
#include "tests/registry.h"
#include "tests/training/gzip.h"
#include "training/data/csv.h"
#include "training/data/dataset.h"
#include "training/data/file_dataset.h"
#include "training/data/kinds.h"
#include "training/data/random.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

fs::path writeIn(const QTemporaryDir& folder, const std::string& name, const std::string& text) {
    const fs::path path = fs::path(folder.path().toStdString()) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;  // thousands: no fsync for each
    return path;
}

void addPicture(const QTemporaryDir& folder, const std::string& name) {
    const auto png = encodePng({2, 2, std::vector<uint8_t>(12, 9)});
    writeIn(folder, name, {reinterpret_cast<const char*>(png.data()), png.size()});
}

}  // namespace

class TestCorruptDatasets : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void aFileThatIsNoTableIsRefused_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << "x.csv" << QByteArray();
        QTest::newRow("blank lines") << "x.csv" << QByteArray("\n\r\n\n");
        QTest::newRow("header only") << "x.csv" << QByteArray("image,caption\n");
        QTest::newRow("no header") << "x.csv" << QByteArray("a.png,a dog\n");
        QTest::newRow("binary") << "x.csv" << QByteArray("image,caption\n\0\0\1", 17);
        QTest::newRow("UTF-16") << "x.csv" << QByteArray("\xFF\xFEi\0m\0", 6);
        QTest::newRow("one column") << "x.csv" << QByteArray("caption\nx\n");
        QTest::newRow("open quote in the header") << "x.csv" << QByteArray("\"image,caption\na.png,x\n");
        QTest::newRow("byte-order mark only") << "x.csv" << QByteArray("\xEF\xBB\xBF");
        QTest::newRow("nothing but broken lines") << "x.csv" << QByteArray("image,caption\na\nb\n");
        QTest::newRow("all images missing") << "x.csv" << QByteArray("image,caption\na.png,x\n");
        const std::string packed = gzipped("image,caption\na.png,a dog\na.png,a cat\n");
        QTest::newRow("gzip, cut") << "x.csv.gz" << QByteArray::fromStdString(packed.substr(0, packed.size() - 9));
        QTest::newRow("gzip, a wrong checksum")
            << "x.csv.gz"
            << QByteArray::fromStdString(packed.substr(0, packed.size() - 5) + "?" + packed.substr(packed.size() - 4));
        QTest::newRow("gzip, only its name") << "x.jsonl.gz" << QByteArray("\x1F\x8B");
        QTest::newRow("gzip of nothing") << "x.tsv.gz" << QByteArray::fromStdString(gzipped(""));
        QTest::newRow("gzip of gzip") << "x.csv.gz" << QByteArray::fromStdString(gzipped(packed));
        QTest::newRow("gzip of a picture")
            << "x.csv.gz" << QByteArray::fromStdString(gzipped(std::string("\x89PNG\r\n\0", 7)));
        QTest::newRow("a line without end") << "x.csv" << QByteArray(3 << 20, 'x');
        QTest::newRow("a caption without end") << "x.csv"
                                               << "image,caption\na.png," + QByteArray(3 << 20, 'x') + "\n";
        QTest::newRow("a caption too long") << "x.csv"
                                            << "image,caption\na.png," + QByteArray(1 << 17, 'x') + "\n";
        QTest::newRow("a path too long") << "x.csv"
                                         << "image,caption\n" + QByteArray(1 << 14, 'x') + ",y\n";
        QTest::newRow("token file, empty") << "Flickr8k.token.txt" << QByteArray();
        QTest::newRow("token file, no images") << "Flickr8k.token.txt" << QByteArray("a.jpg#0\tx\n");
    }
    void aFileThatIsNoTableIsRefused() {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        const QTemporaryDir folder;
        const fs::path path = writeIn(folder, name.toStdString(), bytes.toStdString());
        try {
            openDataset(path.string());
            QFAIL("taken");
        } catch (const Error& error) {
            QVERIFY2(error.subject().find(name.toStdString()) != std::string::npos, error.what());
            QVERIFY2(!error.problem().empty(), error.what());
        }
    }

    void brokenLinesBecomeNotesAndTheRestIsRead() {
        const QTemporaryDir folder;
        addPicture(folder, "a.png");
        const std::string text =
            "image,caption\n"       // 1
            "a.png,one, two\n"      // 2: three columns
            "a.png\n"               // 3: one column
            "a.png,\"open\n"        // 4: never closed
            "a.png,bad \xC3\x28\n"  // 5: not UTF-8
            "a.png,  \n"            // 6: no caption
            ",nothing\n"            // 7: no path
            "a.png,\"x\n y\"z\n"    // 8, 9: a quote over two lines, text behind it
            "a.png,good\n";         // 10
        const auto data = openDataset(writeIn(folder, "x.csv", text).string());
        QCOMPARE(data->size(), size_t{1});
        QCOMPARE(data->captions(0), std::vector<std::string>{"good"});
        QCOMPARE(data->warnings().size(), size_t{8});
        for (size_t i = 0; i < 8; ++i) {
            const std::string expected = "x.csv:" + std::to_string(i + 2) + ": ";
            QVERIFY2(data->warnings()[i].starts_with(expected), data->warnings()[i].c_str());
        }
    }

    void notesAreCapped() {
        const QTemporaryDir folder;
        addPicture(folder, "a.png");
        std::string text = "image,caption\na.png,x\n";
        for (int i = 0; i < 500; ++i)
            text += "broken\n";
        const auto data = openDataset(writeIn(folder, "x.csv", text).string());
        QCOMPARE(data->warnings().size(), Warnings::kShown + 1);
        QCOMPARE(data->warnings().back(), std::string("and 450 more"));
    }

    void aQuoteOpenOnEveryLineEndsSoon() {
        std::string text = "image,caption\n";
        for (int i = 0; i < 20000; ++i)
            text += "a.png,\"x y z\n,";
        TextStream stream = TextStream::ofText(text);
        CsvReader reader(stream, ',');
        CsvReader::Record record;
        size_t count = 0;
        while (reader.next(record))
            ++count;
        QVERIFY(count > 10000);
    }

    void anyBytesEndInRecordsOrAnError() {
        const QTemporaryDir folder;
        addPicture(folder, "a.png");
        const std::string pieces[] = {"\"", ",", "\n", "\r", "a.png", "caption", "image", "\t", "\xFF", ";", "|", "'"};
        Random random(1);
        for (int round = 0; round < 1000; ++round) {
            std::string text = random.chance(0.7F) ? "image,caption\n" : "";
            for (uint32_t i = random.below(40); i > 0; --i)
                text += pieces[random.below(12)];
            if (random.chance(0.1F)) text = gzipped(text).substr(0, 10 + random.below(60));
            const fs::path path = writeIn(folder, round % 2 == 0 ? "x.csv" : "captions.txt", text);
            try {
                const auto data = openDataset(path.string());
                for (size_t i = 0; i < data->size(); ++i)
                    QVERIFY(!data->captions(i).empty());
            } catch (const Error& error) {
                QVERIFY(!error.problem().empty());
            }
        }
    }

    void whatIsNoDataIsToldWhatDataCanBe() {
        const QTemporaryDir folder;
        addPicture(folder, "images/a.png");
        writeIn(folder, "x.bin", "bytes");
        for (const std::string& spec : {folder.path().toStdString() + "/images", folder.path().toStdString() + "/x.bin",
                                        std::string("/no/such/path"), std::string("unknown:x")}) {
            try {
                openDataset(spec);
                QFAIL(spec.c_str());
            } catch (const Error& error) {
                for (const char* kind : {"scenes:", "pack:", "coco:", "webdataset:", "classes:", "imagefolder:"})
                    QVERIFY2(error.remedy().find(kind) != std::string::npos, error.what());
            }
        }
        QVERIFY_THROWS_EXCEPTION(Error, openDataset(""));
    }

    void everyKindRefusesWhatIsNotThere() {
        const QTemporaryDir folder;
        const std::string empty = folder.path().toStdString();
        ::mkfifo((empty + "/fifo").c_str(), 0600);
        for (const DatasetKind& kind : datasetKinds()) {
            if (kind.prefix == "scenes:") continue;
            for (const std::string& rest : {std::string(), empty, empty + "/nothing", empty + "/fifo",
                                            std::string("/dev/zero"), std::string("x\0y", 3), std::string(5000, 'x')}) {
                try {
                    openDataset(kind.prefix + rest);
                    QFAIL((kind.prefix + rest).c_str());
                } catch (const Error& error) {
                    QVERIFY2(!error.problem().empty(), error.what());
                }
            }
        }
    }

    void utf8IsCheckedAsTheStandardSays() {
        QVERIFY(isUtf8("plain, \xC3\xA4, \xE4\xB8\xAD, \xF0\x9F\x90\x95"));
        for (const char* bad : {"\xC0\xAF", "\x80", "\xE4\xB8", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE0\x80\x80"}) {
            QVERIFY2(!isUtf8(bad), bad);
        }
    }
};

DIAGONAL_TEST(TestCorruptDatasets);
#include "test_datasets.moc"
