// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/base/libtorch.h"
#include "engine/parts/layers.h"
#include "tests/registry.h"

using namespace diagonal;

class TestLayers : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    /// In single precision, as oneDNN computes it, against LibTorch's own loops in double precision.
    void gradientsOfStridedPointConvolutions_data() {
        QTest::addColumn<int>("threads");
        for (const int threads : {1, 2, 3})
            QTest::addRow("%d threads", threads) << threads;
    }
    void gradientsOfStridedPointConvolutions() {
        QFETCH(int, threads);
        const int before = torch::get_num_threads();
        torch::set_num_threads(threads);
        for (int pass = 0; pass < 20; ++pass)
            for (const int64_t channels : {1, 3, 6, 8, 15, 16})
                for (const int64_t stride : {2, 3}) {
                    const auto x = torch::randn({3, channels, 50, 50}).contiguous(at::MemoryFormat::ChannelsLast);
                    const auto weight = torch::randn({4, channels, 1, 1}).requires_grad_();
                    const auto y = convolved(x, weight, {}, stride, 0);
                    const auto slope = torch::randn_like(y);
                    const auto gradient = torch::autograd::grad({(y * slope).sum()}, {weight})[0];
                    const auto wide = weight.detach().to(torch::kDouble).requires_grad_();
                    const auto y2 = torch::conv2d(x.to(torch::kDouble), wide, {}, stride);
                    const auto expected = torch::autograd::grad({(y2 * slope).sum()}, {wide})[0];
                    QCOMPARE(y.sizes(), y2.sizes());
                    QVERIFY((y - y2).abs().max().item<double>() < 1e-4);
                    const double error = (gradient - expected).abs().max().item<double>();
                    QVERIFY2(error < 1e-2, qPrintable(QString("%1 channels: %2").arg(channels).arg(error)));
                }
        torch::set_num_threads(before);
    }
};

DIAGONAL_TEST(TestLayers);
#include "test_layers.moc"
