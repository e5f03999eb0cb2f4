// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/logistic_regression.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

constexpr int64_t kBlockRows = 2048;
constexpr size_t kHistory = 12, kLeastHistory = 3;  // steps that are remembered
constexpr size_t kHistoryBytes = size_t{256} << 20U;
constexpr double kSufficient = 1e-4;  // Armijo's share of the slope
constexpr int kMostHalvings = 20;
constexpr double kFlat = 1e-9;  // what float32 sums cannot tell from no gain

double innerProduct(const torch::Tensor& a, const torch::Tensor& b) {
    return (a * b).sum().item<double>();
}

/// L-BFGS's memory of the last steps, on top of the inverse of a first curvature.
class InverseCurvature {
  public:
    /// factor: the Cholesky factor of the first curvature, [d, d].
    void reset(torch::Tensor factor) {
        m_factor = std::move(factor);
        m_pairs.clear();
    }

    void add(const torch::Tensor& step, const torch::Tensor& change) {
        const double along = innerProduct(step, change);
        if (along <= 1e-14 * step.norm().item<double>() * change.norm().item<double>()) return;
        m_scale = along / innerProduct(change, first(change));
        m_pairs.push_back({step, change, 1 / along});
        const size_t most = std::clamp(kHistoryBytes / (2 * step.nbytes()), kLeastHistory, kHistory);
        if (m_pairs.size() > most) m_pairs.pop_front();
    }

    /// Its product with a gradient [d, k] (Nocedal & Wright, algorithm 7.4).
    torch::Tensor times(const torch::Tensor& gradient) const {
        auto q = gradient.clone();
        std::vector<double> alphas(m_pairs.size());
        for (size_t i = m_pairs.size(); i-- > 0;) {
            alphas[i] = m_pairs[i].rho * innerProduct(m_pairs[i].step, q);
            q.sub_(m_pairs[i].change, alphas[i]);
        }
        auto r = first(q);
        if (!m_pairs.empty()) r.mul_(m_scale);
        for (size_t i = 0; i < m_pairs.size(); ++i) {
            const double beta = m_pairs[i].rho * innerProduct(m_pairs[i].change, r);
            r.add_(m_pairs[i].step, alphas[i] - beta);
        }
        return r;
    }

  private:
    struct Pair {
        torch::Tensor step, change;
        double rho;
    };

    torch::Tensor first(const torch::Tensor& q) const { return torch::cholesky_solve(q, m_factor); }

    torch::Tensor m_factor;
    std::deque<Pair> m_pairs;
    double m_scale = 1;
};

}  // namespace

/// The objective, its gradient [d + 1, k] in float64, and the mean of p (1 - p).
struct LogisticRegression::Point {
    double value = 0, spread = 0;
    torch::Tensor gradient;
};

LogisticRegression::LogisticRegression(const torch::Tensor& features, const std::vector<int>& labels, int classes)
    : m_features(features.contiguous()),
      m_labels(torch::tensor(labels, torch::kInt).to(torch::kLong)),
      m_classes(classes) {
    TORCH_CHECK(m_features.size(0) == m_labels.size(0) && m_features.size(0) > 0, "a row must have a label");
    const torch::NoGradGuard noGrad;
    const int64_t n = m_features.size(0), d = m_features.size(1);
    m_moments = torch::zeros({d + 1, d + 1}, torch::kDouble);
    for (int64_t row = 0; row < n; row += kBlockRows) {
        const auto block = m_features.narrow(0, row, std::min(kBlockRows, n - row));
        m_moments.narrow(0, 0, d).narrow(1, 0, d).add_(block.t().mm(block));
        m_moments.select(1, d).narrow(0, 0, d).add_(block.sum(0, false, torch::kDouble));
    }
    m_moments.select(0, d).narrow(0, 0, d).copy_(m_moments.select(1, d).narrow(0, 0, d));
    m_moments[d][d] = static_cast<double>(n);
    m_moments /= static_cast<double>(n);
}

