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
        : m_rowCount(inputs.image.size(0)),
          m_count(m_rowCount * inputs.world->size()),
          m_smoothing(smoothing),
          m_rows(torch::full({m_rowCount}, -std::numeric_limits<float>::infinity(), floats(inputs))),
          m_columns(torch::full({m_count}, -std::numeric_limits<float>::infinity(), floats(inputs))),
          m_sum(torch::zeros({}, floats(inputs).dtype(torch::kDouble))) {}

    void gather(const Tensor& logits, const Tile& tile) override {
        Tensor rows = m_rows.narrow(0, tile.row, tile.rows), columns = m_columns.narrow(0, tile.column, tile.columns);
        torch::logaddexp_out(rows, rows, logits.logsumexp(1));
        torch::logaddexp_out(columns, columns, logits.logsumexp(0));
        if (m_smoothing > 0) m_sum.add_(logits.sum(torch::kDouble));
        gatherAnswers(logits, tile);
    }

    LossTerms finish(World& world) override {
        m_columns = logSumExpOfAll(world, m_columns);
        const auto [rowAnswers, columnAnswers] = answers(world);
        const Tensor rows = costOf(m_rows, rowAnswers), columns = costOf(m_columns, columnAnswers);
        world.sum({rows, m_sum});                                      // of columns all are here
        const auto everywhere = m_sum / static_cast<double>(m_count);  // sum over i of the mean logit of row i
        const auto mean = [&](const Tensor& cost) {
            const Tensor whole = m_smoothing > 0 ? cost - m_smoothing * everywhere : cost;
            return (whole / static_cast<double>(m_count)).to(torch::kFloat);
        };
        LossTerms terms;
        terms.imageToText = mean(rows);
        terms.textToImage = mean(columns);
        terms.total = (terms.imageToText + terms.textToImage) / 2;
        return terms;
    }

    /// (softmax over the row + softmax over the column - both targets) / 2N
    Tensor logitGradient(Tensor logits, const Tile& tile) const override {
        Tensor gradient = (logits - m_rows.narrow(0, tile.row, tile.rows).unsqueeze(1)).exp_();
        gradient.add_(logits.sub_(m_columns.narrow(0, tile.column, tile.columns)).exp_());
        subtractTargets(gradient, tile, 1 - m_smoothing);
        if (m_smoothing > 0) gradient.sub_(2 * m_smoothing / static_cast<double>(m_count));
        return gradient.div_(2.0 * static_cast<double>(m_count));
    }

  protected:
    static torch::TensorOptions floats(const LossInputs& inputs) {
        return torch::TensorOptions(torch::kFloat).device(inputs.image.device());
    }
    int64_t rowCount() const { return m_rowCount; }
    int64_t count() const { return m_count; }

    virtual void gatherAnswers(const Tensor& logits, const Tile& tile) = 0;
    /// The mean logit of their answers, of this process's rows [n] and of all columns [N].
    virtual std::pair<Tensor, Tensor> answers(World& world) = 0;
    /// Takes both targets, times `share`, from the gradient.
    virtual void subtractTargets(Tensor& gradient, const Tile& tile, double share) const = 0;

  private:
    /// Summed over rows or columns, without the part of the smoothing.
    Tensor costOf(const Tensor& logSum, const Tensor& answers) const {
        return m_smoothing > 0 ? logSum.sum(torch::kDouble) - (1 - m_smoothing) * answers.sum(torch::kDouble)
                               : (logSum - answers).sum(torch::kDouble);
    }

    int64_t m_rowCount, m_count;  ///< n and N: of this process's rows, of all
    double m_smoothing;
    Tensor m_rows,
        m_columns;  ///< [n], [N]: running log-sum-exp; of columns over the rows of this process, until finish
    Tensor m_sum;   ///< of all logits
};

class PairTargets : public CrossEntropy {
  public:
    PairTargets(const LossInputs& inputs, double smoothing)
        : CrossEntropy(inputs, smoothing), m_diagonal(torch::empty({rowCount()}, floats(inputs))) {}

