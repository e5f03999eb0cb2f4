// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <algorithm>

#include "engine/base/error.h"
#include "tests/double_quoted.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "training/data/dataset.h"
#include "training/data/file_dataset.h"
#include "training/data/random.h"
#include "training/data/shards.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

std::string repeated(const std::string& text, size_t times) {
    std::string all;
    for (size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

/// Opens the data and reads all of it; true when it can be opened. An Error that names nothing fails the test.
bool readAll(const std::string& spec, const DatasetOptions& options = {}) {
    try {
        const auto data = openDataset(spec, options);
        if (data->size() == 0) throw std::logic_error("no images and no error");
        for (size_t i = 0; i < data->size(); ++i) {
            if (data->captions(i).empty()) throw std::logic_error("an image without captions");
            try {
                (void)data->image(i);
            } catch (const Error&) {  // told when it is read
            }
        }
        return true;
    } catch (const Error& error) {
        if (error.subject().empty() || error.problem().empty()) throw std::logic_error("an empty error");
        return false;
    }
}

/// The notes of what could be used in part.
std::vector<std::string> notesOf(const std::string& spec, size_t images) {
    const auto data = openDataset(spec);
    if (data->size() != images) return {"there are " + std::to_string(data->size()) + " images"};
    return data->warnings();
}

}  // namespace

class TestCorruptDataKinds : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { qputenv("DIAGONAL_RESOURCES", QByteArray::fromStdString(paths::source("resources"))); }

    // --- JSON ---------------------------------------------------------------------------------------------------

    void aFileOfNoUseIsRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char* name, const std::string& text) {
            QTest::newRow(name) << QByteArray::fromStdString(doubleQuoted(text));
        };
        row("empty", "");
        row("blanks", " \n");
        row("binary", std::string("\0\1\2\xFF", 4));
        row("a number", "5");
        row("a text", "'images'");
        row("null", "null");
        row("an empty list", "[]");
        row("an empty object", "{}");
        row("cut", "{'images': [{'id': 1, 'file_name': 'a.png'}], 'annotations': [{'image_id': 1, 'capt");
        row("something behind it", "{'images': [{'id': 1, 'file_name': 'a.png'}], 'annotations': []} x");
        row("no annotations", "{'images': [{'id': 1, 'file_name': 'a.png'}]}");
        row("empty lists", "{'images': [], 'annotations': []}");
        row("lists of numbers", "{'images': [1, 2, 3], 'annotations': [4]}");
        row("lists of lists", "{'images': [[{'id': 1}]], 'annotations': [[]]}");
        row("texts for lists", "{'images': 'a', 'annotations': 'b'}");
        row("no captions, as in instances",
            "{'images': [{'id': 1, 'file_name': 'a.png'}], 'annotations': [{'image_id': 1, 'bbox': [0, 1]}]}");
        row("ids that do not meet",
            "{'images': [{'id': 1, 'file_name': 'a.png'}], 'annotations': [{'image_id': 2, 'caption': 'x'}]}");
        row("no such image",
            "{'images': [{'id': 1, 'file_name': 'no.png'}], 'annotations': [{'image_id': 1, 'caption': 'x'}]}");
        row("ids of other types",
            "{'images': [{'id': [], 'file_name': 'a.png'}], 'annotations': [{'image_id': null, 'caption': 'x'}]}");
        row("a number too large", "{'images': [{'id': 1e999}]}");
        row("nested deeply", repeated("{'images':", 100000));
        row("nested lists", repeated("[", 1000000));
        row("nested in an image", "{'images': [{'id': " + repeated("[", 500000) + repeated("]", 500000) + "}]}");
        row("not UTF-8", "{'images': [{'id': 1, 'file_name': '\xFF.png'}]}");
        row("a surrogate alone", "{'images': [{'id': 1, 'file_name': '\\ud800.png'}]}");
        row("sentences that are none", "{'images': [{'filename': 'a.png', 'sentences': 5}]}");
        row("sentences without texts", "{'images': [{'filename': 'a.png', 'sentences': [1, {}, {'raw': 2}]}]}");
        row("no filenames", "{'images': [{'sentences': [{'raw': 'x'}]}]}");
        row("a filename with a zero", "{'images': [{'filename': 'a\\u0000.png', 'sentences': [{'raw': 'x'}]}]}");
        row("a folder as a file", "{'images': [{'filename': '..', 'sentences': [{'raw': 'x'}]}]}");
    }
    void aFileOfNoUseIsRefused() {
        QFETCH(QByteArray, bytes);
        const Folder folder;
        folder.picture("a.png");
        const std::string path = folder.write("x.json", bytes.toStdString()).string();
        for (const char* kind : {"", "coco:", "karpathy:", "imagefolder:", "csv:", "webdataset:"}) {
            try {
                openDataset(kind + path);
                QFAIL(kind);
            } catch (const Error& error) {
                QVERIFY2(error.subject().find("x.json") != std::string::npos, error.what());
            }
        }
    }

    void brokenPartsOfCocoBecomeNotes() {
        const Folder folder;
        folder.picture("a.png");
        folder.picture("b.png");
        const std::string path =
            folder
                .write("x.json",
                       doubleQuoted(
                           "{'annotations': [{'image_id': 1, 'caption': 'one'}, {'image_id': -3, 'caption': 'two'},"
                           "{'image_id': 1, 'caption': ''}, {'image_id': 1, 'caption': 7}, {'caption': 'x'},"
                           "{'image_id': 99, 'caption': 'of no image'}, {'image_id': 1, 'caption': 'one'}],"
                           "'images': [{'id': 1, 'file_name': 'a.png'}, {'id': -3, 'file_name': '../%1/b.png'},"
                           "{'id': 1, 'file_name': 'b.png'}, {'id': 7, 'file_name': ''}, {'file_name': 'b.png'},"
                           "{'id': 18446744073709551615, 'file_name': 'no.png'}, {'id': 8, 'file_name': 5}]}"))
                .string();
        std::string text = QString::fromStdString(std::string(folder.path().filename())).toStdString();
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray content = file.readAll().replace("%1", QByteArray::fromStdString(text));
        file.resize(0);
        file.seek(0);
        file.write(content);
        file.close();
        const auto data = openDataset(path);
        QCOMPARE(data->size(), size_t{2});
        QCOMPARE(data->captions(0), std::vector<std::string>{"one"});
        const auto& notes = data->warnings();
        const auto has = [&](const std::string& part) {
            return std::any_of(notes.begin(), notes.end(),
                               [&](const std::string& note) { return note.find(part) != std::string::npos; });
        };
        for (const char* part : {"annotations[2]", "annotations[3]", "annotations[4]", "images[2]", "images[3]",
                                 "images[4]", "images[6]", "1 image ids", "1 images without a caption"})
            QVERIFY2(has(part), part);
    }

    void brokenPartsOfKarpathysFilesBecomeNotes() {
        const Folder folder;
        folder.picture("a.png");
        const std::string path =
            folder
                .write("x.json", doubleQuoted("{'images': [{'filename': 'a.png', 'split': 7, 'sentences': "
                                              "[{'raw': ''}, {'raw': 'one'}, 5]}, 3, {'filename': 4, "
                                              "'sentences': []}, {'filename': 'b.png', 'sentences': "
                                              "[{'raw': 'gone'}]}, {'filename': 'c.png'}]}"))
                .string();
        const auto notes = notesOf(path, 1);
        QCOMPARE(notes.size(), size_t{6});
        QVERIFY2(notes[0].starts_with("x.json, images[0]: "), notes[0].c_str());
        QVERIFY2(notes[2].starts_with("x.json, images[1]: "), notes[2].c_str());
    }

    void brokenLinesOfMetadataBecomeNotes() {
        const Folder folder;
        folder.picture("a.png");
        const std::string good = doubleQuoted("{'file_name': 'a.png', 'text': 'good'}\n");
        const std::string text = "{\n" + good + "[1]\nnull\n\xFF\n" +
                                 doubleQuoted(
                                     "{'file_name': 5, 'text': 'x'}\n{'file_name': 'a.png'}\n"
                                     "{'file_name': 'a.png', 'text': {'x': 1}}\n{'file_name': 'a.png', 'text': ''}\n"
                                     "{'file_name': '', 'text': 'x'}\n{'file_name': 'a\\u0000', 'text': 'x'}\n") +
                                 repeated("[", 100000) + "\n" + repeated("{\"x\":", 100000) + "\n" + good;
        const auto notes = notesOf(folder.write("metadata.jsonl", text).string(), 1);
        QCOMPARE(notes.size(), size_t{12});
        for (const size_t i : {size_t{0}, size_t{1}})
            QVERIFY2(notes[i].starts_with(i == 0 ? "metadata.jsonl:1: " : "metadata.jsonl:3: "), notes[i].c_str());
    }

    void metadataOfNoUseIsRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("binary") << QByteArray("\0\1\2", 3);
        QTest::newRow("UTF-16") << QByteArray("\xFF\xFE{\0", 4);
        QTest::newRow("a table") << QByteArray("file_name,text\na.png,x\n");
        QTest::newRow("a list") << QByteArray("[{\"file_name\": \"a.png\", \"text\": \"x\"}]");
        QTest::newRow("no such images") << QByteArray("{\"file_name\": \"b.png\", \"text\": \"x\"}");
    }
    void metadataOfNoUseIsRefused() {
        QFETCH(QByteArray, bytes);
        const Folder folder;
        folder.picture("a.png");
        folder.write("metadata.jsonl", bytes.toStdString());
        QVERIFY_THROWS_EXCEPTION(Error, openDataset(folder.path().string()));
    }

    // --- folders ------------------------------------------------------------------------------------------------

    void foldersOfNoUseAreRefused_data() {
        QTest::addColumn<QString>("files");
        QTest::newRow("empty") << "";
        QTest::newRow("one class") << "cat/a.png";
        QTest::newRow("empty classes") << "cat/,dog/";
        QTest::newRow("classes without images") << "cat/a.txt,dog/b.doc";
        QTest::newRow("images without classes") << "a.png,b.png";
        QTest::newRow("one class in each split") << "train/cat/a.png,test/cat/b.png";
        QTest::newRow("names that are no labels") << "_/a.png,-/b.png";
    }
    void foldersOfNoUseAreRefused() {
        QFETCH(QString, files);
        const Folder folder;
        for (const QString& name : files.split(',', Qt::SkipEmptyParts)) {
            if (name.endsWith('/')) {
                fs::create_directories(folder.path() / name.toStdString());
            } else {
                folder.picture(name.toStdString());
            }
        }
        QVERIFY_THROWS_EXCEPTION(Error, openDataset(folder.path().string()));
        QVERIFY_THROWS_EXCEPTION(Error, openDataset("classes:" + folder.path().string()));
    }

    void aFolderThatMayNotBeReadIsNamed() {
        const Folder folder;
        folder.picture("cat/a.png");
        folder.picture("dog/b.png");
        fs::permissions(folder.path(), fs::perms::none);
        std::error_code failure;
        const fs::directory_iterator entries(folder.path(), failure);
        const bool isRead = !failure;  // by root
        for (const char* kind : {"", "classes:", "coco:", "webdataset:"}) {
            if (isRead) break;
            try {
                openDataset(kind + folder.path().string());
                QFAIL("taken");
            } catch (const Error& error) {
                QVERIFY2(error.problem().find("cannot be read") != std::string::npos, error.what());
            }
        }
        fs::permissions(folder.path(), fs::perms::owner_all);
        if (isRead) QSKIP("root may read every folder");
    }

    void oddFoldersAreLeftOut() {
        const Folder folder;
        folder.picture("cat/a.png");
        folder.picture("dog/b.png");
        folder.picture("\xFF\xFE/c.png");
        folder.picture("big_dog/d.png");
        folder.picture("big dog/e.png");
        fs::create_directory_symlink("..", folder.path() / "dog" / "loop");
        fs::create_symlink("nowhere.png", folder.path() / "cat" / "gone.png");
        fs::create_directory(folder.path() / "cat" / "folder.png");
        const auto data = openDataset(folder.path().string());
        QCOMPARE(data->labels(), (std::vector<std::string>{"big dog", "cat", "dog"}));
        QVERIFY(readAll(folder.path().string()));
        const auto summary = summarize(folder.path().string(), {}, true);
        QVERIFY(!summary.unreadable.empty());
        fs::remove_all(folder.path());  // Qt cannot remove names that are not UTF-8
    }

    // --- tar ----------------------------------------------------------------------------------------------------

    void tarFilesOfNoUseAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char* name, const std::string& bytes) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes);
        };
        const std::string png = tarMember("a.png", Folder::png(1)), text = tarMember("a.txt", "x");
        const size_t bytes = Folder::png(1).size();
        std::string sparse(109, '\0');  // one piece, behind a hole of 512 bytes
        std::snprintf(sparse.data(), 25, "%011o%c%011zo", 512, '\0', bytes);
        std::snprintf(sparse.data() + 97, 12, "%011zo", 512 + bytes);
        row("empty", "");
        row("no tar", std::string(5000, 'x'));
        row("zeros", std::string(10240, '\0'));
        row("an image without caption", png + tarEnd());
        row("a caption without image", text + tarEnd());
        row("an empty image", tarMember("a.png", "") + text + tarEnd());
        row("an empty caption", png + tarMember("a.txt", " \n") + tarEnd());
        row("a caption that is not UTF-8", png + tarMember("a.txt", "\xC3(") + tarEnd());
        row("a caption with zeros", png + tarMember("a.txt", std::string("x\0y", 3)) + tarEnd());
        row("JSON that is none", png + tarMember("a.json", "{") + tarEnd());
        row("JSON nested deeply", png + tarMember("a.json", "{\"caption\":" + std::string(300000, '[')) + tarEnd());
        row("JSON with lists of lists",
            png + tarMember("a.json", "{\"caption\": [[\"x\"], 5, {\"a\": \"b\"}]}") + tarEnd());
        row("a caption of a megabyte and more", png + tarMember("a.txt", std::string(1100000, 'x')) + tarEnd());
        row("an image of 2^60 bytes", tarMember("a.png", "x", '0', int64_t{1} << 60) + text + tarEnd());
        row("a caption of 2^60 bytes", png + tarMember("a.txt", "x", '0', int64_t{1} << 60));
        row("a link as image", tarMember("a.png", "", '2') + text + tarEnd());
        row("a hard link as image", tarMember("a.png", "", '1') + text + tarEnd());
        row("devices", tarMember("a.png", "", '3') + tarMember("a.txt", "", '4') + tarEnd());
        row("a FIFO", tarMember("a.png", "", '6') + text + tarEnd());
        row("a folder as image", tarMember("a.png", "", '5') + text + tarEnd());
        row("sparse, old GNU's way", tarMember("a.png", Folder::png(1), 'S', -1, sparse) + text + tarEnd());
        row("names without a key", tarMember(".png", Folder::png(1)) + tarMember(".txt", "x") + tarEnd());
        row("a class without a name", png + tarMember("a.cls", "3") + tarEnd());
        row("gzip", "\x1F\x8B\x08" + std::string(600, 'x'));
        row("zstd", "\x28\xB5\x2F\xFD" + std::string(600, 'x'));
        row("a wrong checksum", "b" + png.substr(1) + text);
        row("an image cut by the end of the file", text + tarMember("a.png", std::string(5000, 'x')).substr(0, 900));
    }
    void tarFilesOfNoUseAreRefused() {
        QFETCH(QByteArray, bytes);
        const Folder folder;
        const std::string path = folder.write("x.tar", bytes.toStdString()).string();
        try {
            openDataset(path);
            QFAIL("taken");
        } catch (const Error& error) {
            QVERIFY2(error.subject().find("x.tar") != std::string::npos, error.what());
        }
    }

    void compressedShardsAreRefusedByName() {
        const Folder folder;
        for (const char* name : {"x.tar.gz", "y.tar"}) {
            const std::string path = folder.write(name, "\x1F\x8B\x08" + std::string(600, 'x')).string();
            try {
                openDataset(path);
                QFAIL("taken");
            } catch (const Error& error) {
                const std::string said = error.what();
                QVERIFY2(said.find("compressed") != std::string::npos && said.find("gunzip") != std::string::npos,
                         error.what());
            }
        }
    }

    void brokenPartsOfShardsBecomeNotes_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("note");
        const std::string good = tarMember("good.png", Folder::png(1)) + tarMember("good.txt", "x");
        const auto row = [&](const char* name, const std::string& bytes, const char* note) {
            QTest::newRow(name) << QByteArray::fromStdString(good + bytes) << note;
        };
        row("twice the same name", tarMember("good.png", Folder::png(2)) + tarEnd(), "good.png is there twice");
        row("another image", tarMember("good.jpg", Folder::png(2)) + tarEnd(), "has another image");
        row("a link", tarMember("b.png", "", '2') + tarEnd(), "b.png is a link");
        row("cut", tarMember("b.png", std::string(3000, 'x')).substr(0, 1500), "b.png is cut");
        row("huge", tarMember("b.png", "", '0', int64_t{1} << 60), "b.png is cut");
        row("garbage behind", std::string(2048, 'g'), "damaged or cut behind 2 files");
        row("half a header", tarMember("b.png", "xx").substr(0, 300), "damaged or cut");
        row("no caption", tarMember("b.png", Folder::png(3)) + tarEnd(), "b: an image without a caption");
        row("no image", tarMember("b.txt", "x") + tarEnd(), "b: a sample without an image");
        row("a broken name", tarMember("b\x01\xFF.txt", "x") + tarEnd(), "a sample without an image");
    }
    void brokenPartsOfShardsBecomeNotes() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, note);
        const Folder folder;
        const auto notes = notesOf(folder.write("x.tar", bytes.toStdString()).string(), 1);
        QCOMPARE(notes.size(), size_t{1});
        QVERIFY2(notes[0].find(note.toStdString()) != std::string::npos, notes[0].c_str());
    }

    void namesInShardsAreNoPaths() {
        const Folder folder;
        folder.picture("outside.png", 200);
        const std::string tar = tarMember("../outside.png", Folder::png(1)) + tarMember("../outside.txt", "x") +
                                tarMember("/etc/b.png", Folder::png(1)) + tarMember("/etc/b.txt", "y") + tarEnd();
        const auto data = openDataset(folder.write("in/x.tar", tar).string());
        QCOMPARE(data->size(), size_t{2});
        QCOMPARE(int(data->image(0).rgb[0]), 1);
        QCOMPARE(int(data->image(1).rgb[0]), 1);
    }

    void missingShardsAreCounted() {
        const Folder folder;
        folder.write("x-0.tar", tarMember("a.png", Folder::png(1)) + tarMember("a.txt", "x") + tarEnd());
        folder.write("x-2.tar", "no tar");
        const auto data = openDataset(folder.path().string() + "/x-{0..2}.tar");
        QCOMPARE(data->size(), size_t{1});
        QCOMPARE(data->missing(), size_t{2});
        QCOMPARE(data->warnings().size(), size_t{2});
        QVERIFY(data->warnings()[0].starts_with("x-1.tar: "));
    }

    void aShardThatBecameShorterIsAnErrorOfItsImages() {
        const Folder folder;
        const std::string tar = tarMember("a.txt", "x") + tarMember("a.png", Folder::png(1, 64, 64)) + tarEnd();
        const fs::path path = folder.write("x.tar", tar);
        const auto data = openDataset(path.string());
        fs::resize_file(path, 1600);
        QVERIFY_THROWS_EXCEPTION(Error, data->image(0));
    }

    void patternsOfShardsEndInNamesOrAnError_data() {
        QTest::addColumn<QString>("pattern");
        for (const char* pattern :
             {"{0..}.tar", "{..5}.tar", "{a..b}.tar", "{0..99999999999999999999}.tar", "{}.tar", "{0..4294967295}.tar",
              "{0..999}{0..999}{0..999}.tar", "{0..1.tar", "{{0..1}}.tar", "{-1..1}.tar", "{1}.tar"})
            QTest::newRow(pattern) << pattern;
    }
    void patternsOfShardsEndInNamesOrAnError() {
        QFETCH(QString, pattern);
        QVERIFY_THROWS_EXCEPTION(Error, expandShards(pattern.toStdString()));
        QVERIFY_THROWS_EXCEPTION(Error, openDataset("webdataset:" + pattern.toStdString()));
    }

    // --- any bytes ----------------------------------------------------------------------------------------------

    void anyChangeEndsInSamplesOrAnError_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        const std::string tar = tarMember("a.png", Folder::png(1)) + tarMember("a.txt", "x") +
                                tarMember("b.json", doubleQuoted("{'caption': ['y', 'z']}")) +
                                tarMember("b.png", Folder::png(2)) + tarEnd();
        QTest::newRow("tar") << "x.tar" << QByteArray::fromStdString(tar);
        QTest::newRow("COCO") << "x.json"
                              << QByteArray::fromStdString(doubleQuoted(
                                     "{'images': [{'id': 1, 'file_name': 'a.png'}, {'id': 2, 'file_name': "
                                     "'b.png'}], 'annotations': [{'image_id': 1, 'caption': 'x'}, {'image_id': "
                                     "2, 'caption': 'y'}]}"));
        QTest::newRow("Karpathy") << "x.json"
                                  << QByteArray::fromStdString(doubleQuoted(
                                         "{'images': [{'filepath': '.', 'filename': 'a.png', 'split': 'val', "
                                         "'sentences': [{'raw': 'x'}, {'raw': 'y'}]}]}"));
        QTest::newRow("metadata") << "metadata.jsonl"
                                  << QByteArray::fromStdString(doubleQuoted(
                                         "{'file_name': 'a.png', 'text': 'x'}\n{'file_name': 'b.png', 'text': "
                                         "['y', 'z'], 'label': 3}\n"));
    }
    void anyChangeEndsInSamplesOrAnError() {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        const Folder folder;
        folder.picture("a.png");
        folder.picture("b.png");
        const std::string path = (folder.path() / name.toStdString()).string();
        Random random(3);
        const std::string pieces = "\"{}[],:0\\.\n";
        size_t read = 0;
        for (int round = 0; round < 300; ++round) {
            std::string text = bytes.toStdString();
            for (uint32_t i = 1 + random.below(3); i > 0; --i) {
                const size_t at = random.below(static_cast<uint32_t>(text.size()));
                switch (random.below(4)) {
                    case 0:
                        text[at] = static_cast<char>(random.below(256));
                        break;
                    case 1:
                        text[at] = pieces[random.below(static_cast<uint32_t>(pieces.size()))];
                        break;
                    case 2:
                        text.erase(at, 1 + random.below(20));
                        break;
                    default:
                        text.resize(at + 1);
                }
            }
            folder.write(name.toStdString(), text);
            read += readAll(path) ? 1 : 0;
        }
        QVERIFY(read > 0);
    }
};

DIAGONAL_TEST(TestCorruptDataKinds);
#include "test_data_kinds.moc"
