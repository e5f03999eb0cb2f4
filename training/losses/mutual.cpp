// SPDX-License-Identifier: Apache-2.0
#include "training/losses/mutual.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/libtorch.h"
#include "training/losses/tiles.h"

namespace diagonal {

namespace {

using torch::Tensor;

/// Running ln of sums of exponentials, in fp64: of long embeddings it is large beside the loss.
class LogSum {
  public:
    LogSum(int64_t count, const Tensor& like)
        : m_values(torch::full({count}, -std::numeric_limits<double>::infinity(),
                               torch::TensorOptions(torch::kDouble).device(like.device()))) {}

    /// Takes the exponents of a tile, summed over dimension `along`.
    void add(const Tensor& exponents, int64_t along, int64_t begin) {
        const Tensor largest = exponents.amax(along, true);
        const Tensor sums = (exponents - largest).exp_().sum(along, false, torch::kDouble).log_();
        Tensor known = m_values.narrow(0, begin, sums.size(0));
        torch::logaddexp_out(known, known, sums.add_(largest.squeeze(along)));
    }
    /// Each process has added its own rows.
    void join(World& world) { m_values = logSumExpOfAll(world, m_values); }

    const Tensor& values() const { return m_values; }
    Tensor floats(int64_t begin, int64_t count) const { return m_values.narrow(0, begin, count).to(torch::kFloat); }

  private:
    Tensor m_values;  ///< [count]
};

/// The targets of this process's pictures and all captions, made tile by tile. A / T is a product itself: of picture
/// and caption in one row, times 1 / 2T.
class MutualTargets {
  public:
    /// pairs: float [n, 2d], this process's pictures beside their captions; scale: 1 / 2T.
    MutualTargets(const Tensor& pairs, Tensor scale, World& world, int64_t tile)
        : m_rows(pairs), m_columns(world.gather(pairs)), m_scale(std::move(scale)), m_logSum(m_columns.size(0), pairs) {
        const int64_t rows = m_rows.size(0), columns = m_columns.size(0);
        for (int64_t row = 0; row < rows; row += tile)
            for (int64_t column = 0; column < columns; column += tile) {
                const Tile one{row, std::min(tile, rows - row), column, std::min(tile, columns - column)};
                m_logSum.add(similarities(one), 0, column);
            }
        m_logSum.join(world);
    }

    /// A / T.
    Tensor similarities(const Tile& tile) const {
        return m_rows.narrow(0, tile.row, tile.rows)
            .mm(m_columns.narrow(0, tile.column, tile.columns).t())
            .mul_(m_scale);
    }
    /// Q, given A / T, which it overwrites. The sum of a column is 1 beyond fp32's digits of its logarithm.
    Tensor probabilities(const Tensor& similarities, const Tile& tile) const {
        const Tensor most = m_logSum.floats(tile.column, tile.columns);
        const Tensor rest = (m_logSum.values().narrow(0, tile.column, tile.columns) - most).to(torch::kFloat);
        return similarities.sub_(most).sub_(rest).exp_();
    }
    Tensor probabilities(const Tile& tile) const { return probabilities(similarities(tile), tile); }

  private:
    Tensor m_rows, m_columns;  ///< [n, 2d], [N, 2d]
    Tensor m_scale;
    LogSum m_logSum;  ///< [N]: over the columns of A / T
};

/// The cross entropy, with targets that stand still.
class MutualEntropy : public TileLoss {
  public:
    MutualEntropy(const LossInputs& inputs, const MutualTargets& targets)
        : m_targets(targets),
          m_rowCount(inputs.image.size(0)),
          m_count(m_rowCount * inputs.world->size()),
          m_rows(m_rowCount, inputs.image),
          m_columns(m_count, inputs.image),
          m_weights(torch::zeros_like(m_rows.values())),
          m_wanted(torch::zeros({}, m_weights.options())) {}

    void gather(const Tensor& logits, const Tile& tile) override {
        m_rows.add(logits, 1, tile.row);
        m_columns.add(logits, 0, tile.column);
        const Tensor targets = m_targets.probabilities(tile);
        m_weights.narrow(0, tile.row, tile.rows).add_(targets.sum(1, false, torch::kDouble));
        m_wanted.add_((targets * logits).sum(torch::kDouble));
    }

    LossTerms finish(World& world) override {
        m_columns.join(world);
        const Tensor rows = (m_weights * m_rows.values()).sum();
        world.sum({rows, m_wanted});  // of columns all are here
        const auto count = static_cast<double>(m_count);
        LossTerms terms;
        terms.imageToText = ((rows - m_wanted) / count).to(torch::kFloat);
        terms.textToImage = ((m_columns.values().sum() - m_wanted) / count).to(torch::kFloat);
        terms.total = (terms.imageToText + terms.textToImage) / 2;
        return terms;
    }

