// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <vector>

namespace diagonal {

/// Tells gradients that are out of all proportion: their norm is `factor` times the median of the last steps'.
class SpikeDetector {
  public:
    /// factor 0: nothing is a spike.
    explicit SpikeDetector(double factor) : m_factor(factor) {}

    /// The largest norm that is none; every finite one where all are usual.
    double limit() const;
    /// The norm of a step that was taken.
    void add(double norm);

    /// double [n], for checkpoints.
    torch::Tensor state() const;
    void load(const torch::Tensor& state);

  private:
    double m_factor;
    std::vector<double> m_norms;  ///< the last ones, oldest first
};

}  // namespace diagonal
