// SPDX-License-Identifier: Apache-2.0
#include "engine/index/null_histograms.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace diagonal {

void NullHistograms::add(int64_t query, float value) {
    if (!std::isfinite(value)) return;
    const double bin = std::clamp((double{value} - kLowest) / kStep, 0.0, static_cast<double>(kBins - 1));
    ++m_counts[static_cast<size_t>(query * kBins + static_cast<int64_t>(bin))];
}

double NullHistograms::valueAtRank(int64_t query, double count, bool isLower) const {
    const uint32_t* const counts = m_counts.data() + query * kBins;
    double above = 0;
    for (int64_t i = 0; i < kBins; ++i) {
        const uint32_t here = counts[isLower ? i : kBins - 1 - i];
        if (here > 0 && above + here >= count) {
            const double inside = (count - above) / here;  // of the bin, from its outer end
            const double outer =
                isLower ? -(kLowest + static_cast<double>(i) * kStep) : kHighest - static_cast<double>(i) * kStep;
            return outer - inside * kStep;
        }
        above += here;
    }
    return 0;
}

double NullHistograms::line(double sampled, double looked, double share, bool isLower) const {
    if (queries() == 0 || sampled < 1 || looked < 1) return 0;
    return looked < sampled ? lineOfSome(sampled, looked, share, isLower) : lineOfMore(sampled, looked, share, isLower);
}

double NullHistograms::lineOfSome(double sampled, double looked, double share, bool isLower) const {
    // The chance that none of `looked` rows, drawn from `sampled`, is among `above` ones.
    const auto noneOf = [&](double above) {
        const double one = looked / (sampled - (above - 1) / 2);
        return one < 1 ? std::exp(above * std::log1p(-one)) : 0;
    };
    std::vector<double> above(static_cast<size_t>(queries())), chance(above.size(), 1);
    const double needed = share * static_cast<double>(queries());
    double below = static_cast<double>(queries());  // queries that stay below the edge
    for (int64_t i = 0; i < kBins; ++i) {
        double next = below;
        for (size_t query = 0; query < above.size(); ++query) {
            const uint32_t here =
                m_counts[query * static_cast<size_t>(kBins) + static_cast<size_t>(isLower ? i : kBins - 1 - i)];
            if (here == 0) continue;
            above[query] += here;
            next -= std::exchange(chance[query], noneOf(above[query]));
            next += chance[query];
        }
        if (next < needed) {
            const double inside = (below - needed) / (below - next);  // of the bin, from its outer end
            return (isLower ? -kLowest : kHighest) - (static_cast<double>(i) + inside) * kStep;
        }
        below = next;
    }
    return isLower ? -kHighest : kLowest;
}

double NullHistograms::lineOfMore(double sampled, double looked, double share, bool isLower) const {
    std::vector<double> largest;
    for (int64_t query = 0; query < queries(); ++query) {
        double value = valueAtRank(query, 1, isLower);
        // Ranks 1 and 8 give the slope; noise is held down by its bounds.
        const double slope = (value - valueAtRank(query, 8, isLower)) / std::log(8.0);
        value += std::clamp(slope, 0.0, 0.7) * std::log(looked / sampled);
        largest.push_back(value);
    }
    const auto at = std::min(static_cast<size_t>(share * static_cast<double>(largest.size())), largest.size() - 1);
    std::ranges::nth_element(largest, largest.begin() + static_cast<ptrdiff_t>(at));
    return largest[at];
}

std::vector<double> NullHistograms::density() const {
    std::vector<double> sums(static_cast<size_t>(kBins));
    for (size_t i = 0; i < m_counts.size(); ++i)
        sums[i % static_cast<size_t>(kBins)] += m_counts[i];
    const double all = std::accumulate(sums.begin(), sums.end(), 0.0);
    if (all > 0)
        for (double& one : sums)
            one /= all;
    return sums;
}

}  // namespace diagonal