  protected:
    void gatherAnswers(const Tensor& logits, const Tile& tile) override {
        if (!tile.isOnDiagonal()) return;
        const Tensor pairs = logits.diagonal(tile.diagonal);
        m_diagonal.narrow(0, tile.pairRow(), pairs.size(0)).copy_(pairs);
    }
    std::pair<Tensor, Tensor> answers(World& world) override { return {m_diagonal, world.gather(m_diagonal)}; }
    void subtractTargets(Tensor& gradient, const Tile& tile, double share) const override {
        if (tile.isOnDiagonal()) gradient.diagonal(tile.diagonal).sub_(2 * share);
    }

  private:
    Tensor m_diagonal;
};

/// The answers of a row are the columns of its own picture or caption; so those of columns: the matches are symmetric.
class SoftTargets : public CrossEntropy {
  public:
    SoftTargets(const LossInputs& inputs, double smoothing)
        : CrossEntropy(inputs, smoothing),
          m_images(idsOf(inputs.imageIds, inputs)),
          m_captions(idsOf(inputs.captionIds, inputs)),
          m_rowSums(torch::zeros({rowCount()}, floats(inputs))),
          m_rowMatches(torch::zeros_like(m_rowSums)),
          m_columnSums(torch::zeros({count()}, floats(inputs))) {}

  protected:
    void gatherAnswers(const Tensor& logits, const Tile& tile) override {
        const Tensor matches = matchesIn(tile);
        m_rowMatches.narrow(0, tile.row, tile.rows).add_(matches.sum(1));
        const Tensor matching = matches * logits;
        m_rowSums.narrow(0, tile.row, tile.rows).add_(matching.sum(1));
        m_columnSums.narrow(0, tile.column, tile.columns).add_(matching.sum(0));
    }
    std::pair<Tensor, Tensor> answers(World& world) override {
        world.sum({m_columnSums});
        m_columnMatches = world.gather(m_rowMatches);
        return {m_rowSums / m_rowMatches, m_columnSums / m_columnMatches};
    }
    void subtractTargets(Tensor& gradient, const Tile& tile, double share) const override {
        const Tensor ofRows = m_rowMatches.narrow(0, tile.row, tile.rows).reciprocal() * share,
                     ofColumns = m_columnMatches.narrow(0, tile.column, tile.columns).reciprocal() * share;
        gradient.sub_(matchesIn(tile) * (ofRows.unsqueeze(1) + ofColumns.unsqueeze(0)));
    }

  private:
    /// Of this process's rows and of all columns.
    struct Ids {
        Tensor rows, columns;
    };

    Ids idsOf(const Tensor& ids, const LossInputs& inputs) const {
        World& world = *inputs.world;
        if (!ids.defined()) {
            const Tensor all = torch::arange(count(), floats(inputs).dtype(torch::kLong));
            return {all.narrow(0, world.rank() * rowCount(), rowCount()), all};
        }
        const Tensor rows = ids.to(inputs.image.device());
        return {rows, world.gather(rows)};
    }

    /// 1 where row and column have a picture or a caption in common, else 0.
    Tensor matchesIn(const Tile& tile) const {
        const auto equal = [&](const Ids& ids) {
            return ids.rows.narrow(0, tile.row, tile.rows).unsqueeze(1) ==
                   ids.columns.narrow(0, tile.column, tile.columns).unsqueeze(0);
        };
        return equal(m_images).logical_or_(equal(m_captions)).to(torch::kFloat);
    }

    Ids m_images, m_captions;
    Tensor m_rowSums, m_rowMatches;        ///< [n]: of the logits of a row's answers, and how many they are
    Tensor m_columnSums, m_columnMatches;  ///< [N]
};

}  // namespace

LossTerms ContrastiveLoss::operator()(const LossInputs& inputs) {
    if (m_targets == Targets::Soft) {
        SoftTargets loss(inputs, m_options.labelSmoothing);
        return tiledLoss(inputs, loss, m_options.tile);
    }
    PairTargets loss(inputs, m_options.labelSmoothing);
    return tiledLoss(inputs, loss, m_options.tile);
}

}  // namespace diagonal
