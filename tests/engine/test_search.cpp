// SPDX-License-Identifier: Apache-2.0
#include "engine/index/search.h"

#include <QTemporaryDir>
#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

#include "engine/base/file.h"
#include "engine/hub/sha256.h"
#include "engine/index/approximate_index.h"
#include "tests/engine/memory_library.h"
#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

constexpr size_t kDim = 48;
constexpr int kTexts = 150;

std::vector<float> unrelatedOf(Directions& texts) {
    std::vector<float> all;
    for (int i = 0; i < kTexts; ++i) {
        const auto one = texts.next();
        all.insert(all.end(), one.begin(), one.end());
    }
    return all;
}

double cosineOf(const std::vector<float>& a, const std::vector<float>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// A library of random pictures, and texts.
struct Fixture {
    Directions pictures{kDim, 1}, texts{kDim, 2};
    MemoryLibrary library;
    std::vector<float> unrelated = unrelatedOf(texts);

    explicit Fixture(int count, RowType type = RowType::Float16) : library(kDim, type) {
        for (int i = 0; i < count; ++i)
            library.addPicture(pictures.next());
    }
    Searcher searcher() { return {library.snapshot(), unrelated}; }
};

QueryTerm words(std::vector<float> embedding, float weight = 1, const std::string& name = {}) {
    return {std::move(embedding), weight, TermKind::Words, name};
}

std::vector<int64_t> rowsOf(const SearchResult& result) {
    std::vector<int64_t> rows;
    for (const SearchHit& hit : result.hits)
        rows.push_back(hit.row);
    return rows;
}

}  // namespace

class TestSearch : public QObject {
    Q_OBJECT

    /// FAISS itself divides by a part count of 0, and reads on behind centroids that are too few.
    static void whatItsFileMaySayIsChecked(const std::filesystem::path& place, const Snapshot& snapshot) {
        const std::string good = readText(place / "neighbours.faiss");
        const std::string description = readText(place / "neighbours.json");
        const auto opens = [&](const std::string& bytes) {
            writeFile(place / "neighbours.faiss", bytes);
            Sha256 sum;
            sum.add(bytes.data(), bytes.size());
            auto told = nlohmann::json::parse(description);
            told["sha256"] = sum.digits();
            writeFile(place / "neighbours.json", told.dump());
            return ApproximateIndex::open(place, snapshot) != nullptr;
        };
        QVERIFY(opens(good));
        constexpr size_t kHead = 37, kLists = kHead, kQuantizer = kLists + 16;
        uint64_t lists = 0;
        std::memcpy(&lists, good.data() + kLists, sizeof lists);
        const size_t codes = kQuantizer + kHead + 8 + lists * kDim * 4 + 10;
        for (const size_t place8 : {size_t{4}, kLists, kQuantizer + 4, kQuantizer + kHead, codes, codes + 8, codes + 16,
                                    codes + 24, codes + 32, codes + 40 + kDim * 256 * 4 + 4})
            for (const uint64_t value : {uint64_t{0}, uint64_t{3}, uint64_t{1} << 60}) {
                std::string bad = good;
                std::memcpy(bad.data() + place8, &value, sizeof value);
                QVERIFY2(!opens(bad), qPrintable(QString("%1 at %2").arg(value).arg(place8)));
            }
        QVERIFY(!opens(good.substr(0, codes + 100)));
        QVERIFY(opens(good));
    }

  private Q_SLOTS:
    void theOrderIsThatOfDoubles_data() {
        QTest::addColumn<int>("dim");
        QTest::addColumn<bool>("isHalf");
        for (const int dim : {1, 7, 24, 100, 512, 513})
            for (const bool isHalf : {true, false})
                QTest::addRow("%d %s", dim, isHalf ? "fp16" : "fp32") << dim << isHalf;
    }

