// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QTest>
#include <charconv>
#include <clocale>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/embeddings/embedding_file.h"
#include "engine/image/image.h"
#include "engine/inference/colour_map.h"
#include "engine/inference/export.h"
#include "engine/inference/image_names.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

constexpr float kNotANumber = std::numeric_limits<float>::quiet_NaN();

const std::vector<std::string> kNames = {"a,b.jpg", "=1+1.png", "line\nbreak.jpg"};
const Embeddings kRows = {2, {0.1F, -1.5e-9F, 1, 3.4028235e38F, 0.333333343F, 0}};

/// Records of RFC 4180 text.
std::vector<std::vector<std::string>> parseCsv(const std::string& text) {
    std::vector<std::vector<std::string>> records(1, {""});
    bool quoted = false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '"' && i + 1 < text.size() && text[i + 1] == '"')
                records.back().back() += text[++i];
            else if (c == '"')
                quoted = false;
            else
                records.back().back() += c;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            records.back().emplace_back();
        } else if (c == '\n') {
            records.push_back({""});
        } else if (c != '\r') {
            records.back().back() += c;
        }
    }
    records.pop_back();
    return records;
}

float number(const std::string& text) {
    float value = kNotANumber;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Values after the header of an NPY file.
std::vector<float> npyValues(const std::vector<uint8_t>& bytes, const std::string& shape) {
    const size_t headerSize = bytes[8] + 256U * bytes[9];
    const std::string header(bytes.begin() + 10, bytes.begin() + 10 + static_cast<ptrdiff_t>(headerSize));
    if (std::memcmp(bytes.data(), "\x93NUMPY\x01\x00", 8) != 0 || (headerSize + 10) % 64 != 0 ||
        header.back() != '\n' || header.find("'shape': " + shape) == std::string::npos ||
        header.find("'<f4'") == std::string::npos)
        return {};
    std::vector<float> values((bytes.size() - 10 - headerSize) / 4);
    std::memcpy(values.data(), bytes.data() + 10 + headerSize, values.size() * 4);
    return values;
}

}  // namespace

