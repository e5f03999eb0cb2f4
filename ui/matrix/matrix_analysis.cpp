// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/matrix/matrix_analysis.h"

#include <limits>
#include <numeric>

namespace diagonal {

namespace {

Embeddings packed(const std::vector<std::vector<float>>& rows, size_t dim) {
    Embeddings embeddings;
    embeddings.dim = static_cast<int64_t>(dim);
    embeddings.values.reserve(rows.size() * dim);
    for (const auto& row : rows) {
        if (row.size() == dim) {
            embeddings.values.insert(embeddings.values.end(), row.begin(), row.end());
        } else {
            embeddings.values.insert(embeddings.values.end(), dim, std::numeric_limits<float>::quiet_NaN());
        }
    }
    return embeddings;
}

std::vector<int> asGiven(size_t count) {
    std::vector<int> order(count);
    std::iota(order.begin(), order.end(), 0);
    return order;
}

void analysePairs(MatrixAnalysis& analysis) {
    const SimilarityMatrix& cosines = analysis.cosines;
    for (int64_t i = 0; i < cosines.rows; ++i) {
        analysis.rowRanks.push_back(rankInRow(cosines, i, i));
        analysis.columnRanks.push_back(rankInColumn(cosines, i, i));
    }
    analysis.curve = lossCurve(cosines);
}

}  // namespace

MatrixAnalysis analyseMatrix(const MatrixInput& input) {
    MatrixAnalysis analysis;
    size_t dim = 0;
    for (const auto& row : input.texts)
        dim = std::max(dim, row.size());
    if (dim == 0 || input.images.empty()) return analysis;
    analysis.cosines = cosineMatrix(packed(input.images, dim), packed(input.texts, dim));
    const bool paired = input.paired && input.images.size() == input.texts.size();
    if (paired) analysePairs(analysis);
    for (int64_t i = 0; i < analysis.cosines.rows; ++i)
        for (int64_t j = 0; j < analysis.cosines.columns; ++j)
            (paired && i == j ? analysis.diagonal : analysis.others).push_back(analysis.cosines.at(i, j));

    analysis.rowOrder = asGiven(input.images.size());
    analysis.columnOrder = asGiven(input.texts.size());
    if (input.order == MatrixOrder::ByLikeness) {
        analysis.rowOrder = orderByLikeness(input.images);
        analysis.columnOrder = paired ? analysis.rowOrder : orderByLikeness(input.texts);
    } else if (input.order == MatrixOrder::WorstFirst && paired) {
        analysis.rowOrder = orderByRank(analysis.rowRanks, analysis.columnRanks);
        analysis.columnOrder = analysis.rowOrder;
    }
    std::tie(analysis.low, analysis.high) = percentileRange(analysis.cosines.values);
    return analysis;
}

SimilarityMatrix shownMatrix(const MatrixAnalysis& analysis, ShownValue value, double temperature) {
    const auto values = [&]() -> SimilarityMatrix {
        switch (value) {
            case ShownValue::Cosine:
                return analysis.cosines;
            case ShownValue::Logit:
                return matrixValues(analysis.cosines, MatrixValue::Logit, temperature);
            case ShownValue::Row:
                return matrixValues(analysis.cosines, MatrixValue::SoftmaxRow, temperature);
            case ShownValue::Column:
                return matrixValues(analysis.cosines, MatrixValue::SoftmaxColumn, temperature);
            case ShownValue::Both:
                return bothSoftmax(analysis.cosines, temperature);
        }
        return {};
    };
    return permuted(values(), analysis.rowOrder, analysis.columnOrder);
}

std::pair<double, double> shownRange(const MatrixAnalysis& analysis, ShownValue value, double temperature) {
    if (value == ShownValue::Cosine) return {analysis.low, analysis.high};
    if (value == ShownValue::Logit) return {analysis.low / temperature, analysis.high / temperature};
    return {0, 1};
}

}  // namespace diagonal