    /// (x - mean of x) . (q - half the mean of the unrelated) of every row, one by one.
    void theOrderIsThatOfDoubles() {
        QFETCH(int, dim);
        QFETCH(bool, isHalf);
        const auto width = static_cast<size_t>(dim);
        Directions pictures(width, 3), texts(width, 4);
        MemoryLibrary library(dim, isHalf ? RowType::Float16 : RowType::Float32);
        for (int i = 0; i < 3000; ++i)
            library.addPicture(pictures.next());
        library.change().rows[17].file = LibraryRow::kGone;
        const Searcher searcher(library.snapshot(), unrelatedOf(texts));
        Directions same(width, 4);
        const auto unrelated = unrelatedOf(same);
        const auto query = texts.next();

        std::vector<double> common(width), mean(width);
        for (size_t i = 0; i < unrelated.size(); ++i)
            common[i % width] += unrelated[i] / double{kTexts} / 2;
        std::vector<int64_t> order;
        for (int64_t row = 0; row < 3000; ++row)
            if (row != 17) order.push_back(row);
        for (const int64_t row : order) {
            const auto values = searcher.embedding(row);
            for (size_t i = 0; i < width; ++i)
                mean[i] += values[i] / double(order.size());
        }
        std::vector<double> expected(3000);
        for (const int64_t row : order) {
            const auto values = searcher.embedding(row);
            for (size_t i = 0; i < width; ++i)
                expected[static_cast<size_t>(row)] += (values[i] - mean[i]) * (query[i] - common[i]);
        }
        const auto result =
            searcher.search(std::vector{words(query)}, {}, {.top = 40, .all = true, .foldAlike = false});
        QCOMPARE(result.hits.size(), size_t{40});
        QCOMPARE(result.looked, int64_t{2999});
        std::ranges::sort(order, [&](int64_t a, int64_t b) {
            return expected[static_cast<size_t>(a)] > expected[static_cast<size_t>(b)];
        });
        const double sigma = expected[static_cast<size_t>(order[0])] / result.hits[0].relevance;
        for (size_t i = 0; i < 40; ++i) {
            const SearchHit& hit = result.hits[i];
            // Equal but for rounding; then in either order.
            QVERIFY(std::abs(expected[static_cast<size_t>(hit.row)] - expected[static_cast<size_t>(order[i])]) < 2e-6);
            QVERIFY(std::abs(hit.relevance * sigma - expected[static_cast<size_t>(hit.row)]) < 2e-5);
            QVERIFY(std::abs(hit.cosine - cosineOf(searcher.embedding(hit.row), query)) < 2e-6);
        }
    }

    void whatIsThereIsFoundAndWhatIsNotIsNot() {
        Fixture fixture(4000);
        std::vector<std::vector<float>> present;
        for (int i = 0; i < 30; ++i) {
            present.push_back(fixture.texts.next());
            // As far from its text as pictures are: most of it is a picture.
            fixture.library.addPicture(fixture.pictures.near(present.back(), 0.6F));
        }
        const Searcher searcher = fixture.searcher();
        int missed = 0, invented = 0;
        for (size_t i = 0; i < present.size(); ++i) {
            const auto result = searcher.search(std::vector{words(present[i])});
            missed += result.hits.empty() || result.hits[0].row != static_cast<int64_t>(4000 + i) ? 1 : 0;
        }
        for (int i = 0; i < 100; ++i)
            invented += searcher.search(std::vector{words(fixture.texts.next())}).hits.empty() ? 0 : 1;
        QVERIFY2(missed <= 1, qPrintable(QString::number(missed)));
        QVERIFY2(invented <= 16, qPrintable(QString::number(invented)));
        QVERIFY2(invented >= 1, "the line is where chance reaches once in ten queries, not out of reach");
    }

    void aPictureFindsItsRelativesAlone() {
        Fixture fixture(3000);
        int invented = 0, missed = 0;
        std::vector<std::vector<float>> asked;
        for (int i = 0; i < 20; ++i) {
            asked.push_back(fixture.pictures.next());
            fixture.library.addPicture(fixture.pictures.near(asked.back(), 0.7F));
        }
        const Searcher searcher = fixture.searcher();
        const auto search = [&](const std::vector<float>& picture) {
            return searcher.search(std::vector{QueryTerm{picture, 1, TermKind::Picture, {}}});
        };
        for (size_t i = 0; i < asked.size(); ++i) {
            const auto result = search(asked[i]);
            missed += result.hits.empty() || result.hits[0].row != static_cast<int64_t>(3000 + i) ? 1 : 0;
        }
        for (int i = 0; i < 100; ++i)
            invented += search(fixture.pictures.next()).hits.empty() ? 0 : 1;
        QVERIFY2(missed <= 1, qPrintable(QString::number(missed)));
        QVERIFY2(invented >= 1 && invented <= 25, qPrintable(QString::number(invented)));
    }

    void theLineRisesWithWhatIsLookedAt() {
        Fixture fixture(6000);
        for (size_t i = 0; i < 60; ++i)
            fixture.library.change().files[i].source = 2;
        const Searcher searcher = fixture.searcher();
        const std::vector terms{words(fixture.texts.next())};
        const auto all = searcher.search(terms), few = searcher.search(terms, {.sources = {2}});
        QCOMPARE(few.looked, int64_t{60});
        QVERIFY(few.line + 0.5 < all.line);
        QVERIFY(all.line > 2 && all.line < 6);
        QVERIFY(all.chance >= 0 && all.chance < 3);
        const double area = std::accumulate(all.background.begin(), all.background.end(), 0.0) / 8;
        QCOMPARE(all.background.size(), size_t{96});
        QVERIFY(area > 0.98 && area < 1.001);
        // Half of it lies on either side of 0, at 32 of 96 bins.
        const double lower = std::accumulate(all.background.begin(), all.background.begin() + 32, 0.0) / 8;
        QVERIFY(std::abs(lower - 0.5) < 0.05);
    }