class TestExport : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path path(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

  private Q_SLOTS:
    void csvTextIsQuotedAndDefused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("cell");
        QTest::newRow("plain") << QByteArray("a dog") << QByteArray("a dog");
        QTest::newRow("empty") << QByteArray() << QByteArray();
        QTest::newRow("comma") << QByteArray("a,b") << QByteArray("\"a,b\"");
        QTest::newRow("quote") << QByteArray("a\"b") << QByteArray("\"a\"\"b\"");
        QTest::newRow("line") << QByteArray("a\nb") << QByteArray("\"a\nb\"");
        QTest::newRow("formula") << QByteArray("=1+1") << QByteArray("'=1+1");
        QTest::newRow("plus") << QByteArray("+a") << QByteArray("'+a");
        QTest::newRow("minus") << QByteArray("-a") << QByteArray("'-a");
        QTest::newRow("at") << QByteArray("@a") << QByteArray("'@a");
        QTest::newRow("tab") << QByteArray("\ta") << QByteArray("'\ta");
        QTest::newRow("return") << QByteArray("\ra") << QByteArray("\"'\ra\"");
        QTest::newRow("inside") << QByteArray("a=b") << QByteArray("a=b");
    }
    void csvTextIsQuotedAndDefused() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, cell);
        QCOMPARE(QByteArray::fromStdString(csvText(text.toStdString())), cell);
    }

    void csvNumberReadsBackToTheSameFloat() {
        std::setlocale(LC_NUMERIC, "de_DE.UTF-8");
        for (const float value : {0.1F, -0.0F, 1e-38F, 3.4028235e38F, 1.0F / 3, 16777217.0F, 1e-45F, -2.5F})
            QCOMPARE(number(csvNumber(value)), value);
        QCOMPARE(csvNumber(0.5), std::string("0.5"));
        QCOMPARE(csvNumber(0.1F), std::string("0.1"));
        QCOMPARE(csvNumber(kNotANumber), std::string());
        std::setlocale(LC_NUMERIC, "C");
    }

    void embeddingsReadBackFromCsv() {
        exportEmbeddings(path("e.csv"), kNames, kRows);
        const std::string text = readText(path("e.csv"));
        QVERIFY(text.starts_with("path,e0,e1\r\n"));
        const auto records = parseCsv(text);
        QCOMPARE(records.size(), size_t{4});
        QCOMPARE(records[1][0], kNames[0]);
        QCOMPARE(records[2][0], "'" + kNames[1]);
        QCOMPARE(records[3][0], kNames[2]);
        for (size_t i = 0; i < 6; ++i)
            QCOMPARE(number(records[i / 2 + 1][i % 2 + 1]), kRows.values[i]);
    }

    void embeddingsReadBackFromNpy() {
        exportEmbeddings(path("e.npy"), kNames, kRows);
        QCOMPARE(npyValues(readBytes(path("e.npy")), "(3, 2)"), kRows.values);
        QCOMPARE(readText(path("e.npy.paths.txt")), std::string("a,b.jpg\n=1+1.png\nline\\x0abreak.jpg\n"));
    }

    void namesOfAnyBytesAreFoundAgain() {
        const std::vector<std::string> names = {"caf\xE9.jpg", "caf\xE8.jpg", "plain.jpg"};
        exportEmbeddings(path("x.csv"), names, kRows);
        const std::string csv = readText(path("x.csv"));
        QVERIFY(isUtf8(csv));
        const auto records = parseCsv(csv);
        QCOMPARE(records[0], (std::vector<std::string>{"path", "e0", "e1", "path_bytes"}));
        QCOMPARE(records[1][0], std::string("caf\xEF\xBF\xBD.jpg"));
        for (size_t i = 0; i < 2; ++i)
            QCOMPARE(bytesOfHexadecimal(records[i + 1][3]), names[i]);
        QCOMPARE(records[3], (std::vector<std::string>{"plain.jpg", records[3][1], records[3][2], ""}));
        exportEmbeddings(path("x.npy"), names, kRows);
        const std::string list = readText(path("x.npy.paths.txt"));
        QCOMPARE(list, std::string("caf\\xe9.jpg\ncaf\\xe8.jpg\nplain.jpg\n"));
        exportEmbeddings(path("x.safetensors"), names, kRows);
        const std::string tensors = readText(path("x.safetensors"));
        uint64_t length = 0;
        std::memcpy(&length, tensors.data(), sizeof length);
        const auto header = nlohmann::json::parse(tensors.substr(8, length));
        const auto bytes = nlohmann::json::parse(header["__metadata__"]["name_bytes"].get<std::string>());
        QCOMPARE(bytesOfHexadecimal(bytes["1"].get<std::string>()), names[1]);
        QVERIFY(!bytes.contains("2"));
        QVERIFY(isUtf8(header["__metadata__"]["names"].get<std::string>()));
    }

    void npyOfOneDimensionHasATuple() {
        const float values[] = {1, 2, 3};
        writeNpy(path("v.npy"), values, {3});
        QCOMPARE(npyValues(readBytes(path("v.npy")), "(3,)").size(), size_t{3});
    }

    void embeddingsReadBackFromSafetensors() {
        exportEmbeddings(path("e.safetensors"), kNames, kRows);
        const auto bytes = readBytes(path("e.safetensors"));
        const std::string text(bytes.begin(), bytes.end());
        QVERIFY(text.find("\"embeddings\"") != std::string::npos);
        QVERIFY(text.find("a,b.jpg") != std::string::npos);
        QVERIFY(std::memcmp(bytes.data() + bytes.size() - 24, kRows.values.data(), 24) == 0);
    }

    void noEmbeddingsIsAFileWithoutRows() {
        exportEmbeddings(path("none.npy"), {}, {});
        exportEmbeddings(path("none.csv"), {}, {});
        QCOMPARE(readText(path("none.csv")), std::string("path\r\n"));
    }

    void otherEndingsAreRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, exportEmbeddings(path("e.txt"), kNames, kRows));
        QVERIFY_THROWS_EXCEPTION(Error, exportEmbeddings(path("e"), kNames, kRows));
        QVERIFY_THROWS_EXCEPTION(Error, exportMatrix(path("m.safetensors"), {"a"}, {"b"}, {1, 1, {0}}));
        QVERIFY_THROWS_EXCEPTION(Error, exportEmbeddings(path("nowhere/e.csv"), kNames, kRows));
        QVERIFY(!fs::exists(path("e.txt")));
    }

    void fullDiskIsReportedAndLeavesNothing() {
        if (!fs::exists("/dev/full")) QSKIP("there is no /dev/full");
        QVERIFY_THROWS_EXCEPTION(Error, writeFile("/dev/full/x.csv", "text"));
    }

    void matrixReadsBack() {
        const SimilarityMatrix matrix{2, 2, {0.25F, -0.5F, kNotANumber, 0.125F}};
        exportMatrix(path("m.csv"), {"one.jpg", "two.jpg"}, {"a, b", "-c"}, matrix);
        QCOMPARE(readText(path("m.csv")), std::string("image,\"a, b\",'-c\r\none.jpg,0.25,-0.5\r\ntwo.jpg,,0.125\r\n"));
        exportMatrix(path("m.NPY"), {"one.jpg", "two.jpg"}, {"a", "b"}, matrix);
        const auto values = npyValues(readBytes(path("m.NPY")), "(2, 2)");
        QCOMPARE(values.size(), size_t{4});
        QCOMPARE(values[1], -0.5F);
        QVERIFY(std::isnan(values[2]));
    }

    void colourTablesAreMatplotlibs() {
        using Colour = std::array<uint8_t, 3>;
        QCOMPARE(colourTable(ColourMap::Viridis)[0], (Colour{68, 1, 84}));
        QCOMPARE(colourTable(ColourMap::Viridis)[255], (Colour{253, 231, 37}));
        QCOMPARE(colourTable(ColourMap::Magma)[0], (Colour{0, 0, 4}));
        QCOMPARE(colourTable(ColourMap::Cividis)[255], (Colour{254, 232, 56}));
    }

    void pictureShowsCellsInTheirColours() {
        const SimilarityMatrix matrix{2, 3, {0, 1, kNotANumber, -9, 9, 0.5F}};
        exportMatrixPicture(path("m.png"), matrix, ColourMap::Magma, 0, 1);
        const Image image = readImage(path("m.png"));
        const int cell = image.width / 3;
        QCOMPARE(image.height, cell * 2);
        const auto at = [&](int row, int column) {
            const size_t place = static_cast<size_t>((row * cell + cell / 2) * image.width + column * cell + cell / 2);
            return std::array<uint8_t, 3>{image.rgb[place * 3], image.rgb[place * 3 + 1], image.rgb[place * 3 + 2]};
        };
        const auto& table = colourTable(ColourMap::Magma);
        QCOMPARE(at(0, 0), table[0]);
        QCOMPARE(at(0, 1), table[255]);
        QCOMPARE(at(1, 0), table[0]);
        QCOMPARE(at(1, 1), table[255]);
        QCOMPARE(at(1, 2), table[128]);
        const auto hatched = at(0, 2);
        QCOMPARE(std::ranges::count(table, hatched), 0);
    }

    void pictureOfNothingOrTooMuchIsRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, exportMatrixPicture(path("n.png"), {}, ColourMap::Viridis, 0, 1));
        const SimilarityMatrix wide{1, 70'000, std::vector<float>(70'000)};
        QVERIFY_THROWS_EXCEPTION(Error, exportMatrixPicture(path("w.png"), wide, ColourMap::Viridis, 0, 1));
    }

    void constantMatrixHasAPicture() {
        exportMatrixPicture(path("c.png"), {1, 1, {0.5F}}, ColourMap::Viridis, 0.5, 0.5);
        QVERIFY(!readImage(path("c.png")).isEmpty());
    }
};

DIAGONAL_TEST(TestExport);
#include "test_export.moc"
