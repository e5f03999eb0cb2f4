// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>

namespace diagonal {

/// A low-rank term of a matrix, LoRA (Hu et al., 2021, arXiv 2106.09685): the matrix acts as weight + scale * B A and
/// stands still, A [rank, in] and B [out, rank] learn. A weight of several matrices on top of each other (queries, keys
/// and values) has an A and a B for each: A [parts * rank, in], B [out, rank], a part's rows at the part's place.
class LowRank {
  public:
    /// For weight [out, in], on its device. A is drawn as PEFT draws it (uniform, within 1 / sqrt(in)) from torch's
    /// default generator, B is zero: at first the matrix acts as it did. Throws Error naming `name` where the rank is
    /// not below the sides of a part.
    LowRank(const std::string& name, const torch::Tensor& weight, int64_t parts, int64_t rank, double scale);

    /// output [..., out] of the matrix for x [..., in] receives the term's share. Takes 2 * rank * (in + out)
    /// multiplications a row, and no gradient of the matrix's size.
    torch::Tensor added(const torch::Tensor& output, const torch::Tensor& x) const;
    /// scale * B A, [out, in], with its gradient.
    torch::Tensor term() const;
    /// weight + scale * B A, rounded once.
    torch::Tensor merged(const torch::Tensor& weight) const;

    torch::Tensor a, b;

  private:
    torch::Tensor product(const torch::Tensor& up, const torch::Tensor& down) const;

    int64_t m_parts;
    double m_scale;
};

/// A layer whose matrix can have a low-rank term.
class Adaptable {
  public:
    virtual ~Adaptable() = default;
    /// Name of the matrix among the layer's parameters.
    virtual const char* matrixName() const = 0;
    /// Of how many matrices on top of each other it is made.
    virtual int64_t parts() const { return 1; }
    /// Gives the matrix its term. `name`: of the matrix in the model.
    virtual void adapt(const std::string& name, int64_t rank, double scale) = 0;
    /// Null: none.
    const std::shared_ptr<LowRank>& lowRank() const { return m_lowRank; }

  protected:
    std::shared_ptr<LowRank> m_lowRank;
};

/// Which matrices of a model get low-rank terms.
struct LowRankOptions {
    int64_t rank = 8;
    double scale = 1;  ///< alpha / rank
    bool image = true, text = true;
    bool attention = true, mlp = true;
};

}  // namespace diagonal
