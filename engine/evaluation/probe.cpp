// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/probe.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <set>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

constexpr double kCoarse[] = {1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6};
constexpr double kFinestStep = 0.125;  // decades
constexpr size_t kValidationShots = 4;
constexpr double kFewShotC[] = {0.01, 0.1, 1, 10, 32, 100, 320, 1000, 10000};
constexpr size_t kUsualC = 4;           // in kFewShotC
constexpr size_t kMostMissing = 10;     // one class of so many may have no validation picture
constexpr double kLossStep = 1e-6;      // losses are told apart by
constexpr double kSameAccuracy = 1e-9;  // sums of shares differ by less
constexpr int64_t kRowsAtOnce = 1024;

/// What a C brings on validation pictures.
struct Validated {
    int64_t right = 0, pictures = 0;
    double loss = 0;  ///< sum of the log losses
    double c = 0;

    void add(const Validated& other) {
        right += other.right;
        pictures += other.pictures;
        loss += other.loss;
    }
    double accuracy() const { return static_cast<double>(right) / static_cast<double>(std::max<int64_t>(1, pictures)); }
    double roundedLoss() const {
        const double mean = loss / static_cast<double>(std::max<int64_t>(1, pictures));
        return std::isfinite(mean) ? std::round(mean / kLossStep) : std::numeric_limits<double>::infinity();
    }
};

/// Of the same pictures: more right answers, else the lower log loss, else the C nearer to 1.
bool isWorse(const Validated& a, const Validated& b) {
    const auto distance = [](const Validated& one) { return std::abs(std::log10(one.c)); };
    if (a.right != b.right) return a.right < b.right;
    if (a.roundedLoss() != b.roundedLoss()) return a.roundedLoss() > b.roundedLoss();
    return distance(a) > distance(b) + kFinestStep / 2;
}

Validated validate(const LabelledFeatures& validation, const Classifier& classifier, double c) {
    const torch::NoGradGuard noGrad;
    Validated result{.pictures = static_cast<int64_t>(validation.size()), .c = c};
    if (validation.size() == 0) return result;
    result.right = std::llround(accuracyOf(validation.features, validation.labels, classifier) *
                                static_cast<double>(result.pictures));
    const auto labels = torch::tensor(validation.labels, torch::kInt).to(torch::kLong);
    for (int64_t row = 0; row < result.pictures; row += kRowsAtOnce) {
        const int64_t rows = std::min(kRowsAtOnce, result.pictures - row);
        const auto logs = scoresOf(validation.features.narrow(0, row, rows), classifier).log_softmax(1);
        result.loss -= logs.gather(1, labels.narrow(0, row, rows).unsqueeze(1)).sum(torch::kDouble).item<double>();
    }
    return result;
}

/// Fits tried in a sweep, by the exponent of C in steps of 1/8; each begins where its nearest neighbour ended.
class Sweep {
  public:
    Sweep(const LogisticRegression& regression, const LabelledFeatures& validation, torch::Tensor pull,
          const JobContext& job)
        : m_regression(regression), m_validation(validation), m_pull(std::move(pull)), m_job(job) {}

    void attempt(double exponent) {
        const int key = static_cast<int>(std::lround(exponent / kFinestStep));
        if (m_fits.contains(key)) return;
        const Classifier* start = nullptr;
        int nearest = std::numeric_limits<int>::max();
        for (const auto& [other, fit] : m_fits)
            if (std::abs(other - key) < nearest) {
                nearest = std::abs(other - key);
                start = &fit.classifier;
            }
        const double c = std::pow(10.0, exponent);
        LogisticFit fit = m_regression.fit({.c = c, .start = start, .pull = m_pull}, m_job);
        m_validated[key] = validate(m_validation, fit.classifier, c);
        m_tried[key] = {c, m_validated[key].accuracy(), fit.passes};
        m_fits[key] = std::move(fit);
        std::erase_if(m_fits, [&](const auto& one) { return one.first != key && one.first != bestKey(); });
        m_job.progress(static_cast<int64_t>(m_tried.size()), 0);
    }

    double bestExponent() const { return bestKey() * kFinestStep; }
    const Classifier& at(double exponent) const {
        return m_fits.at(static_cast<int>(std::lround(exponent / kFinestStep))).classifier;
    }
    std::vector<TriedC> tried() const {
        std::vector<TriedC> all;
        for (const auto& [key, one] : m_tried)
            all.push_back(one);
        return all;
    }

  private:
    int bestKey() const {
        return std::ranges::max_element(m_validated, isWorse, [](const auto& entry) { return entry.second; })->first;
    }

