// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/job.h"
#include "engine/index/null_histograms.h"
#include "engine/index/search.h"
#include "engine/index/snapshot.h"

namespace diagonal {

/// What queries that mean nothing make of a library, and so how far a row must stand out to mean something.
///
/// The relevance of row x for a query q is (x − x̄)·(q − c) / σ: x̄ is the mean row, c what queries of this kind have in
/// common (half of the mean unrelated text, for pictures x̄), and σ the robust standard deviation of the same number for
/// unrelated queries: texts that belong to nothing, for pictures such as are drawn at random with the library's
/// covariance (real ones have relatives in it).
class Background {
  public:
    /// Rows that σ and x̄ are taken of, and of which the tails are known; of a larger library they are evenly spread.
    static constexpr int64_t kSample = 8192, kTailSample = 131072;
    /// How much of the mean unrelated text is taken off. All of it costs precision (0.69 instead of 0.73 of ten hits on
    /// Flickr8k), none of it finds less of what is there (43 instead of 44 of 50).
    static constexpr double kCommonShare = 0.5;
    /// Of ten queries for what is not there nine find nothing.
    static constexpr double kShare = 0.9;

    /// unrelated: [m, dim], alive: rows in use.
    Background(const Snapshot& snapshot, const std::vector<float>& unrelated, std::span<const int64_t> alive,
               const JobContext& job);

    /// A term as a direction: its relevance is row·values − offset.
    struct Direction {
        std::vector<float> values;
        double offset = 0;
    };
    Direction direction(const QueryTerm& term) const;

    /// Correlations of terms over the library, [n, n].
    std::vector<double> correlations(std::span<const Direction> terms) const;
    /// The line of one term among `looked` rows. isWithout: of its negative.
    double line(TermKind kind, bool isWithout, double looked) const;
    /// Density of a term in bins of NullHistograms.
    const std::vector<double>& density(TermKind kind) const;

    /// [samples, dim] of the library's rows, and their mean.
    const std::vector<float>& sample() const { return m_sample; }
    const std::vector<float>& mean() const { return m_mean; }

  private:
    /// Rows that are no numbers are left out.
    void readSample(const Snapshot& snapshot, std::span<const int64_t> alive);
    /// queries: those of m_words, then those of m_pictures, in σ.
    void countRelevances(const Snapshot& snapshot, const std::vector<float>& queries, const std::vector<int64_t>& rows,
                         const JobContext& job);
    double spreadOf(std::span<const float> direction) const;

    int64_t m_dim;
    double m_tailRows = 0;
    std::vector<float> m_sample;
    std::vector<float> m_mean, m_common;  ///< x̄; what is taken off texts
    double m_wordsSigma = 1, m_pictureSigma = 1;
    NullHistograms m_words, m_pictures;
    std::vector<double> m_wordsDensity, m_pictureDensity;
};

}  // namespace diagonal
