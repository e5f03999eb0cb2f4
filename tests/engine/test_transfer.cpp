// SPDX-License-Identifier: Apache-2.0
#include "engine/index/transfer.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/embeddings/read_embeddings.h"
#include "engine/image/png.h"
#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

struct WrittenRow {
    std::string name;
    std::vector<float> values;
    std::vector<std::string> more;
};

std::vector<WrittenRow> writtenRows(const fs::path& file) {
    std::vector<WrittenRow> all;
    readEmbeddings(file).rows->forEach([&all](const EmbeddingRow& row) {
        all.push_back(
            {std::string(row.name), {row.values.begin(), row.values.end()}, {row.more.begin(), row.more.end()}});
    });
    return all;
}

/// Rows of ones; the second of several has another name.
class RowsOfOnes : public EmbeddingRows {
  public:
    explicit RowsOfOnes(int64_t dim, std::string second = "2", int64_t count = 1)
        : m_values(static_cast<size_t>(dim), 1), m_second(std::move(second)), m_count(count) {}

    int64_t dim() const override { return static_cast<int64_t>(m_values.size()); }
    int64_t count() const override { return m_count; }
    const std::vector<std::string>& columns() const override { return m_columns; }
    void forEach(const std::function<void(const EmbeddingRow&)>& visit) const override {
        for (int64_t i = 1; i <= m_count; ++i)
            visit({i == 2 ? m_second : std::to_string(i), m_values, {}});
    }

  private:
    std::vector<float> m_values;
    std::string m_second;
    int64_t m_count;
    std::vector<std::string> m_columns;
};

}  // namespace

