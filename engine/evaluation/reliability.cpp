// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/reliability.h"

#include <algorithm>
#include <cmath>

namespace diagonal {

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

}  // namespace diagonal
