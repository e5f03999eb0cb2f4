// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/matrix.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Softmax of `count` values that stand `stride` apart; what is not a number stays so and counts for nothing.
void softmax(float* values, int64_t count, int64_t stride, double temperature) {
    double largest = -std::numeric_limits<double>::infinity();
    for (int64_t i = 0; i < count; ++i) {
        const double value = values[i * stride];
        if (value > largest) largest = value;
    }
    double sum = 0;
    for (int64_t i = 0; i < count; ++i) {
        const double value = values[i * stride];
        if (!std::isnan(value)) sum += std::exp((value - largest) / temperature);
    }
    for (int64_t i = 0; i < count; ++i) {
        const double value = values[i * stride];
        values[i * stride] =
            std::isnan(value) ? kNaN : static_cast<float>(std::exp((value - largest) / temperature) / sum);
    }
}

torch::Tensor view(const Embeddings& rows) {
    return torch::from_blob(const_cast<float*>(rows.values.data()), {rows.count(), rows.dim}, torch::kFloat);
}

}  // namespace

SimilarityMatrix cosineMatrix(const Embeddings& images, const Embeddings& texts) {
    SimilarityMatrix matrix;
    matrix.rows = images.count();
    matrix.columns = texts.count();
    matrix.values.resize(static_cast<size_t>(matrix.rows * matrix.columns));
    if (matrix.values.empty()) return matrix;
    if (images.dim != texts.dim) throw std::invalid_argument("image and text embeddings differ in length");
    const c10::InferenceMode inference;
    torch::Tensor out = torch::from_blob(matrix.values.data(), {matrix.rows, matrix.columns}, torch::kFloat);
    torch::mm_out(out, view(images), view(texts).t());
    return matrix;
}

SimilarityMatrix matrixValues(const SimilarityMatrix& cosines, MatrixValue value, double temperature) {
    if (!(temperature > 0)) throw Error("temperature", "must be greater than 0");
    SimilarityMatrix result = cosines;
    float* values = result.values.data();
    switch (value) {
        case MatrixValue::Cosine:
            break;
        case MatrixValue::Logit:
            for (float& one : result.values)
                one = static_cast<float>(one / temperature);
            break;
        case MatrixValue::SoftmaxRow:
            for (int64_t i = 0; i < result.rows; ++i)
                softmax(values + i * result.columns, result.columns, 1, temperature);
            break;
        case MatrixValue::SoftmaxColumn:
            for (int64_t j = 0; j < result.columns; ++j)
                softmax(values + j, result.rows, result.columns, temperature);
            break;
    }
    return result;
}

}  // namespace diagonal