    /// (the row's share of all targets x its softmax + softmax over the column - 2 Q) / 2N
    Tensor logitGradient(Tensor logits, const Tile& tile) const override {
        Tensor gradient = (logits - m_rows.floats(tile.row, tile.rows).unsqueeze(1)).exp_();
        gradient.mul_(m_weights.narrow(0, tile.row, tile.rows).to(torch::kFloat).unsqueeze(1));
        gradient.add_(logits.sub_(m_columns.floats(tile.column, tile.columns)).exp_());
        gradient.sub_(m_targets.probabilities(tile), 2);
        return gradient.div_(2.0 * static_cast<double>(m_count));
    }

    /// What a target of one would add to the total.
    Tensor costs(const Tensor& logits, const Tile& tile) const {
        return (m_rows.floats(tile.row, tile.rows).unsqueeze(1) + m_columns.floats(tile.column, tile.columns) -
                2 * logits)
            .div_(2.0 * static_cast<double>(m_count));
    }

  private:
    const MutualTargets& m_targets;
    int64_t m_rowCount, m_count;  ///< n and N: of this process's rows, of all
    LogSum m_rows, m_columns;     ///< [n], [N]: of the logits
    Tensor m_weights;             ///< double [n]: sum of a row's targets
    Tensor m_wanted;              ///< double: sum_ij Q_ij L_ij
};

/// The part of the gradient that comes by the targets, a loss of the "logits" A / T: with the costs C of the targets,
/// d total / d (A / T) = Q_ij (C_ij - sum_k Q_kj C_kj). Its value is not of interest.
class TargetsThemselves : public TileLoss {
  public:
    TargetsThemselves(const LossInputs& inputs, const MutualTargets& targets, const MutualEntropy& entropy)
        : m_image(inputs.image),
          m_text(inputs.world->gather(inputs.text)),
          m_scale(inputs.logScale.exp()),
          m_targets(targets),
          m_entropy(entropy),
          m_means(torch::zeros({m_text.size(0)}, m_image.options())) {}

    void gather(const Tensor& similarities, const Tile& tile) override {
        m_means.narrow(0, tile.column, tile.columns)
            .add_((m_targets.probabilities(similarities, tile) * costs(tile)).sum(0));
    }

    LossTerms finish(World& world) override {
        world.sum({m_means});
        const Tensor none = torch::zeros({}, m_means.options());
        return {none, none, none};
    }

    Tensor logitGradient(Tensor similarities, const Tile& tile) const override {
        const Tensor over = costs(tile).sub_(m_means.narrow(0, tile.column, tile.columns));
        return m_targets.probabilities(similarities, tile).mul_(over);
    }

  private:
    Tensor costs(const Tile& tile) const {
        const Tensor texts = m_text.narrow(0, tile.column, tile.columns);
        return m_entropy.costs(m_image.narrow(0, tile.row, tile.rows).mm(texts.t()).mul_(m_scale), tile);
    }

    Tensor m_image, m_text;  ///< [n, d], [N, d]
    Tensor m_scale;
    const MutualTargets& m_targets;
    const MutualEntropy& m_entropy;
    Tensor m_means;  ///< [N]: sum_k Q_kj C_kj
};

}  // namespace

LossTerms MutualLoss::operator()(const LossInputs& given) {
    LossInputs inputs = given;
    for (Tensor* value : {&inputs.image, &inputs.text, &inputs.logScale})
        *value = value->to(torch::kFloat);
    inputs.logBias = Tensor();  // cancels
    LossInputs values = inputs;
    for (Tensor* value : {&values.image, &values.text, &values.logScale})
        *value = value->detach();

    // 1 / 2T
    const double temperature = m_options.targetTemperature;
    const Tensor pairs = torch::cat({inputs.image, inputs.text}, 1),
                 logScale = temperature > 0 ? torch::full_like(values.logScale, -std::log(2 * temperature))
                                            : -inputs.logScale - std::log(2.0);
    const MutualTargets targets(pairs.detach(), logScale.detach().exp(), *inputs.world, m_options.tile);
    MutualEntropy entropy(values, targets);
    LossTerms terms = tiledLoss(inputs, entropy, m_options.tile);
    if (!m_options.targetGradient || !torch::GradMode::is_enabled()) return terms;
    TargetsThemselves themselves(values, targets, entropy);
    LossInputs ofTargets{pairs, pairs, logScale};
    ofTargets.world = inputs.world;
    terms.total = terms.total + tiledLoss(ofTargets, themselves, m_options.tile).total;
    return terms;
}

}  // namespace diagonal
