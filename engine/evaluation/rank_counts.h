// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

namespace diagonal {

/// How many of a tile's similarities are above and beside the own ones of their rows and of their columns. Numbers that
/// are none are neither.
struct RankCounts {
    torch::Tensor better, equal;  ///< int32, one a query
};

/// Adds the counts of a tile [rows, columns] to those of its rows and of its columns. own: [rows] and [columns].
void countRanks(const torch::Tensor& tile, const torch::Tensor& ownOfRows, const torch::Tensor& ownOfColumns,
                const RankCounts& rows, const RankCounts& columns);

}  // namespace diagonal
