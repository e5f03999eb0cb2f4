// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "engine/evaluation/evaluation_result.h"

namespace diagonal {

inline constexpr size_t kCalibrationBins = 15;

/// Sums over equally wide bins of confidence, (0, 1/15] to (14/15, 1].
class BinSums {
  public:
    /// right: weight or 0. Who has no answer (confidence 0) counts in the first bin.
    void add(double confidence, double right, double weight);
    /// Expected calibration error: mean distance of confidence and accuracy, bins weighted by their pictures. NaN
    /// without any.
    double error() const;

    struct Bin {
        double count = 0, confidence = 0, right = 0;
    };
    const std::array<Bin, kCalibrationBins>& bins() const { return m_bins; }

  private:
    std::array<Bin, kCalibrationBins> m_bins{};
};

std::vector<ReliabilityBin> reliability(const Answers& answers);

}  // namespace diagonal
