// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/embeddings/csv_records.h"
#include "engine/embeddings/embedding_file.h"
#include "engine/embeddings/projector.h"
#include "engine/embeddings/read_embeddings.h"
#include "engine/image/image.h"
#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

struct ReadRows {
    std::vector<std::string> names;
    std::vector<float> values;
    std::vector<std::vector<std::string>> more;

    bool operator==(const ReadRows&) const = default;
};

class ListedRows : public EmbeddingRows {
  public:
    ListedRows(ReadRows rows, int64_t dim, std::vector<std::string> columns)
        : m_rows(std::move(rows)), m_dim(dim), m_columns(std::move(columns)) {}

    int64_t dim() const override { return m_dim; }
    int64_t count() const override { return static_cast<int64_t>(m_rows.names.size()); }
    const std::vector<std::string>& columns() const override { return m_columns; }
    void forEach(const std::function<void(const EmbeddingRow&)>& visit) const override {
        for (size_t i = 0; i < m_rows.names.size(); ++i)
            visit({m_rows.names[i],
                   {m_rows.values.data() + static_cast<int64_t>(i) * m_dim, static_cast<size_t>(m_dim)},
                   m_rows.more[i]});
    }

  private:
    ReadRows m_rows;
    int64_t m_dim;
    std::vector<std::string> m_columns;
};

ReadRows rowsOf(const EmbeddingRows& rows) {
    ReadRows all;
    rows.forEach([&all](const EmbeddingRow& row) {
        all.names.emplace_back(row.name);
        all.values.insert(all.values.end(), row.values.begin(), row.values.end());
        all.more.emplace_back(row.more.begin(), row.more.end());
    });
    return all;
}

/// Exact in fp16; names and cells that are not harmless.
const ReadRows kCaptioned = {{"a,b.jpg", "caf\xE9.mp4", "=1+1 \"x\"\nline.png"},
                             {0.5F, -0.25F, 1024, 0.0009765625F, -0.0F, 65504},
                             {{"a dog, running", "0"}, {"-c", "12.48"}, {"two\nlines", ""}}};
const std::vector<std::string> kCaptionColumns = {"caption", "time"};

std::string npyFile(const std::string& header, const std::string& data) {
    std::string text = header;
    text.resize(117, ' ');
    text += '\n';
    return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + text + data;
}

template <typename Number>
std::string bytesOfAll(const std::vector<Number>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number)};
}

}  // namespace