    void chanceFindsSomethingOnceInTenUnderAnyFilter_data() {
        QTest::addColumn<int>("looked");
        QTest::addColumn<int>("terms");
        for (const int looked : {1, 2, 10, 100, 1000, 2999})
            QTest::addRow("%d rows", looked) << looked << 1;
        QTest::addRow("10 rows, two terms") << 10 << 2;
    }

    void chanceFindsSomethingOnceInTenUnderAnyFilter() {
        QFETCH(int, looked);
        QFETCH(int, terms);
        constexpr int kRows = 3000, kQueries = 1000;
        Fixture fixture(kRows);
        // Several draws of so many rows, each a source.
        const int draws = std::min(kRows / looked, 60);
        for (int i = 0; i < draws * looked; ++i)
            fixture.library.change().files[static_cast<size_t>(i)].source = 10 + i % draws;
        const Searcher searcher = fixture.searcher();
        int invented = 0;
        for (int i = 0; i < kQueries; ++i) {
            std::vector query{words(fixture.texts.next())};
            if (terms == 2) query.push_back(words(fixture.texts.next(), -0.8F));
            const auto result = searcher.search(query, {.sources = {10 + i % draws}}, {.top = 1});
            QCOMPARE(result.looked, int64_t{looked});
            invented += result.hits.empty() ? 0 : 1;
        }
        const double rate = double{100} * invented / kQueries;
        QVERIFY2(rate >= 6 && rate <= 15, qPrintable(QString("%1 %").arg(rate)));
    }

    void filtersLetThroughWhatTheyName() {
        MemoryLibrary library(kDim);
        Directions pictures(kDim, 5), texts(kDim, 6);
        const auto add = [&](const char* path, auto change) {
            change(library.addFile(path));
            return library.addRow(pictures.next());
        };
        const int64_t a = add("/photos/a/1.jpg", [](LibraryFile& file) { file.date = 100; });
        const int64_t b = add("/photos/ab/2.png", [](LibraryFile& file) { file.format = 1, file.camera = 1; });
        const int64_t c = add("/photos/a/deep/3.jpg", [](LibraryFile& file) { file.width = 4000, file.height = 3000; });
        const int64_t d = add("/other/4.jpg", [](LibraryFile& file) { file.source = 2, file.date = 200; });
        const int64_t e =
            add("/photos/v.mp4", [](LibraryFile& file) { file.kind = MediaKind::Video, file.format = 2; });
        const Searcher searcher(library.snapshot(), unrelatedOf(texts));
        const auto found = [&](const SearchFilter& filter) {
            auto rows = rowsOf(searcher.search(std::vector{words(texts.next())}, filter));
            std::ranges::sort(rows);
            return rows;
        };
        using Rows = std::vector<int64_t>;
        QCOMPARE(found({}), (Rows{a, b, c, d, e}));
        QCOMPARE(found({.folder = "/photos/a"}), (Rows{a, c}));
        QCOMPARE(found({.folder = "/photos/a/"}), (Rows{a, c}));
        QCOMPARE(found({.folder = "/"}), (Rows{a, b, c, d, e}));
        QCOMPARE(found({.sources = {2}}), (Rows{d}));
        QCOMPARE(found({.after = 100, .before = 199}), (Rows{a}));
        QCOMPARE(found({.after = 101}), (Rows{d}));
        QCOMPARE(found({.formats = {"png", "mp4"}}), (Rows{b, e}));
        QCOMPARE(found({.formats = {"png"}, .kind = MediaKind::Video}), Rows{});
        QCOMPARE(found({.formats = {"png"}, .kind = MediaKind::Video, .kindOrFormat = true}), (Rows{b, e}));
        QCOMPARE(found({.cameras = {"nikon"}}), (Rows{b}));
        QCOMPARE(found({.kind = MediaKind::Video}), (Rows{e}));
        QCOMPARE(found({.minPixels = 1000000}), (Rows{c}));
        QCOMPARE(found({.maxPixels = 1000000}), (Rows{a, b, d, e}));
        QCOMPARE(found({.cameras = {"Leica"}}), Rows{});
        QCOMPARE(found({.cameras = {"nikon"}, .areWholeCameras = true}), Rows{});
        QCOMPARE(found({.cameras = {"Nikon D90"}, .areWholeCameras = true}), (Rows{b}));
    }