    const LogisticRegression& m_regression;
    const LabelledFeatures& m_validation;
    torch::Tensor m_pull;
    const JobContext& m_job;
    std::map<int, TriedC> m_tried;
    std::map<int, Validated> m_validated;
    std::map<int, LogisticFit> m_fits;  // the best one and the last: others are no start again
};

/// Whether nearly all classes that are learnt have validation pictures: a few classes say nothing of the others.
bool canChooseOn(const LabelledFeatures& train, const LabelledFeatures& validation, int classes) {
    std::vector<bool> isLearnt(static_cast<size_t>(classes)), isChecked(static_cast<size_t>(classes));
    for (const int label : train.labels)
        isLearnt[static_cast<size_t>(label)] = true;
    for (const int label : validation.labels)
        isChecked[static_cast<size_t>(label)] = true;
    size_t known = 0, missing = 0;
    for (size_t c = 0; c < isLearnt.size(); ++c) {
        known += isLearnt[c] ? 1 : 0;
        missing += isLearnt[c] && !isChecked[c] ? 1 : 0;
    }
    return known > 0 && missing <= known / kMostMissing;
}

LabelledFeatures together(const LabelledFeatures& a, const LabelledFeatures& b) {
    LabelledFeatures both{torch::cat({a.features, b.features}), a.labels};
    both.labels.insert(both.labels.end(), b.labels.begin(), b.labels.end());
    return both;
}

/// Rows of each class in an order that the seed draws.
std::vector<std::vector<size_t>> shuffledClasses(const std::vector<int>& labels, int classes, uint64_t seed) {
    std::vector<std::vector<size_t>> rows(static_cast<size_t>(classes));
    for (size_t i = 0; i < labels.size(); ++i)
        rows[static_cast<size_t>(labels[i])].push_back(i);
    std::mt19937_64 random(seed);
    for (auto& one : rows)
        for (size_t i = one.size(); i > 1; --i)
            std::swap(one[i - 1], one[random() % i]);  // not std::shuffle, which differs between libraries
    return rows;
}

struct Draw {
    std::vector<size_t> train, validation;
    size_t shortClasses = 0;
    bool canChoose = false;  ///< validation pictures of (nearly) all classes: a few classes say nothing of the others
};

Draw draw(const std::vector<std::vector<size_t>>& classes, int shots) {
    Draw drawn;
    const auto wanted = static_cast<size_t>(shots);
    size_t known = 0, missing = 0;
    for (const auto& rows : classes) {
        const size_t learnt = std::min(wanted, rows.size());
        const size_t checked = std::min({wanted, kValidationShots, rows.size() - learnt});
        const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(learnt);
        drawn.train.insert(drawn.train.end(), rows.begin(), middle);
        drawn.validation.insert(drawn.validation.end(), middle, middle + static_cast<std::ptrdiff_t>(checked));
        if (!rows.empty() && rows.size() < wanted) ++drawn.shortClasses;
        if (learnt > 0) ++known;
        if (learnt > 0 && checked == 0) ++missing;
    }
    drawn.canChoose = known > 0 && missing <= known / kMostMissing;
    return drawn;
}

/// Which test pictures are right and what the validation pictures say, for each C.
struct DrawnScores {
    std::vector<std::vector<uint8_t>> hits;
    std::vector<Validated> validated;
};

DrawnScores scoreDraw(const LabelledFeatures& pool, const LabelledFeatures& test, const Draw& drawn, int classes,
                      const torch::Tensor& pull, const JobContext& job) {
    const LabelledFeatures train = pool.at(drawn.train), validation = pool.at(drawn.validation);
    const LogisticRegression regression(train.features, train.labels, classes);
    DrawnScores scores;
    Classifier last;
    for (const double c : kFewShotC) {
        last =
            regression.fit({.c = c, .start = last.weights.defined() ? &last : nullptr, .pull = pull}, job).classifier;
        scores.hits.push_back(rightAnswers(test.features, test.labels, last));
        scores.validated.push_back(validate(validation, last, c));
    }
    return scores;
}

FewShotPoint pointOf(std::vector<DrawnScores> draws, int shots, bool canChoose) {
    FewShotPoint point{.shots = shots};
    size_t best = kUsualC;
    if (canChoose) {
        std::vector<Validated> sums = draws.front().validated;
        for (size_t i = 1; i < draws.size(); ++i)
            for (size_t k = 0; k < sums.size(); ++k)
                sums[k].add(draws[i].validated[k]);
        best = static_cast<size_t>(std::ranges::max_element(sums, isWorse) - sums.begin());
    }
    point.c = kFewShotC[best];
    for (DrawnScores& one : draws) {
        const auto right = static_cast<double>(std::ranges::count(one.hits[best], uint8_t{1}));
        point.accuracies.push_back(right / static_cast<double>(std::max<size_t>(1, one.hits[best].size())));
        point.mean += point.accuracies.back();
        point.hits.push_back(std::move(one.hits[best]));
    }
    point.mean /= static_cast<double>(std::max<size_t>(1, draws.size()));  // last: ten tenths are less than one
    double squares = 0;
    for (const double accuracy : point.accuracies)
        squares += (accuracy - point.mean) * (accuracy - point.mean);
    if (draws.size() > 1) point.deviation = std::sqrt(squares / static_cast<double>(draws.size() - 1));
    return point;
}

}  // namespace

