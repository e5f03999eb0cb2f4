// SPDX-License-Identifier: Apache-2.0
#include "engine/embeddings/embedding_export.h"

#include <QTemporaryDir>
#include <QTest>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/embeddings/projector.h"
#include "engine/embeddings/read_embeddings.h"
#include "tests/engine/avi_bytes.h"
#include "tests/engine/tiny_model.h"
#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

/// Things whose rows are known: each third has none, each fifth two.
class CountedItems : public EmbeddingItems {
  public:
    explicit CountedItems(size_t count) : m_count(count), m_stamps(count, 1) {}

    size_t size() const override { return m_count; }
    std::string name(size_t item) const override { return "thing " + std::to_string(item); }
    std::string recipe() const override { return m_recipe; }
    uint64_t stamp(size_t item) const override { return m_stamps[item]; }
    const std::vector<std::string>& columns() const override { return m_columns; }
    void embed(Session& session, size_t first, size_t count, bool, const std::function<void(NewItem)>& done,
               const JobContext& job) const override {
        for (size_t i = first; i < first + count; ++i) {
            job.throwIfStopped();
            NewItem item;
            item.stamp = m_stamps[i];
            if (i % 3 == 2) item.error = "it is the third";
            for (size_t row = 0; item.error.empty() && row < (i % 5 == 0 ? 2U : 1U); ++row)
                item.rows.push_back({name(i), {std::to_string(row)}, rowOf(session, i, row)});
            m_embedded.push_back(i);
            done(std::move(item));
        }
    }

    std::string m_recipe = "counted";
    size_t m_count;
    std::vector<uint64_t> m_stamps;
    mutable std::vector<size_t> m_embedded;

  private:
    std::vector<float> rowOf(const Session& session, size_t item, size_t row) const {
        std::vector<float> values(static_cast<size_t>(session.info().embedDim), 0.5F);
        values[0] = static_cast<float>(item * 10 + row + m_stamps[item] * 1000);
        return values;
    }

    std::vector<std::string> m_columns = {"part"};
};

}  // namespace

