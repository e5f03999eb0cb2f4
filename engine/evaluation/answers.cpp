// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/answers.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include "engine/evaluation/reliability.h"

namespace diagonal {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

struct Sums {
    double all = 0, right = 0, top5 = 0, surprise = 0;
    std::vector<double> ofClass, answered, rightOfClass;  // [classes]

    explicit Sums(int classes)
        : ofClass(static_cast<size_t>(classes)), answered(ofClass.size()), rightOfClass(ofClass.size()) {}
};

/// How strongly each class is bound to others: the shares of each that are taken for the other, summed.
struct ClassLink {
    size_t from = 0, to = 0;
    double share = 0;
};

/// Both ways, by `from`.
std::vector<ClassLink> classLinks(const Answers& answers) {
    const std::vector<ClassRow> rows = perClass(answers);
    std::vector<ClassLink> all;
    for (const ClassConfusion& pair : confusions(answers)) {
        const auto a = static_cast<size_t>(pair.truth), b = static_cast<size_t>(pair.predicted);
        if (a == b) continue;
        const double share = static_cast<double>(pair.count) / static_cast<double>(rows[a].pictures);
        all.push_back({a, b, share});
        all.push_back({b, a, share});
    }
    std::ranges::sort(all, {}, [](const ClassLink& link) { return std::pair(link.from, link.to); });
    std::vector<ClassLink> links;
    for (const ClassLink& link : all) {
        if (!links.empty() && links.back().from == link.from && links.back().to == link.to)
            links.back().share += link.share;
        else
            links.push_back(link);
    }
    return links;
}

/// What pulls a class to those that stand already. It halves with each class that is placed, so that the steps since it
/// was last told are reckoned when it is asked for: no step touches more than the neighbours of one class.
struct Pull {
    double value = 0;  ///< when it was told
    int64_t step = 0;

    void add(double share, int64_t now) {
        value = std::scalbn(value, static_cast<int>(std::max<int64_t>(step - now, -5000))) + share;
        step = now;
    }
    /// Orders pulls as they are at any one step.
    std::pair<int64_t, double> rank() const {
        int exponent = 0;
        const double fraction = std::frexp(value, &exponent);
        return {step + exponent, fraction};
    }
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

std::vector<ClassConfusion> confusions(const Answers& answers) {
    const auto classes = static_cast<uint64_t>(answers.classes);
    std::vector<uint64_t> keys;
    keys.reserve(answers.size());
    for (size_t i = 0; i < answers.size(); ++i)
        if (answers.predicted[i] >= 0)
            keys.push_back(static_cast<uint64_t>(answers.truth[i]) * classes +
                           static_cast<uint64_t>(answers.predicted[i]));
    std::ranges::sort(keys);
    std::vector<ClassConfusion> pairs;
    for (size_t i = 0; i < keys.size(); ++i) {
        if (i == 0 || keys[i] != keys[i - 1])
            pairs.push_back({static_cast<int>(keys[i] / classes), static_cast<int>(keys[i] % classes), 0});
        ++pairs.back().count;
    }
    return pairs;
}

std::vector<ClassConfusion> mostConfused(const Answers& answers, size_t most) {
    std::vector<ClassConfusion> pairs = confusions(answers);
    std::erase_if(pairs, [](const ClassConfusion& pair) { return pair.truth == pair.predicted; });
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
    const std::vector<ClassLink> links = classLinks(answers);
    std::vector<Pull> pulls(classes);
    std::vector<bool> isTaken(classes);
    // The strongest first, of equal ones that with the lower number.
    std::set<std::tuple<int64_t, double, int64_t>, std::greater<>> pulled;
    const auto entryOf = [&](size_t c) {
        const auto [power, fraction] = pulls[c].rank();
        return std::tuple(power, fraction, -static_cast<int64_t>(c));
    };
    std::vector<int> order;
    for (size_t first = 0; order.size() < classes;) {
        size_t next = 0;
        if (pulled.empty()) {  // none of those left is confused with one that is placed
            while (isTaken[first])
                ++first;
            next = first;
        } else {
            next = static_cast<size_t>(-std::get<2>(*pulled.begin()));
            pulled.erase(pulled.begin());
        }
        isTaken[next] = true;
        order.push_back(static_cast<int>(next));
        auto link = std::ranges::lower_bound(links, next, {}, &ClassLink::from);
        for (; link != links.end() && link->from == next; ++link) {
            if (isTaken[link->to]) continue;
            pulled.erase(entryOf(link->to));
            pulls[link->to].add(link->share, std::ssize(order));
            pulled.insert(entryOf(link->to));
        }
    }
    return order;
}

}  // namespace diagonal