LabelledFeatures LabelledFeatures::at(const std::vector<size_t>& rows) const {
    LabelledFeatures some;
    std::vector<int64_t> numbers;
    for (const size_t row : rows) {
        numbers.push_back(static_cast<int64_t>(row));
        some.labels.push_back(labels[row]);
    }
    some.features = features.index_select(0, torch::tensor(numbers, torch::kLong));
    return some;
}

LinearProbe sweepC(const LabelledFeatures& train, const LabelledFeatures& validation, int classes,
                   const torch::Tensor& pull, const JobContext& job) {
    const LabelledFeatures all = together(train, validation);
    if (!canChooseOn(train, validation, classes)) {
        const double c = kFewShotC[kUsualC];
        const LogisticFit fit = LogisticRegression(all.features, all.labels, classes).fit({.c = c, .pull = pull}, job);
        return {fit.classifier, c, {}, fit.isConverged};
    }
    const LogisticRegression regression(train.features, train.labels, classes);
    Sweep sweep(regression, validation, pull, job);
    for (const double c : kCoarse)
        sweep.attempt(std::log10(c));
    for (double step = 1; step >= kFinestStep; step /= 2) {
        const double best = sweep.bestExponent();
        for (const double exponent : {best - step, best + step})
            if (std::abs(exponent) <= 6) sweep.attempt(exponent);
    }
    LinearProbe probe;
    probe.tried = sweep.tried();
    probe.c = std::pow(10.0, sweep.bestExponent());
    const LogisticRegression last(all.features, all.labels, classes);
    LogisticFit fit = last.fit({.c = probe.c, .start = &sweep.at(sweep.bestExponent()), .pull = pull}, job);
    probe.classifier = std::move(fit.classifier);
    probe.isConverged = fit.isConverged;
    return probe;
}

std::vector<FewShotPoint> fewShotCurve(const LabelledFeatures& pool, const LabelledFeatures& test, int classes,
                                       const FewShotOptions& options, const JobContext& job) {
    const std::set<int> numbers(options.shots.begin(), options.shots.end());
    const auto total = std::ssize(numbers) * options.seeds;
    std::vector<FewShotPoint> curve;
    int64_t done = 0;
    for (const int shots : numbers) {
        std::vector<DrawnScores> draws;
        bool canChoose = true;
        size_t shortClasses = 0;
        for (int k = 0; k < options.seeds; ++k) {
            const Draw drawn =
                draw(shuffledClasses(pool.labels, classes, options.seed + static_cast<uint64_t>(k)), shots);
            canChoose = canChoose && drawn.canChoose;
            shortClasses = drawn.shortClasses;
            draws.push_back(scoreDraw(pool, test, drawn, classes, options.pull, {job.stop, {}}));
            job.progress(++done, total);
        }
        const bool isChosen = canChoose && !draws.empty();
        curve.push_back(pointOf(std::move(draws), shots, isChosen));
        curve.back().shortClasses = shortClasses;
    }
    return curve;
}

Classifier fewShotProbe(const LabelledFeatures& pool, int classes, const FewShotOptions& options, int shots, double c,
                        const JobContext& job) {
    const LabelledFeatures train = pool.at(draw(shuffledClasses(pool.labels, classes, options.seed), shots).train);
    return LogisticRegression(train.features, train.labels, classes)
        .fit({.c = c, .pull = options.pull}, {job.stop, {}})
        .classifier;
}

double shotsWorth(const std::vector<FewShotPoint>& curve, double accuracy) {
    if (curve.empty() || accuracy <= curve.front().mean + kSameAccuracy) return 0;
    for (size_t i = 1; i < curve.size(); ++i) {
        const FewShotPoint &a = curve[i - 1], &b = curve[i];
        if (b.mean + kSameAccuracy < accuracy) continue;
        const double share = std::min(1.0, (accuracy - a.mean) / (b.mean - a.mean));
        return std::exp(std::log(a.shots) + share * std::log(static_cast<double>(b.shots) / a.shots));
    }
    return std::numeric_limits<double>::infinity();
}

}  // namespace diagonal
