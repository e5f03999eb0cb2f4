// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <filesystem>
#include <set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/inference/export.h"
#include "tests/flickr8k.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "tests/training/gzip.h"
#include "training/data/csv.h"
#include "training/data/dataset.h"
#include "training/trainer/subset.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

std::vector<std::vector<std::string>> records(const std::string& text, char delimiter = ',') {
    TextStream stream = TextStream::ofText(text);
    CsvReader reader(stream, delimiter);
    CsvReader::Record record;
    std::vector<std::vector<std::string>> all;
    while (reader.next(record))
        all.push_back(record.cells);
    return all;
}

using Cells = std::vector<std::vector<std::string>>;

}  // namespace

class TestDatasets : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void csvIsReadAsRfc4180() {
        QCOMPARE(records("a,b\r\nc,d\r\n"), (Cells{{"a", "b"}, {"c", "d"}}));
        QCOMPARE(records("a,\"b,\"\"x\"\"\ny\"\nc,"), (Cells{{"a", "b,\"x\"\ny"}, {"c", ""}}));
        QCOMPARE(records("\xEF\xBB\xBF\"a\",b\n\n\nc,d"), (Cells{{"a", "b"}, {"c", "d"}}));
        QCOMPARE(records("a\tb\rc\td", '\t'), (Cells{{"a", "b"}, {"c", "d"}}));
    }

    void quotesAreReadAsPandasDoes_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("caption");
        QTest::newRow("inside") << QByteArray("6\" nails and a \"sign\"") << "6\" nails and a \"sign\"";
        QTest::newRow("at the end") << QByteArray("a board of 6\"") << "a board of 6\"";
        QTest::newRow("around") << QByteArray("\"a sign\"") << "a sign";
        QTest::newRow("doubled") << QByteArray("\"a \"\"sign\"\" here\"") << "a \"sign\" here";
        QTest::newRow("text behind") << QByteArray("\"Stop\" sign") << "Stop sign";
        QTest::newRow("text with a quote behind") << QByteArray("\"Stop\" sign 6\" wide") << "Stop sign 6\" wide";
        QTest::newRow("behind a blank") << QByteArray(" \"x\"") << "\"x\"";
        QTest::newRow("lines and tabs") << QByteArray("\"one\ntwo\tthree\r\nfour\"") << "one two three  four";
    }
    void quotesAreReadAsPandasDoes() {
        QFETCH(QByteArray, line);
        QFETCH(QString, caption);
        const Folder folder;
        folder.picture("a.png");
        folder.picture("b.png");
        for (const char* end : {"\n", "\r\n", "\r"}) {
            const std::string text = std::string("filepath\ttitle") + end + "a.png\t" + line.toStdString() + end + end +
                                     "b.png\tbehind" + end;
            const auto data = openDataset(folder.write("x.tsv", text).string());
            QCOMPARE(data->size(), size_t{2});
            QCOMPARE(data->captions(0), std::vector<std::string>{caption.toStdString()});
            QCOMPARE(data->captions(1), std::vector<std::string>{"behind"});
            QVERIFY(data->warnings().empty());
        }
    }

    void aQuoteLeftOpenTakesNoOtherRecord_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::newRow("never closed") << QByteArray("image\ttext\na.png\t\"open\nb.png\tx\nc.png\ty\n") << 2;
        QTest::newRow("closed at the end of a line")
            << QByteArray("image\ttext\na.png\t\"open\nb.png\tx 6\"\nc.png\ty\n") << 2;
        QTest::newRow("closed at the start of a cell")
            << QByteArray("image\ttext\na.png\t\"open\nb.png\t\"x\"\nc.png\ty\n") << 2;
        QTest::newRow("closed within a cell")
            << QByteArray("image\ttext\na.png\t\"open\nb.png\tan \"x\" here\nc.png\ty\n") << 2;
        QTest::newRow("commas") << QByteArray("image,text\na.png,\"open\nb.png,x\nc.png,y 6\"\n") << 2;
        QTest::newRow("captions first") << QByteArray("text,image\n\"open,a.png\nx,b.png\ny 6\",c.png\n") << 2;
    }
    void aQuoteLeftOpenTakesNoOtherRecord() {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        const Folder folder;
        for (const char* name : {"a.png", "b.png", "c.png"})
            folder.picture(name);
        const auto data = openDataset(folder.write("x.csv", text.toStdString()).string());
        QVERIFY2(data->warnings().front().starts_with("x.csv:" + std::to_string(line) + ": a quote is never closed"),
                 data->warnings().front().c_str());
        QVERIFY(data->size() >= 2);
        QCOMPARE(data->name(data->size() - 1), std::string("c.png"));
        QCOMPARE(data->name(data->size() - 2), std::string("b.png"));
    }

    void captionsOfSeveralLinesStay() {
        const Folder folder;
        folder.picture("a.png");
        folder.picture("b.png");
        for (const char* text : {"image,text\na.png,\"one,\ntwo, three\nfour\"\nb.png,x\n",
                                 "text,image\n\"one,\ntwo, three\nfour\",a.png\nx,b.png\n"}) {
            const auto data = openDataset(folder.write("x.csv", text).string());
            QCOMPARE(data->size(), size_t{2});
            QCOMPARE(data->captions(0), std::vector<std::string>{"one, two, three four"});
        }
    }

    void tablesInUtf16AreRead() {
        const Folder folder;
        folder.picture("a.png");
        folder.picture("é.png");
        const QString text = QStringLiteral("filepath\ttitle\r\na.png\tun carré 🐕\r\né.png\t两个\r\n");
        std::string little = "\xFF\xFE", big = "\xFE\xFF";
        for (const QChar c : text) {
            const auto low = static_cast<char>(c.unicode() & 0xFF), high = static_cast<char>(c.unicode() >> 8);
            little += {low, high};
            big += {high, low};
        }
        for (const std::string& bytes : {little, big, gzipped(little)}) {
            const auto data = openDataset(folder.write("x.tsv", bytes).string());
            QCOMPARE(data->size(), size_t{2});
            QCOMPARE(data->captions(0), std::vector<std::string>{"un carré 🐕"});
            QCOMPARE(data->name(1), std::string("é.png"));
        }
        try {
            openDataset(folder.write("y.tsv", "image\tl\xE9gende\na.png\tx\n").string());
            QFAIL("taken");
        } catch (const Error& error) {
            QVERIFY2(error.problem().find("line 1: this is not UTF-8") != std::string::npos, error.what());
        }
    }

    void csvLinesAreCountedOverEmbeddedLineEnds() {
        const std::string text = "a,\"x\r\ny\nz\"\nb,c\r\nd,\"open\ne,f\n";
        TextStream stream = TextStream::ofText(text);
        CsvReader reader(stream, ',');
        CsvReader::Record record;
        std::vector<size_t> lines;
        std::vector<bool> good;
        while (reader.next(record)) {
            lines.push_back(record.line);
            good.push_back(record.problem.empty());
        }
        QCOMPARE(lines, (std::vector<size_t>{1, 4, 5, 6}));
        QCOMPARE(good, (std::vector<bool>{true, true, false, true}));
    }

    void cellsAreWrittenSoThatTheyAreReadBack() {
        QCOMPARE(csvText("plain"), std::string("plain"));
        QCOMPARE(csvText("a \"b\", c"), std::string("\"a \"\"b\"\", c\""));
        QCOMPARE(csvText("=1+1"), std::string("'=1+1"));
        const std::string text = csvText("x\n\"y\"") + "," + csvText("z");
        QCOMPARE(records(text), (Cells{{"x\n\"y\"", "z"}}));
    }

    void columnsAreGuessedFromTheHeader_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("comma") << "image,caption\na.png,one\n";
        QTest::newRow("order, case, blanks") << "id;Title ; FilePath\n1;one;a.png\n";
        QTest::newRow("tab") << "filepath\ttitle\na.png\tone\n";
        QTest::newRow("bar") << "image_name| comment_number| comment\na.png| 0| one\n";
        QTest::newRow("HF metadata") << "file_name,text\na.png,one\n";
        QTest::newRow("byte-order mark, CRLF") << "\xEF\xBB\xBFimage,caption\r\na.png,one\r\n";
    }
    void columnsAreGuessedFromTheHeader() {
        QFETCH(QString, text);
        const Folder folder;
        folder.picture("a.png");
        const auto data = openDataset(folder.write("data.csv", text.toStdString()).string());
        QCOMPARE(data->kind(), std::string("CSV"));
        QCOMPARE(data->size(), size_t{1});
        QCOMPARE(data->captions(0), std::vector<std::string>{"one"});
        QCOMPARE(data->image(0).width, 4);
        QVERIFY(data->warnings().empty());
    }

    void namedColumnsWinOverGuesses() {
        const Folder folder;
        folder.picture("a.png");
        const auto file = folder.write("data.csv", "image,caption,where,what\nx,y,a.png,two\n").string();
        const auto data = openDataset(file, {.imageKey = "where", .captionKey = "what"});
        QCOMPARE(data->captions(0), std::vector<std::string>{"two"});
        try {
            openDataset(file, {.imageKey = "wher"});
            QFAIL("an unknown column was taken");
        } catch (const Error& error) {
            QVERIFY(error.remedy().find("\"where\"") != std::string::npos);
            QVERIFY(error.remedy().find("--image-key") != std::string::npos);
        }
    }

    void tablesWithoutAHeaderAreTold_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("columns");
        QTest::newRow("CC3M's order, with commas") << "t.tsv"
                                                   << "a dog, a cat, a cow\ta.png\nx, y\tb.png\n"
                                                   << "2 1";
        QTest::newRow("image first") << "t.tsv"
                                     << "a.png\ta dog, a cat, a cow\nb.png\tx, y\n"
                                     << "1 2";
        QTest::newRow("commas, quoted") << "t.csv"
                                        << "\"a.png\",\"a dog, a cat, a cow\"\r\nb.png,\"x, y\"\r\n"
                                        << "1 2";
        QTest::newRow("semicolons") << "t.txt"
                                    << "a dog, a cat, a cow; a.png\nx, y;b.png"
                                    << "2 1";
        QTest::newRow("byte-order mark") << "t.tsv"
                                         << "\xEF\xBB\xBF"
                                            "a.png\ta dog, a cat, a cow\nb.png\tx, y\n"
                                         << "1 2";
    }
    void tablesWithoutAHeaderAreTold() {
        QFETCH(QString, name);
        QFETCH(QString, text);
        QFETCH(QString, columns);
        const Folder folder;
        folder.picture("a.png");
        folder.picture("b.png");
        const auto data = openDataset(folder.write(name.toStdString(), text.toStdString()).string());
        QCOMPARE(data->size(), size_t{2});
        QCOMPARE(data->captions(0), std::vector<std::string>{"a dog, a cat, a cow"});
        QCOMPARE(data->captions(1), std::vector<std::string>{"x, y"});
        const auto note = "there is no header: column " + columns.left(1).toStdString() +
                          " is taken for the images, column " + columns.right(1).toStdString() + " for the captions";
        QCOMPARE(data->warnings().size(), size_t{1});
        QVERIFY2(data->warnings()[0].find(name.toStdString() + ":1: " + note) == 0, data->warnings()[0].c_str());
    }

    void columnsMayBeGivenByNumber_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("image");
        QTest::addColumn<QString>("caption");
        QTest::newRow("three columns, no header") << "1,a.png,one\n"
                                                  << "2"
                                                  << "3";
        QTest::newRow("images without an extension") << "a,one\n"
                                                     << "1"
                                                     << "2";
        QTest::newRow("a header") << "id,what,where\n1,one,a.png\n"
                                  << "3"
                                  << "2";
        QTest::newRow("two images") << "one,a.png,a-small.png\n"
                                    << "2"
                                    << "1";
        QTest::newRow("a name that is a number") << "2,1\na.png,one\n"
                                                 << "2"
                                                 << "1";
    }
    void columnsMayBeGivenByNumber() {
        QFETCH(QString, text);
        QFETCH(QString, image);
        QFETCH(QString, caption);
        const Folder folder;
        folder.picture("a.png");
        folder.picture("a");
        const auto file = folder.write("t.csv", text.toStdString()).string();
        const auto data = openDataset(file, {.imageKey = image.toStdString(), .captionKey = caption.toStdString()});
        QCOMPARE(data->size(), size_t{1});
        QVERIFY(data->name(0).starts_with('a'));
        QCOMPARE(data->captions(0), std::vector<std::string>{"one"});
    }

    void columnsThatAreNotCertainAreRefusedWithTheRemedy_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("image");
        QTest::newRow("three columns") << "1,a.png,one\n"
                                       << "";
        QTest::newRow("two images") << "a.png,a.png\n"
                                    << "";
        QTest::newRow("a name, but no header") << "a.png,one\n"
                                               << "image";
        QTest::newRow("no such number") << "a.png,one\n"
                                        << "3";
        QTest::newRow("number 0") << "a.png,one\n"
                                  << "0";
        QTest::newRow("nothing that looks like an image") << "a,one\n"
                                                          << "";
    }
    void columnsThatAreNotCertainAreRefusedWithTheRemedy() {
        QFETCH(QString, text);
        QFETCH(QString, image);
        const Folder folder;
        folder.picture("a.png");
        try {
            openDataset(folder.write("t.csv", text.toStdString()).string(), {.imageKey = image.toStdString()});
            QFAIL("taken");
        } catch (const Error& error) {
            QVERIFY2(error.subject().ends_with("t.csv"), error.what());
            QVERIFY2(error.remedy().find("--image-key 1 --caption-key 2") != std::string::npos, error.what());
        }
    }

    void webAddressesAreNotDownloaded() {
        const Folder folder;
        try {
            openDataset(
                folder.write("t.tsv", "a dog, old\thttps://example.org/1\na cat\thttp://example.org/2\n").string());
            QFAIL("taken");
        } catch (const Error& error) {
            QVERIFY2(error.problem().find("https://example.org/1") != std::string::npos, error.what());
            QVERIFY2(error.remedy().find("img2dataset") != std::string::npos, error.what());
        }
    }

    void parquetIsRefusedWithTheWayToConvertIt() {
        const Folder folder;
        try {
            openDataset(folder.write("t.parquet", "PAR1").string());
            QFAIL("taken");
        } catch (const Error& error) {
            QVERIFY2(error.remedy().find("to_csv") != std::string::npos, error.what());
        }
    }

    void pathsOfWindowsAreRead() {
        const Folder folder;
        folder.picture("images/sub/a.png");
        folder.picture("images/b.png");
        folder.picture("train/c.png");
        const auto csv = openDataset(
            folder.write("t.csv", "image,caption\nimages\\sub\\a.png,x\nimages/sub\\a.png,y\nb.png,z\n").string());
        QCOMPARE(csv->size(), size_t{2});
        QCOMPARE(csv->captions(0), (std::vector<std::string>{"x", "y"}));
        QCOMPARE(csv->image(0).width, 4);
        const auto lines =
            openDataset(folder.write("t.jsonl", R"({"file_name": "train\\c.png", "text": "x"})").string());
        QCOMPARE(lines->name(0), std::string("train/c.png"));
        QVERIFY(lines->split(0) == Split::Train);
    }

    void packedTablesAreRead() {
        const Folder folder;
        folder.picture("a.png");
        for (const auto& [name, text] :
             {std::pair("t.csv.gz", "image,caption\na.png,one\n"), std::pair("t.TSV.GZ", "one\ta.png\n"),
              std::pair("t.csv", "image,caption\na.png,one\n"),
              std::pair("t.jsonl.gz", R"({"file_name": "a.png", "text": "one"})")}) {
            const auto data = openDataset(folder.write(name, gzipped(text)).string());
            QCOMPARE(data->kind(), std::string(std::string_view(name).starts_with("t.jsonl") ? "Image folder" : "CSV"));
            QCOMPARE(data->captions(0), std::vector<std::string>{"one"});
        }
    }

    void linesOfOneImageAreOneSample() {
        const Folder folder;
        folder.picture("images/a.png");
        folder.picture("images/b.png");
        const auto data = openDataset(
            folder.write("c.csv", "image,caption\na.png,one\nb.png,two\na.png,three\na.png,one\n").string());
        QCOMPARE(data->size(), size_t{2});
        QCOMPARE(data->captions(0), (std::vector<std::string>{"one", "three"}));
    }

    /// Five lines a picture, in any order: its captions stay together, on the one side or on the other.
    void picturesAreHeldBackWithAllTheirCaptions() {
        const Folder folder;
        std::string csv = "image,caption\n";
        for (int line = 0; line < 5; ++line)
            for (int i = 0; i < 200; ++i)
                csv += std::to_string(i) + ".png,caption " + std::to_string(line) + " of " + std::to_string(i) + "\n";
        for (int i = 0; i < 200; ++i)
            folder.write(std::to_string(i) + ".png", Folder::png(7) + std::to_string(1000 + i));
        const auto data = openTrainingData(folder.write("c.csv", csv).string(), {}, {});
        std::set<std::string> names;
        for (const auto& side : {data.train, data.validation})
            for (size_t i = 0; i < side->size(); ++i) {
                QCOMPARE(side->captionCount(i), size_t{5});
                QVERIFY(names.insert(side->name(i)).second);
            }
        QCOMPARE(names.size(), size_t{200});
        QVERIFY(data.validation->size() >= 4 && data.validation->size() <= 20);
    }

    /// The same picture under a hundred pairs of names, other files of their size, and the rest.
    void noPictureIsHeldBackThatTrainingShowsUnderAnotherName() {
        const Folder folder;
        std::string csv = "image,caption\n";
        for (int i = 0; i < 400; ++i) {
            const int content = i < 200 ? 1000 + i % 100 : 1000 + i;
            folder.write(std::to_string(i) + ".png", Folder::png(7) + std::to_string(content));
            csv += std::to_string(i) + ".png,caption " + std::to_string(i) + "\n";
        }
        const auto data = openTrainingData(folder.write("c.csv", csv).string(), {}, {});
        QCOMPARE(data.train->size() + data.validation->size(), size_t{400});
        const auto contents = [](const Dataset& side) {
            std::set<std::vector<uint8_t>> all;
            for (size_t i = 0; i < side.size(); ++i)
                all.insert(side.bytes(i));
            return all;
        };
        const auto shown = contents(*data.train), held = contents(*data.validation);
        for (const auto& content : held)
            QVERIFY(!shown.contains(content));
        QVERIFY(held.size() >= 4);
        QCOMPARE(shown.size() + held.size(), size_t{300});
    }

    void splitsAndLabelsAreRead() {
        const Folder folder;
        for (const char* name : {"a.png", "b.png", "c.png"})
            folder.picture(name);
        folder.write("captions.csv", "image,caption,split,label\na.png,x,train,cat\nb.png,y,val,dog\nc.png,z,,cat\n");
        const auto all = openDataset(folder.path().string());
        QCOMPARE(all->size(), size_t{3});
        QVERIFY(all->split(1) == Split::Validation && all->split(2) == Split::All);
        QCOMPARE(all->labels(), (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(all->label(2), 0);
        QVERIFY(all->supportsAugmentation());
        const auto validation = openDataset("csv:" + folder.path().string(), {.split = Split::Validation});
        QCOMPARE(validation->name(0), std::string("b.png"));
        QVERIFY_THROWS_EXCEPTION(Error, openDataset(folder.path().string(), {.split = Split::Test}));
    }

    void missingImagesAreCountedAndTheRestGoesOn() {
        const Folder folder;
        folder.picture("a.png");
        const auto file = folder.write("c.csv", "image,caption\na.png,one\nno.png,two\n../gone/x.png,three\n").string();
        const auto data = openDataset(file);
        QCOMPARE(data->size(), size_t{1});
        QCOMPARE(data->missing(), size_t{2});
        QCOMPARE(data->warnings()[0], std::string("no.png: there is no such image file"));
    }

    void flickr8kFormsAreRead_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::newRow("token") << "Flickr8k.token.txt"
                               << "a.jpg#0\tA dog .\na.jpg#1\tA cat .\nb.jpg#0\tA cow .\n";
        QTest::newRow("30k token") << "results_20130124.token"
                                   << "a.jpg#0\tA dog .\na.jpg#1\tA cat .\nb.jpg#0\tx .\n";
        QTest::newRow("Kaggle") << "captions.txt"
                                << "image,caption\na.jpg,A dog .\na.jpg,A cat .\nb.jpg,A cow .\n";
        QTest::newRow("Kaggle 30k")
            << "results.csv"
            << "image_name| comment_number| comment\na.jpg| 0| A dog .\na.jpg| 1| A cat .\nb.jpg| 0| x\n";
    }
    void flickr8kFormsAreRead() {
        QFETCH(QString, name);
        QFETCH(QString, text);
        const Folder folder;
        folder.picture("Flicker8k_Dataset/a.jpg");
        folder.picture("Flicker8k_Dataset/b.jpg");
        const fs::path file = folder.write(name.toStdString(), text.toStdString());
        folder.write("Flickr_8k.trainImages.txt", "a.jpg\r\n");
        folder.write("Flickr_8k.testImages.txt", "b.jpg\n");
        for (const std::string& spec : {folder.path().string(), file.string(), "flickr8k:" + folder.path().string()}) {
            const auto data = openDataset(spec);
            QCOMPARE(data->kind(), name.startsWith("results") ? std::string("Flickr30k") : std::string("Flickr8k"));
            QCOMPARE(data->captions(0), (std::vector<std::string>{"A dog .", "A cat ."}));
            QVERIFY(data->split(0) == Split::Train && data->split(1) == Split::Test);
        }
        QCOMPARE(openDataset(file.string(), {.split = Split::Test})->size(), size_t{1});
    }

    void photographsOfFlickr8kAreRead() {
        const fs::path folder = flickr8k();
        if (!fs::exists(folder)) QSKIP("the photographs of Flickr8k are not here");
        const auto all = openDataset(folder.string());
        QCOMPARE(all->size(), size_t{8091});
        QCOMPARE(openDataset(folder.string(), {.split = Split::Train})->size(), size_t{6000});
        QCOMPARE(openDataset(folder.string(), {.split = Split::Test})->size(), size_t{1000});
        const auto kaggle = openDataset("csv:" + (folder / "captions.txt").string());
        QCOMPARE(kaggle->size(), size_t{8091});
        QCOMPARE(all->image(17).width, 224);
    }

    void summaryCounts() {
        const Folder folder;
        folder.picture("a.png", 1);
        folder.picture("b.png", 2);
        folder.picture("c.png", 1);
        folder.write("d.png", "no picture");
        const auto file =
            folder.write("c.csv", "image,caption\na.png,A dog runs.\nb.png,a dog\nc.png,a dog\nd.png,x\ne.png,y\n");
        std::vector<int64_t> reports;
        const JobContext job{{}, [&](const Progress& progress) { reports.push_back(progress.done); }};
        const DatasetSummary summary = summarize(file.string(), {}, true, job);
        QCOMPARE(summary.images, size_t{4});
        QCOMPARE(summary.captions, size_t{4});
        QCOMPARE(summary.words, size_t{4});  // a, dog, runs, x
        QCOMPARE(summary.unassigned, size_t{4});
        QCOMPARE(summary.missing, size_t{1});
        QCOMPARE(summary.duplicateCaptions, size_t{1});
        QCOMPARE(summary.duplicateImages, size_t{1});
        QCOMPARE(summary.captionLengths, (std::vector<size_t>{0, 1, 2, 1}));
        QCOMPARE(summary.samples.size(), size_t{3});
        QCOMPARE(summary.samples[0].name, std::string("a.png"));
        QCOMPARE(summary.samples[0].caption, std::string("A dog runs."));
        QCOMPARE(summary.unreadable.size(), size_t{1});
        QVERIFY(summary.unreadable[0].starts_with("d.png: "));
        QCOMPARE(reports.back(), int64_t{4});
    }

    void summaryOfSharedCaptionsCountsEachImage() {
        const Folder folder;
        for (const char* name : {"cat/a.png", "cat/b.png", "cat/c.png", "big_dog/d.png"})
            folder.picture(name);
        const DatasetSummary summary = summarize(folder.path().string(), {}, true);
        QCOMPARE(summary.images, size_t{4});
        QCOMPARE(summary.captions, size_t{4});
        QCOMPARE(summary.captionLengths, (std::vector<size_t>{0, 0, 0, 0, 0, 3, 1}));
        QCOMPARE(summary.duplicateCaptions, size_t{1});
        QCOMPARE(summary.duplicateImages, size_t{3});
        QCOMPARE(summary.labels, (std::vector<std::string>{"big dog", "cat"}));
    }

    void checkingFindsPicturesThatAreCut() {
        const Folder folder;
        folder.picture("a.png");
        const std::string png = Folder::png(3, 64, 64);
        folder.write("b.png", png.substr(0, png.size() - 20));
        const auto file = folder.write("c.csv", "image,caption\na.png,x\nb.png,y\n").string();
        QVERIFY(summarize(file, {}, false).unreadable.empty());
        const auto unreadable = summarize(file, {}, true).unreadable;
        QCOMPARE(unreadable.size(), size_t{1});
        QVERIFY2(unreadable[0].starts_with("b.png: "), unreadable[0].c_str());
    }

    void summaryStopsOnRequest() {
        std::stop_source source;
        source.request_stop();
        const JobContext job{source.get_token(), {}};
        QVERIFY_THROWS_EXCEPTION(Cancelled, summarize("scenes:count=100", {}, false, job));
    }
};

DIAGONAL_TEST(TestDatasets);
#include "test_datasets.moc"
