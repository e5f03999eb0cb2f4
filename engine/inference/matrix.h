// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/inference/session.h"

namespace diagonal {

enum class MatrixValue { Cosine, Logit, SoftmaxRow, SoftmaxColumn };

/// Image-text similarity: row i is image i, column j text j.
struct SimilarityMatrix {
    int64_t rows = 0;
    int64_t columns = 0;
    std::vector<float> values;  ///< row-major; a row without an embedding is NaN

    float at(int64_t row, int64_t column) const { return values[static_cast<size_t>(row * columns + column)]; }
};

/// Cosines of unit-length rows.
SimilarityMatrix cosineMatrix(const Embeddings& images, const Embeddings& texts);

/// Cosines turned into what is shown. NaN rows stay NaN and do not count in columns.
SimilarityMatrix matrixValues(const SimilarityMatrix& cosines, MatrixValue value, double temperature);

}  // namespace diagonal
