// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/evaluation/calibration.h"
#include "engine/evaluation/classify.h"
#include "engine/evaluation/logistic_regression.h"
#include "engine/evaluation/model_comparison.h"
#include "engine/evaluation/probe.h"
#include "engine/evaluation/prompt_choice.h"
#include "engine/evaluation/reliability.h"
#include "engine/evaluation/resampling.h"
#include "tests/error_of.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

constexpr double kScale = 20;  // make_evaluation_golden.py's

const std::map<std::string, torch::Tensor>& evaluationGolden() {
    static const auto all = readStateDict({paths::source("tests/parity/data/evaluation.safetensors")}).tensors;
    static const std::map<std::string, torch::Tensor> byName(all.begin(), all.end());
    return byName;
}

torch::Tensor goldenPart(const std::string& name, const char* key) {
    return evaluationGolden().at(name + "." + key);
}

std::vector<int> intsOf(const torch::Tensor& tensor) {
    const auto values = tensor.to(torch::kInt).contiguous();
    return {values.const_data_ptr<int>(), values.const_data_ptr<int>() + values.numel()};
}

torch::Tensor scattered(const std::vector<int>& labels, int classes, double noise, int64_t dim = 16) {
    const auto centres = torch::randn({classes, dim});
    const auto rows = centres.index_select(0, torch::tensor(labels, torch::kInt).to(torch::kLong)) +
                      noise * torch::randn({std::ssize(labels), dim});
    return rows / rows.norm(2, 1, true);
}

std::vector<int> cycling(size_t count, int classes) {
    std::vector<int> labels;
    for (size_t i = 0; i < count; ++i)
        labels.push_back(static_cast<int>(i) % classes);
    return labels;
}

}  // namespace