LogisticRegression::Point LogisticRegression::evaluate(const torch::Tensor& weights, const Options& options,
                                                       const JobContext& job) const {
    job.throwIfStopped();
    const int64_t n = m_features.size(0), d = m_features.size(1);
    const auto w = weights.narrow(0, 0, d).to(torch::kFloat), bias = weights[d].to(torch::kFloat);
    Point point;
    point.gradient = torch::zeros({d + 1, m_classes}, torch::kDouble);
    for (int64_t row = 0; row < n; row += kBlockRows) {
        const int64_t rows = std::min(kBlockRows, n - row);
        const auto block = m_features.narrow(0, row, rows);
        const auto labels = m_labels.narrow(0, row, rows).unsqueeze(1);
        const auto logs = torch::addmm(bias, block, w).log_softmax(1);
        point.value -= logs.gather(1, labels).sum(torch::kDouble).item<double>();
        auto p = logs.exp();
        point.spread += (1 - p.square().sum(1)).sum(torch::kDouble).item<double>();
        p.scatter_add_(1, labels, torch::full({rows, 1}, -1.0F));
        point.gradient.narrow(0, 0, d).add_(block.t().mm(p));
        point.gradient[d].add_(p.sum(0, false, torch::kDouble));
    }
    const auto count = static_cast<double>(n);
    point.value /= count;
    point.spread /= count * m_classes;
    point.gradient /= count;
    const double penalty = 1 / (options.c * count);
    auto away = weights.narrow(0, 0, d);
    if (options.pull.defined()) away = away - options.pull.t().to(torch::kDouble);
    point.value += penalty / 2 * away.square().sum().item<double>();
    point.gradient.narrow(0, 0, d).add_(away, penalty);
    return point;
}

/// Cholesky factor of spread * moments + penalty, with a little on the diagonal so that there is one.
torch::Tensor LogisticRegression::preconditioner(double spread, double penalty) const {
    const int64_t d = m_features.size(1);
    auto matrix = m_moments * std::max(spread, 1e-6);
    matrix.diagonal().narrow(0, 0, d).add_(penalty);
    matrix.diagonal().add_(1e-7 * matrix.diagonal().mean().item<double>());
    return torch::linalg_cholesky(matrix);
}

LogisticFit LogisticRegression::fit(const Options& options, const JobContext& job) const {
    const torch::NoGradGuard noGrad;
    const int64_t d = m_features.size(1);
    auto weights = torch::zeros({d + 1, m_classes}, torch::kDouble);
    if (options.start != nullptr) {
        weights.narrow(0, 0, d).copy_(options.start->weights.t());
        if (options.start->bias.defined()) weights[d].copy_(options.start->bias);
    } else if (options.pull.defined()) {
        weights.narrow(0, 0, d).copy_(options.pull.t());
    }
    const double penalty = 1 / (options.c * static_cast<double>(m_features.size(0)));
    Point here = evaluate(weights, options, job);
    LogisticFit fit;
    fit.passes = 1;
    InverseCurvature inverse;
    inverse.reset(preconditioner(here.spread, penalty));
    double spread = here.spread;
    while (fit.passes < options.maxPasses) {
        const auto direction = inverse.times(here.gradient).neg();
        const double slope = innerProduct(here.gradient, direction);
        // Half of the slope is what a step gains where the curvature is right.
        fit.isConverged = -slope / 2 <= options.tolerance * here.value + kFlat;
        if (fit.isConverged) break;
        double length = 1;
        bool isLower = false;
        for (int halving = 0; halving < kMostHalvings && fit.passes < options.maxPasses; ++halving) {
            const auto next = weights + direction * length;
            Point there = evaluate(next, options, job);
            ++fit.passes;
            isLower = there.value <= here.value + kSufficient * length * slope;
            if (isLower) {
                inverse.add(next - weights, there.gradient - here.gradient);
                weights = next;
                here = std::move(there);
                break;
            }
            // The lowest point of the parabola through both values and the slope.
            const double gain = there.value - here.value - slope * length;
            const double lowest = gain > 0 ? -slope * length * length / (2 * gain) : length / 10;
            length = std::clamp(std::isfinite(lowest) ? lowest : length / 10, length / 10, length / 2);
        }
        if (!isLower) {
            fit.isConverged = -slope / 2 <= 1e-3 * here.value;
            break;
        }
        // As the answers become surer, the loss flattens: the first curvature follows.
        if (here.spread < spread / 4) {
            spread = here.spread;
            inverse.reset(preconditioner(spread, penalty));
        }
    }
    fit.objective = here.value;
    fit.classifier = {weights.narrow(0, 0, d).t().to(torch::kFloat).contiguous(), weights[d].to(torch::kFloat), 1};
    return fit;
}

}  // namespace diagonal