    void termsAddUp() {
        Fixture fixture(2000);
        const Searcher searcher = fixture.searcher();
        const auto beach = fixture.texts.next(), people = fixture.texts.next(), picture = fixture.pictures.next();
        const std::vector terms{words(beach), words(people, -0.8F), QueryTerm{picture, 0.5F, TermKind::Picture, {}}};
        const auto result = searcher.search(terms, {}, {.top = 30, .all = true});
        for (const SearchHit& hit : result.hits) {
            float sum = 0;
            for (const TermScore& term : hit.terms)
                sum += term.adds;
            QCOMPARE(hit.terms.size(), size_t{3});
            QVERIFY(std::abs(sum - hit.relevance) < 1e-4F);
            QVERIFY(std::abs(hit.terms[1].cosine - cosineOf(searcher.embedding(hit.row), people)) < 1e-5);
            // What is there without takes away, by its weight.
            QVERIFY(std::abs(hit.terms[1].adds / hit.terms[1].alone + 0.8F * hit.terms[0].adds / hit.terms[0].alone) <
                    1e-3F);
            const SearchHit explained = searcher.explain(hit.row, terms);
            QVERIFY(std::abs(explained.relevance - hit.relevance) < 1e-4F);
        }
        // Said twice is said once.
        const auto once = searcher.search(std::vector{words(beach)}, {}, {.all = true});
        const auto twice = searcher.search(std::vector{words(beach), words(beach, 3)}, {}, {.all = true});
        QCOMPARE(rowsOf(once), rowsOf(twice));
        QVERIFY(std::abs(once.hits[3].relevance - twice.hits[3].relevance) < 1e-3F);
        QVERIFY(std::abs(once.line - twice.line) < 1e-6);
    }

    void whatCannotBeSearchedForIsRefused() {
        Fixture fixture(50);
        const Searcher searcher = fixture.searcher();
        const auto one = fixture.texts.next();
        const auto error = [&](const std::vector<QueryTerm>& terms) {
            return QString::fromStdString(errorOf([&] { searcher.search(terms); }));
        };
        QVERIFY(error({}).contains("is empty"));
        QVERIFY(error({words(one, 0)}).contains("weights of all its terms are 0"));
        QVERIFY(error({words(one), words(one, -1)}).contains("cancel"));
        QVERIFY(error({words(std::vector<float>(kDim, NAN))}).contains("no direction"));
        QVERIFY(error({words(std::vector<float>(kDim, 0))}).contains("no direction"));
        QVERIFY(error({words({1, 2})}).contains("2 numbers"));
        QVERIFY(error({words(one, NAN)}).contains("weight"));
        QVERIFY(!errorOf([&] { searcher.learn({}, {}); }).empty());
        QVERIFY(!errorOf([&] { Searcher(fixture.library.snapshot(), {1, 2, 3}); }).empty());
    }

    void nearDuplicatesBecomeOne() {
        Fixture fixture(500);
        const auto text = fixture.texts.next();
        const auto first = fixture.pictures.near(text, 0.6F);
        const int64_t original = fixture.library.addPicture(first);
        const int64_t alike = fixture.library.addPicture(fixture.pictures.near(first, 0.9F));
        const int64_t other = fixture.library.addPicture(fixture.pictures.near(text, 0.55F));
        const Searcher searcher = fixture.searcher();
        const auto folded = searcher.search(std::vector{words(text)});
        QCOMPARE(rowsOf(folded), (std::vector{std::min(original, alike), other}));
        QCOMPARE(folded.hits[0].alike, std::vector{std::max(original, alike)});
        QCOMPARE(folded.above, int64_t{3});
        const auto all = searcher.search(std::vector{words(text)}, {}, {.foldAlike = false});
        QCOMPARE(all.hits.size(), size_t{3});
    }

    void howeverManyFoldTheListIsFilled() {
        Fixture fixture(12000);
        const auto text = fixture.texts.next();
        const auto first = fixture.pictures.near(text, 0.75F);
        for (int i = 0; i < 1100; ++i)
            fixture.library.addPicture(first);
        const int64_t other = fixture.library.addPicture(fixture.pictures.near(text, 0.58F));
        const auto result = fixture.searcher().search(std::vector{words(text)}, {}, {.top = 2});
        QCOMPARE(rowsOf(result), (std::vector<int64_t>{12000, other}));
        QCOMPARE(result.hits[0].alike.size(), size_t{1099});
    }

