// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/matrix_math.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace diagonal {

namespace {

constexpr int kCurvePoints = 61;

}  // namespace

DiagonalFacts diagonalFacts(const SimilarityMatrix& matrix) {
    DiagonalFacts facts;
    const int64_t n = std::min(matrix.rows, matrix.columns);
    double diagonal = 0, others = 0;
    int64_t counted = 0, countedOthers = 0;
    for (int64_t i = 0; i < n; ++i) {
        const float own = matrix.at(i, i);
        if (std::isnan(own)) continue;
        diagonal += own;
        ++counted;
        bool row = true, column = true;
        for (int64_t j = 0; j < n; ++j) {
            if (j == i) continue;
            row = row && !(matrix.at(i, j) >= own);
            column = column && !(matrix.at(j, i) >= own);
            others += matrix.at(i, j);
            ++countedOthers;
        }
        facts.rightRows += row ? 1 : 0;
        facts.rightColumns += column ? 1 : 0;
    }
    facts.diagonal = counted > 0 ? diagonal / static_cast<double>(counted) : std::nan("");
    facts.others = countedOthers > 0 ? others / static_cast<double>(countedOthers) : std::nan("");
    return facts;
}

std::pair<double, double> percentileRange(std::vector<float> values) {
    std::erase_if(values, [](float value) { return !std::isfinite(value); });
    if (values.empty()) return {0, 1};
    const auto at = [&](double part) {
        const auto place = values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
        std::nth_element(values.begin(), place, values.end());
        return static_cast<double>(*place);
    };
    const double low = std::floor(at(0.01) / 0.05 + 1e-6) * 0.05, high = std::ceil(at(0.99) / 0.05 - 1e-6) * 0.05;
    return {low, std::max(high, low + 0.05)};
}

QImage matrixImage(const SimilarityMatrix& matrix, const ColourTable& table, double low, double high) {
    QImage image(static_cast<int>(matrix.columns), static_cast<int>(matrix.rows), QImage::Format_RGB32);
    for (int y = 0; y < image.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < image.width(); ++x) {
            const double part = (matrix.at(y, x) - low) / (high - low);
            line[x] = table[static_cast<size_t>(std::isnan(part) ? 0 : std::clamp(part * 255.0, 0.0, 255.0))];
        }
    }
    return image;
}

int rankInRow(const SimilarityMatrix& matrix, int64_t row, int64_t column) {
    const float own = matrix.at(row, column);
    if (std::isnan(own)) return 0;
    int rank = 1;
    for (int64_t j = 0; j < matrix.columns; ++j)
        rank += matrix.at(row, j) > own ? 1 : 0;
    return rank;
}

int rankInColumn(const SimilarityMatrix& matrix, int64_t row, int64_t column) {
    const float own = matrix.at(row, column);
    if (std::isnan(own)) return 0;
    int rank = 1;
    for (int64_t i = 0; i < matrix.rows; ++i)
        rank += matrix.at(i, column) > own ? 1 : 0;
    return rank;
}

double recallAt(const std::vector<int>& ranks, int k) {
    int counted = 0, found = 0;
    for (const int rank : ranks) {
        counted += rank > 0 ? 1 : 0;
        found += rank > 0 && rank <= k ? 1 : 0;
    }
    return counted > 0 ? static_cast<double>(found) / counted : std::nan("");
}

PairLoss pairLoss(const SimilarityMatrix& cosines, double temperature) {
    const int64_t n = std::min(cosines.rows, cosines.columns);
    const double scale = 1 / temperature;
    // The highest of each row and column is taken out of the exponent, which cannot overflow then.
    std::vector<double> rowMost(static_cast<size_t>(n), -INFINITY), columnMost = rowMost;
    for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = 0; j < n; ++j) {
            const double value = cosines.at(i, j);
            if (std::isnan(value)) continue;
            rowMost[static_cast<size_t>(i)] = std::max(rowMost[static_cast<size_t>(i)], value);
            columnMost[static_cast<size_t>(j)] = std::max(columnMost[static_cast<size_t>(j)], value);
        }
    }
    std::vector<double> rowSum(static_cast<size_t>(n)), columnSum(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = 0; j < n; ++j) {
            const double value = cosines.at(i, j);
            if (std::isnan(value)) continue;
            rowSum[static_cast<size_t>(i)] += std::exp(scale * (value - rowMost[static_cast<size_t>(i)]));
            columnSum[static_cast<size_t>(j)] += std::exp(scale * (value - columnMost[static_cast<size_t>(j)]));
        }
    }
    PairLoss loss;
    int64_t counted = 0;
    for (int64_t i = 0; i < n; ++i) {
        const double own = cosines.at(i, i);
        if (std::isnan(own)) continue;
        const auto at = static_cast<size_t>(i);
        loss.imageToText += std::log(rowSum[at]) + scale * (rowMost[at] - own);
        loss.textToImage += std::log(columnSum[at]) + scale * (columnMost[at] - own);
        ++counted;
    }
    const double count = counted > 0 ? static_cast<double>(counted) : std::nan("");
    return {loss.imageToText / count, loss.textToImage / count};
}

