// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "engine/evaluation/classify.h"
#include "engine/evaluation/evaluation_result.h"
#include "engine/evaluation/logistic_regression.h"

namespace diagonal {

/// Frozen features with their labels: [n, d] float32 of unit length, finite.
struct LabelledFeatures {
    torch::Tensor features;
    std::vector<int> labels;

    size_t size() const { return labels.size(); }
    LabelledFeatures at(const std::vector<size_t>& rows) const;
};

struct LinearProbe {
    Classifier classifier;
    double c = 0;
    std::vector<TriedC> tried;  ///< by C; empty: it was not chosen but taken
    bool isConverged = true;    ///< of the last fit
};

/// The sweep of the CLIP paper (Radford et al., 2021, appendix A.3): C from 1e-6 to 1e6 in steps of a hundred, then the
/// interval around the best is halved until there are eight steps a decade. The best has the most right answers on the
/// validation pictures; of equally many, the lower log loss on them; then it is the C nearest to 1. The probe is then
/// fitted on training and validation pictures together. Where more than a tenth of the classes that are learnt have no
/// validation picture, nothing can be chosen on them and C is 32. pull: as LogisticRegression has it. Progress in fits.
/// Throws Cancelled.
LinearProbe sweepC(const LabelledFeatures& train, const LabelledFeatures& validation, int classes,
                   const torch::Tensor& pull = {}, const JobContext& job = {});

struct FewShotOptions {
    std::vector<int> shots = {1, 2, 4, 8, 16};
    int seeds = 10;
    uint64_t seed = 0;        ///< of the first draw
    torch::Tensor pull = {};  ///< as LogisticRegression has it
};

/// The few-shot curve of the CLIP paper (figure 6), by growing numbers of shots, each once. Each seed draws an order of
/// each class's pictures; its first ones are learnt, so that more shots hold the fewer, and up to four behind them
/// choose C: one C for a number of shots, the best over all seeds as in sweepC, from 0.01 to 10,000 (32 where more than
/// a tenth of the classes have no pictures left for that). Progress in draws. Throws Cancelled.
std::vector<FewShotPoint> fewShotCurve(const LabelledFeatures& pool, const LabelledFeatures& test, int classes,
                                       const FewShotOptions& options, const JobContext& job = {});

/// The probe of the first seed with so many shots and this C.
Classifier fewShotProbe(const LabelledFeatures& pool, int classes, const FewShotOptions& options, int shots, double c,
                        const JobContext& job = {});

/// How many pictures a class the curve needs to be as good as `accuracy`, between two points along the logarithm; 0
/// where it starts as good, infinity where it stays below.
double shotsWorth(const std::vector<FewShotPoint>& curve, double accuracy);

}  // namespace diagonal
