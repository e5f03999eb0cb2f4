// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <utility>
#include <vector>

#include "engine/inference/matrix.h"
#include "ui/widgets/colour_table.h"

namespace diagonal {

/// Means of a square matrix on and off its diagonal, and in how many rows and columns the diagonal is the highest.
struct DiagonalFacts {
    double diagonal = 0, others = 0;
    int rightRows = 0, rightColumns = 0;
};
DiagonalFacts diagonalFacts(const SimilarityMatrix& matrix);

/// The 1st and 99th percentile of values, rounded outwards to 0.05. NaN is left out.
std::pair<double, double> percentileRange(std::vector<float> values);

/// One pixel a cell.
QImage matrixImage(const SimilarityMatrix& matrix, const ColourTable& table, double low, double high);

/// Place (1 is best) of cell (i, j) in its row or its column; 0 where it is NaN.
int rankInRow(const SimilarityMatrix& matrix, int64_t row, int64_t column);
int rankInColumn(const SimilarityMatrix& matrix, int64_t row, int64_t column);

/// Part of the pairs (i, i) whose rank is at most k, over the rows and columns that hold numbers.
double recallAt(const std::vector<int>& ranks, int k);

/// Contrastive loss of the pairs (i, i) over a range of temperatures.
struct LossCurve {
    std::vector<double> temperatures, imageToText, textToImage;
    double lowestAt = 0;  ///< temperature with the lowest sum
};
struct PairLoss {
    double imageToText = 0, textToImage = 0;
};
PairLoss pairLoss(const SimilarityMatrix& cosines, double temperature);
LossCurve lossCurve(const SimilarityMatrix& cosines);

/// An order of rows in which like stand beside like: each time the nearest row by cosine that is not yet placed,
/// beginning with the one farthest from the mean. Rows without an embedding come last. count x dim values.
std::vector<int> orderByLikeness(const std::vector<std::vector<float>>& rows);

/// The pairs with the worst rank first.
std::vector<int> orderByRank(const std::vector<int>& rowRanks, const std::vector<int>& columnRanks);

/// matrix[rows[i], columns[j]].
SimilarityMatrix permuted(const SimilarityMatrix& matrix, const std::vector<int>& rows,
                          const std::vector<int>& columns);

/// The geometric mean of the softmax by row and by column.
SimilarityMatrix bothSoftmax(const SimilarityMatrix& cosines, double temperature);

}  // namespace diagonal
