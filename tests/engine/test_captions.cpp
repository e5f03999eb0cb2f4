// SPDX-License-Identifier: Apache-2.0
#include "engine/index/captions.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/base/device.h"
#include "tests/engine/memory_library.h"
#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

constexpr size_t kWidth = 16;

std::vector<float> rowsFrom(Directions& directions, int count) {
    std::vector<float> all;
    for (int i = 0; i < count; ++i) {
        const auto one = directions.next();
        all.insert(all.end(), one.begin(), one.end());
    }
    return all;
}

}  // namespace

class TestCaptions : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void theNearestTextsAreThoseOfASortedList() {
        Directions directions(kWidth, 1);
        auto texts = rowsFrom(directions, 300);
        std::fill_n(texts.begin() + 5 * kWidth, kWidth, NAN);
        const auto picture = directions.next();
        const auto nearest = nearestTexts(picture, texts, 10);
        std::vector<double> cosines(300);
        for (size_t i = 0; i < 300; ++i)
            cosines[i] = std::inner_product(picture.begin(), picture.end(), texts.begin() + ptrdiff_t(i * kWidth), 0.0);
        cosines[5] = -2;
        QCOMPARE(nearest.size(), size_t{10});
        for (const NearestText& one : nearest) {
            const auto best = std::ranges::max_element(cosines);
            QCOMPARE(one.text, best - cosines.begin());
            QVERIFY(std::abs(one.cosine - *best) < 1e-5);
            *best = -2;
        }
        QCOMPARE(nearestTexts(picture, texts, 1000).size(), size_t{299});
        QVERIFY(nearestTexts(picture, {}, 10).empty());
    }

    void matchesAreThoseOfAGreedyList_data() {
        QTest::addColumn<int>("texts");
        QTest::addColumn<int>("each");
        QTest::addColumn<bool>("areEqual");
        QTest::newRow("few") << 7 << 3 << false;
        QTest::newRow("many") << 400 << 2 << false;
        QTest::newRow("more than there are") << 300 << 9 << false;
        QTest::newRow("as many as can be") << 3 << std::numeric_limits<int>::max() << false;
        QTest::newRow("the same five captions") << 300 << 4 << true;
    }

    /// All pairs, best first, each picture once.
    void matchesAreThoseOfAGreedyList() {
        QFETCH(int, texts);
        QFETCH(int, each);
        QFETCH(bool, areEqual);
        Directions directions(kWidth, 2);
        MemoryLibrary library(kWidth, RowType::Float32);
        for (int i = 0; i < 900; ++i)
            library.addPicture(directions.next());
        // A video's frames are one picture.
        library.addFile("/photos/v.mp4", MediaKind::Video);
        for (int i = 0; i < 100; ++i)
            library.addRow(directions.next(), i, i, i + 1);
        library.change().rows[3].file = LibraryRow::kGone;
        auto queries = rowsFrom(directions, texts);
        // Captions that say nearly the same want the same pictures.
        Directions little(kWidth, 9);
        for (int i = 5; areEqual && i < texts; ++i) {
            const std::vector<float> first(queries.begin(), queries.begin() + kWidth);
            const auto near = Directions::unit(Directions::sum(first, little.next(), 0.01F));
            std::ranges::copy(near, queries.begin() + ptrdiff_t(size_t(i) * kWidth));
        }
        const auto snapshot = library.snapshot();
        struct Pair {
            double cosine;
            int64_t text, row;
        };
        std::vector<Pair> pairs;
        const auto* const rows = reinterpret_cast<const float*>(snapshot->vectors.data());
        for (int64_t text = 0; text < texts; ++text)
            for (int64_t row = 0; row < 1000; ++row)
                if (row != 3)
                    pairs.push_back({std::inner_product(rows + size_t(row) * kWidth, rows + size_t(row + 1) * kWidth,
                                                        queries.begin() + ptrdiff_t(size_t(text) * kWidth), 0.0),
                                     text, row});
        std::ranges::sort(pairs, std::greater(), &Pair::cosine);
        std::vector<int> wanted(size_t(texts), each), taken(snapshot->files.size());
        std::vector<std::vector<int64_t>> expected{size_t(texts)};
        for (const Pair& pair : pairs) {
            int& file = taken[size_t(snapshot->rows[size_t(pair.row)].file)];
            if (wanted[size_t(pair.text)] == 0 || file != 0) continue;
            file = 1;
            --wanted[size_t(pair.text)];
            expected[size_t(pair.text)].push_back(pair.row);
        }
        std::vector<std::vector<int64_t>> found{size_t(texts)};
        for (const Match& match : findMatches(*snapshot, queries, each))
            found[size_t(match.text)].push_back(match.row);
        QCOMPARE(found, expected);
    }

    void memoryIsBounded() {
        Directions directions(kWidth, 4);
        MemoryLibrary library(kWidth);
        constexpr size_t kFiles = 40000;
        for (size_t i = 0; i < kFiles; ++i)
            library.addPicture(directions.next());
        const auto texts = rowsFrom(directions, 1000);
        const int64_t before = peakMemoryBytes();
        const auto matches = findMatches(*library.snapshot(), texts, int64_t{1} << 31);
        QCOMPARE(matches.size(), kFiles);
        const int64_t used = peakMemoryBytes() - before;
        QVERIFY2(used < (int64_t{400} << 20), std::to_string(used).c_str());
    }

    void whatFitsNothingGetsNothing() {
        Directions directions(kWidth, 3);
        MemoryLibrary library(kWidth);
        for (int i = 0; i < 10; ++i)
            library.addPicture(directions.next());
        std::vector<float> texts(kWidth, NAN);
        QVERIFY(findMatches(*library.snapshot(), texts, 3).empty());
        QVERIFY(findMatches(*library.snapshot(), {}, 3).empty());
        QVERIFY(findMatches(*MemoryLibrary(kWidth).snapshot(), directions.next(), 3).empty());
        QVERIFY(!errorOf([&] { findMatches(*library.snapshot(), std::vector<float>(kWidth + 1), 3); }).empty());
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_EXCEPTION_THROWN(
            findMatches(*library.snapshot(), directions.next(), 3, JobContext{stop.get_token(), {}}), Cancelled);
    }
};

DIAGONAL_TEST(TestCaptions);
#include "test_captions.moc"
