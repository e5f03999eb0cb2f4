// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "training/losses/loss.h"

namespace diagonal {

/// A rectangle of the logits: `rows` of this process's images from `row`, `columns` of all processes' texts from
/// `column`.
struct Tile {
    int64_t row = 0, rows = 0, column = 0, columns = 0;
    int64_t diagonal = 0;  ///< the column of the first row's pair, counted from `column`: see Tensor::diagonal

    bool isOnDiagonal() const { return diagonal > -rows && diagonal < columns; }
    /// The first of the rows whose pairs are in a tile on the diagonal.
    int64_t pairRow() const { return row + std::max<int64_t>(0, -diagonal); }
};

/// What a loss does with logits that it sees tile by tile, twice; all in all processes, of n rows each and N = n x
/// processes columns.
class TileLoss {
  public:
    virtual ~TileLoss() = default;
    /// Whether logitGradient needs nothing that the first pass finds: both passes are one then, and the texts come
    /// round the processes in a ring (SigLIP, Zhai et al., 2023, section 3.3), so that no process holds all.
    virtual bool isSeparable() const { return false; }
    /// First pass, over all tiles. logits: float [rows, columns]. May overwrite them unless the loss is separable.
    virtual void gather(const torch::Tensor& logits, const Tile& tile) = 0;
    /// Between the passes: brings the processes' parts together; the loss, without a graph.
    virtual LossTerms finish(World& world) = 0;
    /// Second pass: d total / d logits. May overwrite the logits.
    virtual torch::Tensor logitGradient(torch::Tensor logits, const Tile& tile) const = 0;
    /// d total / d logScale in place of what comes by this process's logits alone, double.
    virtual torch::Tensor scaleGradient(const torch::Tensor& byLogits) const { return byLogits; }
};

/// ln of the sum of all processes' exp(partial), elementwise.
torch::Tensor logSumExpOfAll(World& world, const torch::Tensor& partial);

/// Runs a loss over the logits exp(logScale) image text^T + logBias. Memory beside the features of all processes and
/// their gradients is that of a few tiles and vectors. The gradient is written out by hand and made in fp32 with the
/// loss, as in Inf-CL (arXiv 2410.17243), wherever gradients are recorded at all; backward() only scales it.
LossTerms tiledLoss(const LossInputs& inputs, TileLoss& loss, int64_t tile);

}  // namespace diagonal
