// SPDX-License-Identifier: Apache-2.0
#include "training/losses/distillation.h"

#include <limits>
#include <utility>

#include "engine/base/libtorch.h"
#include "training/losses/tiles.h"

namespace diagonal {

namespace {

using torch::Tensor;

/// One teacher's softmax along one direction, gathered tile by tile. For a row with the teacher's logits t, its softmax
/// p and the student's logits s, the divergence is
///     sum_j p_j (t_j - s_j) - logsumexp(t) + logsumexp(s).
class Divergence {
  public:
    Divergence(int64_t count, const torch::TensorOptions& floats)
        : m_logSum(torch::full({count}, -std::numeric_limits<float>::infinity(), floats)),
          m_expected(torch::zeros({count}, floats.dtype(torch::kDouble))) {}

    /// teacher, difference (teacher - student): [rows, columns]; `along` is summed over.
    void gather(const Tensor& teacher, const Tensor& difference, int64_t along, int64_t begin, int64_t count) {
        Tensor known = m_logSum.narrow(0, begin, count);
        const Tensor logSum = torch::logaddexp(known, teacher.logsumexp(along));
        const Tensor terms = (teacher - logSum.unsqueeze(along)).exp_().mul_(difference);
        m_expected.narrow(0, begin, count).mul_((known - logSum).exp_()).add_(terms.sum(along, false, torch::kDouble));
        known.copy_(logSum);
    }

    /// Each process has gathered its own rows of all columns: brings them together.
    void join(World& world) {
        const Tensor logSum = logSumExpOfAll(world, m_logSum);
        m_expected.mul_((m_logSum - logSum).exp_());
        world.sum({m_expected});
        m_logSum = logSum;
    }

    /// Of all rows or columns that are here, given the student's logsumexp.
    Tensor sum(const Tensor& student) const { return (m_expected - m_logSum + student).sum(); }
    Tensor softmax(const Tensor& teacher, int64_t along, int64_t begin, int64_t count) const {
        return (teacher - m_logSum.narrow(0, begin, count).unsqueeze(along)).exp_();
    }

  private:
    Tensor m_logSum;    ///< [count]
    Tensor m_expected;  ///< [count]: sum_j p_j (t_j - s_j)
};

/// The mean of all divergences.
class Distillation : public TileLoss {
  public:
    Distillation(const LossInputs& inputs, const DistillationOptions& options)
        : m_count(inputs.image.size(0) * inputs.world->size()),
          m_options(options),
          m_images(inputs.teachers.select(1, 0)),
          m_texts(inputs.world->gather(inputs.teachers.select(1, 1).contiguous())) {
        const auto floats = torch::TensorOptions(torch::kFloat).device(inputs.image.device());
        const auto nothing = [&](int64_t count) {
            return torch::full({count}, -std::numeric_limits<float>::infinity(), floats);
        };
        m_rows = nothing(inputs.image.size(0));
        m_columns = nothing(m_count);
        for (size_t i = 0; i < teachers(); ++i) {
            m_ofRows.emplace_back(m_rows.size(0), floats);
            m_ofColumns.emplace_back(m_count, floats);
        }
    }

    void gather(const Tensor& logits, const Tile& tile) override {
        Tensor rows = m_rows.narrow(0, tile.row, tile.rows), columns = m_columns.narrow(0, tile.column, tile.columns);
        torch::logaddexp_out(rows, rows, logits.logsumexp(1));
        torch::logaddexp_out(columns, columns, logits.logsumexp(0));
        for (size_t i = 0; i < teachers(); ++i) {
            const Tensor teacher = teacherLogits(i, tile), difference = teacher - logits;
            m_ofRows[i].gather(teacher, difference, 1, tile.row, tile.rows);
            m_ofColumns[i].gather(teacher, difference, 0, tile.column, tile.columns);
        }
    }

    LossTerms finish(World& world) override {
        m_columns = logSumExpOfAll(world, m_columns);
        Tensor rows = torch::zeros({}, m_rows.options().dtype(torch::kDouble)), columns = rows.clone();
        for (size_t i = 0; i < teachers(); ++i) {
            m_ofColumns[i].join(world);
            rows.add_(m_ofRows[i].sum(m_rows));
            columns.add_(m_ofColumns[i].sum(m_columns));
        }
        world.sum({rows});  // of columns all are here
        const double divergences = static_cast<double>(m_count) * static_cast<double>(teachers());
        LossTerms terms;
        terms.imageToText = (rows / divergences).to(torch::kFloat);
        terms.textToImage = (columns / divergences).to(torch::kFloat);
        terms.total = (terms.imageToText + terms.textToImage) / 2;
        return terms;
    }

    /// (the student's softmax - the teachers' mean, over the row and over the column) / 2N
    Tensor logitGradient(Tensor logits, const Tile& tile) const override {
        Tensor gradient = (logits - m_rows.narrow(0, tile.row, tile.rows).unsqueeze(1)).exp_();
        gradient.add_(logits.sub_(m_columns.narrow(0, tile.column, tile.columns)).exp_());
        const double share = 1 / static_cast<double>(teachers());
        for (size_t i = 0; i < teachers(); ++i) {
            const Tensor teacher = teacherLogits(i, tile);
            gradient.sub_(m_ofRows[i].softmax(teacher, 1, tile.row, tile.rows), share);
            gradient.sub_(m_ofColumns[i].softmax(teacher, 0, tile.column, tile.columns), share);
        }
        return gradient.div_(2.0 * static_cast<double>(m_count));
    }

  private:
    size_t teachers() const { return m_options.widths.size(); }

    /// The logits of teacher i, [tile.rows, tile.columns].
    Tensor teacherLogits(size_t i, const Tile& tile) const {
        int64_t begin = 0;
        for (size_t before = 0; before < i; ++before)
            begin += m_options.widths[before];
        const auto part = [&](const Tensor& rows, int64_t first, int64_t count) {
            return rows.narrow(0, first, count).narrow(1, begin, m_options.widths[i]).to(torch::kFloat);
        };
        return part(m_images, tile.row, tile.rows)
            .mm(part(m_texts, tile.column, tile.columns).t())
            .mul_(m_options.logitScales[i]);
    }

    int64_t m_count;  ///< N: of all processes' rows
    const DistillationOptions& m_options;
    Tensor m_images, m_texts;  ///< float16 [n, width] of this process, [N, width] of all
    Tensor m_rows,
        m_columns;  ///< [n], [N]: the student's log-sum-exp; running, of columns this process's, until finish
    std::vector<Divergence> m_ofRows, m_ofColumns;
};

}  // namespace

DistilledLoss::DistilledLoss(std::unique_ptr<Loss> loss, DistillationOptions options, int64_t tile)
    : m_loss(std::move(loss)), m_options(std::move(options)), m_tile(tile) {
}

LossTerms DistilledLoss::operator()(const LossInputs& inputs) {
    TORCH_CHECK(inputs.teachers.defined(), "the batch carries no teacher's embeddings");
    LossTerms terms = (*m_loss)(inputs);
    LossInputs unbiased = inputs;
    unbiased.logBias = torch::Tensor();
    Distillation distillation(unbiased, m_options);
    const Tensor taught = tiledLoss(unbiased, distillation, m_tile).total;
    terms.distillation = taught.detach();
    terms.total = (1 - m_options.weight) * terms.total + m_options.weight * taught;
    return terms;
}

}  // namespace diagonal
