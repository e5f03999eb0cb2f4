// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/hub/sha256.h"
#include "tests/double_quoted.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "training/data/dataset.h"
#include "training/data/shards.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

using Texts = std::vector<std::string>;

Texts namesOf(const Dataset& data) {
    Texts names;
    for (size_t i = 0; i < data.size(); ++i)
        names.push_back(data.name(i));
    return names;
}

std::string sha256(const std::vector<uint8_t>& bytes) {
    Sha256 hash;
    hash.add(bytes.data(), bytes.size());
    return hash.digits();
}

const std::string kCoco = doubleQuoted(
    "{'info': {'year': 2017}, 'licenses': [], 'images': [{'id': 9, 'file_name': 'a.png', 'width': 4}, "
    "{'id': 4, 'file_name': 'b.png'}], 'annotations': [{'id': 1, 'image_id': 4, 'caption': 'a cow '}, "
    "{'id': 2, 'image_id': 9, 'caption': 'a dog'}, {'id': 3, 'image_id': 9, 'caption': 'a dog\\nruns'}]}");

const std::string kKarpathy = doubleQuoted(
    "{'dataset': 'coco', 'images': [{'filepath': 'val2014', 'filename': 'a.png', 'split': 'restval', "
    "'sentences': [{'raw': 'A dog.', 'tokens': ['a', 'dog']}, {'raw': 'A wet dog.', 'tokens': []}]}, "
    "{'filepath': 'val2014', 'filename': 'b.png', 'split': 'val', 'sentences': [{'raw': 'A cow.'}]}, "
    "{'filename': 'c.png', 'split': 'test', 'sentences': [{'raw': 'A cat.'}]}]}");

}  // namespace