LossCurve lossCurve(const SimilarityMatrix& cosines) {
    LossCurve curve;
    double lowest = INFINITY;
    for (int i = 0; i < kCurvePoints; ++i) {
        const double temperature = std::pow(10.0, -3.0 + 3.0 * i / (kCurvePoints - 1));
        const PairLoss loss = pairLoss(cosines, temperature);
        curve.temperatures.push_back(temperature);
        curve.imageToText.push_back(loss.imageToText);
        curve.textToImage.push_back(loss.textToImage);
        const double sum = loss.imageToText + loss.textToImage;
        if (sum < lowest) {
            lowest = sum;
            curve.lowestAt = temperature;
        }
    }
    return curve;
}

std::vector<int> orderByLikeness(const std::vector<std::vector<float>>& rows) {
    std::vector<int> left, order, missing;
    for (size_t i = 0; i < rows.size(); ++i)
        (rows[i].empty() ? missing : left).push_back(static_cast<int>(i));
    const auto cosine = [&](const std::vector<float>& a, const std::vector<float>& b) {
        return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
    };
    if (!left.empty()) {
        std::vector<float> mean(rows[static_cast<size_t>(left[0])].size());
        for (const int i : left)
            for (size_t d = 0; d < mean.size(); ++d)
                mean[d] += rows[static_cast<size_t>(i)][d];
        auto next = std::min_element(left.begin(), left.end(), [&](int a, int b) {
            return cosine(rows[static_cast<size_t>(a)], mean) < cosine(rows[static_cast<size_t>(b)], mean);
        });
        while (true) {
            const int current = *next;
            order.push_back(current);
            left.erase(next);
            if (left.empty()) break;
            const auto& row = rows[static_cast<size_t>(current)];
            float most = -INFINITY;
            for (auto candidate = left.begin(); candidate != left.end(); ++candidate) {
                const float likeness = cosine(row, rows[static_cast<size_t>(*candidate)]);
                if (likeness > most) {
                    most = likeness;
                    next = candidate;
                }
            }
            if (most == -INFINITY) next = left.begin();
        }
    }
    order.insert(order.end(), missing.begin(), missing.end());
    return order;
}

std::vector<int> orderByRank(const std::vector<int>& rowRanks, const std::vector<int>& columnRanks) {
    std::vector<int> order(rowRanks.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        const auto i = static_cast<size_t>(a), j = static_cast<size_t>(b);
        return std::max(rowRanks[i], columnRanks[i]) > std::max(rowRanks[j], columnRanks[j]);
    });
    return order;
}

SimilarityMatrix permuted(const SimilarityMatrix& matrix, const std::vector<int>& rows,
                          const std::vector<int>& columns) {
    SimilarityMatrix result{matrix.rows, matrix.columns, {}};
    result.values.reserve(matrix.values.size());
    for (const int row : rows)
        for (const int column : columns)
            result.values.push_back(matrix.at(row, column));
    return result;
}

SimilarityMatrix bothSoftmax(const SimilarityMatrix& cosines, double temperature) {
    SimilarityMatrix result = matrixValues(cosines, MatrixValue::SoftmaxRow, temperature);
    const SimilarityMatrix columns = matrixValues(cosines, MatrixValue::SoftmaxColumn, temperature);
    for (size_t i = 0; i < result.values.size(); ++i)
        result.values[i] = std::sqrt(result.values[i] * columns.values[i]);
    return result;
}

}  // namespace diagonal
