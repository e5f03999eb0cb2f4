// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <limits>
#include <random>

#include "engine/inference/zero_shot.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

Embeddings labelsAt(const std::vector<double>& cosines) {
    Embeddings labels;
    labels.dim = 2;
    for (const double one : cosines) {
        labels.values.push_back(static_cast<float>(one));
        labels.values.push_back(static_cast<float>(std::sqrt(1 - one * one)));
    }
    return labels;
}

const std::vector<float> kImage = {1, 0};

}  // namespace

class TestZeroShot : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void bestLabelComesFirst() {
        const auto scores = scoreLabels(kImage, labelsAt({0.1, 0.3, 0.2}), 0.01);
        QCOMPARE(scores[0].label, size_t{1});
        QCOMPARE(scores[1].label, size_t{2});
        QCOMPARE(scores[2].label, size_t{0});
        QVERIFY(std::abs(scores[0].cosine - 0.3) < 1e-6);
        QVERIFY(std::abs(scores[0].probability + scores[1].probability + scores[2].probability - 1) < 1e-12);
        QVERIFY(std::abs(scores[1].probability / scores[0].probability - std::exp(-10)) < 1e-9);
    }

    void softmaxDoesNotOverflow() {
        const auto scores = scoreLabels(kImage, labelsAt({1, -1, 0.999}), 1e-6);
        QCOMPARE(scores[0].probability, 1.0);
        QCOMPARE(scores[2].probability, 0.0);
        const auto flat = scoreLabels(kImage, labelsAt({1, -1}), 1e9);
        QVERIFY(std::abs(flat[0].probability - 0.5) < 1e-6);
    }

    void equalLabelsKeepTheirOrder() {
        const auto scores = scoreLabels(kImage, labelsAt({0.5, 0.5, 0.5}), 0.01);
        for (size_t i = 0; i < 3; ++i)
            QCOMPARE(scores[i].label, i);
    }

    void sigmoidLooksAtEachLabelAlone() {
        const auto scores = scoreLabels(kImage, labelsAt({0.1, -0.1}), 0.1, Score::Sigmoid);
        QVERIFY(std::abs(scores[0].probability - 1 / (1 + std::exp(-1))) < 1e-6);
        QVERIFY(std::abs(scores[0].probability + scores[1].probability - 1) < 1e-6);
    }

    void labelThatIsNoNumberComesLast() {
        Embeddings labels = labelsAt({0.1, 0.2});
        labels.values[0] = std::numeric_limits<float>::quiet_NaN();
        const auto scores = scoreLabels(kImage, labels, 0.01);
        QCOMPARE(scores[0].label, size_t{1});
        QCOMPARE(scores[0].probability, 1.0);
        QCOMPARE(scores[1].probability, 0.0);
    }

    void theBestSynonymSpeaksForALabel() {
        const auto labels = parseLabels({"cat | kitten", "dog", "bird | duck | goose"});
        const auto cosines = labelCosines({2, kImage}, labelsAt({0.1, 0.3, 0.2, -0.5, -0.25, -1}), labels);
        QCOMPARE(cosines.size(), size_t{3});
        QVERIFY(std::abs(cosines[0] - 0.3) < 1e-6);
        QVERIFY(std::abs(cosines[1] - 0.2) < 1e-6);
        QVERIFY(std::abs(cosines[2] + 0.25) < 1e-6);
        // One more text for a label that is not better changes nothing.
        const auto alone = scoreLabels(kImage, labelsAt({0.3, 0.2, -0.25}), 0.1);
        const auto grouped = scoreCosines(cosines, 0.1);
        for (size_t i = 0; i < 3; ++i)
            QVERIFY(std::abs(alone[i].probability - grouped[i].probability) < 1e-6);
    }

    void negativeLabelsAndThoseBelowTheirThresholdAreNotGiven() {
        const auto labels = parseLabels({"cat @ 60%", "! other", "dog"});
        QVERIFY(isAssigned({{0, 0.6, 0.2}, {1, 0.4, 0.1}}, labels, Score::Softmax));
        QVERIFY(!isAssigned({{0, 0.59, 0.2}, {1, 0.41, 0.1}}, labels, Score::Softmax));
        QVERIFY(!isAssigned({{0, 0.9, 0.2}}, labels, Score::Cosine));
        QVERIFY(!isAssigned({{1, 0.99, 0.2}}, labels, Score::Softmax));
        QVERIFY(isAssigned({{2, 0.01, 0.2}}, labels, Score::Sigmoid));
        QVERIFY(!isAssigned({}, labels, Score::Softmax));
    }

    void whatIsNoNumberIsGivenNoLabel() {
        const double kNaN = std::nan("");
        const auto labels = parseLabels({"cat", "dog"});
        for (const Score score : {Score::Softmax, Score::Sigmoid, Score::Cosine}) {
            QVERIFY(!isAssigned(scoreCosines(std::vector{kNaN, kNaN}, 0.01, score), labels, score));
            QVERIFY(!isAssigned({{0, 0.6, kNaN}}, labels, score));
            QVERIFY(!isAssigned({{0, 0.6, double{INFINITY}}}, labels, score));
        }
        QVERIFY(!isSure(scoreCosines(std::vector{kNaN, kNaN}, 0.01)));
    }

    /// In any batch, and beside any others.
    void cosinesOfABatchAreThoseOfEachImageToTheBit() {
        std::mt19937 random(5);
        std::normal_distribution<float> normal;
        for (const int64_t dim : {1, 7, 8, 24, 129}) {
            for (const int64_t count : {1, 2, 4, 5, 33}) {
                Embeddings images{dim, {}}, texts{dim, {}};
                for (int64_t i = 0; i < count * dim; ++i)
                    images.values.push_back(normal(random));
                for (int64_t i = 0; i < 150 * dim; ++i)
                    texts.values.push_back(normal(random));
                const std::vector<Label> labels(150, Label{{"one"}, false, {}});
                const auto cosines = labelCosines(images, texts, labels);
                QCOMPARE(cosines.size(), static_cast<size_t>(150 * count));
                for (int64_t i = 0; i < count; ++i) {
                    for (const LabelScore& one : scoreLabels(images.row(i), texts, 1))
                        QCOMPARE(cosines[static_cast<size_t>(i) * 150 + one.label], one.cosine);
                }
            }
        }
        QVERIFY(labelCosines({8, {}}, labelsAt({}), {}).empty());
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, labelCosines({3, {1, 0, 0}}, {2, {1, 0}}, {Label{}}));
    }

    void theBestOfManyAreThoseOfTheWholeList() {
        std::mt19937 random(6);
        std::uniform_int_distribution<int> some(0, 40);  // so that many are equal
        for (int round = 0; round < 50; ++round) {
            std::vector<double> cosines;
            for (int i = 0; i < 300; ++i)
                cosines.push_back(i % 50 == 0 ? std::nan("") : some(random) / 100.0);
            for (const Score score : {Score::Softmax, Score::Sigmoid, Score::Cosine}) {
                const auto whole = scoreCosines(cosines, 0.05, score, 0.5);
                QCOMPARE(whole.size(), cosines.size());
                for (const size_t top : {1, 2, 5, 299, 1000}) {
                    const auto best = scoreCosines(cosines, 0.05, score, 0.5, top);
                    QCOMPARE(best.size(), std::min(top, cosines.size()));
                    for (size_t i = 0; i < best.size(); ++i) {
                        QCOMPARE(best[i].label, whole[i].label);
                        QCOMPARE(best[i].probability, whole[i].probability);
                    }
                }
            }
        }
        QVERIFY(scoreCosines(std::vector{0.1}, 0.01, Score::Softmax, 0, 0).empty());
    }

    void theDirectionOfALabelIsTheMeanOfItsSynonyms() {
        const auto labels = parseLabels({"a | b", "c"});
        const Embeddings means = meanOfSynonyms({2, {1, 0, 0, 1, 0.6F, 0.8F}}, labels);
        QCOMPARE(means.count(), int64_t{2});
        QVERIFY(std::abs(means.values[0] - std::sqrt(0.5)) < 1e-6 && std::abs(means.values[1] - std::sqrt(0.5)) < 1e-6);
        QCOMPARE(means.values[2], 0.6F);
    }

    void noLabelsGiveNoScores() { QVERIFY(scoreLabels(kImage, {}, 0.01).empty()); }

    void temperatureMustBePositive() {
        QVERIFY_THROWS_EXCEPTION(Error, scoreLabels(kImage, labelsAt({0.1}), 0));
        QVERIFY_THROWS_EXCEPTION(Error, scoreLabels(kImage, labelsAt({0.1}), std::nan("")));
    }

    void sureMeansThirtyPointsAhead() {
        QVERIFY(isSure({{0, 0.65, 0}, {1, 0.35, 0}}));
        QVERIFY(!isSure({{0, 0.64, 0}, {1, 0.35, 0}}));
        QVERIFY(isSure({{0, 0.6, 0}, {1, 0.3, 0}}));
        QVERIFY(isSure({{0, 1, 0}}));
        const auto labels = parseLabels({"cat @ 70%", "! dog"});
        QCOMPARE(verdictOf({{0, 0.8, 0}, {1, 0.2, 0}}, labels, Score::Softmax), "sure");
        QCOMPARE(verdictOf({{0, 0.7, 0}, {1, 0.5, 0}}, labels, Score::Sigmoid), "unsure");
        QCOMPARE(verdictOf({{0, 0.65, 0}, {1, 0.35, 0}}, labels, Score::Softmax), "none");
        QCOMPARE(verdictOf({{1, 0.9, 0}, {0, 0.1, 0}}, labels, Score::Softmax), "none");
        QVERIFY(!isSure({}));
    }

    void probabilityIsNeverPrintedAsNoneOrAll_data() {
        QTest::addColumn<double>("probability");
        QTest::addColumn<QString>("text");
        QTest::newRow("one") << 1.0 << "> 99.9%";
        QTest::newRow("nearly one") << 0.9995 << "> 99.9%";
        QTest::newRow("below") << 0.99949 << "99.9%";
        QTest::newRow("usual") << 0.961 << "96.1%";
        QTest::newRow("one per cent") << 0.01 << "1.0%";
        QTest::newRow("rounds up to one per cent") << 0.00996 << "1.0%";
        QTest::newRow("below one per cent") << 0.0042 << "0.42%";
        QTest::newRow("smallest") << 0.0001 << "0.01%";
        QTest::newRow("below the smallest") << 0.00009 << "< 0.01%";
        QTest::newRow("none") << 0.0 << "< 0.01%";
    }
    void probabilityIsNeverPrintedAsNoneOrAll() {
        QFETCH(double, probability);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(formatProbability(probability)), text);
    }

    void templateTakesTheLabelAtEveryPlace() {
        QCOMPARE(fillTemplate("a {} and a {}", "dog"), std::string("a dog and a dog"));
        QCOMPARE(fillTemplate("{}", "{}"), std::string("{}"));
        QCOMPARE(fillTemplate("x{}{}", "{}y"), std::string("x{}y{}y"));
        QVERIFY_THROWS_EXCEPTION(Error, fillTemplate("a photo", "dog"));
        QVERIFY_THROWS_EXCEPTION(Error, fillTemplate("", "dog"));
    }
};

DIAGONAL_TEST(TestZeroShot);
#include "test_zero_shot.moc"
