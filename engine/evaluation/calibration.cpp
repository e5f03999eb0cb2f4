// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/calibration.h"

#include <cmath>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

constexpr double kSmallestScale = 1, kLargestScale = 10000;  // 1 / temperature

/// Slope and curvature of the mean log loss at a scale.
struct Curve {
    double slope = 0, curvature = 0;
};

Curve curveAt(const torch::Tensor& cosines, const torch::Tensor& own, double scale) {
    const auto p = (cosines * scale).softmax(1);
    const auto mean = (p * cosines).sum(1);
    const auto spread = (p * (cosines - mean.unsqueeze(1)).square()).sum(1);
    return {(mean - own).mean().item<double>(), spread.mean().item<double>()};
}

}  // namespace

double fitTemperature(const torch::Tensor& cosines, const std::vector<int>& truth) {
    const torch::NoGradGuard noGrad;
    const auto all = cosines.to(torch::kFloat);
    const auto kept = all.isfinite().all(1).nonzero().squeeze(1);
    if (kept.numel() == 0) throw Error("temperature", "no picture is left to fit it on", "Give labelled pictures");
    const auto rows = all.index_select(0, kept);
    const auto truths = torch::tensor(truth, torch::kInt).to(torch::kLong).index_select(0, kept);
    const auto own = rows.gather(1, truths.unsqueeze(1)).squeeze(1);
    // The loss is convex in the scale: Newton's steps, kept between bounds that close in.
    double low = kSmallestScale, high = kLargestScale, scale = 100;
    for (int step = 0; step < 100 && high / low > 1 + 1e-7; ++step) {
        const auto [slope, curvature] = curveAt(rows, own, scale);
        (slope > 0 ? high : low) = scale;
        double next = curvature > 0 ? scale - slope / curvature : 0;
        if (!(next > low && next < high)) next = std::sqrt(low * high);
        if (std::abs(next / scale - 1) < 1e-7) break;
        scale = next;
    }
    if (scale > kLargestScale / 2)
        throw Error("temperature",
                    "none down to 0.0002 is low enough: all answers are right, or all cosines nearly equal",
                    "Fit it on harder pictures");
    return 1 / scale;
}

}  // namespace diagonal