class TestEmbeddingExport : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::shared_ptr<Session> m_session;

    fs::path at(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }

    /// Embeds so many things, and is stopped as if killed.
    size_t stopped(const std::shared_ptr<CountedItems>& items, const fs::path& file, size_t after, bool resume = true) {
        EmbeddingExport work(*m_session, items, {file, true, FloatType::Float32, resume});
        std::stop_source stop;
        try {
            work.embed(*m_session,
                       [&](size_t item, const NewItem&) {
                           if (item + 1 == after) stop.request_stop();
                       },
                       {stop.get_token(), {}});
        } catch (const Cancelled&) {
        }
        return work.report().resumed;
    }

    ExportReport finished(const std::shared_ptr<const EmbeddingItems>& items, const fs::path& file,
                          bool resume = true) {
        EmbeddingExport work(*m_session, items, {file, true, FloatType::Float32, resume});
        work.embed(*m_session);
        work.write();
        return work.report();
    }

  private Q_SLOTS:
    void initTestCase() {
        writeTinyModel(at("model"));
        m_session = Session::open(at("model").string());
    }

    void anInterruptedExportEndsAsIfItNeverWas_data() {
        QTest::addColumn<QString>("ending");
        for (const char* ending : {"csv", "npy", "safetensors"})
            QTest::newRow(ending) << QString::fromLatin1(ending);
    }
    void anInterruptedExportEndsAsIfItNeverWas() {
        QFETCH(QString, ending);
        const auto whole = at("whole." + ending.toStdString()), file = at("stopped." + ending.toStdString());
        const auto items = std::make_shared<CountedItems>(50);
        QCOMPARE(finished(items, whole).resumed, size_t{0});
        items->m_embedded.clear();
        QCOMPARE(stopped(items, file, 7), size_t{0});
        QVERIFY(!fs::exists(file));
        QCOMPARE(stopped(items, file, 31), size_t{7});
        const ExportReport report = finished(items, file);
        QCOMPARE(report.resumed, size_t{31});
        QCOMPARE(report.failures.size(), size_t{16});
        QCOMPARE(report.rows, int64_t{41});
        QCOMPARE(items->m_embedded.size(), size_t{50});
        QCOMPARE(readBytes(file), readBytes(whole));
        QCOMPARE(readText(file.native() + ".errors.csv"), readText(whole.native() + ".errors.csv"));
        QVERIFY(!fs::exists(PartialRows::fileOf(file)));
    }

    void withoutResumeItBeginsAnew() {
        const auto items = std::make_shared<CountedItems>(10);
        stopped(items, at("anew.csv"), 5);
        items->m_embedded.clear();
        const ExportReport report = finished(items, at("anew.csv"), false);
        QCOMPARE(report.resumed, size_t{0});
        QVERIFY(!report.isBegunAnew);
        QCOMPARE(items->m_embedded.size(), size_t{10});
    }

    void whatIsOfAnotherExportIsNotGoneOnWith() {
        auto items = std::make_shared<CountedItems>(10);
        stopped(items, at("other.csv"), 5);
        items->m_recipe = "another";
        QVERIFY(finished(items, at("other.csv")).isBegunAnew);
        stopped(items, at("other.csv"), 5);
        auto more = std::make_shared<CountedItems>(11);
        more->m_recipe = "another";
        QVERIFY(finished(more, at("other.csv")).isBegunAnew);
    }

    void whatHasChangedSinceIsEmbeddedAgain() {
        const auto items = std::make_shared<CountedItems>(20);
        stopped(items, at("changed.csv"), 15);
        items->m_stamps[9] = 2;
        items->m_embedded.clear();
        QCOMPARE(finished(items, at("changed.csv")).resumed, size_t{9});
        QCOMPARE(items->m_embedded.front(), size_t{9});
        const std::string text = readText(at("changed.csv"));
        QVERIFY(text.find("thing 9,2090,") != std::string::npos);
        QVERIFY(text.find("thing 10,1100,") != std::string::npos);
    }

    /// A computer that went off wrote a part of the last item, or bytes of its own.
    void aTornEndIsDropped_data() {
        QTest::addColumn<int>("cut");
        QTest::addColumn<bool>("isChanged");
        for (const int cut : {1, 5, 60, 110})
            for (const bool isChanged : {false, true})
                QTest::addRow("%d bytes %s", cut, isChanged ? "changed" : "gone") << cut << isChanged;
    }
    void aTornEndIsDropped() {
        QFETCH(int, cut);
        QFETCH(bool, isChanged);
        const auto items = std::make_shared<CountedItems>(20);
        finished(items, at("torn-whole.csv"));
        stopped(items, at("torn.csv"), 14);
        const fs::path partial = PartialRows::fileOf(at("torn.csv"));
        std::string bytes = readText(partial);
        if (isChanged)
            bytes[bytes.size() - static_cast<size_t>(cut)] ^= 1;
        else
            bytes.resize(bytes.size() - static_cast<size_t>(cut));
        writeFile(partial, bytes);
        const ExportReport report = finished(items, at("torn.csv"));
        QVERIFY2(report.resumed == 13 || report.resumed == 12, qPrintable(QString::number(report.resumed)));
        QCOMPARE(readBytes(at("torn.csv")), readBytes(at("torn-whole.csv")));
    }

    void twoAtOnceAreRefused() {
        const auto items = std::make_shared<CountedItems>(10);
        const ExportPlan plan{at("twice.csv")};
        const EmbeddingExport first(*m_session, items, plan);
        QVERIFY(errorOf([&] { EmbeddingExport(*m_session, items, plan); }).find("another program") !=
                std::string::npos);
    }

    void nothingIsLeftOfWhatNeverBegan() {
        { const EmbeddingExport work(*m_session, std::make_shared<CountedItems>(3), ExportPlan{at("never.csv")}); }
        QVERIFY(!fs::exists(PartialRows::fileOf(at("never.csv"))));
        const std::string error = errorOf([&] { finished(std::make_shared<CountedItems>(0), at("none.csv")); });
        QVERIFY2(error.find("not written") != std::string::npos, error.c_str());
        QVERIFY(!fs::exists(at("none.csv")) && !fs::exists(PartialRows::fileOf(at("none.csv"))));
        QVERIFY(!errorOf([&] { finished(std::make_shared<CountedItems>(3), at("x.parquet")); }).empty());
        QVERIFY(!errorOf([&] { finished(std::make_shared<CountedItems>(3), at("nowhere/x.csv")); }).empty());
    }

    void slicesTogetherAreAll() {
        const auto items = std::make_shared<CountedItems>(10);
        EmbeddingExport work(*m_session, items, {at("slices.csv")});
        int64_t done = 0;
        const JobContext job{{}, [&](const Progress& progress) { done = progress.done; }};
        QVERIFY(work.embed(*m_session, 4, {}, job));
        QCOMPARE(done, int64_t{4});
        QVERIFY(work.embed(*m_session, 5, {}, job));
        QVERIFY(!work.embed(*m_session, 5, {}, job));
        QCOMPARE(done, int64_t{10});
        work.write();
        QVERIFY(fs::exists(at("slices.csv")));
    }

    void picturesAreWhatTheModelMakesOfThem() {
        PathArray files;
        for (unsigned i = 0; i < 5; ++i) {
            const fs::path file = at("p" + std::to_string(i) + ".ppm");
            writeFile(file, i == 3 ? std::string("no picture") : ppm(i, 40, 30));
            files.add(file);
        }
        const auto items = std::make_shared<FileItems>(files);
        const ExportReport report = finished(items, at("pictures.npy"));
        QCOMPARE(report.failures.size(), size_t{1});
        QCOMPARE(report.failures.front().path, at("p3.ppm"));
        QVERIFY(!fs::exists(at("pictures.npy.rows.csv")));
        const auto expected = embedAll(*m_session, {at("p4.ppm")});
        std::vector<float> last;
        readEmbeddings(at("pictures.npy")).rows->forEach([&](const EmbeddingRow& row) {
            last.assign(row.values.begin(), row.values.end());
        });
        QCOMPARE(last.size(), size_t{24});
        for (size_t i = 0; i < last.size(); ++i)
            QVERIFY(std::abs(last[i] - expected.front().values[i]) < 1e-5F);
        // A file in place of another, of the same size and name, is another thing.
        const uint64_t before = items->stamp(0);
        writeFile(at("p0.ppm"), ppm(9, 40, 30));
        QVERIFY(items->stamp(0) != before);
        QCOMPARE(FileItems(PathArray(std::vector<fs::path>{at("gone.png")})).stamp(0), uint64_t{0});
    }

    /// In the midst of pictures; a list with a video has the columns of frames.
    void videosHaveARowForEachFrame() {
        if (!whyNoVideos().empty()) QSKIP(whyNoVideos().c_str());
        AviBytes avi(64, 48, 25);
        for (int i = 0; i < 100; ++i)
            avi.add(i < 50 ? stripes(64, 48, 0, 0xC02020, 0xE0A060) : stripes(64, 48, 0, 0x2040C0, 0x60E0E0));
        writeFile(at("film.avi"), avi.bytes());
        writeFile(at("broken.mp4"), "no video");
        writeFile(at("v.ppm"), ppm(1, 64, 48));
        PathArray files;
        for (const char* name : {"v.ppm", "film.avi", "broken.mp4", "v.ppm"})
            files.add(at(name));
        VideoSampling sampling;
        sampling.patches = true;
        const ExportReport report = finished(std::make_shared<FileItems>(files, sampling), at("video.csv"));
        QCOMPARE(report.failures.size(), size_t{1});
        QCOMPARE(report.failures.front().path, at("broken.mp4"));
        const auto read = readEmbeddings(at("video.csv"));
        QCOMPARE(read.rows->columns(), (std::vector<std::string>{"time", "start", "stop", "patch"}));
        std::vector<std::vector<std::string>> whole;
        size_t parts = 0;
        read.rows->forEach([&](const EmbeddingRow& row) {
            if (row.name != at("film.avi").native()) {
                QVERIFY(row.more[0].empty());
            } else if (row.more[3] == "0") {
                whole.emplace_back(row.more.begin(), row.more.end());
                float square = 0;
                for (const float value : row.values)
                    square += value * value;
                QVERIFY(std::abs(square - 1) < 1e-4F);
            } else {
                ++parts;
            }
        });
        QCOMPARE(whole.size(), size_t{2});
        QVERIFY(parts >= 2 * whole.size());
        QCOMPARE(whole[0][1], std::string("0"));
        QVERIFY(std::abs(std::stod(whole[1][1]) - 2) < 0.5);
        QVERIFY(FileItems(files, sampling).recipe() != FileItems(files).recipe());
        // The numbers as the model gives them, and small pictures of the frames.
        EmbeddingExport raw(*m_session, std::make_shared<FileItems>(files), {at("video.projector"), false});
        raw.embed(*m_session);
        raw.write();
        const Image sprite = readImage(at("video.projector/sprite.png"));
        QVERIFY(sprite.width == 128 && sprite.height == 128);
        QVERIFY(sprite.rgb[static_cast<size_t>(128 * 40 + 64 + 20) * 3] > 100);  // the first frame is red
    }

    void aProjectorHasTheirPictures() {
        PathArray files;
        for (unsigned i = 0; i < 3; ++i) {
            const fs::path file = at("s" + std::to_string(i) + ".ppm");
            writeFile(file, ppm(i, 64, 64));
            files.add(file);
        }
        finished(std::make_shared<FileItems>(files), at("pictures.projector"));
        const Image sprite = readImage(at("pictures.projector/sprite.png")), first = readImage(at("s0.ppm"));
        QCOMPARE(sprite.width, 128);
        QVERIFY(std::equal(first.rgb.begin(), first.rgb.begin() + 64 * 3, sprite.rgb.begin()));
        QVERIFY(!errorOf([&] { finished(std::make_shared<FileItems>(files), at("pictures.projector")); }).empty());
    }

    void textsAreWhatTheModelMakesOfThem() {
        std::vector<std::string> texts;
        for (int i = 0; i < 600; ++i)
            texts.push_back("a red circle and " + std::to_string(i) + " dogs on the beach of three green stars");
        const ExportReport report = finished(std::make_shared<TextItems>(texts), at("texts.safetensors"));
        QCOMPARE(report.rows, int64_t{600});
        QVERIFY(report.truncated > 0);
        const auto read = readEmbeddings(at("texts.safetensors"));
        QCOMPARE(read.facts.at("model_identity"), m_session->identity());
        QCOMPARE(read.facts.at("normalized"), std::string("true"));
        const Embeddings expected = m_session->embedTexts(std::vector{texts[599]});
        std::vector<float> last;
        std::string name;
        read.rows->forEach([&](const EmbeddingRow& row) {
            last.assign(row.values.begin(), row.values.end());
            name = row.name;
        });
        QCOMPARE(name, texts[599]);
        for (size_t i = 0; i < last.size(); ++i)
            QVERIFY(std::abs(last[i] - expected.values[i]) < 1e-5F);
    }
};

DIAGONAL_TEST(TestEmbeddingExport);
#include "test_embedding_export.moc"
