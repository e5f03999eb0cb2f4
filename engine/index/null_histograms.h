// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace diagonal {

/// How the relevances of queries that mean nothing lie over a library: a histogram a query. Values are in σ.
class NullHistograms {
  public:
    static constexpr double kLowest = -16, kHighest = 32, kStep = 1.0 / 16;
    static constexpr int64_t kBins = 768;

    explicit NullHistograms(int64_t queries = 0) : m_counts(static_cast<size_t>(queries * kBins)) {}

    int64_t queries() const { return static_cast<int64_t>(m_counts.size()) / kBins; }
    /// What is beyond the ends counts in the last bins, what is no number nowhere. No two threads at one query.
    void add(int64_t query, float value);
    /// The relevance that the largest of `looked` rows stays below for the share `share` of the queries, by what
    /// `sampled` rows have shown. Fewer are a draw from those: their luck counts, too. Beyond those the tail goes on as
    /// an exponential does. isLower: of the negatives.
    double line(double sampled, double looked, double share, bool isLower) const;
    /// Density in bins of kStep from kLowest on, of all queries, summing to 1.
    std::vector<double> density() const;

  private:
    double lineOfSome(double sampled, double looked, double share, bool isLower) const;
    double lineOfMore(double sampled, double looked, double share, bool isLower) const;
    /// The value that `count` of a query's values are above.
    double valueAtRank(int64_t query, double count, bool isLower) const;

    std::vector<uint32_t> m_counts;
};

}  // namespace diagonal
