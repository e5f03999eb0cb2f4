// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <cstring>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/checkpoint/state_dict.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

QByteArray fileOf(const QByteArray& header, const QByteArray& data, quint64 headerSize) {
    QByteArray file(8, '\0');
    std::memcpy(file.data(), &headerSize, 8);
    return file + header + data;
}

QByteArray fileOf(const QByteArray& header, const QByteArray& data) {
    return fileOf(header, data, static_cast<quint64>(header.size()));
}

}  // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void whatIsWrittenIsReadBack() {
        const auto path = std::filesystem::path(m_folder.filePath("round.safetensors").toStdString());
        const auto matrix = torch::randn({3, 5}).t();  // not contiguous
        const auto half = torch::randn({7}).to(torch::kHalf);
        writeSafetensors(path,
                         {{"matrix", matrix},
                          {"half", half},
                          {"scalar", torch::tensor(2.5F)},
                          {"empty", torch::empty({0, 4})},
                          {"count", torch::tensor(int64_t{9})}},
                         {{"format", "pt"}});
        const auto file = readStateDict({path});
        QCOMPARE(file.tensors.size(), size_t{5});
        QVERIFY(torch::equal(file.tensors.at("matrix"), matrix));
        QVERIFY(torch::equal(file.tensors.at("half"), half));
        QCOMPARE(file.tensors.at("scalar").item<float>(), 2.5F);
        QCOMPARE(file.tensors.at("empty").size(1), int64_t{4});
        QCOMPARE(file.tensors.at("count").item<int64_t>(), int64_t{9});
        QCOMPARE(file.metadata.at("format"), std::string("pt"));
    }

    void tensorsOutliveTheirFile() {
        const auto path = std::filesystem::path(m_folder.filePath("mapped.safetensors").toStdString());
        writeSafetensors(path, {{"x", torch::arange(1000)}});
        const torch::Tensor x = readStateDict({path}).tensors.at("x");
        std::filesystem::remove(path);
        QCOMPARE(x.sum().item<int64_t>(), int64_t{499500});
    }

    void aHeaderOfOddLengthIsRead() {
        const QByteArray header = R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
        const float value = 1.5F;
        const auto file = read(fileOf(header + QByteArray(header.size() % 2 == 0 ? " " : ""),
                                      QByteArray(reinterpret_cast<const char*>(&value), 4)));
        QCOMPARE(file.tensors.at("x").item<float>(), 1.5F);
    }

    void brokenFilesAreRefusedByName_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("reason");
        const QByteArray four("\0\0\0\0", 4);
        const QByteArray good = R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
        const auto header = [](const QByteArray& entry) { return "{\"x\":" + entry + "}"; };
        QTest::newRow("empty") << QByteArray() << "the file is empty";
        QTest::newRow("seven bytes") << QByteArray("1234567") << "text file, not a model";
        QTest::newRow("text") << QByteArray("this is a text file") << "text file, not a model";
        QTest::newRow("header size 2^64 - 1") << fileOf(good, four, ~quint64{0}) << "no checkpoint";
        QTest::newRow("header over 100 MB") << fileOf(good, four, 100'000'001) << "not a safetensors file";
        QTest::newRow("header longer than file") << fileOf(good, four, 10'000) << "ends within its header";
        QTest::newRow("header an array") << fileOf("[1,2,3]", four) << "no checkpoint";
        QTest::newRow("not JSON") << fileOf("{\"x\":", four) << "not valid JSON";
        QTest::newRow("deep nesting") << fileOf("{\"x\":" + QByteArray(100'000, '['), four) << "malformed";
        QTest::newRow("duplicate name") << fileOf(good.chopped(1) + "," + good.mid(1), four) << "twice";
        QTest::newRow("unknown dtype") << fileOf(header(R"({"dtype":"F31","shape":[1],"data_offsets":[0,4]})"), four)
                                       << "unknown type";
        QTest::newRow("entry a number") << fileOf(header("3"), four) << "malformed";
        QTest::newRow("missing shape") << fileOf(header(R"({"dtype":"F32","data_offsets":[0,4]})"), four)
                                       << "malformed";
        QTest::newRow("shape negative") << fileOf(header(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})"), four)
                                        << "malformed";
        QTest::newRow("shape a float") << fileOf(header(R"({"dtype":"F32","shape":[1.0],"data_offsets":[0,4]})"), four)
                                       << "malformed";
        QTest::newRow("shape overflows")
            << fileOf(header(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]})"), four)
            << "impossible shape";
        QTest::newRow("shape too large") << fileOf(header(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})"), four)
                                         << "more or fewer bytes";
        QTest::newRow("offsets reversed")
            << fileOf(header(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})"), four) << "outside the file";
        QTest::newRow("offsets beyond the end")
            << fileOf(header(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})"), four) << "outside the file";
        QTest::newRow("hole") << fileOf(header(R"({"dtype":"U8","shape":[2],"data_offsets":[2,4]})"), four) << "hole";
        QTest::newRow("overlap")
            << fileOf(
                   R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})",
                   four)
            << "overlaps";
        QTest::newRow("bytes left over") << fileOf(good, four + "x") << "longer than its tensors";
        QTest::newRow("empty shape that overflows")
            << fileOf(header(R"({"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]})"), "")
            << "impossible shape";
        QTest::newRow("a hundred dimensions")
            << fileOf(
                   header(R"({"dtype":"U8","shape":[)" + QByteArray("1,").repeated(99) + R"(1],"data_offsets":[0,1]})"),
                   "x")
            << "impossible shape";
        QTest::newRow("dtype twice") << fileOf(
                                            header(R"({"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]})"),
                                            four)
                                     << "twice";
        QTest::newRow("shape twice") << fileOf(
                                            header(R"({"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]})"),
                                            four)
                                     << "twice";
        QTest::newRow("offsets twice")
            << fileOf(header(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4]})"), four)
            << "twice";
        for (const char* name : {"", "a\\nb", "\\u001b[2J"})
            QTest::newRow(QByteArray("name ").append(name))
                << fileOf(
                       QByteArray("{\"").append(name).append(R"(":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})"),
                       four)
                << "impossible name";
        QTest::newRow("metadata key twice") << fileOf(R"({"__metadata__":{"a":"1","a":"2"}})", "") << "twice";
        QTest::newRow("unknown field") << fileOf(header(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1})"),
                                                 four)
                                       << "malformed";
        QTest::newRow("three offsets") << fileOf(header(R"({"dtype":"F32","shape":[1],"data_offsets":[0,4,4]})"), four)
                                       << "malformed";
        QTest::newRow("one offset") << fileOf(header(R"({"dtype":"F32","shape":[1],"data_offsets":[0]})"), four)
                                    << "malformed";
        QTest::newRow("dtype a list") << fileOf(header(R"({"dtype":[],"shape":[1],"data_offsets":[0,4]})"), four)
                                      << "malformed";
        QTest::newRow("shape a text") << fileOf(header(R"({"dtype":"F32","shape":"1","data_offsets":[0,4]})"), four)
                                      << "malformed";
        QTest::newRow("text behind the header") << fileOf(good + "{}", four) << "not valid JSON";
        QTest::newRow("name no UTF-8") << fileOf("{\"\xFF\":1}", four) << "not valid JSON";
        QTest::newRow("metadata a list") << fileOf(R"({"__metadata__":[1]})", "") << "__metadata__";
        QTest::newRow("metadata not text") << fileOf(R"({"__metadata__":{"a":1}})", "") << "__metadata__";
    }
    void brokenFilesAreRefusedByName() {
        QFETCH(QByteArray, content);
        QFETCH(QString, reason);
        try {
            read(content);
            QFAIL("was read");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains(reason), error.what());
            QVERIFY2(QString(error.what()).contains("broken.safetensors"), error.what());
        }
    }

    void everyTruncationOfAGoodFileIsRefused() {
        const auto path = std::filesystem::path(m_folder.filePath("whole.safetensors").toStdString());
        writeSafetensors(path, {{"a", torch::ones({4})}, {"b", torch::ones({3})}});
        QFile file(QString::fromStdString(path.string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        for (qsizetype size = 0; size < whole.size(); ++size)
            QVERIFY_EXCEPTION_THROWN(read(whole.left(size)), Error);
    }

    void aFolderOrMissingFileIsNamed() {
        QVERIFY_EXCEPTION_THROWN(readStateDict({m_folder.path().toStdString()}), Error);
        QVERIFY_EXCEPTION_THROWN(readStateDict({m_folder.filePath("none").toStdString()}), Error);
    }

  private:
    StateDict read(const QByteArray& content) {
        const QString path = m_folder.filePath("broken.safetensors");
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write the test file");
        file.close();
        return readStateDict({path.toStdString()});
    }

    QTemporaryDir m_folder;
};

DIAGONAL_TEST(TestSafetensors);
#include "test_safetensors.moc"