    void whatIsFarDownIsNotFolded() {
        Fixture fixture(5500);
        const auto text = fixture.texts.next(), opposite = Directions::sum(text, text, -2);
        const auto last = fixture.pictures.near(opposite, 0.9F);
        fixture.library.addPicture(last);
        fixture.library.addPicture(last);
        const auto first = fixture.pictures.near(text, 0.8F);
        fixture.library.addPicture(first);
        fixture.library.addPicture(first);
        const auto result = fixture.searcher().search(std::vector{words(text)}, {}, {.top = 10000, .all = true});
        QCOMPARE(result.hits.size(), size_t{5503});
        QCOMPARE(result.hits[0].alike.size(), size_t{1});
    }

    void aLongListCanBeStopped() {
        Fixture fixture(60000);
        const Searcher searcher = fixture.searcher();
        const auto query = fixture.texts.next();
        QElapsedTimer timer;
        timer.start();
        searcher.search(std::vector{words(query)}, {}, {.top = 1, .all = true});
        const auto one = timer.restart();
        std::stop_source stop;
        std::jthread stopper([&] {
            QThread::msleep(static_cast<unsigned long>(one) + 100);
            stop.request_stop();
        });
        QVERIFY_EXCEPTION_THROWN(
            searcher.search(std::vector{words(query)}, {}, {.top = 1 << 20, .all = true, .alikeCosine = 2},
                            {stop.get_token(), {}}),
            Cancelled);
        QVERIFY2(timer.elapsed() < 5 * one + 1000, qPrintable(QString::number(timer.elapsed())));
    }

    void aLongVideoWithManyCuesIsSearchedInTime() {
        Fixture fixture(600);
        fixture.library.addFile("/photos/long.mp4", MediaKind::Video);
        constexpr int kFrames = 40000;
        for (int i = 0; i < kFrames; ++i)
            fixture.library.addRow(fixture.pictures.next(), i * 1000 + 500, i * 1000, i * 1000 + 1000);
        const auto file = static_cast<int32_t>(fixture.library.change().files.size()) - 1;
        auto& cues = fixture.library.change().cues;
        for (int i = 0; i < kFrames; ++i) {
            cues.push_back({file, i * 1000 + 100, i * 1000 + 400, "a dog"});
            cues.push_back({file, i * 1000 + 300, i * 1000 + 900, "the same dog"});
        }
        const Searcher searcher = fixture.searcher();
        QElapsedTimer timer;
        timer.start();
        const auto result = searcher.search(std::vector{words(fixture.texts.next(), 1, "dog")});
        QVERIFY2(timer.elapsed() < 2000, std::to_string(timer.elapsed()).c_str());
        QCOMPARE(result.hits.size(), size_t{1});
        const auto& moments = result.hits[0].moments;
        QCOMPARE(moments.size(), size_t{kFrames});
        for (size_t i = 0; i < moments.size(); ++i) {
            QCOMPARE(moments[i].start, static_cast<int32_t>(i) * 1000 + 100);
            QCOMPARE(moments[i].cue, std::string("a dog"));
            QCOMPARE(moments[i].row, moments[0].row + static_cast<int64_t>(i));
        }
    }

    void aVideoIsItsMoments() {
        Fixture fixture(600);
        const auto text = fixture.texts.next();
        auto& video = fixture.library.addFile("/photos/walk.mp4", MediaKind::Video);
        video.duration = 60000;
        std::vector<int64_t> rows;
        for (int i = 0; i < 30; ++i) {
            const bool shows = (i >= 5 && i <= 7) || i == 20;
            const float share = i == 6 ? 0.8F : 0.6F;
            rows.push_back(fixture.library.addRow(shows ? fixture.pictures.near(text, share) : fixture.pictures.next(),
                                                  i * 2000 + 1000, i * 2000, i * 2000 + 2000));
        }
        const auto file = static_cast<int32_t>(fixture.library.change().files.size()) - 1;
        fixture.library.change().cues = {{file, 50000, 52000, "Look at the dogs!"}, {file, 12500, 13000, "The DOG."}};
        const Searcher searcher = fixture.searcher();
        const std::vector terms{words(text, 1, "a dog")};
        const auto result = searcher.search(terms);
        QCOMPARE(result.hits.size(), size_t{1});
        const SearchHit& hit = result.hits[0];
        QCOMPARE(hit.row, rows[6]);
        QCOMPARE(hit.moments.size(), size_t{3});
        QCOMPARE(hit.moments[0].start, 10000);
        QCOMPARE(hit.moments[0].stop, 16000);
        QCOMPARE(hit.moments[0].best, 13000);
        QCOMPARE(QString::fromStdString(hit.moments[0].cue), QString("The DOG."));
        QCOMPARE(hit.moments[1].row, rows[20]);
        QVERIFY(hit.moments[1].cue.empty());
        QCOMPARE(hit.moments[2].start, 50000);
        QCOMPARE(hit.moments[2].row, rows[25]);
        QCOMPARE(result.momentsAbove, int64_t{3});
        QCOMPARE(result.picturesAbove, int64_t{0});
        const auto apart = searcher.search(terms, {}, {.foldVideos = false});
        QCOMPARE(rowsOf(apart), (std::vector{rows[6], rows[20], rows[25]}));
        QCOMPARE(apart.hits[1].moments.size(), size_t{1});
        QVERIFY(apart.hits[2].isAbove);
        const auto curve = searcher.curve(file, terms);
        QCOMPARE(curve.size(), size_t{30});
        QVERIFY(std::abs(curve[6].relevance - hit.relevance) < 1e-4F);
        QCOMPARE(curve[6].time, 13000);
        // Its subtitles alone.
        const auto spoken = searcher.search(std::vector{words(fixture.texts.next(), 1, "dogs")});
        QCOMPARE(spoken.hits.size(), size_t{1});
        QCOMPARE(spoken.hits[0].moments.size(), size_t{1});
        QVERIFY(spoken.hits[0].isAbove);
        QVERIFY(searcher.search(std::vector{words(fixture.texts.next(), 1, "cats")}).hits.empty());
    }

