// SPDX-License-Identifier: Apache-2.0
#include "engine/index/query.h"

#include <algorithm>
#include <cmath>

#include "engine/index/row_products.h"

namespace diagonal {

namespace {

constexpr double kNothingLeft = 1e-3;

void checkTerm(const QueryTerm& term, int64_t dim) {
    if (static_cast<int64_t>(term.embedding.size()) != dim)
        throw Error(
            "query",
            "has " + std::to_string(term.embedding.size()) + " numbers, rows of the library " + std::to_string(dim),
            "Open the model that made the library");
    if (!std::isfinite(term.weight)) throw Error("query", "a weight is no number", "Give a number such as 0.5");
    double square = 0;
    for (const float value : term.embedding)
        square += double{value} * value;
    if (!std::isfinite(square) || square == 0)
        throw Error(term.name.empty() ? "query" : "“" + term.name + "”", "has an embedding that is no direction",
                    "Search for something else");
}

/// The density of a sum: what `sum` holds so far, and `scale` times a term's value.
std::vector<double> convolved(const std::vector<double>& sum, const std::vector<double>& term, double scale) {
    std::vector<double> result(sum.size());
    const auto centre = [](size_t bin) {
        return NullHistograms::kLowest + (static_cast<double>(bin) + 0.5) * NullHistograms::kStep;
    };
    for (size_t i = 0; i < sum.size(); ++i) {
        if (sum[i] == 0) continue;
        for (size_t j = 0; j < term.size(); ++j) {
            if (term[j] == 0) continue;
            const double bin = (centre(i) + scale * centre(j) - NullHistograms::kLowest) / NullHistograms::kStep;
            result[static_cast<size_t>(std::clamp(bin, 0.0, static_cast<double>(sum.size() - 1)))] += sum[i] * term[j];
        }
    }
    return result;
}

}  // namespace

Query::Query(const Background& background, int64_t dim, std::span<const QueryTerm> terms) : m_background(background) {
    std::vector<Background::Direction> directions;
    std::vector<double> weights;
    for (const QueryTerm& term : terms) {
        checkTerm(term, dim);
        directions.push_back(background.direction(term));
        m_terms.push_back({directions.back(), term.embedding, term.kind, term.weight});
        weights.push_back(term.weight);
    }
    if (weights.empty()) throw Error("query", "is empty", "Give words or a picture to search for");
    if (std::ranges::all_of(weights, [](double weight) { return weight == 0; }))
        throw Error("query", "the weights of all its terms are 0", "Give one of them another weight, such as 1");

    const std::vector<double> correlations = background.correlations(directions);
    const size_t n = m_terms.size();
    double variance = 0, squares = 0;
    for (size_t i = 0; i < n; ++i) {
        squares += weights[i] * weights[i];
        for (size_t j = 0; j < n; ++j)
            variance += weights[i] * weights[j] * correlations[i * n + j];
    }
    if (!(variance > kNothingLeft * squares))
        throw Error("query", "its terms cancel each other out", "Take one out, or change the weights");

    m_direction.assign(static_cast<size_t>(dim), 0);
    m_cosine.assign(static_cast<size_t>(dim), 0);
    for (Term& term : m_terms) {
        const double weight = term.share;
        term.share /= std::sqrt(variance);
        m_offset += term.share * term.direction.offset;
        for (size_t i = 0; i < m_direction.size(); ++i) {
            m_direction[i] += static_cast<float>(term.share * term.direction.values[i]);
            m_cosine[i] += static_cast<float>(weight * term.embedding[i]);
        }
    }
    const auto length = std::sqrt(dotProduct(m_cosine.data(), m_cosine.data(), m_cosine.size()));
    for (float& value : m_cosine)
        value = length > 0 ? value / length : 0;

    // Around 0, and the sum of its squared shares 1.
    m_density.assign(static_cast<size_t>(NullHistograms::kBins), 0);
    m_density[static_cast<size_t>(-NullHistograms::kLowest / NullHistograms::kStep)] = 1;
    for (size_t i = 0; i < n; ++i)
        m_density = convolved(m_density, background.density(m_terms[i].kind), weights[i] / std::sqrt(squares));
}

double Query::line(double looked) const {
    double sum = 0, squares = 0;
    for (const Term& term : m_terms) {
        const double one = m_background.line(term.kind, term.share < 0, looked);
        sum += term.share * term.share * one * std::abs(one);
        squares += term.share * term.share;
    }
    return std::copysign(std::sqrt(std::abs(sum) / squares), sum);
}

std::vector<float> Query::background() const {
    constexpr double kFirst = -4, kBinsOfOne = 2;
    constexpr size_t kCount = 96;
    const auto first = static_cast<size_t>((kFirst - NullHistograms::kLowest) / NullHistograms::kStep);
    std::vector<float> result(kCount);
    for (size_t i = 0; i < kCount; ++i) {
        double sum = 0;
        for (size_t j = 0; j < static_cast<size_t>(kBinsOfOne); ++j)
            sum += m_density[first + i * static_cast<size_t>(kBinsOfOne) + j];
        result[i] = static_cast<float>(sum / (kBinsOfOne * NullHistograms::kStep));
    }
    return result;
}

double Query::tail(double relevance) const {
    const double bin = std::clamp((relevance - NullHistograms::kLowest) / NullHistograms::kStep, 0.0,
                                  static_cast<double>(m_density.size()));
    const auto whole = static_cast<size_t>(bin);
    double sum = 0;
    for (size_t i = whole; i < m_density.size(); ++i)
        sum += m_density[i];
    if (whole < m_density.size()) sum -= (bin - static_cast<double>(whole)) * m_density[whole];
    return std::max(sum, 0.0);
}

float Query::relevance(const float* row) const {
    return static_cast<float>(dotProduct(row, m_direction.data(), m_direction.size()) - m_offset);
}

float Query::cosine(const float* row) const {
    return dotProduct(row, m_cosine.data(), m_cosine.size());
}

void Query::explain(const float* row, SearchHit& hit) const {
    hit.cosine = cosine(row);
    hit.relevance = relevance(row);
    hit.terms.clear();
    for (const Term& term : m_terms) {
        const double alone =
            dotProduct(row, term.direction.values.data(), term.direction.values.size()) - term.direction.offset;
        hit.terms.push_back({dotProduct(row, term.embedding.data(), term.embedding.size()), static_cast<float>(alone),
                             static_cast<float>(alone * term.share)});
    }
}

}  // namespace diagonal
