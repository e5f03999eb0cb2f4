// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/answers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/evaluation/calibration.h"

namespace diagonal {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

struct Sums {
    double all = 0, right = 0, top5 = 0, surprise = 0;
    std::vector<double> ofClass, answered, rightOfClass;  // [classes]

    explicit Sums(int classes)
        : ofClass(static_cast<size_t>(classes)), answered(ofClass.size()), rightOfClass(ofClass.size()) {}
};

}  // namespace

ClassFigures figuresOf(const Answers& answers, std::span<const uint16_t> weights) {
    Sums sums(answers.classes);
    BinSums bins;
    for (size_t i = 0; i < answers.size(); ++i) {
        const double weight = weights.empty() ? 1 : weights[i];
        if (weight == 0) continue;
        const auto truth = static_cast<size_t>(answers.truth[i]);
        const double right = answers.isRight(i) ? weight : 0;
        sums.all += weight;
        sums.right += right;
        sums.top5 += answers.isInTop5[i] != 0 ? weight : 0;
        sums.surprise += weight * static_cast<double>(answers.ownSurprise[i]);
        sums.ofClass[truth] += weight;
        sums.rightOfClass[truth] += right;
        if (answers.predicted[i] >= 0) sums.answered[static_cast<size_t>(answers.predicted[i])] += weight;
        bins.add(static_cast<double>(answers.confidence[i]), right, weight);
    }
    double recalls = 0, worst = 1, f1 = 0;
    int withPictures = 0, used = 0;
    for (size_t c = 0; c < sums.ofClass.size(); ++c) {
        if (sums.ofClass[c] + sums.answered[c] == 0) continue;
        ++used;
        f1 += 2 * sums.rightOfClass[c] / (sums.ofClass[c] + sums.answered[c]);
        if (sums.ofClass[c] == 0) continue;
        ++withPictures;
        recalls += sums.rightOfClass[c] / sums.ofClass[c];
        worst = std::min(worst, sums.rightOfClass[c] / sums.ofClass[c]);
    }
    const auto mean = [](double sum, double count) { return count == 0 ? kUndefined : sum / count; };
    return {.top1 = mean(sums.right, sums.all),
            .top5 = answers.classes < 5 ? kUndefined : mean(sums.top5, sums.all),
            .meanRecall = mean(recalls, withPictures),
            .worstRecall = withPictures == 0 ? kUndefined : worst,
            .macroF1 = mean(f1, used),
            .ece = bins.error(),
            .logLoss = mean(sums.surprise, sums.all)};
}

double ClassRow::recall() const {
    return pictures == 0 ? kUndefined : static_cast<double>(right) / static_cast<double>(pictures);
}

double ClassRow::precision() const {
    return answered == 0 ? kUndefined : static_cast<double>(right) / static_cast<double>(answered);
}

std::vector<ClassRow> perClass(const Answers& answers) {
    std::vector<ClassRow> rows(static_cast<size_t>(answers.classes));
    for (size_t i = 0; i < answers.size(); ++i) {
        ClassRow& own = rows[static_cast<size_t>(answers.truth[i])];
        ++own.pictures;
        if (answers.isRight(i)) ++own.right;
        if (answers.predicted[i] >= 0) ++rows[static_cast<size_t>(answers.predicted[i])].answered;
    }
    return rows;
}

std::vector<uint32_t> confusionMatrix(const Answers& answers) {
    const auto classes = static_cast<size_t>(answers.classes);
    std::vector<uint32_t> counts(classes * classes);
    for (size_t i = 0; i < answers.size(); ++i)
        if (answers.predicted[i] >= 0)
            ++counts[static_cast<size_t>(answers.truth[i]) * classes + static_cast<size_t>(answers.predicted[i])];
    return counts;
}

std::vector<ClassConfusion> mostConfused(const Answers& answers, size_t most) {
    const std::vector<uint32_t> counts = confusionMatrix(answers);
    std::vector<ClassConfusion> pairs;
    for (int t = 0; t < answers.classes; ++t)
        for (int p = 0; p < answers.classes; ++p)
            if (const auto count =
                    counts[static_cast<size_t>(t) * static_cast<size_t>(answers.classes) + static_cast<size_t>(p)];
                t != p && count > 0)
                pairs.push_back({t, p, count});
    std::ranges::stable_sort(pairs, std::ranges::greater(), &ClassConfusion::count);
    pairs.resize(std::min(pairs.size(), most));
    return pairs;
}

std::vector<size_t> mistakes(const Answers& answers, int truth, int predicted) {
    std::vector<size_t> found;
    for (size_t i = 0; i < answers.size(); ++i)
        if (answers.truth[i] == truth && answers.predicted[i] == predicted) found.push_back(i);
    std::ranges::stable_sort(found, std::ranges::greater(), [&](size_t i) { return answers.confidence[i]; });
    return found;
}

std::vector<int> confusionOrder(const Answers& answers) {
    const auto classes = static_cast<size_t>(answers.classes);
    const std::vector<uint32_t> counts = confusionMatrix(answers);
    const std::vector<ClassRow> rows = perClass(answers);
    const auto link = [&](size_t a, size_t b) {
        const auto share = [&](size_t t, size_t p) {
            return rows[t].pictures == 0
                       ? 0.0
                       : static_cast<double>(counts[t * classes + p]) / static_cast<double>(rows[t].pictures);
        };
        return share(a, b) + share(b, a);
    };
    std::vector<int> order;
    std::vector<bool> isTaken(classes);
    std::vector<double> pull(classes);  // to those taken, the later the stronger
    for (size_t step = 0; step < classes; ++step) {
        size_t next = classes;
        for (size_t c = 0; c < classes; ++c)
            if (!isTaken[c] && (next == classes || pull[c] > pull[next])) next = c;
        isTaken[next] = true;
        order.push_back(static_cast<int>(next));
        for (size_t c = 0; c < classes; ++c)
            pull[c] = pull[c] / 2 + link(next, c);
    }
    return order;
}

}  // namespace diagonal