    void momentsAndPicturesStandInOneOrder() {
        Fixture fixture(600);
        const auto text = fixture.texts.next();
        const auto share = [](int i) { return 0.8F - 0.008F * static_cast<float>(i); };
        for (int i = 1; i < 25; i += 2)
            fixture.library.addPicture(fixture.pictures.near(text, share(i)));
        for (int video = 0; video < 2; ++video) {
            fixture.library.addFile("/photos/" + std::to_string(video) + ".mp4", MediaKind::Video);
            for (int i = 0; i < 50; ++i)
                fixture.library.addRow(i % 2 == 0 ? fixture.pictures.near(text, share(i / 2)) : fixture.pictures.next(),
                                       i * 5000 + 2500, i * 5000, i * 5000 + 5000);
        }
        const auto file = static_cast<int32_t>(fixture.library.change().files.size()) - 1;
        // A moment for its words alone stands behind all pictures above the line, before those below.
        fixture.library.change().cues = {{file, 7000, 8000, "A dog."}};
        const Searcher searcher = fixture.searcher();
        const std::vector terms{words(text, 1, "dog")};
        for (const bool all : {false, true}) {
            const auto rows = [&](int64_t top) {
                return rowsOf(
                    searcher.search(terms, {}, {.top = top, .all = all, .foldAlike = false, .foldVideos = false}));
            };
            const auto whole = rows(5000);
            QVERIFY(whole.size() > 55);
            for (const size_t top : {size_t{1}, size_t{5}, size_t{20}, size_t{40}, whole.size()})
                QCOMPARE(rows(static_cast<int64_t>(top)),
                         std::vector(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(top)));
        }
    }

    void partsOfAFrameCountAsTheFrame() {
        Fixture fixture(600);
        const auto text = fixture.texts.next();
        fixture.library.addFile("/photos/small.mp4", MediaKind::Video);
        for (int i = 0; i < 12; ++i)
            for (uint16_t patch = 0; patch < 4; ++patch)
                fixture.library.addRow(
                    i == 4 && patch == 3 ? fixture.pictures.near(text, 0.6F) : fixture.pictures.next(), i * 2000 + 1000,
                    i * 2000, i * 2000 + 2000, patch);
        const Searcher searcher = fixture.searcher();
        const auto result = searcher.search(std::vector{words(text)});
        QCOMPARE(result.hits.size(), size_t{1});
        QCOMPARE(result.hits[0].moments.size(), size_t{1});
        QCOMPARE(result.hits[0].moments[0].start, 8000);
        QCOMPARE(searcher.curve(600, std::vector{words(text)}).size(), size_t{12});
    }

