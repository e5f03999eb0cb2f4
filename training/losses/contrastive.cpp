// SPDX-License-Identifier: Apache-2.0
#include "training/losses/contrastive.h"

#include <limits>

#include "engine/base/libtorch.h"
#include "training/losses/tiles.h"

namespace diagonal {

namespace {

using torch::Tensor;

/// Cross entropy of the rows (images) and of the columns (texts) with targets that a subclass knows.
class CrossEntropy : public TileLoss {
  public:
    CrossEntropy(const LossInputs& inputs, double smoothing)
        : m_n(inputs.image.size(0)),
          m_smoothing(smoothing),
          m_rows(torch::full({m_n}, -std::numeric_limits<float>::infinity(), floats(inputs))),
          m_columns(m_rows.clone()),
          m_sum(torch::zeros({}, floats(inputs).dtype(torch::kDouble))) {}

    void gather(const Tensor& logits, const Tile& tile) override {
        Tensor rows = m_rows.narrow(0, tile.row, tile.rows), columns = m_columns.narrow(0, tile.column, tile.columns);
        torch::logaddexp_out(rows, rows, logits.logsumexp(1));
        torch::logaddexp_out(columns, columns, logits.logsumexp(0));
        if (m_smoothing > 0) m_sum.add_(logits.sum(torch::kDouble));
        gatherAnswers(logits, tile);
    }

    LossTerms finish() override {
        const auto everywhere = m_sum / static_cast<double>(m_n);  // sum over i of the mean logit of row i
        const auto mean = [&](const Tensor& logSum, const Tensor& answers) {
            const auto cost = m_smoothing > 0
                                  ? logSum.sum(torch::kDouble) - (1 - m_smoothing) * answers.sum(torch::kDouble) -
                                        m_smoothing * everywhere
                                  : (logSum - answers).sum(torch::kDouble);
            return (cost / static_cast<double>(m_n)).to(torch::kFloat);
        };
        const auto [rowAnswers, columnAnswers] = answers();
        LossTerms terms;
        terms.imageToText = mean(m_rows, rowAnswers);
        terms.textToImage = mean(m_columns, columnAnswers);
        terms.total = (terms.imageToText + terms.textToImage) / 2;
        return terms;
    }

    /// (softmax over the row + softmax over the column - both targets) / 2n
    Tensor logitGradient(Tensor logits, const Tile& tile) const override {
        Tensor gradient = (logits - m_rows.narrow(0, tile.row, tile.rows).unsqueeze(1)).exp_();
        gradient.add_(logits.sub_(m_columns.narrow(0, tile.column, tile.columns)).exp_());
        subtractTargets(gradient, tile, 1 - m_smoothing);
        if (m_smoothing > 0) gradient.sub_(2 * m_smoothing / static_cast<double>(m_n));
        return gradient.div_(2.0 * static_cast<double>(m_n));
    }

  protected:
    static torch::TensorOptions floats(const LossInputs& inputs) {
        return torch::TensorOptions(torch::kFloat).device(inputs.image.device());
    }
    int64_t count() const { return m_n; }

    virtual void gatherAnswers(const Tensor& logits, const Tile& tile) = 0;
    /// [n] of rows and of columns: the mean logit of their answers.
    virtual std::pair<Tensor, Tensor> answers() const = 0;
    /// Takes both targets, times `share`, from the gradient.
    virtual void subtractTargets(Tensor& gradient, const Tile& tile, double share) const = 0;

  private:
    int64_t m_n;
    double m_smoothing;
    Tensor m_rows, m_columns;  ///< [n]: running log-sum-exp
    Tensor m_sum;              ///< of all logits
};

class PairTargets : public CrossEntropy {
  public:
    PairTargets(const LossInputs& inputs, double smoothing)
        : CrossEntropy(inputs, smoothing), m_diagonal(torch::empty({count()}, floats(inputs))) {}

  protected:
    void gatherAnswers(const Tensor& logits, const Tile& tile) override {
        if (tile.isOnDiagonal()) m_diagonal.narrow(0, tile.row, tile.rows).copy_(logits.diagonal());
    }
    std::pair<Tensor, Tensor> answers() const override { return {m_diagonal, m_diagonal}; }
    void subtractTargets(Tensor& gradient, const Tile& tile, double share) const override {
        if (tile.isOnDiagonal()) gradient.diagonal().sub_(2 * share);
    }

  private:
    Tensor m_diagonal;
};

/// The answers of a row are the columns of its own picture or caption; so those of columns: the matches are symmetric.
class SoftTargets : public CrossEntropy {
  public:
    SoftTargets(const LossInputs& inputs, double smoothing)
        : CrossEntropy(inputs, smoothing),
          m_images(numbers(inputs.imageIds, inputs)),
          m_captions(numbers(inputs.captionIds, inputs)),
          m_rowSums(torch::zeros({count()}, floats(inputs))),
          m_columnSums(torch::zeros_like(m_rowSums)),
          m_counts(torch::zeros_like(m_rowSums)) {}

  protected:
    void gatherAnswers(const Tensor& logits, const Tile& tile) override {
        const Tensor matches = matchesIn(tile);
        m_counts.narrow(0, tile.row, tile.rows).add_(matches.sum(1));
        const Tensor matching = matches * logits;
        m_rowSums.narrow(0, tile.row, tile.rows).add_(matching.sum(1));
        m_columnSums.narrow(0, tile.column, tile.columns).add_(matching.sum(0));
    }
    std::pair<Tensor, Tensor> answers() const override { return {m_rowSums / m_counts, m_columnSums / m_counts}; }
    void subtractTargets(Tensor& gradient, const Tile& tile, double share) const override {
        const Tensor shares = m_counts.reciprocal() * share;
        const Tensor both = shares.narrow(0, tile.row, tile.rows).unsqueeze(1) +
                            shares.narrow(0, tile.column, tile.columns).unsqueeze(0);
        gradient.sub_(matchesIn(tile) * both);
    }

  private:
    Tensor numbers(const Tensor& ids, const LossInputs& inputs) const {
        return ids.defined() ? ids.to(inputs.image.device())
                             : torch::arange(count(), floats(inputs).dtype(torch::kLong));
    }

    /// 1 where row and column have a picture or a caption in common, else 0.
    Tensor matchesIn(const Tile& tile) const {
        const auto equal = [&](const Tensor& ids) {
            return ids.narrow(0, tile.row, tile.rows).unsqueeze(1) ==
                   ids.narrow(0, tile.column, tile.columns).unsqueeze(0);
        };
        return equal(m_images).logical_or_(equal(m_captions)).to(torch::kFloat);
    }

    Tensor m_images, m_captions;  ///< int64 [n]
    Tensor m_rowSums, m_columnSums, m_counts;
};

}  // namespace

LossTerms ContrastiveLoss::operator()(const LossInputs& inputs) const {
    if (m_targets == Targets::Soft) {
        SoftTargets loss(inputs, m_options.labelSmoothing);
        return tiledLoss(inputs, loss, m_options.tile);
    }
    PairTargets loss(inputs, m_options.labelSmoothing);
    return tiledLoss(inputs, loss, m_options.tile);
}

}  // namespace diagonal
