// SPDX-License-Identifier: Apache-2.0
#include "training/data/dataset_items.h"

#include <QTest>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "tests/engine/tiny_model.h"
#include "tests/error_of.h"
#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "training/data/table_column.h"

using namespace diagonal;

class TestDatasetItems : public QObject {
    Q_OBJECT

    Folder m_folder;
    std::shared_ptr<Session> m_session;

    std::vector<NewItem> embedded(const EmbeddingItems& items) const {
        std::vector<NewItem> all;
        items.embed(*m_session, 0, items.size(), true, [&](NewItem item) { all.push_back(std::move(item)); }, {});
        return all;
    }
    static void compare(const std::vector<float>& values, std::span<const float> expected) {
        QCOMPARE(values.size(), expected.size());
        for (size_t i = 0; i < values.size(); ++i)
            QVERIFY2(std::abs(values[i] - expected[i]) < 1e-5F, qPrintable(QString::number(values[i])));
    }

  private Q_SLOTS:
    void initTestCase() {
        writeTinyModel(m_folder.path() / "model");
        m_session = Session::open((m_folder.path() / "model").string(), {.device = "cpu"});
        for (const uint8_t shade : {10, 90, 200})
            m_folder.picture("data/" + std::to_string(shade) + ".png", shade);
        m_folder.write("data/captions.csv",
                       "image,caption\n10.png,a red circle\n10.png,two blue squares\n90.png,the dog\n200.png,three "
                       "stars\n");
    }

    void imagesOfFilesAreThoseFiles() {
        const DatasetItems items(openDataset("csv:" + (m_folder.path() / "data/captions.csv").string()),
                                 DataPart::Images);
        QCOMPARE(items.columns(), std::vector<std::string>{"caption"});
        const auto all = embedded(items);
        QCOMPARE(all.size(), size_t{3});
        QCOMPARE(all[0].rows.front().name, (m_folder.path() / "data/10.png").string());
        QCOMPARE(all[0].rows.front().more, std::vector<std::string>{"a red circle"});
        const auto expected = embedAll(*m_session, {m_folder.path() / "data/200.png"});
        compare(all[2].rows.front().values, expected.front().values);
        QVERIFY(all[0].stamp != 0);
        QCOMPARE(items.picture(1, all[1].rows.front(), 0).rgb.front(), uint8_t{90});
    }

    void captionsAreRowsOfTheirImages() {
        const DatasetItems items(openDataset("csv:" + (m_folder.path() / "data/captions.csv").string()),
                                 DataPart::Captions);
        const auto all = embedded(items);
        QCOMPARE(all.size(), size_t{3});
        QCOMPARE(all[0].rows.size(), size_t{2});
        QCOMPARE(all[0].rows[1].name, (m_folder.path() / "data/10.png").string());
        QCOMPARE(all[0].rows[1].more, std::vector<std::string>{"two blue squares"});
        const Embeddings expected = m_session->embedTexts(std::vector<std::string>{"three stars"});
        compare(all[2].rows.front().values, expected.values);
        QVERIFY(!items.havePictures());
        const DatasetItems images(openDataset("csv:" + (m_folder.path() / "data/captions.csv").string()),
                                  DataPart::Images);
        QVERIFY(items.recipe() != images.recipe());
    }

    void imagesOfShardsAreDecoded() {
        std::string tar;
        for (const char* key : {"one", "two", "bad"}) {
            const std::string name = key;
            tar += tarMember(name + ".png", name == "bad" ? "no picture" : Folder::png(name == "one" ? 10 : 90));
            tar += tarMember(name + ".txt", "caption of " + name);
        }
        tar += std::string(1024, '\0');
        m_folder.write("shard.tar", tar);
        const DatasetItems items(openDataset("webdataset:" + (m_folder.path() / "shard.tar").string()),
                                 DataPart::Images);
        const auto all = embedded(items);
        QCOMPARE(all.size(), size_t{3});
        QVERIFY(!all[2].error.empty());
        QVERIFY(all[2].rows.empty());
        QCOMPARE(all[1].rows.front().more, std::vector<std::string>{"caption of two"});
        const auto expected = embedAll(*m_session, {m_folder.path() / "data/90.png"});
        compare(all[1].rows.front().values, expected.front().values);
    }

    void classesHaveLabels() {
        for (const char* name : {"cat", "dog"})
            m_folder.picture("classes/" + std::string(name) + "/1.png", 50);
        const DatasetItems items(openDataset("classes:" + (m_folder.path() / "classes").string()), DataPart::Images);
        QCOMPARE(items.columns(), (std::vector<std::string>{"caption", "label"}));
        const auto all = embedded(items);
        QCOMPARE(all[1].rows.front().more, (std::vector<std::string>{"a photo of a dog.", "dog"}));
    }

    void drawnScenesAreEmbedded() {
        const DatasetItems items(openDataset("scenes:count=5,seed=3,split=train"), DataPart::Images);
        const auto all = embedded(items);
        QCOMPARE(all.size(), size_t{5});
        for (const NewItem& item : all)
            QCOMPARE(item.rows.size(), size_t{1});
    }

    void columnsOfTablesAreRead() {
        const auto table =
            m_folder.write("data/t.tsv", "id\ttitle\tfile\n1\t a \"b\" \t10.png\n2\t\tgone.png\n3\tc\t\n");
        QCOMPARE(readTextColumn(table, "").texts, (std::vector<std::string>{"a \"b\"", "", "c"}));
        QCOMPARE(readTextColumn(table, "id").texts, (std::vector<std::string>{"1", "2", "3"}));
        QCOMPARE(readTextColumn(table, "2").texts.size(), size_t{3});
        const ImageColumn images = readImageColumn(table, "file");
        QCOMPARE(images.files.size(), size_t{2});
        QCOMPARE(images.files[0], m_folder.path() / "data/10.png");
        QCOMPARE(images.files[1], m_folder.path() / "data/gone.png");
        QCOMPARE(images.notes.size(), size_t{1});
        const std::string error = errorOf([&] { readTextColumn(table, "nothing"); });
        QVERIFY2(error.find("id, title, file") != std::string::npos, error.c_str());
    }

    void tablesWithoutAHeaderHaveNumbers() {
        const auto table = m_folder.write("data/plain.csv", "10.png,one\n90.png,two\n");
        QCOMPARE(readTextColumn(table, "2").texts, (std::vector<std::string>{"one", "two"}));
        QCOMPARE(readImageColumn(table, "1").files.size(), size_t{2});
        QVERIFY(!errorOf([&] { readTextColumn(table, ""); }).empty());
    }

    void brokenRecordsAreSaid() {
        const auto table =
            m_folder.write("data/broken.csv", "image,caption\n10.png,\"never closed\n90.png,fine\n200.png,caf\xE9\n");
        const TextColumn column = readTextColumn(table, "caption");
        QCOMPARE(column.texts, (std::vector<std::string>{"fine", ""}));
        QCOMPARE(column.notes.size(), size_t{2});
        QVERIFY2(column.notes[0].find("broken.csv:2:") == 0, column.notes[0].c_str());
        QVERIFY(
            !errorOf([&] { readTextColumn(m_folder.write("data/none.csv", "image,caption\n"), "caption"); }).empty());
    }
};

DIAGONAL_TEST(TestDatasetItems);
#include "test_dataset_items.moc"