    /// Dogs, some in snow: liked are dogs, disliked those in snow.
    void likesTeachTheQuery() {
        Fixture fixture(1500);
        const auto dogs = fixture.pictures.next(), snow = fixture.pictures.next();
        std::vector<int64_t> dogRows, snowRows;
        for (int i = 0; i < 60; ++i) {
            dogRows.push_back(fixture.library.addPicture(fixture.pictures.near(dogs, 0.55F)));
            const auto dog = fixture.pictures.near(dogs, 0.55F);
            snowRows.push_back(fixture.library.addPicture(Directions::unit(Directions::sum(dog, snow, 0.5F))));
        }
        const Searcher searcher = fixture.searcher();
        const std::vector<int64_t> liked = {dogRows[0], dogRows[1], snowRows[2], dogRows[3], snowRows[4]};
        const std::vector<int64_t> disliked = {snowRows[5], snowRows[6], snowRows[7], snowRows[8]};
        const auto shares = [&](const QueryTerm& term) {
            const auto result = searcher.search(std::vector{term}, {}, {.top = 80, .all = true, .foldAlike = false});
            std::pair<int, int> found;
            for (const SearchHit& hit : result.hits) {
                found.first += std::ranges::find(dogRows, hit.row) != dogRows.end() ? 1 : 0;
                found.second += std::ranges::find(snowRows, hit.row) != snowRows.end() ? 1 : 0;
            }
            return found;
        };
        const auto likes = shares(searcher.learn(liked, {})), both = shares(searcher.learn(liked, disliked));
        const auto told =
            qPrintable(QString("%1 %2, %3 %4").arg(likes.first).arg(likes.second).arg(both.first).arg(both.second));
        QVERIFY2(likes.first + likes.second >= 70 && likes.second >= 20, told);
        QVERIFY2(both.first >= likes.first + 4 && both.second <= likes.second - 4, told);
    }

    void aSmallLibraryIsShownWhole() {
        MemoryLibrary library(kDim);
        Directions pictures(kDim, 7), texts(kDim, 8);
        const auto unrelated = unrelatedOf(texts);
        const auto empty = Searcher(library.snapshot(), unrelated).search(std::vector{words(texts.next())});
        QVERIFY(empty.hits.empty() && empty.isSmall);
        library.addPicture(pictures.next());
        const auto one = Searcher(library.snapshot(), unrelated).search(std::vector{words(texts.next())});
        QCOMPARE(one.hits.size(), size_t{1});
        QVERIFY(one.hits[0].isAbove && std::isfinite(one.hits[0].relevance));
        const auto cut =
            Searcher(library.snapshot(), unrelated).search(std::vector{words(texts.next())}, {}, {.line = 50});
        QVERIFY(cut.hits.empty() && !cut.isSmall);
        for (int i = 0; i < 30; ++i)
            library.addPicture(pictures.next());
        QVERIFY(!Searcher(library.snapshot(), unrelated).search(std::vector{words(texts.next())}).isSmall);
    }

    /// All of it is shown, but not as one moment.
    void aSmallLibrarysVideoHasMoments() {
        MemoryLibrary library(kDim);
        Directions pictures(kDim, 7), texts(kDim, 8);
        const auto unrelated = unrelatedOf(texts);
        const auto text = texts.next();
        auto& video = library.addFile("/photos/walk.mp4", MediaKind::Video);
        video.duration = 28000;
        for (int i = 0; i < 7; ++i)
            library.addRow(i == 2 ? pictures.near(text, 0.8F) : pictures.next(), i * 4000 + 2000, i * 4000,
                           i * 4000 + 4000);
        const Searcher searcher(library.snapshot(), unrelated);
        const auto result = searcher.search(std::vector{words(text)});
        QVERIFY(result.isSmall);
        QCOMPARE(result.hits.size(), size_t{1});
        QCOMPARE(result.hits[0].moments.size(), size_t{1});
        QCOMPARE(result.hits[0].moments[0].start, 8000);
        QCOMPARE(result.hits[0].moments[0].stop, 12000);
        // What nothing of it shows: its best frame is there all the same.
        const auto other = searcher.search(std::vector{words(texts.next())}, {}, {.foldVideos = false});
        QVERIFY(!other.hits.empty() && other.hits[0].isAbove);
        QVERIFY(other.hits[0].moments[0].stop - other.hits[0].moments[0].start < 28000);
    }

    /// Two or three rows have no quartiles to measure by.
    void likesOfAFewRowsAreOrdinaryNumbers() {
        for (const int count : {2, 3, 9, 19}) {
            Fixture fixture(count);
            const Searcher searcher = fixture.searcher();
            const auto result = searcher.search(std::vector{searcher.learn(std::vector<int64_t>{0}, {})}, {},
                                                {.top = 100, .all = true});
            QCOMPARE(result.hits.size(), static_cast<size_t>(count));
            QCOMPARE(result.hits[0].row, int64_t{0});
            for (const SearchHit& hit : result.hits)
                QVERIFY2(std::abs(hit.relevance) <= std::sqrt(count) + 0.01F,
                         qPrintable(QString::number(hit.relevance)));
        }
    }

