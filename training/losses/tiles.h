// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "training/losses/loss.h"

namespace diagonal {

/// A square of the logits: `rows` images from `row`, `columns` texts from `column`. Squares on the diagonal have equal
/// numbers.
struct Tile {
    int64_t row = 0, rows = 0, column = 0, columns = 0;

    bool isOnDiagonal() const { return row == column; }
};

/// What a loss does with logits that it sees square by square, twice.
class TileLoss {
  public:
    virtual ~TileLoss() = default;
    /// First pass, over all tiles. logits: float [rows, columns].
    virtual void gather(const torch::Tensor& logits, const Tile& tile) = 0;
    /// Between the passes: the loss, without a graph.
    virtual LossTerms finish() = 0;
    /// Second pass: d total / d logits. May overwrite the logits.
    virtual torch::Tensor logitGradient(torch::Tensor logits, const Tile& tile) const = 0;
};

/// Runs a loss over the logits exp(logScale) image text^T + logBias. Memory beside the features and their gradients is
/// that of a few tiles and vectors. The gradient is written out by hand and made in fp32 with the loss, as in Inf-CL
/// (arXiv 2410.17243), wherever gradients are recorded at all; backward() only scales it.
LossTerms tiledLoss(const LossInputs& inputs, TileLoss& loss, int64_t tile);

}  // namespace diagonal
