// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/model_comparison.h"

#include <algorithm>
#include <cmath>

#include "engine/evaluation/svg_text.h"

namespace diagonal {

namespace {

bool isOneSided(const std::string& metric) {
    return metric.ends_with("ece") || metric.ends_with("macro_f1");
}

/// Whether an item was a hit of the row; nothing where that is no yes or no, or where items hang together, as the
/// captions of one picture do.
std::optional<std::vector<bool>> hitsOf(const TaskResult& row, const std::string& metric) {
    std::vector<bool> hits;
    if (metric == "acc1" || metric == "lp_acc1") {
        for (size_t i = 0; i < row.answers.size(); ++i)
            hits.push_back(row.answers.isRight(i));
        return hits;
    }
    const bool toImage = metric == "image_retrieval_recall@1";
    if (!toImage && metric != "text_retrieval_recall@1") return std::nullopt;
    if (toImage && row.ranks.textToImage.size() != row.ranks.imageToText.size()) return std::nullopt;
    for (const QueryRank& rank : toImage ? row.ranks.textToImage : row.ranks.imageToText) {
        const double hit = rank.hitAt(1);
        if (hit != 0 && hit != 1) return std::nullopt;
        hits.push_back(hit == 1);
    }
    return hits;
}

std::optional<double> mcNemarOf(const TaskResult& row, const TaskResult& best, const std::string& metric) {
    const auto a = hitsOf(row, metric), b = hitsOf(best, metric);
    if (!a || !b || a->empty() || a->size() != b->size()) return std::nullopt;
    Discordant counts;
    for (size_t i = 0; i < a->size(); ++i) {
        if ((*a)[i] && !(*b)[i]) ++counts.onlyFirst;
        if (!(*a)[i] && (*b)[i]) ++counts.onlySecond;
    }
    return mcNemar(counts);
}

const Metric* definedMetric(const TaskResult* row, const std::string& name) {
    const Metric* metric = row == nullptr ? nullptr : row->metric(name);
    return metric == nullptr || std::isnan(metric->value) ? nullptr : metric;
}

bool isPaired(const TaskResult& a, const TaskResult& b, const std::string& name) {
    return a.pictures == b.pictures && a.metric(name)->draws.size() == b.metric(name)->draws.size();
}

/// Numbers of the largest group of rows that can be paired, the first of equally large ones.
std::vector<size_t> largestGroup(const std::vector<const TaskResult*>& rows, const std::string& name) {
    std::vector<std::vector<size_t>> groups;
    for (size_t i = 0; i < rows.size(); ++i) {
        if (definedMetric(rows[i], name) == nullptr) continue;
        const auto own = std::ranges::find_if(
            groups, [&](const std::vector<size_t>& group) { return isPaired(*rows[i], *rows[group.front()], name); });
        if (own == groups.end())
            groups.push_back({i});
        else
            own->push_back(i);
    }
    const auto largest = std::ranges::max_element(groups, {}, &std::vector<size_t>::size);
    if (largest == groups.end() || (largest->size() == 1 && groups.size() > 1)) return {};
    return *largest;
}

}  // namespace

Interval intervalOf(const std::string& metric, double value, const std::vector<double>& draws) {
    if (!isOneSided(metric)) return percentileInterval(draws);
    const Interval centred = centredInterval(value, draws);
    return {std::clamp(centred.low, 0.0, 1.0), std::clamp(centred.high, 0.0, 1.0)};
}

std::vector<std::optional<Standing>> standings(const std::vector<const TaskResult*>& rows, const std::string& name) {
    std::vector<std::optional<Standing>> result(rows.size());
    const std::vector<size_t> group = largestGroup(rows, name);
    if (group.empty()) return result;
    const bool lowerIsBetter = rows[group.front()]->metric(name)->lowerIsBetter;
    const auto worth = [&](size_t i) { return (lowerIsBetter ? -1 : 1) * rows[i]->metric(name)->value; };
    const size_t bestRow = *std::ranges::max_element(group, {}, worth);
    const Metric& best = *rows[bestRow]->metric(name);
    for (const size_t i : group) {
        const Metric& metric = *rows[i]->metric(name);
        Standing standing{.isBest = i == bestRow, .difference = metric.value - best.value};
        if (!standing.isBest) {
            std::vector<double> differences;
            for (size_t k = 0; k < best.draws.size(); ++k)
                differences.push_back(metric.draws[k] - best.draws[k]);
            standing.ci95 =
                isOneSided(name) ? centredInterval(standing.difference, differences) : percentileInterval(differences);
            standing.isWithinNoise = differences.empty() ? standing.difference == 0 : standing.ci95.holds(0);
            standing.mcNemar = mcNemarOf(*rows[i], *rows[bestRow], name);
        }
        result[i] = standing;
    }
    return result;
}

std::string describe(const Standing& standing, bool isShare) {
    if (standing.isBest) return "best";
    const double unit = isShare ? 100 : 1;
    const int places = isShare ? 1 : 3;
    std::string text = (standing.isWithinNoise ? "within noise: " : "") +
                       fixedText(unit * standing.difference, places) + (isShare ? " points" : "");
    if (!std::isnan(standing.ci95.low))
        text += " (" + fixedText(unit * standing.ci95.low, places) + " to " +
                fixedText(unit * standing.ci95.high, places) + ")";
    if (standing.mcNemar)
        text += *standing.mcNemar < 0.001 ? ", McNemar p < 0.001" : ", McNemar p = " + fixedText(*standing.mcNemar, 3);
    return text;
}

}  // namespace diagonal
