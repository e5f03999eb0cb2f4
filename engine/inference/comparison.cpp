// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/comparison.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace diagonal {

namespace {

/// A ranking by label, of a sum of at most 1.
class Distribution {
  public:
    explicit Distribution(std::span<const LabelScore> ranking) {
        double sum = 0;
        for (const LabelScore& one : ranking)
            sum += one.probability;
        const double scale = sum > 1 ? 1 / sum : 1;
        m_rest = m_unlisted = std::max(0.0, 1 - sum);
        for (const LabelScore& one : ranking) {
            m_probabilities.emplace(one.label, one.probability * scale);
            m_unlisted = std::min(m_unlisted, one.probability * scale);
        }
    }

    bool lists(size_t label) const { return m_probabilities.contains(label); }
    size_t size() const { return m_probabilities.size(); }
    double rest() const { return m_rest; }
    double atMost(size_t label) const {
        const auto found = m_probabilities.find(label);
        return found != m_probabilities.end() ? found->second : m_unlisted;
    }
    /// Sum of what this side gives more than the other possibly does.
    double excessOver(const Distribution& other) const {
        double excess = 0;
        for (const auto& [label, probability] : m_probabilities)
            excess += std::max(0.0, probability - other.atMost(label));
        return excess;
    }

  private:
    std::unordered_map<size_t, double> m_probabilities;
    double m_rest = 0;      ///< what the labels that are not listed have together
    double m_unlisted = 0;  ///< what one of them has at most
};

// Where nothing is cut off both sums are the distance: what one side has more the other has less.
double distanceOf(const Distribution& p, const Distribution& q) {
    return std::min(1.0, std::max(p.excessOver(q), q.excessOver(p)));
}

}  // namespace

double rankingDistance(std::span<const LabelScore> left, std::span<const LabelScore> right) {
    return distanceOf(Distribution(left), Distribution(right));
}

PictureComparison compareRankings(size_t picture, std::span<const LabelScore> left, std::span<const LabelScore> right,
                                  bool isLeftGiven, bool isRightGiven) {
    constexpr double kRounding = 1e-5;  // of numbers that a file holds
    const Distribution p(left), q(right);
    const bool sameLabels =
        p.size() == q.size() && std::ranges::all_of(left, [&](const LabelScore& one) { return q.lists(one.label); });
    PictureComparison result{picture, left.front(), right.front(), distanceOf(p, q),
                             !sameLabels || std::min(p.rest(), q.rest()) > kRounding};
    if (!isLeftGiven) result.left.label = kNoLabel;
    if (!isRightGiven) result.right.label = kNoLabel;
    return result;
}

bool comesBefore(const PictureComparison& a, const PictureComparison& b) {
    if (a.agrees() != b.agrees()) return b.agrees();
    if (a.distance != b.distance) return a.distance > b.distance;
    return a.picture < b.picture;
}

double ComparisonTotals::agreement() const {
    return pictures == 0 ? 0 : static_cast<double>(agreeing) / static_cast<double>(pictures);
}

ComparisonTotals totalsOf(std::span<const PictureComparison> comparisons) {
    ComparisonTotals totals;
    std::map<std::pair<size_t, size_t>, size_t> pairs;
    for (const PictureComparison& one : comparisons) {
        ++totals.pictures;
        if (one.agrees()) ++totals.agreeing;
        totals.meanDistance += one.distance;
        ++pairs[{one.left.label, one.right.label}];
    }
    if (totals.pictures > 0) totals.meanDistance /= static_cast<double>(totals.pictures);
    for (const auto& [labels, pictures] : pairs)
        totals.pairs.push_back({labels.first, labels.second, pictures});
    std::ranges::stable_sort(totals.pairs, std::greater(), &LabelPairCount::pictures);
    return totals;
}

}  // namespace diagonal
