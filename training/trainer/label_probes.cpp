// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/label_probes.h"

#include <algorithm>
#include <array>

#include "engine/base/job.h"
#include "engine/base/libtorch.h"
#include "engine/evaluation/probe.h"

namespace diagonal {

namespace {

constexpr int kNeighbours = 5;  // a half has few pictures of a class

size_t rightOnes(const Answers& answers) {
    size_t right = 0;
    for (size_t i = 0; i < answers.size(); ++i)
        right += answers.isRight(i) ? 1 : 0;
    return right;
}

/// Every second picture of each class chooses C, where it has two.
LinearProbe probeOf(const LabelledFeatures& known, int classes, const std::stop_token& stop) {
    std::vector<size_t> train, validation, seen(static_cast<size_t>(classes));
    for (size_t i = 0; i < known.size(); ++i)
        (seen[static_cast<size_t>(known.labels[i])]++ % 2 == 0 ? train : validation).push_back(i);
    return sweepC(known.at(train), known.at(validation), classes, {}, {stop, {}});
}

}  // namespace

LabelProbes probeLabels(const torch::Tensor& images, const std::vector<int>& labels, bool isLinear,
                        const std::stop_token& stop) {
    const int classes = labels.empty() ? 0 : std::ranges::max(labels) + 1;
    std::vector<size_t> pictures(static_cast<size_t>(std::max(0, classes))), seen = pictures;
    for (const int label : labels)
        if (label >= 0) ++pictures[static_cast<size_t>(label)];
    std::array<std::vector<size_t>, 2> rows;
    for (size_t i = 0; i < labels.size(); ++i)
        if (labels[i] >= 0 && pictures[static_cast<size_t>(labels[i])] > 1)
            rows[seen[static_cast<size_t>(labels[i])]++ % 2].push_back(i);
    LabelProbes probes;
    if (rows[0].empty()) return probes;
    const LabelledFeatures all{images.to(torch::kCPU, torch::kFloat), labels};
    const std::array<LabelledFeatures, 2> halves = {all.at(rows[0]), all.at(rows[1])};
    const auto total = static_cast<double>(rows[0].size() + rows[1].size());
    size_t neighbours = 0, linear = 0;
    // One class is no question for a probe.
    const bool isProbed = isLinear && std::ranges::count_if(pictures, [](size_t count) { return count > 1; }) > 1 &&
                          all.features.isfinite().all().item<bool>();
    for (const size_t half : {0, 1}) {
        const LabelledFeatures &test = halves[half], &known = halves[1 - half];
        neighbours += rightOnes(nearestNeighbours(test.features, test.labels, known.features, known.labels, classes,
                                                  std::min(kNeighbours, static_cast<int>(known.size()))));
        if (isProbed)
            linear += rightOnes(classify(test.features, test.labels, probeOf(known, classes, stop).classifier));
    }
    probes.neighbours = static_cast<double>(neighbours) / total;
    if (isProbed) probes.linear = static_cast<double>(linear) / total;
    return probes;
}

}  // namespace diagonal
