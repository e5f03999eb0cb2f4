// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/model_comparison.h"

#include <cmath>

#include "engine/evaluation/svg_text.h"

namespace diagonal {

namespace {

/// Whether an item was a hit of the row; nothing where that is no yes or no.
std::optional<std::vector<bool>> hitsOf(const TaskResult& row, const std::string& metric) {
    std::vector<bool> hits;
    if (metric.ends_with("acc1") && row.answers.size() > 0) {
        for (size_t i = 0; i < row.answers.size(); ++i)
            hits.push_back(row.answers.isRight(i));
        return hits;
    }
    const bool toImage = metric == "image_retrieval_recall@1";
    if (!toImage && metric != "text_retrieval_recall@1") return std::nullopt;
    for (const QueryRank& rank : toImage ? row.ranks.textToImage : row.ranks.imageToText)
        hits.push_back(rank.hitAt(1) >= 0.5);
    return hits;
}

std::optional<double> mcNemarOf(const TaskResult& row, const TaskResult& best, const std::string& metric) {
    const auto a = hitsOf(row, metric), b = hitsOf(best, metric);
    if (!a || !b || a->size() != b->size()) return std::nullopt;
    Discordant counts;
    for (size_t i = 0; i < a->size(); ++i) {
        if ((*a)[i] && !(*b)[i]) ++counts.onlyFirst;
        if (!(*a)[i] && (*b)[i]) ++counts.onlySecond;
    }
    return mcNemar(counts);
}

}  // namespace

std::vector<std::optional<Standing>> standings(const std::vector<const TaskResult*>& rows, const std::string& name) {
    std::vector<std::optional<Standing>> result(rows.size());
    const Metric* best = nullptr;
    const TaskResult* bestRow = nullptr;
    for (const TaskResult* row : rows) {
        const Metric* metric = row == nullptr ? nullptr : row->metric(name);
        if (metric == nullptr || std::isnan(metric->value)) continue;
        const bool isBetter =
            best == nullptr || (metric->lowerIsBetter ? metric->value < best->value : metric->value > best->value);
        if (!isBetter) continue;
        best = metric;
        bestRow = row;
    }
    for (size_t i = 0; i < rows.size() && best != nullptr; ++i) {
        const Metric* metric = rows[i] == nullptr ? nullptr : rows[i]->metric(name);
        if (metric == nullptr || std::isnan(metric->value) || rows[i]->pictures != bestRow->pictures ||
            metric->draws.size() != best->draws.size())
            continue;
        Standing standing{.isBest = metric == best, .difference = metric->value - best->value};
        if (!standing.isBest) {
            std::vector<double> differences;
            for (size_t k = 0; k < best->draws.size(); ++k)
                differences.push_back(metric->draws[k] - best->draws[k]);
            standing.ci95 = percentileInterval(differences);
            standing.isWithinNoise = differences.empty() ? standing.difference == 0 : standing.ci95.holds(0);
            standing.mcNemar = mcNemarOf(*rows[i], *bestRow, name);
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
                       fixedText(unit * standing.difference, places) + (isShare ? " points" : "") + " (" +
                       fixedText(unit * standing.ci95.low, places) + " to " +
                       fixedText(unit * standing.ci95.high, places) + ")";
    if (standing.mcNemar)
        text += *standing.mcNemar < 0.001 ? ", McNemar p < 0.001" : ", McNemar p = " + fixedText(*standing.mcNemar, 3);
    return text;
}

}  // namespace diagonal
