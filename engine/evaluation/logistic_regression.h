// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <vector>

#include "engine/base/job.h"
#include "engine/evaluation/classify.h"

namespace diagonal {

/// What a fit reached.
struct LogisticFit {
    Classifier classifier;     ///< float32 weights [k, d] and bias [k]
    double objective = 0;      ///< mean log loss + |W - W0|^2 / (2 C n)
    int passes = 0;            ///< over the features
    bool isConverged = false;  ///< false: the limit of passes was reached
};

/// Multinomial logistic regression on frozen features, as scikit-learn's LogisticRegression(C) has it: minimises
/// C * sum of log losses + |W|^2 / 2 over weights and biases, which are not penalised. By L-BFGS, preconditioned with
/// the second moments of the features, which are computed once for all fits: a tenth of the passes that plain L-BFGS
/// takes. Features: [n, d] float32 on the CPU, finite; labels 0 to classes - 1. One thread at a time.
class LogisticRegression {
  public:
    LogisticRegression(const torch::Tensor& features, const std::vector<int>& labels, int classes);

    struct Options {
        double c = 1;
        /// Where to begin: a fit with a C nearby.
        const Classifier* start = nullptr;
        /// [classes, d]: what the penalty pulls the weights to instead of zero (W0 above), such as the texts'
        /// embeddings times the logit scale: with a small C the fit then is the zero-shot classifier.
        torch::Tensor pull = {};
        int maxPasses = 1000;
        double tolerance = 1e-6;  ///< of the objective that one more step would gain, as a share of it
    };
    /// Throws Cancelled.
    LogisticFit fit(const Options& options, const JobContext& job = {}) const;

  private:
    struct Point;
    Point evaluate(const torch::Tensor& weights, const Options& options, const JobContext& job) const;
    torch::Tensor preconditioner(double spread, double penalty) const;

    torch::Tensor m_features, m_labels;
    torch::Tensor m_moments;  ///< [d + 1, d + 1] float64: of the features and a one
    int m_classes;
};

}  // namespace diagonal