class TestTransfer : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path at(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }

    ImportReport imported(const std::string& library, const std::string& file, const std::string& text,
                          const ImportOptions& options = {}) const {
        writeFile(at(file), text);
        return importLibrary(at(library), at(file), options);
    }

  private Q_SLOTS:
    void rowsBecomeFilesOfUnitLength() {
        writeFile(at("here.jpg"), "x");
        const ImportReport report =
            imported("a", "a.csv", "path,e0,e1\nhere.jpg,3,4\nelsewhere.jpg,-2,0\n/abs/x.png,0,0.5\n");
        QCOMPARE(report.rows, int64_t{3});
        QVERIFY(report.failures.empty());
        const auto library = Library::open(at("a"), Library::Access::Read);
        const auto snapshot = library->snapshot();
        QCOMPARE(snapshot->model.dim, int64_t{2});
        QVERIFY(snapshot->model.identity.empty());
        QCOMPARE(snapshot->paths[0], at("here.jpg"));
        QCOMPARE(snapshot->paths[1], fs::path("elsewhere.jpg"));
        QCOMPARE(exportLibrary(snapshot, at("a-out.csv")), int64_t{3});
        const auto rows = writtenRows(at("a-out.csv"));
        QVERIFY(std::abs(rows[0].values[0] - 0.6F) < 1e-3F && std::abs(rows[0].values[1] - 0.8F) < 1e-3F);
        QCOMPARE(rows[1].values, (std::vector<float>{-1, 0}));
        QCOMPARE(rows[2].name, std::string("/abs/x.png"));
    }

    void inFloat32NothingIsLost() {
        imported("f", "f.csv", "path,e0,e1\na,0.6,0.8\nb,0.28,-0.96\n", {{}, RowType::Float32, {}});
        const auto snapshot = Library::open(at("f"), Library::Access::Read)->snapshot();
        for (const char* name : {"f-out.npy", "f-out.csv", "f-out.safetensors"}) {
            exportLibrary(snapshot, at(name));
            const auto rows = writtenRows(at(name));
            QCOMPARE(rows.size(), size_t{2});
            QVERIFY(std::abs(rows[1].values[0] - 0.28F) < 1e-7F && std::abs(rows[1].values[1] + 0.96F) < 1e-7F);
        }
    }

    void whatIsNoDirectionIsLeftOut() {
        const ImportReport report = imported("n", "n.csv", "path,e0,e1\na,0,0\nb,,\nc,1,0\nd,inf,1\n");
        QCOMPARE(report.rows, int64_t{1});
        QCOMPARE(report.failures.size(), size_t{3});
        QVERIFY(!errorOf([&] { imported("n0", "n0.csv", "path,e0,e1\na,0,0\n"); }).empty());
        QVERIFY(!fs::exists(at("n0")));
    }

    void equalNamesAreToldApart() {
        const ImportReport report = imported("d", "d.csv", "path,e0,e1\na,1,0\nb,0,1\na,-1,0\na,0,-1\n");
        QCOMPARE(report.doubled, size_t{2});
        QCOMPARE(report.files, int64_t{4});
        exportLibrary(Library::open(at("d"), Library::Access::Read)->snapshot(), at("d-out.csv"));
        const auto rows = writtenRows(at("d-out.csv"));
        QCOMPARE(rows[2].name, std::string("a (2)"));
        QCOMPARE(rows[3].name, std::string("a (3)"));
    }

    void framesStayTheFramesOfTheirVideo() {
        const ImportReport report = imported(
            "v", "v.csv",
            "path,e0,e1,time,start,stop,patch\nm.mp4,1,0,1.5,0,3,0\nm.mp4,0,1,1.5,0,3,1\nm.mp4,-1,0,4.25,3,6,0\n"
            "p.jpg,0,-1,,,,\n");
        QCOMPARE(report.files, int64_t{2});
        QCOMPARE(report.rows, int64_t{4});
        const auto snapshot = Library::open(at("v"), Library::Access::Read)->snapshot();
        QVERIFY(snapshot->files[0].kind == MediaKind::Video);
        QVERIFY(snapshot->files[1].kind == MediaKind::Picture);
        QCOMPARE(snapshot->rows[2].time, 4250);
        QCOMPARE(snapshot->rows[1].patch, uint16_t{1});
        QCOMPARE(snapshot->files[0].duration, 6000);
        exportLibrary(snapshot, at("v-out.csv"));
        const auto rows = writtenRows(at("v-out.csv"));
        QCOMPARE(rows[2].more, (std::vector<std::string>{"4.25", "3", "6", "0"}));
        QCOMPARE(rows[3].more, (std::vector<std::string>{"", "", "", ""}));
        // And once more, as NPY with a table beside it.
        exportLibrary(snapshot, at("v-out.npy"), FloatType::Float16);
        QCOMPARE(importLibrary(at("v2"), at("v-out.npy")).files, int64_t{2});
    }

    void theModelGoesWithTheRows() {
        EmbeddingFileOptions options;
        options.facts = {{"model", "Tiny"}, {"model_identity", std::string(64, 'a')}};
        exportEmbeddings(at("m.safetensors"), {"x"}, {2, {1, 0}}, options);
        importLibrary(at("m"), at("m.safetensors"));
        const LibraryModel model = Library::open(at("m"), Library::Access::Read)->model();
        QCOMPARE(model.identity, std::string(64, 'a'));
        QCOMPARE(model.name, std::string("Tiny"));
        ImportOptions other;
        other.model = {"id", "demo", "Demo", 128};
        QVERIFY(errorOf([&] { importLibrary(at("m2"), at("m.safetensors"), other); }).find("128") != std::string::npos);
        QVERIFY(!fs::exists(at("m2")));
    }

    void aFolderThatHoldsSomethingStaysAsItIs() {
        fs::create_directory(at("full"));
        writeFile(at("full/mine.txt"), "mine");
        QVERIFY(!errorOf([&] { imported("full", "full.csv", "path,e0\na,1\n"); }).empty());
        QCOMPARE(readText(at("full/mine.txt")), std::string("mine"));
        QVERIFY(!errorOf([&] { imported("none", "none.csv", "path,name\na,b\n"); }).empty());
        QVERIFY(!fs::exists(at("none")));
    }

    void rowsThatAreTooLongBeginNoLibrary() {
        writeEmbeddings(at("long.npy"), RowsOfOnes((1 << 20) + 1));
        const std::string problem = errorOf([&] { importLibrary(at("long"), at("long.npy"), {}); });
        QVERIFY2(problem.find("1048577 numbers") != std::string::npos, problem.c_str());
        QVERIFY(!fs::exists(at("long")));
        writeEmbeddings(at("most.npy"), RowsOfOnes(1 << 20));
        QCOMPARE(importLibrary(at("most"), at("most.npy"), {}).rows, int64_t{1});
    }

    void namesThatNoFileCanHaveAreListed() {
        const std::string zero("a\0b", 3);
        writeEmbeddings(at("zero.safetensors"), RowsOfOnes(2, zero, 3));
        const ImportReport report = importLibrary(at("zero"), at("zero.safetensors"), {});
        QCOMPARE(report.rows, int64_t{2});
        QCOMPARE(report.failures.size(), size_t{1});
        QVERIFY(report.failures[0].reason.find("zero byte") != std::string::npos);
        QCOMPARE(Library::open(at("zero"), Library::Access::Read)->snapshot()->rows.size(), size_t{2});
    }

    void stoppedNoLibraryIsLeft() {
        writeFile(at("s.csv"), "path,e0\na,1\n");
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(Cancelled, importLibrary(at("s"), at("s.csv"), {}, {stop.get_token(), {}}));
        QVERIFY(!fs::exists(at("s")));
    }

    void aProjectorOfALibrary() {
        const auto png = encodePng({2, 2, std::vector<uint8_t>(12, 50)});
        writeFile(at("p.png"), {reinterpret_cast<const char*>(png.data()), png.size()});
        imported("p", "p.csv", "path,e0,e1\np.png,1,0\ngone.png,0,1\n");
        exportLibrary(Library::open(at("p"), Library::Access::Read)->snapshot(), at("p.projector"));
        const Image sprite = readImage(at("p.projector/sprite.png"));
        QCOMPARE(sprite.rgb[0], uint8_t{50});
        QCOMPARE(sprite.rgb[static_cast<size_t>(70) * 3], uint8_t{255});
        QVERIFY(readText(at("p.projector/metadata.tsv")).ends_with("gone.png\n"));
    }
};

DIAGONAL_TEST(TestTransfer);
#include "test_transfer.moc"