class TestEmbeddingFiles : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path at(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }
    static ReadRows readBack(const fs::path& file) { return rowsOf(*readEmbeddings(file).rows); }

  private Q_SLOTS:
    void rowsReadBackAsTheyWere_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isHalf");
        for (const char* ending : {"csv", "npy", "safetensors"})
            for (const bool isHalf : {false, true})
                QTest::addRow("%s %s", ending, isHalf ? "fp16" : "fp32")
                    << QStringLiteral("rows%1.%2").arg(isHalf).arg(QString::fromLatin1(ending)) << isHalf;
    }
    void rowsReadBackAsTheyWere() {
        QFETCH(QString, name);
        QFETCH(bool, isHalf);
        const fs::path file = at(name.toStdString());
        writeEmbeddings(file, ListedRows(kCaptioned, 2, kCaptionColumns),
                        {isHalf ? FloatType::Float16 : FloatType::Float32, {{"model", "tiny"}}});
        const ReadEmbeddings read = readEmbeddings(file);
        QCOMPARE(read.rows->count(), int64_t{3});
        QCOMPARE(read.rows->dim(), int64_t{2});
        QCOMPARE(read.rows->columns(), kCaptionColumns);
        const ReadRows rows = rowsOf(*read.rows);
        QCOMPARE(rows.names, kCaptioned.names);
        QCOMPARE(rows.values, kCaptioned.values);
        QCOMPARE(rows.more, kCaptioned.more);
        QVERIFY(rowsOf(*read.rows) == rows);
        if (name.endsWith("safetensors")) QCOMPARE(read.facts.at("model"), std::string("tiny"));
    }

    void halvesTakeHalfTheBytes() {
        const ListedRows rows({{"x"}, std::vector<float>(512, 0.1F), {{}}}, 512, {});
        writeEmbeddings(at("half.npy"), rows, {FloatType::Float16});
        writeEmbeddings(at("float.npy"), rows);
        QCOMPARE(fs::file_size(at("float.npy")) - fs::file_size(at("half.npy")), uintmax_t{1024});
        QCOMPARE(readBack(at("half.npy")).values.front(), 0.0999755859375F);
    }

    void whatHalvesCannotHoldIsRefused() {
        const ListedRows rows({{"x"}, {1, 70000}, {{}}}, 2, {});
        for (const char* name : {"big.npy", "big.csv", "big.safetensors"}) {
            QVERIFY(errorOf([&] { writeEmbeddings(at(name), rows, {FloatType::Float16}); }).find("fp32") !=
                    std::string::npos);
            QVERIFY(!fs::exists(at(name)));
        }
    }

    void rowsWithoutNumbersStayEmpty() {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        for (const char* name : {"nan.csv", "nan.npy", "nan.safetensors"}) {
            writeEmbeddings(at(name), ListedRows({{"a", "b"}, {nan, nan, 1, 2}, {{}, {}}}, 2, {}));
            const ReadRows rows = readBack(at(name));
            QVERIFY(std::isnan(rows.values[0]) && std::isnan(rows.values[1]));
            QCOMPARE(rows.values[3], 2.0F);
        }
    }

    /// 70000 is no fp16: the last row of the last pass fails.
    void aFileThatCannotBeWrittenLeavesTheOneBefore() {
        const fs::path folder = at("before");
        fs::create_directories(folder);
        for (const char* name : {"rows.npy", "rows.csv", "rows.safetensors"}) {
            const fs::path file = folder / name;
            writeEmbeddings(file, ListedRows(kCaptioned, 2, kCaptionColumns));
            const auto before = std::distance(fs::directory_iterator(folder), {});
            ReadRows other = kCaptioned;
            std::ranges::reverse(other.names);
            other.values.back() = 70000;
            QVERIFY(!errorOf([&] {
                         writeEmbeddings(file, ListedRows(other, 2, kCaptionColumns), {FloatType::Float16});
                     }).empty());
            QVERIFY(readBack(file) == kCaptioned);
            other.values.back() = 7;
            std::stop_source stop;
            stop.request_stop();
            const JobContext job{stop.get_token(), {}};
            QVERIFY_EXCEPTION_THROWN(writeEmbeddings(file, ListedRows(other, 2, kCaptionColumns), {}, job), Cancelled);
            QVERIFY(readBack(file) == kCaptioned);
            QCOMPARE(std::distance(fs::directory_iterator(folder), {}), before);  // nothing is left over
            writeEmbeddings(file, ListedRows(other, 2, kCaptionColumns));
            QVERIFY(readBack(file) == other);
            // What it has no columns for is not left of the one before.
            writeEmbeddings(file, ListedRows({{"one"}, {1, 2}, {{}}}, 2, {}));
            QVERIFY(readBack(file) == (ReadRows{{"one"}, {1, 2}, {{}}}));
        }
    }

    void whatCannotBeWrittenIsNamedAsItWasGiven() {
        const std::string told = errorOf([&] {
            writeEmbeddings(at("none") / "rows.npy", ListedRows({{"one"}, {1, 2}, {{}}}, 2, {}));
        });
        QVERIFY(told.find("rows.npy") != std::string::npos);
        QVERIFY(told.find("tmp-") == std::string::npos);
    }

    /// A header of safetensors may have 100 MB.
    void namesThatWouldFillTheHeaderStandBeside() {
        ReadRows rows;
        for (int i = 0; i < 40; ++i) {
            rows.names.push_back(std::to_string(i) + std::string(size_t{1} << 20, 'n'));
            rows.values.push_back(static_cast<float>(i));
            rows.more.emplace_back();
        }
        const fs::path file = at("long.safetensors");
        writeEmbeddings(file, ListedRows(rows, 1, {}));
        QVERIFY(fs::file_size(file) < 10000);
        QVERIFY(fs::exists(at("long.safetensors.paths.txt")));
        QVERIFY(readBack(file) == rows);
        // Written anew with short names, none is left beside it.
        writeEmbeddings(file, ListedRows({{"a"}, {1}, {{}}}, 1, {}));
        QVERIFY(!fs::exists(at("long.safetensors.paths.txt")));
        QCOMPARE(readBack(file).names, std::vector<std::string>{"a"});
    }

    void foreignTablesAreRead_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("of pandas") << QByteArray(",0,1\n0,0.5,2\n1,1e-3,-4\n") << QByteArray("1");
        QTest::newRow("no header names") << QByteArray("id,x,y\nfoo,0.5,2\nbar,1e-3,-4\n") << QByteArray("foo");
        QTest::newRow("ours among others")
            << QByteArray("year,path,e0,e1\r\n1999,foo,0.5,2\r\n2000,bar,.001,-4\r\n") << QByteArray("foo");
        QTest::newRow("with a mark") << QByteArray("\xEF\xBB\xBFpath,e0,e1\nfoo,0.5,2\nbar,0.001,-4")
                                     << QByteArray("foo");
    }
    void foreignTablesAreRead() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, name);
        writeFile(at("foreign.csv"), text.toStdString());
        const ReadRows rows = readBack(at("foreign.csv"));
        QCOMPARE(rows.values, (std::vector<float>{0.5F, 2, 0.001F, -4}));
        QCOMPARE(QByteArray::fromStdString(rows.names[0]), name);
    }

    void numbersOfNumPyAreRead() {
        writeFile(at("double.npy"), npyFile("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }",
                                            bytesOfAll<double>({0.5, 1, 2, -3})));
        QCOMPARE(readBack(at("double.npy")).values, (std::vector<float>{0.5F, 1, 2, -3}));
        // As pandas' to_numpy() lies.
        writeFile(at("columns.npy"), npyFile("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }",
                                             bytesOfAll<float>({1, 4, 2, 5, 3, 6})));
        QCOMPARE(rowsOf(*readEmbeddings(at("columns.npy")).rows).values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
        QCOMPARE(readBack(at("double.npy")).names, (std::vector<std::string>{"1", "2"}));
    }

    void namesCanBeGiven() {
        writeEmbeddings(at("given.npy"), ListedRows(kCaptioned, 2, {}));
        writeEmbeddings(at("given.csv"), ListedRows(kCaptioned, 2, kCaptionColumns));
        writeFile(at("names.txt"), "x.jpg\ncaf\\xe9.jpg\nz.jpg\n");
        for (const char* name : {"given.npy", "given.csv"})
            QCOMPARE(rowsOf(*readEmbeddings(at(name), at("names.txt")).rows).names,
                     (std::vector<std::string>{"x.jpg", "caf\xE9.jpg", "z.jpg"}));
        writeFile(at("names.txt"), "x.jpg\n");
        for (const char* name : {"given.npy", "given.csv"})
            QVERIFY(errorOf([&] { readEmbeddings(at(name), at("names.txt")); }).find("names") != std::string::npos);
    }

    void whatIsDamagedIsSaid_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("words");
        const auto row = [](const char* what, const char* name, const std::string& bytes, const char* words) {
            QTest::newRow(what) << QByteArray(name) << QByteArray::fromStdString(bytes) << QByteArray(words);
        };
        const std::string two = bytesOfAll<float>({1, 2});
        row("cut NPY", "a.npy", npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", two), "cut off");
        row("huge NPY", "a.npy",
            npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (9000000000000000000, 4), }", two), "cut off");
        row("whole numbers", "a.npy", npyFile("{'descr': '<i4', 'fortran_order': False, 'shape': (1, 2), }", two),
            "float");
        row("three dimensions", "a.npy", npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 1), }", two),
            "no rows");
        row("one dimension", "a.npy", npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", two),
            "no rows");
        row("no NPY", "a.npy", "this is a text, not an array", "no NPY");
        row("header beyond the end", "a.npy", std::string("\x93NUMPY\x01\x00\xff\xff{}", 12), "cut off");
        row("empty NPY", "a.npy", "", "");
        row("no safetensors", "a.safetensors", "nothing of the kind", "");
        row("no numbers", "a.csv", "path,name\na,b\n", "numbers");
        row("no header", "a.csv", "", "");
        row("a word among numbers", "a.csv", "path,e0,e1\na,1,2\nb,1,two\n", "row 2");
        row("too many cells", "a.csv", "path,e0,e1\na,1,2,3\n", "row 1");
        row("another ending", "a.parquet", "PAR1", ".safetensors");
    }
    void whatIsDamagedIsSaid() {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, words);
        const fs::path file = at(name.toStdString());
        writeFile(file, bytes.toStdString());
        const std::string error = errorOf([&] { readBack(file); });
        QVERIFY2(!error.empty() && error.find(words.toStdString()) != std::string::npos, error.c_str());
    }

    void recordsOfCsv() {
        std::string_view text = "a,\"b,\"\"c\"\"\nd\",\r\n\r\nx\n,\n\"open,";
        std::vector<std::string> cells;
        using Cells = std::vector<std::string>;
        QVERIFY(takeRecord(text, ',', cells));
        QCOMPARE(cells, (Cells{"a", "b,\"c\"\nd", ""}));
        QVERIFY(takeRecord(text, ',', cells));
        QCOMPARE(cells, (Cells{"x"}));
        QVERIFY(takeRecord(text, ',', cells));
        QCOMPARE(cells, (Cells{"", ""}));
        QVERIFY(takeRecord(text, ',', cells));
        QCOMPARE(cells, (Cells{"open,"}));
        QVERIFY(!takeRecord(text, ',', cells));
    }

    void theProjectorsFolder() {
        SpriteSheet sheet(3);
        sheet.add({2, 2, {255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0}});
        sheet.add({});
        sheet.add({1, 1, {0, 0, 255}});
        writeProjector(at("a.projector"), ListedRows(kCaptioned, 2, kCaptionColumns), &sheet);
        QCOMPARE(readText(at("a.projector/tensors.tsv")), std::string("0.5\t-0.25\n1024\t0.0009765625\n-0\t65504\n"));
        QCOMPARE(readText(at("a.projector/metadata.tsv")),
                 std::string("path\tcaption\ttime\na,b.jpg\ta dog, running\t0\ncaf\xEF\xBF\xBD.mp4\t-c\t12.48\n=1+1 "
                             "\"x\" line.png\ttwo lines\t\n"));
        const auto config = nlohmann::json::parse(readText(at("a.projector/projector_config.json")));
        const auto& tensor = config["embeddings"][0];
        QCOMPARE(tensor["tensorShape"].dump(), std::string("[3,2]"));
        QCOMPARE(tensor["sprite"]["singleImageDim"].dump(), std::string("[64,64]"));
        const Image sprite = readImage(at("a.projector/sprite.png"));
        QCOMPARE(sprite.width, 128);
        QCOMPARE(sprite.height, 128);
        const auto pixel = [&](int x, int y) {
            const size_t place = static_cast<size_t>(y * sprite.width + x) * 3;
            return std::array<uint8_t, 3>{sprite.rgb[place], sprite.rgb[place + 1], sprite.rgb[place + 2]};
        };
        QCOMPARE(pixel(10, 10), (std::array<uint8_t, 3>{255, 0, 0}));
        QCOMPARE(pixel(70, 10), (std::array<uint8_t, 3>{255, 255, 255}));
        QCOMPARE(pixel(10, 70), (std::array<uint8_t, 3>{0, 0, 255}));
        QVERIFY(
            !errorOf([&] { writeProjector(at("a.projector"), ListedRows(kCaptioned, 2, kCaptionColumns)); }).empty());
    }

    void oneColumnOfMetadataHasNoHeader() {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        writeProjector(at("b.projector/"), ListedRows({{"a", "b"}, {nan, 1}, {{}, {}}}, 1, {}));
        QCOMPARE(readText(at("b.projector/metadata.tsv")), std::string("b\n"));
        QVERIFY(!fs::exists(at("b.projector/sprite.png")));
        QVERIFY(readText(at("b.projector/projector_config.json")).find("sprite") == std::string::npos);
    }

    void aSheetForManyIsOfSmallTiles() {
        QCOMPARE(SpriteSheet(SpriteSheet::kMostTiles).tile(), 16);
        QCOMPARE(SpriteSheet(SpriteSheet::kMostTiles + 1).tile(), 0);
        QVERIFY(SpriteSheet(SpriteSheet::kMostTiles).image().width <= 8192);
    }
};

DIAGONAL_TEST(TestEmbeddingFiles);
#include "test_embedding_files.moc"
