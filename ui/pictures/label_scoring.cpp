// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/label_scoring.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace diagonal {

namespace {

// Sixteen sums side by side, so that the compiler may use vector registers without reordering a sum.
float dot(const float* a, const float* b, size_t n) {
    constexpr size_t kLanes = 16;
    std::array<float, kLanes> sums{};
    size_t i = 0;
    for (; i + kLanes <= n; i += kLanes)
        for (size_t lane = 0; lane < kLanes; ++lane)
            sums[lane] += a[i + lane] * b[i + lane];
    float total = 0;
    for (const float sum : sums)
        total += sum;
    for (; i < n; ++i)
        total += a[i] * b[i];
    return total;
}

/// Of one label among all of them.
class Probability {
  public:
    Probability(std::span<const float> cosines, float highest, const Scoring& scoring)
        : m_scoring(scoring), m_highest(highest) {
        if (scoring.score == Score::Sigmoid) return;
        m_sum = 0;
        for (const float cosine : cosines)
            m_sum += std::exp((cosine - highest) / scoring.temperature);
    }
    double operator()(float cosine) const {
        if (m_scoring.score == Score::Sigmoid)
            return 1 / (1 + std::exp(-cosine / m_scoring.temperature - m_scoring.bias));
        return std::exp((cosine - m_highest) / m_scoring.temperature) / m_sum;
    }

  private:
    const Scoring& m_scoring;
    float m_highest;
    double m_sum = 1;
};

}  // namespace

std::vector<float> labelCosines(std::span<const float> image, const Embeddings& labels) {
    if (static_cast<int64_t>(image.size()) != labels.dim) return {};
    std::vector<float> cosines(static_cast<size_t>(labels.count()));
    for (size_t i = 0; i < cosines.size(); ++i)
        cosines[i] = dot(image.data(), labels.values.data() + i * image.size(), image.size());
    return cosines;
}

std::vector<float> bestOfSynonyms(std::vector<float> texts, const std::vector<Label>& labels) {
    size_t count = 0;
    for (const Label& label : labels)
        count += label.synonyms.size();
    if (count != texts.size()) return {};
    if (count == labels.size()) return texts;
    std::vector<float> best;
    best.reserve(labels.size());
    auto text = texts.begin();
    for (const Label& label : labels) {
        const auto end = text + static_cast<ptrdiff_t>(label.synonyms.size());
        best.push_back(*std::max_element(text, end));
        text = end;
    }
    return best;
}

std::vector<LabelScore> rankLabels(std::span<const float> cosines, const Scoring& scoring) {
    std::vector<LabelScore> scores;
    if (cosines.empty()) return scores;
    const Probability probability(cosines, *std::max_element(cosines.begin(), cosines.end()), scoring);
    scores.reserve(cosines.size());
    for (size_t i = 0; i < cosines.size(); ++i)
        scores.push_back({i, probability(cosines[i]), cosines[i]});
    std::stable_sort(scores.begin(), scores.end(),
                     [](const LabelScore& a, const LabelScore& b) { return a.cosine > b.cosine; });
    return scores;
}

TopLabel topLabel(std::span<const float> cosines, const Scoring& scoring) {
    TopLabel top;
    for (int i = 0; i < static_cast<int>(cosines.size()); ++i) {
        const float cosine = cosines[static_cast<size_t>(i)];
        if (top.best < 0 || cosine > cosines[static_cast<size_t>(top.best)]) {
            top.second = top.best;
            top.best = i;
        } else if (top.second < 0 || cosine > cosines[static_cast<size_t>(top.second)]) {
            top.second = i;
        }
    }
    if (top.best < 0) return top;
    top.cosine = cosines[static_cast<size_t>(top.best)];
    const Probability probability(cosines, top.cosine, scoring);
    top.probability = probability(top.cosine);
    std::vector<LabelScore> best = {{static_cast<size_t>(top.best), top.probability, top.cosine}};
    if (top.second >= 0) {
        const float next = cosines[static_cast<size_t>(top.second)];
        top.secondProbability = probability(next);
        best.push_back({static_cast<size_t>(top.second), top.secondProbability, next});
    }
    top.sure = isSure(best);
    return top;
}

bool isAssigned(const TopLabel& top, const std::vector<Label>& labels, Score score) {
    if (top.best < 0 || static_cast<size_t>(top.best) >= labels.size()) return false;
    return isAssigned({{static_cast<size_t>(top.best), top.probability, top.cosine}}, labels, score);
}

}  // namespace diagonal
