// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>

#include "engine/inference/comparison.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

/// Probabilities by label, as a ranking.
std::vector<LabelScore> ranking(std::vector<double> probabilities) {
    std::vector<LabelScore> scores;
    for (size_t label = 0; label < probabilities.size(); ++label)
        scores.push_back({label, probabilities[label], 0});
    std::ranges::stable_sort(scores, std::greater(), &LabelScore::probability);
    return scores;
}

bool isClose(double a, double b) {
    return std::abs(a - b) < 1e-12;
}

}  // namespace

class TestComparison : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void distanceIsHalfTheSumOfDifferences_data() {
        QTest::addColumn<QList<double>>("left");
        QTest::addColumn<QList<double>>("right");
        QTest::addColumn<double>("distance");
        QTest::newRow("equal") << QList<double>{0.5, 0.25, 0.25} << QList<double>{0.5, 0.25, 0.25} << 0.0;
        QTest::newRow("near") << QList<double>{0.5, 0.25, 0.25} << QList<double>{0.25, 0.5, 0.25} << 0.25;
        QTest::newRow("far") << QList<double>{0.75, 0.25, 0.0} << QList<double>{0.0, 0.25, 0.75} << 0.75;
        QTest::newRow("apart") << QList<double>{1, 0, 0} << QList<double>{0, 0.5, 0.5} << 1.0;
        QTest::newRow("one label") << QList<double>{1} << QList<double>{1} << 0.0;
        QTest::newRow("sigmoids") << QList<double>{1, 1} << QList<double>{0.5, 1.5} << 0.25;
    }

    void distanceIsHalfTheSumOfDifferences() {
        QFETCH(const QList<double>, left);
        QFETCH(const QList<double>, right);
        QFETCH(const double, distance);
        const auto a = ranking({left.begin(), left.end()}), b = ranking({right.begin(), right.end()});
        QVERIFY(isClose(rankingDistance(a, b), distance));
        QVERIFY(isClose(rankingDistance(b, a), distance));
    }

    void cutRankingsGiveTheLeastDistance() {
        // Labels 0 and 1 against 1 and 2: the right gives label 0 at most the 0.2 that are left, the left label 2 at
        // most 0.1.
        const std::vector<LabelScore> left = {{0, 0.6, 0}, {1, 0.3, 0}}, right = {{2, 0.5, 0}, {1, 0.3, 0}};
        QVERIFY(isClose(rankingDistance(left, right), 0.4));
        const PictureComparison one = compareRankings(7, left, right);
        QCOMPARE(one.picture, size_t{7});
        QVERIFY(one.isAtLeast);
        QVERIFY(!one.agrees());
        const auto whole = ranking({0.6, 0.3, 0.1});
        QVERIFY(!compareRankings(0, whole, whole).isAtLeast);
        QVERIFY(isClose(rankingDistance(left, whole), 0));
        // The same two labels, but a third is left out of both.
        const std::vector<LabelScore> cut = {{0, 0.5, 0}, {1, 0.3, 0}};
        const PictureComparison same = compareRankings(0, left, cut);
        QVERIFY(same.isAtLeast);
        QVERIFY(isClose(same.distance, 0.1));
    }

    void disagreementsComeFirstTheFarthestFirst() {
        const auto sure = ranking({0.9, 0.1}), fair = ranking({0.6, 0.4}), other = ranking({0.4, 0.6}),
                   far = ranking({0.1, 0.9});
        std::vector<PictureComparison> all = {compareRankings(0, sure, sure),  compareRankings(1, fair, other),
                                              compareRankings(2, sure, fair),  compareRankings(3, sure, far),
                                              compareRankings(4, fair, other), compareRankings(5, far, far)};
        std::ranges::sort(all, comesBefore);
        std::vector<size_t> order;
        for (const auto& one : all)
            order.push_back(one.picture);
        QCOMPARE(order, (std::vector<size_t>{3, 1, 4, 2, 0, 5}));
    }

    void aLabelThatIsNotGivenIsNone() {
        const auto cat = ranking({0.9, 0.1}), dog = ranking({0.1, 0.9});
        QVERIFY(!compareRankings(0, cat, cat, true, false).agrees());
        QVERIFY(compareRankings(0, cat, dog, false, false).agrees());
        const PictureComparison one = compareRankings(0, cat, dog, false, true);
        QCOMPARE(one.left.label, kNoLabel);
        QCOMPARE(one.left.probability, 0.9);
        QCOMPARE(one.right.label, size_t{1});
    }

    void totalsCountPicturesByPairOfLabels() {
        const auto a = ranking({0.9, 0.1}), b = ranking({0.1, 0.9});
        const std::vector<PictureComparison> all = {compareRankings(0, a, a), compareRankings(1, a, b),
                                                    compareRankings(2, b, b), compareRankings(3, b, b)};
        const ComparisonTotals totals = totalsOf(all);
        QCOMPARE(totals.pictures, size_t{4});
        QCOMPARE(totals.agreeing, size_t{3});
        QCOMPARE(totals.agreement(), 0.75);
        QVERIFY(isClose(totals.meanDistance, 0.2));
        QCOMPARE(totals.pairs.size(), size_t{3});
        QCOMPARE(totals.pairs[0].left, size_t{1});
        QCOMPARE(totals.pairs[0].right, size_t{1});
        QCOMPARE(totals.pairs[0].pictures, size_t{2});
        QCOMPARE(totals.pairs[1].right, size_t{0});
        QCOMPARE(totals.pairs[2].left, size_t{0});
        QCOMPARE(totals.pairs[2].right, size_t{1});
        QCOMPARE(totalsOf({}).agreement(), 0.0);
    }
};

DIAGONAL_TEST(TestComparison);
#include "test_comparison.moc"
