// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/label_scoring.h"

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

double softmaxSum(std::span<const float> cosines, float highest, double temperature) {
    double sum = 0;
    for (const float cosine : cosines)
        sum += std::exp((cosine - highest) / temperature);
    return sum;
}

}  // namespace

std::vector<float> labelCosines(std::span<const float> image, const Embeddings& labels) {
    if (static_cast<int64_t>(image.size()) != labels.dim) return {};
    std::vector<float> cosines(static_cast<size_t>(labels.count()));
    for (size_t i = 0; i < cosines.size(); ++i)
        cosines[i] = dot(image.data(), labels.values.data() + i * image.size(), image.size());
    return cosines;
}

std::vector<LabelScore> rankLabels(std::span<const float> cosines, double temperature) {
    std::vector<LabelScore> scores;
    if (cosines.empty()) return scores;
    const float highest = *std::max_element(cosines.begin(), cosines.end());
    const double sum = softmaxSum(cosines, highest, temperature);
    scores.reserve(cosines.size());
    for (size_t i = 0; i < cosines.size(); ++i)
        scores.push_back({i, std::exp((cosines[i] - highest) / temperature) / sum, cosines[i]});
    std::stable_sort(scores.begin(), scores.end(),
                     [](const LabelScore& a, const LabelScore& b) { return a.cosine > b.cosine; });
    return scores;
}

TopLabel topLabel(std::span<const float> cosines, double temperature) {
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
    const double sum = softmaxSum(cosines, top.cosine, temperature);
    top.probability = 1 / sum;
    std::vector<LabelScore> best = {{static_cast<size_t>(top.best), top.probability, top.cosine}};
    if (top.second >= 0) {
        const float next = cosines[static_cast<size_t>(top.second)];
        top.secondProbability = std::exp((next - top.cosine) / temperature) / sum;
        best.push_back({static_cast<size_t>(top.second), top.secondProbability, next});
    }
    top.sure = isSure(best);
    return top;
}

}  // namespace diagonal
