// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/matrix_math.h"

namespace diagonal {

enum class MatrixOrder { AsGiven, ByLikeness, WorstFirst };
enum class ShownValue { Cosine, Logit, Row, Column, Both };

/// Unit-length embeddings in the order given; an empty row is an image without one.
struct MatrixInput {
    std::vector<std::vector<float>> images, texts;
    bool paired = false;
    MatrixOrder order = MatrixOrder::AsGiven;
};

/// All that is shown of a matrix and does not depend on the temperature chosen.
struct MatrixAnalysis {
    SimilarityMatrix cosines;  ///< in the order given
    std::vector<int> rowOrder, columnOrder;
    std::vector<int> rowRanks, columnRanks;  ///< of the pairs, by position given; empty when there are none
    std::vector<float> diagonal, others;     ///< cosines
    LossCurve curve;                         ///< of the pairs
    double low = 0, high = 1;                ///< range of the cosines

    bool isEmpty() const { return cosines.values.empty(); }
};

/// Any thread.
MatrixAnalysis analyseMatrix(const MatrixInput& input);

/// Values as they are shown, in the order they are shown.
SimilarityMatrix shownMatrix(const MatrixAnalysis& analysis, ShownValue value, double temperature);
/// What the colours span.
std::pair<double, double> shownRange(const MatrixAnalysis& analysis, ShownValue value, double temperature);

}  // namespace diagonal
