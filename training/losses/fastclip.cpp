// SPDX-License-Identifier: Apache-2.0
#include "training/losses/fastclip.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "training/losses/tiles.h"

namespace diagonal {

namespace {

using torch::Tensor;

constexpr float kNever = -std::numeric_limits<float>::infinity();
constexpr const char* kState = "fastclip/log_u";

/// Row 0 of what is [2, N] is of images, each of which has the texts to tell apart; row 1 of texts.
class MovingNormalisers : public TileLoss {
  public:
    /// before: ln u of all processes' samples, float [2, N].
    MovingNormalisers(const LossInputs& inputs, const Tensor& before, double gamma, double rho)
        : m_rowCount(inputs.image.size(0)),
          m_count(before.size(1)),
          m_gamma(gamma),
          m_rho(rho),
          m_processes(inputs.world->size()),
          m_firstRow(inputs.world->rank() * m_rowCount),
          m_before(before),
          m_temperature(inputs.logScale.detach().to(torch::kFloat).neg().exp()),
          m_pairs(torch::empty({m_rowCount}, before.options())),
          m_rows(torch::full({m_rowCount}, kNever, before.options())),
          m_columns(torch::full({m_count}, kNever, before.options())) {}

    void gather(const Tensor& logits, const Tile& tile) override {
        if (tile.isOnDiagonal()) {
            const Tensor pairs = logits.diagonal(tile.diagonal);
            m_pairs.narrow(0, tile.pairRow(), pairs.size(0)).copy_(pairs);
            pairs.fill_(kNever);
        }
        Tensor rows = m_rows.narrow(0, tile.row, tile.rows), columns = m_columns.narrow(0, tile.column, tile.columns);
        torch::logaddexp_out(rows, rows, logits.logsumexp(1));
        torch::logaddexp_out(columns, columns, logits.logsumexp(0));
    }

    LossTerms finish(World& world) override {
        constexpr double kEpsilon = 1e-14;
        const Tensor pairs = world.gather(m_pairs);
        const Tensor wrong = torch::stack({world.gather(m_rows), logSumExpOfAll(world, m_columns)});
        const Tensor found = wrong - pairs - std::log(static_cast<double>(m_count - 1));  // ln g
        m_after = torch::where(m_before.isfinite(),
                               torch::logaddexp(m_before + std::log(1 - m_gamma), found + std::log(m_gamma)), found);
        const Tensor divisors = torch::logaddexp(m_after, torch::full_like(m_after, std::log(kEpsilon)));
        m_rowShift = mine(pairs + divisors[0]);
        m_columnShift = pairs + divisors[1];
        m_ofPairs = mine((found - divisors).exp().sum(0)) * static_cast<double>(1 - m_count);
        m_share = m_temperature / (2.0 * static_cast<double>(m_count) * static_cast<double>(m_count - 1));

        const Tensor costs = (torch::logaddexp(wrong, pairs.expand_as(wrong)) - pairs).mean(1, false, torch::kDouble);
        LossTerms terms;
        terms.imageToText = costs[0].to(torch::kFloat);
        terms.textToImage = costs[1].to(torch::kFloat);
        terms.total = (terms.imageToText + terms.textToImage) / 2;
        return terms;
    }

    /// For a wrong pair of image i and text j: t (its part of g_i / u_i + its part of g_j / u_j) / 2 N (N - 1); a right
    /// pair outweighs all that are wrong because of it.
    Tensor logitGradient(Tensor logits, const Tile& tile) const override {
        Tensor gradient = (logits - m_rowShift.narrow(0, tile.row, tile.rows).unsqueeze(1)).exp_();
        gradient.add_(logits.sub_(m_columnShift.narrow(0, tile.column, tile.columns)).exp_());
        if (tile.isOnDiagonal()) {
            const Tensor pairs = gradient.diagonal(tile.diagonal);
            pairs.copy_(m_ofPairs.narrow(0, tile.pairRow(), pairs.size(0)));
        }
        return gradient.mul_(m_share);
    }