    void rowsThatAreNoNumbersAreNotFound() {
        Fixture fixture(100);
        fixture.library.addPicture(std::vector<float>(kDim, NAN));
        fixture.library.addPicture(std::vector<float>(kDim, INFINITY));
        const Searcher searcher = fixture.searcher();
        const auto query = fixture.texts.next();
        const auto result = searcher.search(std::vector{words(query)}, {}, {.top = 1000, .all = true});
        QCOMPARE(result.hits.size(), size_t{100});
        // Nor do they move the others.
        Fixture clean(100);
        const auto expected = clean.searcher().search(std::vector{words(query)}, {}, {.top = 1000, .all = true});
        QVERIFY(std::abs(expected.hits[0].relevance - result.hits[0].relevance) < 1e-4F);
        for (const SearchHit& hit : result.hits)
            QVERIFY(std::isfinite(hit.relevance) && std::isfinite(hit.cosine));
    }

    /// What FAISS finds is scored exactly; rows that came later are found, too.
    void anIndexFindsWhatIsThere() {
        if (!ApproximateIndex::whyNot().empty()) QSKIP(ApproximateIndex::whyNot().c_str());
        QTemporaryDir folder;
        const std::filesystem::path place = folder.path().toStdString();
        Fixture fixture(6000);
        QVERIFY(ApproximateIndex::open(place, *fixture.library.snapshot()) == nullptr);
        const auto index = ApproximateIndex::build(*fixture.library.snapshot(), place, fixture.unrelated);
        QVERIFY2(index->recall() > 0.9, qPrintable(QString::number(index->recall())));
        const auto text = fixture.texts.next();
        const int64_t later = fixture.library.addPicture(fixture.pictures.near(text, 0.7F));
        const auto opened = ApproximateIndex::open(place, *fixture.library.snapshot());
        QVERIFY(opened != nullptr);
        QCOMPARE(opened->rows(), int64_t{6000});
        QCOMPARE(opened->recall(), index->recall());
        Searcher searcher = fixture.searcher();
        int found = 0;
        for (int i = 0; i < 30; ++i) {
            const std::vector terms{words(i == 0 ? text : fixture.texts.next())};
            const SearchOptions options{.top = 10, .all = true, .foldAlike = false};
            searcher.useIndex(nullptr);
            const auto exact = searcher.search(terms, {}, options);
            searcher.useIndex(opened);
            const auto fast = searcher.search(terms, {}, options);
            if (i == 0) QCOMPARE(fast.hits[0].row, later);
            QCOMPARE(exact.recall, 1.0);
            QCOMPARE(fast.recall, opened->recall());
            QCOMPARE(fast.looked, int64_t{6001});
            const auto rows = rowsOf(exact);
            for (const SearchHit& hit : fast.hits) {
                const auto same = std::ranges::find(exact.hits, hit.row, &SearchHit::row);
                if (same == exact.hits.end()) continue;
                ++found;
                QVERIFY(std::abs(same->relevance - hit.relevance) < 1e-4F);
            }
            // A filter looks at all.
            QCOMPARE(searcher.search(terms, {.sources = {1}}, options).recall, 1.0);
        }
        QVERIFY2(found >= 270, qPrintable(QString::number(found)));
        // Other rows, or a damaged file: none.
        fixture.library.change().model.identity = "another";
        QVERIFY(ApproximateIndex::open(place, *fixture.library.snapshot()) == nullptr);
        fixture.library.change().model.identity = "test";
        whatItsFileMaySayIsChecked(place, *fixture.library.snapshot());
        std::filesystem::resize_file(place / "neighbours.faiss", 1000);
        QVERIFY(ApproximateIndex::open(place, *fixture.library.snapshot()) == nullptr);
        QVERIFY(!ApproximateIndex::isWanted(2'000'000, nullptr));
        QVERIFY(ApproximateIndex::isWanted(2'000'001, nullptr));
    }

    void aSearchThatIsStoppedEnds() {
        Fixture fixture(100);
        const Searcher searcher = fixture.searcher();
        std::stop_source stop;
        stop.request_stop();
        const JobContext job{stop.get_token(), {}};
        QVERIFY_EXCEPTION_THROWN(searcher.search(std::vector{words(fixture.texts.next())}, {}, {}, job), Cancelled);
        QVERIFY_EXCEPTION_THROWN(Searcher(fixture.library.snapshot(), fixture.unrelated, job), Cancelled);
    }

    void unrelatedTextsAreManyAndDifferent() {
        auto texts = unrelatedTexts();
        QVERIFY(texts.size() >= 150);
        std::ranges::sort(texts);
        QVERIFY(std::ranges::adjacent_find(texts) == texts.end());
    }
};

DIAGONAL_TEST(TestSearch);
#include "test_search.moc"