class TestDataKinds : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { qputenv("DIAGONAL_RESOURCES", QByteArray::fromStdString(paths::source("resources"))); }

    void everyKindIsRecognised_data() {
        QTest::addColumn<QString>("files");  // "NAME=CONTENT" each, PNG for a picture
        QTest::addColumn<QString>("spec");   // below the folder
        QTest::addColumn<QString>("kind");
        const QString coco = QString::fromStdString(kCoco), karpathy = QString::fromStdString(kKarpathy);
        QTest::newRow("class folders") << "cat/a.png=PNG\ndog/b.png=PNG"
                                       << ""
                                       << "Class folders";
        QTest::newRow("class folders in splits") << "train/cat/a.png=PNG\ntrain/dog/b.png=PNG\nval/cat/c.png=PNG"
                                                 << ""
                                                 << "Class folders";
        QTest::newRow("class folders beside their archive") << "cat/a.png=PNG\ndog/b.png=PNG\npictures.tar=x"
                                                            << ""
                                                            << "Class folders";
        QTest::newRow("metadata.jsonl") << "a.png=PNG\nmetadata.jsonl={\"file_name\": \"a.png\", \"text\": \"x\"}"
                                        << ""
                                        << "Image folder";
        QTest::newRow("metadata.csv") << "a.png=PNG\nmetadata.csv=file_name,text|a.png,x"
                                      << ""
                                      << "Image folder";
        QTest::newRow("metadata.csv itself") << "a.png=PNG\nmetadata.csv=file_name,text|a.png,x"
                                             << "metadata.csv"
                                             << "Image folder";
        QTest::newRow("any .jsonl") << "a.png=PNG\nx.jsonl={\"image\": \"a.png\", \"caption\": \"x\"}"
                                    << "x.jsonl"
                                    << "Image folder";
        QTest::newRow("metadata in splits")
            << "train/a.png=PNG\ntrain/metadata.csv=file_name,text|a.png,x\ntest/cats/x.png=PNG"
            << ""
            << "Image folder";
        QTest::newRow("captions.csv with class folders") << "cat/a.png=PNG\ncaptions.csv=image,caption|cat/a.png,x"
                                                         << ""
                                                         << "CSV";
        QTest::newRow("COCO folder") << "annotations/captions_val2017.json=" + coco + "\nval2017/a.png=PNG"
                                     << ""
                                     << "COCO captions";
        QTest::newRow("COCO file") << "x.json=" + coco + "\nimages/a.png=PNG"
                                   << "x.json"
                                   << "COCO captions";
        QTest::newRow("Karpathy file") << "x.json=" + karpathy + "\nval2014/a.png=PNG"
                                       << "x.json"
                                       << "Karpathy split";
        QTest::newRow("Karpathy folder") << "dataset_flickr8k.json=" + karpathy +
                                                "\nimages/c.png=PNG\nFlickr8k.token.txt=c.png#0\tx"
                                         << ""
                                         << "Karpathy split";
        QTest::newRow("forced against the sign")
            << "dataset_flickr8k.json=" + karpathy + "\nimages/c.png=PNG\nFlickr8k.token.txt=c.png#0\tx"
            << "flickr8k:"
            << "Flickr8k";
        QTest::newRow("forced to classes") << "cat/a.png=PNG\ndog/b.png=PNG\ncaptions.csv=image,caption|cat/a.png,x"
                                           << "classes:"
                                           << "Class folders";
    }
    void everyKindIsRecognised() {
        QFETCH(QString, files);
        QFETCH(QString, spec);
        QFETCH(QString, kind);
        const Folder folder;
        for (const QString& file : files.split('\n')) {
            const std::string name = file.section('=', 0, 0).toStdString(), text = file.section('=', 1).toStdString();
            if (text == "PNG") {
                folder.picture(name);
            } else if (name.ends_with("csv")) {
                folder.write(name, QString::fromStdString(text).replace('|', '\n').toStdString());
            } else {
                folder.write(name, text);
            }
        }
        const std::string root = folder.path().string();
        const std::string given = spec.endsWith(':') ? spec.toStdString() + root
                                  : spec.isEmpty()   ? root
                                                     : root + "/" + spec.toStdString();
        QCOMPARE(openDataset(given)->kind(), kind.toStdString());
        QCOMPARE(summarize(given, {}, true).kind, kind.toStdString());
    }

    // --- class folders ------------------------------------------------------------------------------------------

    void foldersAreLabels() {
        const Folder folder;
        for (const char* name : {"fire_truck/a.png", "fire_truck/more/b.png", "T-shirt/c.jpeg", ".hidden/d.png"})
            folder.picture(name);
        folder.write("T-shirt/notes.txt", "no picture");
        fs::create_directory(folder.path() / "empty");
        const auto data = openDataset(folder.path().string());
        QCOMPARE(data->labels(), (Texts{"T shirt", "fire truck"}));
        QCOMPARE(namesOf(*data), (Texts{"T-shirt/c.jpeg", "fire_truck/a.png", "fire_truck/more/b.png"}));
        QCOMPARE(data->label(1), 1);
        QCOMPARE(data->captions(1), Texts{"a photo of a fire truck."});
        QCOMPARE(data->promptTemplate(), std::string("a photo of a {}."));
        QCOMPARE(data->image(2).width, 4);
        QCOMPARE(data->file(2), folder.path() / "fire_truck/more/b.png");
        QCOMPARE(data->warnings(), Texts{"empty: there are no images in this folder"});
    }

    void splitFoldersStandAboveClasses() {
        const Folder folder;
        for (const char* name :
             {"train/cat/a.png", "train/dog/b.png", "val/cat/c.png", "test/dog/d.png", "other/x.png"})
            folder.picture(name);
        const auto all = openDataset(folder.path().string());
        QCOMPARE(all->labels(), (Texts{"cat", "dog"}));
        QCOMPARE(all->size(), size_t{4});
        QCOMPARE(all->warnings().size(), size_t{1});
        const auto validation = openDataset(folder.path().string(), {.split = Split::Validation});
        QCOMPARE(namesOf(*validation), Texts{"val/cat/c.png"});
        QCOMPARE(validation->labels(), (Texts{"cat", "dog"}));
        fs::remove_all(folder.path() / "test");
        QVERIFY_THROWS_EXCEPTION(Error, openDataset(folder.path().string(), {.split = Split::Test}));
    }

    void aClassMayBeCalledLikeASplit() {
        const Folder folder;
        for (const char* name : {"train/a.png", "bus/b.png"})
            folder.picture(name);
        const auto data = openDataset(folder.path().string());
        QCOMPARE(data->labels(), (Texts{"bus", "train"}));
        QVERIFY(data->split(1) == Split::All);
    }

    void templatesMakeTheCaptions() {
        const Folder folder;
        folder.picture("cat/a.png");
        folder.picture("dog/b.png");
        const std::string spec = folder.path().string();
        QCOMPARE(openDataset(spec, {.templates = "{}, {} on a sofa"})->captions(0), Texts{"cat, cat on a sofa"});
        const auto set = openDataset(spec, {.templates = "photos"});
        QVERIFY(set->captions(0).size() > 1);
        QCOMPARE(set->captions(0)[0], std::string("a photo of a cat."));
        QCOMPARE(set->promptTemplate(), std::string("a photo of a {}."));
        try {
            openDataset(spec, {.templates = "fotos"});
            QFAIL("taken");
        } catch (const Error& error) {
            QVERIFY2(error.remedy().find("photos") != std::string::npos, error.what());
        }
    }

    void theFoldersOfImageNetGetItsNames() {
        if (!fs::exists(paths::source("resources/clip/imagenet_classes.txt"))) QSKIP("scripts/setup fetches them");
        const Folder folder;
        const std::string png = Folder::png(1, 1, 1);
        for (int i = 0; i < 1000; ++i)
            folder.write("n" + std::to_string(10000000 + i) + "/x.png", png);
        const auto data = openDataset(folder.path().string());
        QCOMPARE(data->labels().size(), size_t{1000});
        QCOMPARE(data->captions(0), Texts{"a photo of a tench."});
        QCOMPARE(data->label(999), 999);
    }

    // --- Hugging Face's imagefolder -----------------------------------------------------------------------------

    void metadataOfEachSplitIsRead() {
        const Folder folder;
        for (const char* name : {"train/a.png", "train/sub/b.png", "test/a.png", "data/validation/v.png"})
            folder.picture(name);
        folder.write("train/metadata.jsonl",
                     "{\"file_name\": \"a.png\", \"text\": [\"one\", \"two\"]}\n\n"
                     "{\"file_name\": \"sub/b.png\", \"text\": \"three\"}\n");
        folder.write("test/metadata.csv", "file_name,text\na.png,four\n");
        folder.write("data/validation/metadata.jsonl", "{\"file_name\": \"v.png\", \"caption\": \"five\"}");
        const auto data = openDataset(folder.path().string());
        QCOMPARE(namesOf(*data), (Texts{"test/a.png", "train/a.png", "train/sub/b.png", "data/validation/v.png"}));
        QCOMPARE(data->captions(1), (Texts{"one", "two"}));
        QVERIFY(data->split(0) == Split::Test && data->split(1) == Split::Train && data->split(3) == Split::Validation);
        QVERIFY(data->warnings().empty());
        QCOMPARE(openDataset(folder.path().string(), {.split = Split::Train})->size(), size_t{2});
    }

    void oneMetadataFileAboveSplitsTellsThem() {
        const Folder folder;
        for (const char* name : {"train/a.png", "test/b.png"})
            folder.picture(name);
        folder.write("metadata.csv", "file_name,text,label\ntrain/a.png,x,cat\ntest/b.png,y,dog\n");
        const auto data = openDataset(folder.path().string());
        QVERIFY(data->split(0) == Split::Train && data->split(1) == Split::Test);
        QCOMPARE(data->labels(), (Texts{"cat", "dog"}));
    }

    void keysOfMetadataCanBeNamed() {
        const Folder folder;
        folder.picture("a.png");
        folder.write("metadata.jsonl",
                     doubleQuoted("{'file_name': 'no.png', 'pic': 'a.png', 'text': 'x', 'long': 'y'}"));
        const auto data = openDataset(folder.path().string(), {.imageKey = "pic", .captionKey = "long"});
        QCOMPARE(data->captions(0), Texts{"y"});
    }

    // --- COCO and Karpathy --------------------------------------------------------------------------------------

    void cocoJoinsImagesAndCaptions_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("images");
        QTest::newRow("as distributed") << "annotations/captions_train2017.json"
                                        << "train2017/";
        QTest::newRow("in images/") << "annotations/captions_train2017.json"
                                    << "images/train2017/";
        QTest::newRow("beside") << "annotations/captions_train2017.json"
                                << "annotations/";
        QTest::newRow("without a folder of annotations") << "captions_train2017.json"
                                                         << "train2017/";
        QTest::newRow("above") << "annotations/captions_train2017.json"
                               << "";
    }
    void cocoJoinsImagesAndCaptions() {
        QFETCH(QString, file);
        QFETCH(QString, images);
        const Folder folder;
        for (const char* name : {"a.png", "b.png"})
            folder.picture(images.toStdString() + name);
        const fs::path path = folder.write(file.toStdString(), kCoco);
        for (const std::string& spec : {path.string(), folder.path().string(), "coco:" + path.string()}) {
            const auto data = openDataset(spec);
            QCOMPARE(namesOf(*data), (Texts{"a.png", "b.png"}));
            QCOMPARE(data->captions(0), (Texts{"a dog", "a dog runs"}));
            QCOMPARE(data->captions(1), Texts{"a cow"});
            QVERIFY(data->split(0) == Split::Train);
            QCOMPARE(data->image(0).width, 4);
            QVERIFY(data->warnings().empty());
        }
    }

    void aCocoFolderGivesTheSplitsOfItsNewestYear() {
        const Folder folder;
        folder.picture("train2017/a.png");
        folder.picture("val2017/v.png");
        const auto coco = [](const char* name) {
            return doubleQuoted(std::string("{'images': [{'id': 'x', 'file_name': '") + name +
                                "'}], 'annotations': [{'image_id': 'x', 'caption': 'one'}]}");
        };
        folder.write("annotations/captions_train2017.json", coco("a.png"));
        folder.write("annotations/captions_val2017.json", coco("v.png"));
        folder.write("annotations/captions_val2014.json", "not read");
        folder.write("annotations/instances_val2017.json", "not read");
        const auto data = openDataset(folder.path().string());
        QCOMPARE(namesOf(*data), (Texts{"a.png", "v.png"}));
        QVERIFY(data->split(0) == Split::Train && data->split(1) == Split::Validation);
        QCOMPARE(data->warnings().size(), size_t{1});
        QVERIFY(data->warnings()[0].starts_with("captions_val2014.json: "));
    }

    void karpathySplitsAreRead() {
        const Folder folder;
        for (const char* name : {"val2014/a.png", "images/val2014/b.png", "images/c.png"})
            folder.picture(name);
        const auto file = folder.write("dataset_coco.json", kKarpathy);
        for (const std::string& spec : {folder.path().string(), file.string(), "karpathy:" + file.string()}) {
            const auto data = openDataset(spec);
            QCOMPARE(data->kind(), std::string("Karpathy split"));
            QCOMPARE(namesOf(*data), (Texts{"val2014/a.png", "val2014/b.png", "c.png"}));
            QCOMPARE(data->captions(0), (Texts{"A dog.", "A wet dog."}));
            QVERIFY(data->split(0) == Split::Train && data->split(1) == Split::Validation &&
                    data->split(2) == Split::Test);
        }
    }

    // --- WebDataset ---------------------------------------------------------------------------------------------

    void shardsOfThePackageGiveItsSamples() {
        const fs::path folder = paths::source("tests/parity/data/webdataset");
        const auto golden = nlohmann::json::parse(readText(folder / "golden.json"));
        for (const std::string& spec :
             {folder.string(), folder.string() + "/shard-{000000..000001}.tar", "webdataset:" + folder.string()}) {
            const auto data = openDataset(spec);
            QCOMPARE(data->kind(), std::string("WebDataset"));
            size_t at = 0;
            for (const auto& [shard, samples] : golden.items()) {
                for (const auto& sample : samples) {
                    QCOMPARE(data->name(at), shard + "/" + sample["key"].get<std::string>());
                    QCOMPARE(data->captions(at), Texts{sample["caption"].get<std::string>()});
                    QCOMPARE(sha256(data->bytes(at)), sample["sha256"].get<std::string>());
                    QCOMPARE(data->image(at).width, 5);
                    ++at;
                }
            }
            QCOMPARE(data->size(), at);
        }
        QCOMPARE(openDataset((folder / "shard-000001.tar").string())->size(), size_t{2});
    }

    void numbersOfShardsAreExpandedAsAShellDoes() {
        QCOMPARE(expandShards("a-{08..10}.tar"), (Texts{"a-08.tar", "a-09.tar", "a-10.tar"}));
        QCOMPARE(expandShards("{9..11}"), (Texts{"9", "10", "11"}));
        QCOMPARE(expandShards("{2..0}"), (Texts{"2", "1", "0"}));
        QCOMPARE(expandShards("{a,b}/{1..2}.tar"), (Texts{"a/1.tar", "a/2.tar", "b/1.tar", "b/2.tar"}));
        QCOMPARE(expandShards("plain.tar"), Texts{"plain.tar"});
    }

    void shardsHaveSplitsAndClasses() {
        const Folder folder;
        const auto sample = [](const std::string& key, const std::string& type, const std::string& text) {
            return tarMember(key + ".png", Folder::png(9)) + tarMember(key + "." + type, text);
        };
        folder.write("train/0.tar", sample("a", "cls", "1") + sample("b", "cls", "0\n") + tarEnd());
        folder.write("test/0.tar", sample("a", "cls", "1") + sample("c", "cls", "2") + tarEnd());
        folder.write("classnames.txt", "cat\ndog\n");
        const auto data = openDataset(folder.path().string(), {.templates = "a {}"});
        QCOMPARE(data->labels(), (Texts{"cat", "dog"}));
        QCOMPARE(data->size(), size_t{3});
        QCOMPARE(data->captions(0), Texts{"a dog"});
        QCOMPARE(data->label(1), 0);
        QVERIFY(data->split(0) == Split::Train && data->split(2) == Split::Test);
        QCOMPARE(data->warnings(), Texts{"0.tar/c: classnames.txt does not name its class 2"});
        QCOMPARE(openDataset(folder.path().string(), {.split = Split::Test})->size(), size_t{1});
        QVERIFY_THROWS_EXCEPTION(Error, openDataset(folder.path().string(), {.split = Split::Validation}));
    }

    void membersOfASampleNeedNotStandTogether() {
        const Folder folder;
        const std::string tar =
            tarMember("b.txt", "two") + tarMember("a.png", Folder::png(1)) + tarMember("b.PNG", Folder::png(2)) +
            tarMember("a.json", doubleQuoted("{'text': 'one', 'n': 1}")) +
            tarMember("b.json", doubleQuoted("{'caption': 'ignored'}")) + tarMember("readme", "x") + tarEnd();
        const auto data = openDataset(folder.write("cc-val-0.tar", tar).string());
        QCOMPARE(namesOf(*data), (Texts{"cc-val-0.tar/b", "cc-val-0.tar/a"}));
        QCOMPARE(data->captions(0), Texts{"two"});
        QCOMPARE(data->captions(1), Texts{"one"});
        QVERIFY(data->split(0) == Split::Validation);
        QVERIFY(data->file(0).empty());
    }

    void keysOfShardsEndAtTheFirstDot() {
        const Folder folder;
        std::string tar;
        for (const char* name : {"day/shot 22.05", "day/shot 22.10", "cat_v1.0", "ok", "a.b/c"})
            tar += tarMember(std::string(name) + ".png", Folder::png(1)) +
                   tarMember(std::string(name) + ".txt", "caption of " + std::string(name));
        // Other fields of a sample, and files of none.
        tar += tarMember("ok.seg.png", Folder::png(2)) + tarMember("ok.other.txt", "no caption") +
               tarMember("__meta__/x.png", Folder::png(3)) + tarMember("__MACOSX/._ok.png", "x") + tarEnd();
        const auto data = openDataset(folder.write("x.tar", tar).string());
        QCOMPARE(namesOf(*data), (Texts{"x.tar/ok", "x.tar/a.b/c"}));
        QCOMPARE(data->captions(0), Texts{"caption of ok"});
        const Texts notes = data->warnings();
        QCOMPARE(notes.size(), size_t{4});
        QVERIFY2(notes[0].starts_with("x.tar: day/shot 22.05.png is left out: a key ends at the first dot"),
                 notes[0].c_str());
        QVERIFY2(notes[3].starts_with("x.tar: 2 files are left out, since a key ends at the first dot") &&
                     notes[3].find("(ok.seg.png, ok.other.txt)") != std::string::npos,
                 notes[3].c_str());
        const auto named = openDataset(folder.path().string() + "/x.tar", {.imageKey = "0.png", .captionKey = "0.txt"});
        QCOMPARE(namesOf(*named), Texts{"x.tar/cat_v1"});
        QCOMPARE(named->captions(0), Texts{"caption of cat_v1.0"});
        QVERIFY(named->warnings()[0].starts_with("x.tar: day/shot 22.05.png is left out"));
    }

    void captionsThatCannotBeUsedAreNamed() {
        const Folder folder;
        const std::string tar = tarMember("a.png", Folder::png(1)) +
                                tarMember("a.json", doubleQuoted("{'caption': 'x \\ud83d y'}")) +
                                tarMember("b.png", Folder::png(2)) + tarMember("b.txt", "b") + tarEnd();
        const auto data = openDataset(folder.write("x.tar", tar).string());
        QVERIFY2(data->warnings()[0].starts_with("x.tar: a.json: there is a zero byte or half a character"),
                 data->warnings()[0].c_str());
        folder.write("b.png", Folder::png(1));
        const auto lines = openDataset(
            folder
                .write("l.jsonl",
                       doubleQuoted("{'image': 'b.png', 'caption': 'caf\xE9'}\n{'image': 'b.png', 'caption': 'b'}"))
                .string());
        QCOMPARE(lines->warnings(), Texts{"l.jsonl:1: this is not UTF-8"});
    }

    void tablesOfExcelSayTheirSeparator() {
        const Folder folder;
        folder.write("b.png", Folder::png(1));
        const auto data =
            openDataset(folder.write("x.csv", "\xEF\xBB\xBFsep=;\r\nimage;caption\r\nb.png;one, two\r\n").string());
        QCOMPARE(data->captions(0), Texts{"one, two"});
    }

    void fieldsOfShardsAreThoseOfOpenClip() {
        const Folder folder;
        const std::string accents = "caf\xC3\xA9";
        const auto pax = [](const std::string& name) {
            const std::string record = " path=" + name + "\n";
            size_t length = record.size() + 2;
            if (std::to_string(length).size() > 2) ++length;
            return tarMember("PaxHeaders/x", std::to_string(length) + record, 'x');
        };
        const std::string longName = std::string(150, 'd') + "/" + accents;
        const std::string tar =
            tarMember("a.webp", Folder::png(1)) + tarMember("a.jpeg", Folder::png(2)) +
            tarMember("a.PNG", Folder::png(3)) + tarMember("a.TXT", "\xEF\xBB\xBFone") + pax(longName + ".png") +
            tarMember("short.png", Folder::png(4)) + pax(longName + ".json") +
            tarMember("short.json", doubleQuoted("{'caption': 'two', 'score': NaN, 'exif': '\\ud83d'}")) + tarEnd();
        const auto data = openDataset(folder.write("x.tar", tar).string());
        QCOMPARE(namesOf(*data), (Texts{"x.tar/a", "x.tar/" + longName}));
        QCOMPARE(int(data->image(0).rgb[0]), 3);
        QCOMPARE(data->captions(0), Texts{"one"});
        QCOMPARE(data->captions(1), Texts{"two"});
        QCOMPARE(data->warnings().size(), size_t{2});
    }

    void severalKeysAreSeveralCaptions_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        const std::string rows =
            "{'file_name': 'a.png', 'short': 'one', 'long': ['two', 'three']}\n"
            "{'file_name': 'b.png', 'short': 'four', 'long': ''}\n"
            "{'file_name': 'c.png', 'long': 'five'}\n";
        QTest::newRow("metadata") << "metadata.jsonl" << QByteArray::fromStdString(doubleQuoted(rows));
        QTest::newRow("CSV") << "x.csv"
                             << QByteArray(
                                    "image,short,long\na.png,one,two\na.png,one,three\nb.png,four,\nc.png,,five\n"
                                    "d.png,,\n");
        std::string tar;
        for (const char* key : {"a", "b", "c"})
            tar += tarMember(std::string(key) + ".png", Folder::png(1));
        tar += tarMember("a.json", doubleQuoted("{'short': 'one', 'long': ['two', 'three']}")) +
               tarMember("b.json", doubleQuoted("{'short': 'four', 'long': ''}")) +
               tarMember("c.json", doubleQuoted("{'long': 'five'}")) + tarMember("a.txt", "not asked for");
        QTest::newRow("shard") << "x.tar" << QByteArray::fromStdString(tar + tarEnd());
    }

    void severalKeysAreSeveralCaptions() {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        const Folder folder;
        for (const char* picture : {"a.png", "b.png", "c.png", "d.png"})
            folder.picture(picture);
        const std::string spec = folder.write(name.toStdString(), bytes.toStdString()).string();
        for (const char* keys : {"short,long", "short:3,long:1"}) {
            const auto data = openDataset(spec, {.captionKey = keys});
            QCOMPARE(data->size(), size_t{3});
            QCOMPARE(data->captions(0), (Texts{"one", "two", "three"}));
            QCOMPARE(data->captions(1), Texts{"four"});
            QCOMPARE(data->captions(2), Texts{"five"});
            QCOMPARE(data->captionSource(0, 0), size_t{0});
            QCOMPARE(data->captionSource(0, 2), size_t{1});
            QCOMPARE(data->captionSource(2, 0), size_t{1});
            const bool areDrawn = std::string_view(keys).find(':') != std::string_view::npos;
            QCOMPARE(data->captionProbabilities(),
                     areDrawn ? (std::vector<double>{0.75, 0.25}) : std::vector<double>{});
        }
        QCOMPARE(openDataset(spec, {.captionKey = "long"})->captions(0), (Texts{"two", "three"}));
    }

    void keysOfCaptionsAreChecked() {
        const Folder folder;
        folder.picture("a.png");
        const std::string csv = folder.write("x.csv", "image,a,\"b,c\"\na.png,one,two\n").string();
        for (const char* keys :
             {"a,", ",a", "a,a", "a:1,b", "a:0", "a:-1", "a:inf", "a:nan,b:1", "a,none", "a:1,image:2"})
            QVERIFY_THROWS_EXCEPTION(Error, openDataset(csv, {.captionKey = keys}));
        QCOMPARE(openDataset(csv, {.captionKey = "b,c"})->captions(0), Texts{"two"});  // the name of one column
        QCOMPARE(openDataset(csv, {.captionKey = "2,3"})->captions(0), (Texts{"one", "two"}));
        QVERIFY_THROWS_EXCEPTION(Error, openDataset("scenes:count=10", {.captionKey = "a:1,b:1"}));
        QCOMPARE(openDataset("scenes:count=10", {.captionKey = "a,b"})->kind(), std::string("Scenes"));
    }

    void imagesInShardsAreChecked() {
        const Folder folder;
        const std::string tar = tarMember("a.png", Folder::png(1)) + tarMember("a.txt", "x") +
                                tarMember("b.png", Folder::png(1)) + tarMember("b.txt", "y") +
                                tarMember("c.png", "no picture") + tarMember("c.txt", "z") + tarEnd();
        const auto summary = summarize(folder.write("x.tar", tar).string(), {}, true);
        QCOMPARE(summary.duplicateImages, size_t{1});
        QCOMPARE(summary.unreadable.size(), size_t{1});
        QVERIFY2(summary.unreadable[0].starts_with("x.tar/c: "), summary.unreadable[0].c_str());
    }
};

DIAGONAL_TEST(TestDataKinds);
#include "test_data_kinds.moc"