/// What evaluations compute, beside scikit-learn's, SciPy's and NumPy's (tests/parity/make_evaluation_golden.py).
class TestEvaluationFigures : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void figuresAreScikitLearns_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"ten", "four", "tied", "empty", "nan"})
            QTest::newRow(name) << name;
    }

    void figuresAreScikitLearns() {
        QFETCH(QString, name);
        const std::string key = name.toStdString();
        const Answers answers = classify(goldenPart(key, "features"), intsOf(goldenPart(key, "truth")),
                                         {goldenPart(key, "weights"), {}, kScale});
        const auto expected = goldenPart(key, "figures");
        const ClassFigures figures = figuresOf(answers);
        for (size_t i = 0; i < ClassFigures::kCount; ++i) {
            const double ours = figures.values()[i], theirs = expected[static_cast<int64_t>(i)].item<double>();
            if (std::isnan(theirs))
                QVERIFY(std::isnan(ours));
            else
                QVERIFY2(std::abs(ours - theirs) < 1e-5 * std::max(1.0, theirs),
                         qPrintable(QString("%1: %2, not %3").arg(i).arg(ours).arg(theirs)));
        }
    }

    /// A weight of two is an item that is there twice.
    void weightsCountItemsSeveralTimes() {
        const auto features = goldenPart("ten", "features"), weights = goldenPart("ten", "weights");
        const std::vector<int> truth = intsOf(goldenPart("ten", "truth"));
        std::vector<uint16_t> counts(truth.size());
        std::vector<int64_t> rows;
        std::vector<int> repeated;
        for (size_t i = 0; i < truth.size(); ++i) {
            counts[i] = static_cast<uint16_t>(i % 3);
            for (size_t k = 0; k < i % 3; ++k) {
                rows.push_back(static_cast<int64_t>(i));
                repeated.push_back(truth[i]);
            }
        }
        const ClassFigures weighted = figuresOf(classify(features, truth, {weights, {}, kScale}), counts);
        const auto twice = features.index_select(0, torch::tensor(rows));
        const ClassFigures plain = figuresOf(classify(twice, repeated, {weights, {}, kScale}));
        for (size_t i = 0; i < ClassFigures::kCount; ++i)
            QVERIFY(std::abs(weighted.values()[i] - plain.values()[i]) < 1e-6);
    }

    void classesAndConfusionsAreCounted() {
        Answers answers{.classes = 3, .truth = {0, 0, 0, 1, 1, 2}};
        answers.predicted = {0, 1, 1, 1, 0, -1};
        answers.confidence = {.9F, .6F, .8F, .9F, .5F, 0};
        const auto rows = perClass(answers);
        QCOMPARE(rows[0].recall(), 1.0 / 3);
        QCOMPARE(rows[1].precision(), 1.0 / 3);
        QVERIFY(std::isnan(rows[2].precision()));
        QCOMPARE(rows[2].recall(), 0.0);
        const auto pairs = mostConfused(answers, 10);
        QCOMPARE(pairs.size(), size_t{2});
        QCOMPARE(pairs[0].truth, 0);
        QCOMPARE(pairs[0].count, size_t{2});
        QCOMPARE(mistakes(answers, 0, 1), (std::vector<size_t>{2, 1}));  // the surest first
        std::vector<int> order = confusionOrder(answers);
        QCOMPARE(std::abs(std::ranges::find(order, 0) - std::ranges::find(order, 1)), std::ptrdiff_t{1});
        std::ranges::sort(order);
        QCOMPARE(order, (std::vector<int>{0, 1, 2}));
    }

    void neighboursAreScikitLearns() {
        const std::vector<int> truth = intsOf(goldenPart("neighbours", "truth"));
        const Answers answers =
            nearestNeighbours(goldenPart("neighbours", "features"), truth, goldenPart("neighbours", "known"),
                              intsOf(goldenPart("neighbours", "labels")), 6, 8);
        QCOMPARE(answers.predicted, intsOf(goldenPart("neighbours", "predicted")));
    }

    void neighboursOfManyPiecesAreThoseOfOne() {
        torch::manual_seed(3);
        const std::vector<int> labels = cycling(9000, 5), truth = cycling(700, 5);
        const auto known = scattered(labels, 5, 2), features = scattered(truth, 5, 2);
        const Answers answers = nearestNeighbours(features, truth, known, labels, 5, 7);
        const auto nearest = std::get<1>(features.mm(known.t()).topk(7, 1));
        for (int64_t i = 0; i < 700; ++i) {
            int votes[5] = {};
            for (int64_t k = 0; k < 7; ++k)
                ++votes[labels[static_cast<size_t>(nearest[i][k].item<int64_t>())]];
            QCOMPARE(answers.predicted[static_cast<size_t>(i)],
                     static_cast<int>(std::max_element(votes, votes + 5) - votes));
        }
    }

    void temperatureIsSciPys() {
        const auto cosines = goldenPart("ten", "features").mm(goldenPart("ten", "weights").t());
        const double expected = goldenPart("ten", "temperature")[0].item<double>();
        QVERIFY(std::abs(fitTemperature(cosines, intsOf(goldenPart("ten", "truth"))) / expected - 1) < 1e-4);
        // Who is always right may be as sure as can be: that says nothing.
        QVERIFY(errorOf([] {
                    fitTemperature(torch::eye(6), {0, 1, 2, 3, 4, 5});
                }).find("low enough") != std::string::npos);
        QVERIFY(!errorOf([] { fitTemperature(torch::full({2, 3}, NAN), {0, 1}); }).empty());
    }

    void calibratedAnswersHaveNoError() {
        BinSums sums;
        for (int i = 0; i < 100; ++i)
            sums.add(0.75, i < 75 ? 1 : 0, 1);
        QVERIFY(sums.error() < 1e-12);
        BinSums none;
        QVERIFY(std::isnan(none.error()));
    }

    void logisticRegressionIsScikitLearns() {
        const auto features = goldenPart("logistic", "features");
        const LogisticRegression regression(features, intsOf(goldenPart("logistic", "labels")), 4);
        for (int64_t k = 0; k < 3; ++k) {
            const LogisticFit fit =
                regression.fit({.c = goldenPart("logistic", "c")[k].item<double>(), .tolerance = 1e-8});
            QVERIFY(fit.isConverged);
            const double expected = goldenPart("logistic", "objective")[k].item<double>();
            QVERIFY2(std::abs(fit.objective / expected - 1) < 1e-5, qPrintable(QString::number(fit.objective)));
            const auto probability = scoresOf(features, fit.classifier).softmax(1);
            const auto theirs = goldenPart("logistic", "probability")[k].to(torch::kFloat);
            QVERIFY((probability - theirs).abs().max().item<double>() < 2e-3);
            QVERIFY2(fit.passes < 60, qPrintable(QString::number(fit.passes)));
        }
    }

    /// With a small C the probe is what it is pulled to, with a large one that does not matter.
    void probesBeginAtTheTexts() {
        torch::manual_seed(5);
        const std::vector<int> labels = cycling(60, 3);
        const auto features = scattered(labels, 3, 2);
        const auto texts = torch::randn({3, 16});
        const LogisticRegression regression(features, labels, 3);
        const auto weak = regression.fit({.c = 1e-6, .pull = texts}).classifier.weights;
        QVERIFY((weak - texts).abs().max().item<double>() < 1e-3);
        const double pulled = regression.fit({.c = 10, .pull = torch::zeros({3, 16})}).objective;
        QVERIFY(std::abs(pulled - regression.fit({.c = 10}).objective) < 1e-6);
    }

    void whatCannotBeSeparatedEndsToo() {
        const auto same = torch::ones({40, 8}) / std::sqrt(8.0);
        const LogisticRegression regression(same, cycling(40, 2), 2);
        const LogisticFit fit = regression.fit({.c = 1e6});
        QVERIFY(fit.isConverged);
        QVERIFY(std::abs(fit.objective - std::log(2.0)) < 1e-5);
    }

    void theSweepFindsTheBestC() {
        torch::manual_seed(6);
        const std::vector<int> labels = cycling(600, 4);
        const auto rows = scattered(labels, 4, 2.5);
        std::vector<size_t> numbers(600);
        std::iota(numbers.begin(), numbers.end(), size_t{0});
        const LabelledFeatures all{rows, labels};
        const LabelledFeatures train = all.at({numbers.begin(), numbers.begin() + 400});
        const LabelledFeatures validation = all.at({numbers.begin() + 400, numbers.end()});
        const LinearProbe probe = sweepC(train, validation, 4);
        QVERIFY(probe.tried.size() >= 10 && probe.tried.size() <= 15);  // fewer at an end of the range
        double best = 0;
        for (const TriedC& one : probe.tried)
            best = std::max(best, one.accuracy);
        const auto taken = std::ranges::find_if(probe.tried, [&](const auto& one) { return one.c == probe.c; });
        QVERIFY(taken != probe.tried.end());
        QCOMPARE(taken->accuracy, best);
        QVERIFY(accuracyOf(validation.features, validation.labels, probe.classifier) > 0.4);
    }

    /// Few validation pictures are right with nearly every C: the log loss tells them apart.
    void tiesAreBrokenByTheLoss() {
        torch::manual_seed(9);
        const std::vector<int> labels = cycling(63, 3);
        const LabelledFeatures all{scattered(labels, 3, 0.1), labels};
        std::vector<size_t> numbers(63);
        std::iota(numbers.begin(), numbers.end(), size_t{0});
        const LabelledFeatures validation = all.at({numbers.begin() + 60, numbers.end()});
        const LinearProbe probe = sweepC(all.at({numbers.begin(), numbers.begin() + 60}), validation, 3);
        const auto tied = std::ranges::count_if(probe.tried, [](const TriedC& one) { return one.accuracy == 1; });
        QVERIFY(tied > 1);
        QVERIFY2(probe.c >= 1, qPrintable(QString::number(probe.c)));
        QCOMPARE(accuracyOf(all.features, labels, probe.classifier), 1.0);
    }

    /// Where no C tells more than another, it is the one nearest to 1.
    void tiesOfTheLossEndNearOne() {
        const LabelledFeatures same{torch::ones({40, 8}) / std::sqrt(8.0), cycling(40, 2)};
        QVERIFY(std::abs(std::log10(sweepC(same, same, 2).c)) < 1e-6);
    }

    /// Validation pictures of a few classes say nothing of the others.
    void aFewClassesChooseNoC() {
        LabelledFeatures train{torch::eye(6).repeat({3, 1}), {}};
        for (int i = 0; i < 18; ++i)
            train.labels.push_back(i % 6);
        const LinearProbe some = sweepC(train, {torch::eye(6).slice(0, 0, 4), {0, 1, 2, 3}}, 6);
        QVERIFY(some.tried.empty() && some.isConverged);
        QCOMPARE(some.c, 32.0);
        QCOMPARE(accuracyOf(train.features, train.labels, some.classifier), 1.0);
        QVERIFY(!sweepC(train, {torch::eye(6), {0, 1, 2, 3, 4, 5}}, 6).tried.empty());
    }

    /// Pictures left of one class say nothing of C: the answer to all would be that class.
    void fewShotNeedsValidationOfAllClasses() {
        torch::manual_seed(10);
        std::vector<int> labels = cycling(20, 5);
        labels.insert(labels.end(), 4, 0);
        const LabelledFeatures pool{scattered(labels, 5, 0.1), labels};
        const auto curve = fewShotCurve(pool, pool, 5, {.shots = {2, 4}, .seeds = 10});
        QCOMPARE(curve[1].c, 32.0);
        QCOMPARE(curve[1].mean, 1.0);
        QVERIFY(std::isfinite(shotsWorth(curve, 1)));
    }

    void equalAccuraciesReachZeroShot() {
        const std::vector<FewShotPoint> curve{{.shots = 1, .mean = 0.5}, {.shots = 16, .mean = 1 - 1e-15}};
        QVERIFY(std::abs(shotsWorth(curve, 1) - 16) < 1e-6);
    }

    void moreShotsAreBetter() {
        torch::manual_seed(7);
        const std::vector<int> labels = cycling(800, 4);
        const auto rows = scattered(labels, 4, 1.5);
        std::vector<size_t> numbers(800);
        std::iota(numbers.begin(), numbers.end(), size_t{0});
        const LabelledFeatures all{rows, labels};
        const LabelledFeatures pool = all.at({numbers.begin(), numbers.begin() + 200});
        const LabelledFeatures test = all.at({numbers.begin() + 200, numbers.end()});
        const auto curve = fewShotCurve(pool, test, 4, {.shots = {1, 16, 64}, .seeds = 4});
        QCOMPARE(curve.size(), size_t{3});
        QVERIFY(curve[1].mean > curve[0].mean + 0.05);
        QCOMPARE(curve[0].accuracies.size(), size_t{4});
        QVERIFY(curve[0].deviation > 0);
        QCOMPARE(curve[1].shortClasses, size_t{0});
        QCOMPARE(curve[2].shortClasses, size_t{4});  // there are fifty of each
        QCOMPARE(curve[1].hits.size(), size_t{4});
        QCOMPARE(std::ranges::count(curve[1].hits[2], uint8_t{1}) / 600.0, curve[1].accuracies[2]);
        const Classifier first = fewShotProbe(pool, 4, {.shots = {}, .seeds = 4}, 1, curve[0].c);
        QVERIFY(std::abs(accuracyOf(test.features, test.labels, first) - curve[0].accuracies[0]) < 0.01);
        const auto sorted = fewShotCurve(pool, test, 4, {.shots = {2, 1, 2}, .seeds = 1});
        QCOMPARE(sorted.size(), size_t{2});
        QCOMPARE(sorted[0].shots, 1);
        // The same seeds, the same pictures.
        QCOMPARE(fewShotCurve(pool, test, 4, {.shots = {1}, .seeds = 4})[0].accuracies, curve[0].accuracies);
        QCOMPARE(shotsWorth(curve, 0), 0.0);
        QVERIFY(std::isinf(shotsWorth(curve, 1.1)));
        const double between = shotsWorth(curve, (curve[0].mean + curve[1].mean) / 2);
        QVERIFY(std::abs(between - 4) < 1e-6);  // halfway along the logarithm
    }

    void templatesThatHelpAreChosen() {
        torch::manual_seed(8);
        const std::vector<int> truth = cycling(200, 4);
        const auto features = scattered(truth, 4, 1.2);
        const auto good = torch::stack({features[0], features[1], features[2], features[3]});
        const auto bad = torch::stack({features[1], features[0], features[3], features[2]});
        const TemplateChoice choice = chooseTemplates(features, truth, torch::stack({bad, good, bad}));
        QCOMPARE(choice.greedy.front().number, size_t{1});
        QCOMPARE(choice.greedy.front().withEarlier, choice.inOrder[1].alone);
        QVERIFY(choice.inOrder[1].alone > choice.inOrder[0].alone);
        QVERIFY(choice.greedy.size() < 3);  // a bad one does not help
        QCOMPARE(choice.inOrder[0].withEarlier, choice.inOrder[0].alone);
        const auto mean = (good + bad) / (good + bad).norm(2, 1, true);
        QVERIFY(std::abs(choice.inOrder[1].withEarlier - accuracyOf(features, truth, {mean, {}, 1})) < 0.02);
    }

    void resamplesAreNumPys() {
        const auto expected = goldenPart("bootstrap", "counts");
        for (uint64_t draw = 0; draw < 3; ++draw) {
            std::vector<uint16_t> counts(60);
            resample(7, draw, counts);
            for (int64_t i = 0; i < 60; ++i)
                QCOMPARE(static_cast<int64_t>(counts[static_cast<size_t>(i)]),
                         expected[static_cast<int64_t>(draw)][i].item<int64_t>());
        }
        const auto hits = goldenPart("bootstrap", "hits");
        const auto draws = bootstrap(
            60, 1,
            [&](std::span<const uint16_t> weights, std::span<double> values) {
                values[0] = 0;
                for (size_t i = 0; i < weights.size(); ++i)
                    values[0] += weights[i] * hits[static_cast<int64_t>(i)].item<double>() / 60;
            },
            400, 7);
        const Interval interval = percentileInterval(draws[0]);
        QVERIFY(std::abs(interval.low - goldenPart("bootstrap", "interval")[0].item<double>()) < 1e-12);
        QVERIFY(std::abs(interval.high - goldenPart("bootstrap", "interval")[1].item<double>()) < 1e-12);
    }

    void testsAreSciPys() {
        const auto pairs = goldenPart("tests", "pairs"), p = goldenPart("tests", "p");
        for (int64_t i = 0; i < pairs.size(0); ++i)
            QVERIFY(std::abs(mcNemar({pairs[i][0].item<int64_t>(), pairs[i][1].item<int64_t>()}) -
                             p[i].item<double>()) < 1e-9);
        const auto counts = goldenPart("tests", "counts"), wilson = goldenPart("tests", "wilson");
        for (int64_t i = 0; i < counts.size(0); ++i) {
            const auto n = counts[i][1].item<double>();
            const Interval interval = wilsonInterval(counts[i][0].item<double>() / n, n);
            QVERIFY(std::abs(interval.low - wilson[i][0].item<double>()) < 1e-9);
            QVERIFY(std::abs(interval.high - wilson[i][1].item<double>()) < 1e-9);
        }
        QCOMPARE(wilsonInterval(0, 0).high, 1.0);
        QVERIFY(std::isnan(quantile({std::nan("")}, 0.5)));
        QCOMPARE(quantile({3, 1, std::nan(""), 2}, 0.5), 2.0);
        // Resamples of an ECE lie above it: its interval does not.
        const Interval ece = intervalOf("ece", 0.05, {0.06, 0.07, 0.08});
        QVERIFY(ece.holds(0.05) && std::abs(ece.high + ece.low - 0.1) < 1e-12);
        QCOMPARE(intervalOf("ece", 0.005, {0.06, 0.07, 0.08}).low, 0.0);
        QCOMPARE(intervalOf("acc1", 0.05, {0.06, 0.06}).low, 0.06);
        QVERIFY(std::isnan(intervalOf("ece", 0.05, {}).low) && std::isnan(intervalOf("acc1", 0.05, {}).low));
    }
};

DIAGONAL_TEST(TestEvaluationFigures);
#include "test_evaluation_figures.moc"
