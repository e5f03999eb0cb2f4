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

void BinSums::add(double confidence, double right, double weight) {
    const auto bins = static_cast<double>(kCalibrationBins);
    const double place = std::clamp(std::ceil(confidence * bins) - 1, 0.0, bins - 1);
    Bin& bin = m_bins[static_cast<size_t>(place)];
    bin.count += weight;
    bin.confidence += weight * confidence;
    bin.right += right;
}

double BinSums::error() const {
    double sum = 0, count = 0;
    for (const Bin& bin : m_bins) {
        sum += std::abs(bin.confidence - bin.right);
        count += bin.count;
    }
    return count == 0 ? std::nan("") : sum / count;
}

std::vector<ReliabilityBin> reliability(const Answers& answers) {
    BinSums sums;
    for (size_t i = 0; i < answers.size(); ++i)
        sums.add(static_cast<double>(answers.confidence[i]), answers.isRight(i) ? 1 : 0, 1);
    std::vector<ReliabilityBin> bins;
    for (size_t k = 0; k < kCalibrationBins; ++k) {
        const auto& [count, confidence, right] = sums.bins()[k];
        const auto width = static_cast<double>(kCalibrationBins);
        ReliabilityBin bin{static_cast<double>(k) / width, static_cast<double>(k + 1) / width,
                           static_cast<size_t>(count)};
        if (count > 0) {
            bin.confidence = confidence / count;
            bin.accuracy = right / count;
        }
        bin.ci95 = wilsonInterval(bin.accuracy, count);
        bins.push_back(bin);
    }
    return bins;
}

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