    Tensor scaleGradient(const Tensor& byLogits) const override {
        const Tensor logs = m_after.mean(torch::kDouble);
        return 2 * byLogits - m_temperature * (m_rho + logs) / m_processes;
    }

    const Tensor& after() const { return m_after; }

  private:
    /// This process's of all [N].
    Tensor mine(const Tensor& all) const { return all.narrow(0, m_firstRow, m_rowCount); }

    int64_t m_rowCount, m_count;  ///< n and N
    double m_gamma, m_rho;
    int m_processes;
    int64_t m_firstRow;
    Tensor m_before, m_after;  ///< [2, N]: ln u
    Tensor m_temperature;
    Tensor m_pairs;                    ///< [n]: logits of the right pairs
    Tensor m_rows, m_columns;          ///< [n], [N]: running log-sum-exp of wrong pairs' logits
    Tensor m_rowShift, m_columnShift;  ///< [n], [N]: exp(logit - shift) is a pair's part of (N - 1) g / u
    Tensor m_ofPairs;                  ///< [n]: what a right pair's gradient is before `share`
    Tensor m_share;
};

}  // namespace

FastClipLoss::FastClipLoss(const LossOptions& options)
    : m_options(options),
      m_logs(torch::full({2, options.fastClip.samples}, kNever,
                         torch::TensorOptions(torch::kFloat).device(options.device))) {
}

double FastClipLoss::gammaAt(int64_t epoch) const {
    const FastClipOptions& options = m_options.fastClip;
    if (epoch == 0) return 1;
    if (epoch >= options.decayEpochs) return options.gamma;
    const double done = static_cast<double>(epoch) / static_cast<double>(options.decayEpochs);
    return options.gamma + (1 - options.gamma) * (1 + std::cos(std::numbers::pi * done)) / 2;
}

LossTerms FastClipLoss::operator()(const LossInputs& inputs) {
    const int64_t count = inputs.image.size(0) * inputs.world->size();
    m_found = {};
    if (!inputs.samples.defined()) {
        const auto floats = torch::TensorOptions(torch::kFloat).device(inputs.image.device());
        MovingNormalisers loss(inputs, torch::full({2, count}, kNever, floats), 1, m_options.fastClip.rho);
        return tiledLoss(inputs, loss, m_options.tile);
    }
    const Tensor samples = inputs.world->gather(inputs.samples.to(m_logs.device()));
    const Tensor before = m_logs.index_select(1, samples);
    MovingNormalisers loss(inputs, before, gammaAt(inputs.epoch), m_options.fastClip.rho);
    LossTerms terms = tiledLoss(inputs, loss, m_options.tile);
    m_found = {samples, before, loss.after()};
    return terms;
}

void FastClipLoss::keep(const Tensor& refused) {
    if (!m_found.samples.defined()) return;
    const torch::NoGradGuard noGrad;
    const Tensor kept = torch::where(refused > 0, m_found.before, m_found.after);
    // Of a sample that a batch has twice the larger one, whatever the order in which a GPU writes them.
    m_logs.scatter_reduce_(1, m_found.samples.expand_as(kept), kept, "amax", /*include_self=*/false);
    m_found = {};
}

std::vector<std::pair<std::string, Tensor>> FastClipLoss::state() const {
    return {{kState, m_logs}};
}

void FastClipLoss::load(const std::map<std::string, Tensor>& state, const std::string& source) {
    const auto found = state.find(kState);
    if (found == state.end())
        throw Error(source, std::string("holds no tensor ") + kState, "Resume from another checkpoint.");
    if (found->second.sizes() != m_logs.sizes())
        throw Error(source, std::string("the shape of tensor ") + kState + " does not fit the data",
                    "Resume from another checkpoint.");
    const torch::NoGradGuard noGrad;
    m_logs.copy_(found->second);
    m_found = {};
}

}  // namespace diagonal
