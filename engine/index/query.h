// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/index/background.h"
#include "engine/index/search.h"

namespace diagonal {

/// Terms put together: one direction that gives each row its relevance.
///
/// Relevances of the terms are added up by weight, and divided by the standard deviation that such a sum has over this
/// library, where terms that say the same count once.
class Query {
  public:
    /// Throws Error as Searcher::search.
    Query(const Background& background, int64_t dim, std::span<const QueryTerm> terms);

    /// Relevance of a row: row · direction() − offset().
    const std::vector<float>& direction() const { return m_direction; }
    double offset() const { return m_offset; }

    /// What chance reaches once in ten queries among so many rows.
    double line(double looked) const;
    /// SearchResult::background.
    std::vector<float> background() const;
    /// Share of rows that chance alone puts above a relevance.
    double tail(double relevance) const;

    float relevance(const float* row) const;
    float cosine(const float* row) const;
    /// Sets cosine, relevance and terms.
    void explain(const float* row, SearchHit& hit) const;

  private:
    struct Term {
        Background::Direction direction;
        std::vector<float> embedding;
        TermKind kind;
        double share;  ///< its relevance times this is what it adds
    };

    const Background& m_background;
    std::vector<Term> m_terms;
    std::vector<float> m_direction, m_cosine;
    double m_offset = 0;
    std::vector<double> m_density;  ///< bins of NullHistograms
};

}  // namespace diagonal
