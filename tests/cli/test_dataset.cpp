// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.h"
#include "tests/registry.h"

/// dataset info and dataset pack.
class TestDataset : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        EXIT_CODE(runCli({"dataset", "make", "scenes", m_scenes, "--count", "40", "--split",
                          "train=0.5,validation=0.25,test=0.25", "--quiet"}),
                  0);
    }

    void infoShowsSplitsLabelsAndSamples() {
        const Finished table = runCli({"dataset", "info", m_scenes});
        EXIT_CODE(table, 0);
        for (const char* text :
             {"CSV", "20 train, 10 validation, 10 test", "Labels", "images/scene-0000", "half have up to"})
            QVERIFY2(table.prints(text), table.out.c_str());
        const Finished info = runCli({"dataset", "info", m_scenes, "--check", "--format", "json"});
        EXIT_CODE(info, 0);
        const auto json = info.json();
        QCOMPARE(json.at("kind").get<std::string>(), std::string("CSV"));
        QVERIFY(json.at("labels").size() > 1);
        QCOMPARE(json.at("samples").size(), size_t{9});
        QCOMPARE(json.at("samples")[0].at("split").get<std::string>(), std::string("train"));
        QVERIFY(json.at("caption_length_percentiles").at("50").get<int>() > 0);
        QVERIFY(json.at("unreadable").empty());
    }

    void captionsOfClassFoldersComeFromTheTemplate() {
        const QString folder = m_folder.filePath("classes");
        QVERIFY(QDir().mkpath(folder + "/red") && QDir().mkpath(folder + "/light_blue"));
        QVERIFY(QFile::copy(m_scenes + "/images/scene-000001.png", folder + "/red/a.png"));
        QVERIFY(QFile::copy(m_scenes + "/images/scene-000002.png", folder + "/light_blue/b.png"));
        const Finished info = runCli({"dataset", "info", folder, "--templates", "the colour {}", "--format", "json"});
        EXIT_CODE(info, 0);
        QCOMPARE(info.json().at("kind").get<std::string>(), std::string("Class folders"));
        QCOMPARE(info.json().at("samples")[0].at("caption").get<std::string>(), std::string("the colour light blue"));
    }

    void aTableWithoutAHeaderIsToldAndItsColumnsCanBeNumbered() {
        const QString table = m_scenes + "/plain.tsv";
        writeBytes(table, "a shape, round\timages\\scene-000001.png\none, two\timages/scene-000002.png\n");
        const Finished info = runCli({"dataset", "info", table, "--format", "json"});
        EXIT_CODE(info, 0);
        QCOMPARE(info.json().at("images").get<int>(), 2);
        QCOMPARE(info.json().at("samples")[0].at("caption").get<std::string>(), std::string("a shape, round"));
        QVERIFY2(info.says("plain.tsv:1: there is no header") || info.prints("plain.tsv:1: there is no header"),
                 info.out.c_str());
        const QString wide = m_scenes + "/wide.tsv";
        writeBytes(wide, "7\ta shape\timages/scene-000001.png\n");
        const Finished refused = runCli({"dataset", "info", wide});
        EXIT_CODE(refused, 1);
        QVERIFY2(refused.says("--image-key 1 --caption-key 2"), refused.err.c_str());
        EXIT_CODE(runCli({"dataset", "info", wide, "--image-key", "3", "--caption-key", "2"}), 0);
    }

    void aPackIsMadeAndTrainedOn() {
        const QString pack = m_folder.filePath("pack");
        const Finished made =
            runCli({"dataset", "pack", m_scenes, pack, "--size", "48", "--vocabulary-size", "80", "--split", "train"});
        EXIT_CODE(made, 0);
        QVERIFY(made.out.empty());
        QVERIFY2(made.says("20 images") && made.says("pack:"), made.err.c_str());
        QVERIFY2(made.says("training a tokenizer on "), made.err.c_str());
        const Finished info = runCli({"dataset", "info", pack, "--check", "--format", "json"});
        EXIT_CODE(info, 0);
        QCOMPARE(info.json().at("kind").get<std::string>(), std::string("Pack of CSV"));
        QCOMPARE(info.json().at("train").get<int>(), 20);
        QVERIFY(info.json().at("tokenizer").get<std::string>().starts_with("SentencePiece"));
        const Finished again = runCli({"dataset", "pack", m_scenes, pack});
        EXIT_CODE(again, 1);
        QVERIFY2(again.says("something already"), again.err.c_str());
        QStringList training = tinyTraining(m_folder.filePath("run"), 2);
        training[training.indexOf("--train-data") + 1] = "pack:" + pack;
        EXIT_CODE(runCli(training), 0);
    }

    void aPackWithATeacherIsMadeAndTrainedOn() {
        const QString pack = m_folder.filePath("taught");
        const Finished made = runCli({"dataset", "pack", m_scenes, pack, "--size", "48", "--vocabulary-size", "80",
                                      "--teacher", "demo", "--device", "cpu", "--threads", "1", "--batch-size", "8"});
        EXIT_CODE(made, 0);
        QVERIFY2(made.says("the embeddings of Demo model") && made.says("--distill-weight"), made.err.c_str());
        const Finished info = runCli({"dataset", "info", pack, "--check"});
        EXIT_CODE(info, 0);
        QVERIFY2(info.prints("Teacher") && info.prints("Demo model, embeddings of "), info.out.c_str());
        const Finished told = runCli({"dataset", "info", pack, "--format", "json"});
        QCOMPARE(told.json().at("teachers").size(), size_t{1});
        QVERIFY(told.json().at("teachers")[0].at("dim").get<int>() > 8);
        QStringList training = tinyTraining(m_folder.filePath("taught-run"), 2);
        training[training.indexOf("--train-data") + 1] = "pack:" + pack;
        EXIT_CODE(runCli(training + QStringList{"--distill-weight", "0.7"}), 0);
        QVERIFY(bytesOf(m_folder.filePath("taught-run/metrics.jsonl")).contains("train/loss_distill"));
        training[training.indexOf("--train-data") + 1] = m_scenes;
        training[training.indexOf("--out") + 1] = m_folder.filePath("untaught-run");
        const Finished refused = runCli(training + QStringList{"--distill-weight", "0.7"});
        EXIT_CODE(refused, 1);
        QVERIFY2(refused.says("--distill-weight") && refused.says("--teacher MODEL"), refused.err.c_str());
        EXIT_CODE(runCli(training + QStringList{"--distill-temperature", "0.1"}), 2);
        const Finished again =
            runCli({"dataset", "pack", "pack:" + pack, m_folder.filePath("retaught"), "--teacher", "demo"});
        EXIT_CODE(again, 0);
        QVERIFY2(again.says("shown the pictures of the pack"), again.err.c_str());
    }

    void aPackKeepsTheIdsOfAModel() {
        const QString pack = m_folder.filePath("demo-pack");
        EXIT_CODE(runCli({"dataset", "pack", m_scenes, pack, "--model", "demo", "--quiet"}), 0);
        QFile head(pack + "/pack.json");
        QVERIFY(head.open(QIODevice::ReadOnly));
        const auto json = nlohmann::json::parse(head.readAll().toStdString());
        QCOMPARE(json.at("images").get<int>(), 40);
        QVERIFY(json.at("tokenizer").at("vocabulary_size").get<int>() > 100);
    }

    void unreadablePicturesAreListed() {
        const QString scenes = m_folder.filePath("broken"), pack = m_folder.filePath("broken-pack");
        EXIT_CODE(runCli({"dataset", "make", "scenes", scenes, "--count", "4", "--quiet"}), 0);
        writeBytes(scenes + "/images/scene-000002.png", "not a picture");
        const Finished made = runCli({"dataset", "pack", scenes, pack, "--vocabulary-size", "60"});
        EXIT_CODE(made, 3);
        QVERIFY2(made.says("scene-000002.png"), made.err.c_str());
        QVERIFY(made.says("3 images"));
    }

    void whatMakesNoSenseIsRefused_data() {
        QTest::addColumn<QStringList>("more");
        QTest::newRow("two tokenizers") << QStringList{"--model", "demo", "--tokenizer", "clip"};
        QTest::newRow("a vocabulary of CLIP's") << QStringList{"--tokenizer", "clip", "--vocabulary-size", "50"};
        QTest::newRow("an unknown tokenizer") << QStringList{"--tokenizer", "bert"};
        QTest::newRow("a teacher twice") << QStringList{"--teacher", "demo", "--teacher", "demo"};
        QTest::newRow("a device for nothing") << QStringList{"--device", "cpu"};
        QTest::newRow("a size of 0") << QStringList{"--size", "0"};
    }
    void whatMakesNoSenseIsRefused() {
        QFETCH(QStringList, more);
        const QString out = m_folder.filePath("never");
        EXIT_CODE(runCli(QStringList{"dataset", "pack", m_scenes, out} + more), 2);
        QVERIFY(!QFile::exists(out));
    }

  private:
    QTemporaryDir m_folder;
    QString m_scenes = m_folder.filePath("scenes");
};

DIAGONAL_TEST(TestDataset);
#include "test_dataset.moc"
