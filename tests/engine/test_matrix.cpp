// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <limits>

#include "engine/base/error.h"
#include "engine/inference/matrix.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Rows: an image, one without an embedding, another image.
SimilarityMatrix sample() {
    return {3, 2, {0.2F, 0.1F, kNaN, kNaN, -0.3F, 0.3F}};
}

bool near(double a, double b) {
    return std::abs(a - b) < 1e-6;
}

}  // namespace

class TestMatrix : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void cosinesAreRowsTimesColumns() {
        const Embeddings images{2, {1, 0, 0, 1, kNaN, kNaN}};
        const Embeddings texts{2, {0.6F, 0.8F, -1, 0}};
        const SimilarityMatrix matrix = cosineMatrix(images, texts);
        QCOMPARE(matrix.rows, int64_t{3});
        QCOMPARE(matrix.columns, int64_t{2});
        QVERIFY(near(matrix.at(0, 0), 0.6) && near(matrix.at(0, 1), -1));
        QVERIFY(near(matrix.at(1, 0), 0.8) && near(matrix.at(1, 1), 0));
        QVERIFY(std::isnan(matrix.at(2, 0)) && std::isnan(matrix.at(2, 1)));
    }

    void emptySidesGiveAnEmptyMatrix() {
        QVERIFY(cosineMatrix({}, {2, {1, 0}}).values.empty());
        QVERIFY(cosineMatrix({2, {1, 0}}, {}).values.empty());
    }

    void differentLengthsAreAProgrammingError() {
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, cosineMatrix({2, {1, 0}}, {3, {1, 0, 0}}));
    }

    void logitsAreCosinesByTemperature() {
        const auto logits = matrixValues(sample(), MatrixValue::Logit, 0.01);
        QVERIFY(std::abs(logits.at(0, 0) - 20) < 1e-4);
        QVERIFY(std::isnan(logits.at(1, 0)));
        QVERIFY(near(matrixValues(sample(), MatrixValue::Cosine, 0.01).at(0, 0), 0.2));
    }

    void rowsOfSoftmaxAddUpToOne() {
        const auto rows = matrixValues(sample(), MatrixValue::SoftmaxRow, 0.1);
        QVERIFY(near(rows.at(0, 0) + rows.at(0, 1), 1));
        QVERIFY(near(rows.at(0, 0), 1 / (1 + std::exp(-1))));
        QVERIFY(std::isnan(rows.at(1, 0)));
    }

    void missingImagesDoNotCountInColumns() {
        const auto columns = matrixValues(sample(), MatrixValue::SoftmaxColumn, 0.5);
        QVERIFY(near(columns.at(0, 0) + columns.at(2, 0), 1));
        QVERIFY(near(columns.at(0, 1) + columns.at(2, 1), 1));
        QVERIFY(std::isnan(columns.at(1, 1)));
    }

    void softmaxDoesNotOverflow() {
        const auto rows = matrixValues({1, 2, {1, -1}}, MatrixValue::SoftmaxRow, 1e-8);
        QCOMPARE(rows.at(0, 0), 1.0F);
        QCOMPARE(rows.at(0, 1), 0.0F);
    }

    void temperatureMustBePositive() { QVERIFY_THROWS_EXCEPTION(Error, matrixValues(sample(), MatrixValue::Logit, 0)); }
};

DIAGONAL_TEST(TestMatrix);
#include "test_matrix.moc"
