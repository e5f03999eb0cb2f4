// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <cmath>

#include "engine/index/moments.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

using ScorePoint = Searcher::CurvePoint;

/// Pieces of a second each, one after the other.
std::vector<ScorePoint> scoreCurve(const std::vector<float>& relevances) {
    std::vector<ScorePoint> points;
    for (const float relevance : relevances) {
        const auto i = static_cast<int32_t>(points.size());
        ScorePoint point;
        point.start = i * 1000;
        point.time = i * 1000 + 500;
        point.stop = i * 1000 + 1000;
        point.relevance = relevance;
        point.cosine = relevance / 10;
        point.row = 100 + i;
        points.push_back(point);
    }
    return points;
}

std::string shownMoments(const std::vector<Moment>& moments) {
    std::string text;
    for (const Moment& moment : moments)
        text += std::to_string(moment.start) + "-" + std::to_string(moment.stop) + "@" + std::to_string(moment.best) +
                "#" + std::to_string(moment.row) + " ";
    return text;
}

constexpr MomentRule kPlainRule{0, 0};

}  // namespace

class TestMoments : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void neighboursAboveTheLineAreOneMoment() {
        QCOMPARE(shownMoments(momentsOf(scoreCurve({0, 5, 6, 0, 0, 0, 4, 0}), 4, kPlainRule)),
                 std::string("1000-3000@2500#102 6000-7000@6500#106 "));
        QCOMPARE(shownMoments(momentsOf(scoreCurve({5, 4}), 4, kPlainRule)), std::string("0-2000@500#100 "));
        QCOMPARE(momentsOf(scoreCurve({1, 2, 3}), 4, kPlainRule).size(), 0);
        QCOMPARE(momentsOf({}, 4).size(), 0);
    }
    void momentsHoldWhatTheirBestFrameHas() {
        const auto moments = momentsOf(scoreCurve({0, 5, 6, 5}), 4);
        QCOMPARE(moments.size(), 1);
        QCOMPARE(moments[0].relevance, 6.0F);
        QCOMPARE(moments[0].cosine, 0.6F);
    }
    /// A moment goes on in neighbours a little below the line, and none begins there.
    void slackIsHysteresis() {
        const auto points = scoreCurve({3.6F, 3.6F, 4, 3.5F, 3.4F, 3.9F, 0, 3.9F});
        QCOMPARE(shownMoments(momentsOf(points, 4, {0.5, 0})), std::string("0-4000@2500#102 "));
        QCOMPARE(shownMoments(momentsOf(points, 4, kPlainRule)), std::string("2000-3000@2500#102 "));
    }
    void shortGapsAreBridged() {
        const auto points = scoreCurve({5, 0, 6, 0, 0, 5});
        QCOMPARE(shownMoments(momentsOf(points, 4, {0, 1500})), std::string("0-3000@2500#102 5000-6000@5500#105 "));
        QCOMPARE(shownMoments(momentsOf(points, 4, {0, 2000})), std::string("0-6000@2500#102 "));
        QCOMPARE(momentsOf(points, 4, {0, 999}).size(), 3);
    }
    /// A gap after the last frame above the line is none that leads to another.
    void momentsEndWhereTheyAreLastAbove() {
        QCOMPARE(shownMoments(momentsOf(scoreCurve({5, 3.8F, 0, 3.8F, 0}), 4, {0.5, 1500})),
                 std::string("0-2000@500#100 "));
    }
    void partsOfAFrameAreOneFrame() {
        auto points = scoreCurve({0, 5, 0});
        ScorePoint part = points[2];
        part.relevance = 7;
        part.row = 300;
        points.push_back(part);
        part = points[1];
        part.relevance = 4.5F;
        part.row = 301;
        points.push_back(part);
        std::ranges::reverse(points);
        QCOMPARE(shownMoments(momentsOf(points, 4, kPlainRule)), std::string("1000-3000@2500#300 "));
    }
    void framesWithoutAScoreAreNone() {
        QCOMPARE(shownMoments(momentsOf(scoreCurve({5, std::nanf(""), 5}), 4, kPlainRule)),
                 std::string("0-1000@500#100 2000-3000@2500#102 "));
    }
    /// A line that falls lets moments grow together, never less of the video in.
    void lowerLinesLetInMore() {
        std::vector<float> values;
        for (int i = 0; i < 400; ++i)
            values.push_back(static_cast<float>(3 * std::sin(i * 0.7) + 2 * std::sin(i * 0.13)));
        int64_t last = 0;
        for (double line = 5; line > -6; line -= 0.25) {
            int64_t covered = 0;
            int32_t end = 0;
            for (const Moment& moment : momentsOf(scoreCurve(values), line)) {
                QVERIFY(moment.start >= end && moment.start < moment.stop);
                QVERIFY(moment.best >= moment.start && moment.best < moment.stop && moment.relevance >= line);
                end = moment.stop;
                covered += moment.stop - moment.start;
            }
            QVERIFY(covered >= last);
            last = covered;
        }
        QCOMPARE(last, 400'000);
    }

    void cuesAreFoundByTheirWords_data() {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("cue");
        QTest::addColumn<bool>("found");
        QTest::newRow("word") << "dog"
                              << "The Dog barks." << true;
        QTest::newRow("ending") << "dog"
                                << "two dogs" << true;
        QTest::newRow("another word") << "cat"
                                      << "a category" << false;
        QTest::newRow("inside a word") << "cat"
                                       << "concatenate, vacate" << false;
        QTest::newRow("all words") << "a dog on the beach"
                                   << "Beaches are for dogs" << true;
        QTest::newRow("not all words") << "a dog on the beach"
                                       << "a dog on the sofa" << false;
        QTest::newRow("function words alone") << "to be"
                                              << "TO BE or not" << true;
        QTest::newRow("Chinese") << "\u72d7"
                                 << "\u4e24\u53ea\u72d7\u5728\u8dd1" << true;
        QTest::newRow("Umlaut") << "\u00dcBER"
                                << "\u00fcber alles" << true;
        QTest::newRow("no words") << "?!"
                                  << "?!" << false;
        QTest::newRow("nothing") << ""
                                 << "words" << false;
    }
    void cuesAreFoundByTheirWords() {
        QFETCH(QString, query);
        QFETCH(QString, cue);
        const std::vector<LibraryCue> cues = {{0, 0, 1, "something else"}, {0, 1, 2, cue.toStdString()}};
        QTEST(findCues(cues, query.toStdString()) == std::vector<size_t>{1}, "found");
    }
};

DIAGONAL_TEST(TestMoments);
#include "test_moments.moc"
