// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "engine/base/libtorch.h"
#include "engine/parts/layers.h"
#include "engine/parts/packed_weight.h"
#include "tests/registry.h"

using namespace diagonal;

class TestPackedWeight : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        torch::manual_seed(3);
        if (!packBlocks(torch::ones({2, 2}), torch::ones({2}))) QSKIP("This LibTorch has no oneDNN");
    }

    void packedFloatsGiveThePlainProduct() {
        const torch::NoGradGuard guard;
        for (const auto& [in, out] : std::vector<std::pair<int64_t, int64_t>>{{1, 1}, {7, 3}, {64, 192}, {770, 33}}) {
            const torch::Tensor weight = torch::randn({out, in}), bias = torch::randn({out});
            const auto packed = packBlocks(weight, bias);
            for (const std::vector<int64_t>& shape :
                 {std::vector<int64_t>{1, in}, {0, in}, {1, in}, {50, in}, {1600, in}, {2, 3, in}, {in}}) {
                const torch::Tensor x = torch::randn(shape), expected = torch::linear(x, weight, bias);
                const torch::Tensor found = linear(x, weight, bias, packed);
                QVERIFY(found.sizes() == expected.sizes());
                QVERIFY(torch::allclose(found, expected, 1e-5, 1e-4));
            }
            const torch::Tensor columns = torch::randn({in, 5}).t();  // rows that are not contiguous
            QVERIFY(torch::allclose((*packed)(columns), torch::linear(columns, weight, bias), 1e-5, 1e-4));
        }
    }

    void gradientsGoThroughThePlainWeights() {
        const torch::Tensor weight = torch::randn({4, 6}), bias = torch::randn({4});
        const auto packed = packBlocks(torch::zeros({4, 6}), torch::zeros({4}));
        const torch::Tensor x = torch::randn({2, 6}).requires_grad_();
        const torch::Tensor y = linear(x, weight, bias, packed);
        QVERIFY(torch::allclose(y, torch::linear(x, weight, bias)));
        y.sum().backward();
        QVERIFY(torch::allclose(x.grad(), weight.sum(0).expand({2, 6})));
        const torch::NoGradGuard guard;
        QCOMPARE(linear(x, weight, bias, packed).abs().max().item<float>(), 0.0F);
    }

    void bfloat16IsPackedWhereTheProcessorHasIt() {
        if (!isBf16Packed()) QSKIP("This processor has no bfloat16 units");
        const torch::NoGradGuard guard;
        const torch::Tensor weight = torch::randn({96, 64}).to(torch::kBFloat16);
        const torch::Tensor bias = torch::randn({96}).to(torch::kBFloat16);
        const auto packed = packBlocks(weight, bias);
        for (const int64_t rows : {1, 50, 1600, 50}) {
            const torch::Tensor x = torch::randn({rows, 64}).to(torch::kBFloat16);
            const torch::Tensor found = (*packed)(x);
            QVERIFY(found.scalar_type() == torch::kBFloat16);
            const torch::Tensor exact =
                torch::linear(x.to(torch::kFloat), weight.to(torch::kFloat), bias.to(torch::kFloat));
            QVERIFY(torch::allclose(found.to(torch::kFloat), exact, 1e-2, 1e-1));
        }
    }

    void onlyTheCpusOwnPrecisionsArePacked() {
        const auto model = std::make_shared<torch::nn::Module>();
        RandomWeights weights;
        const auto layer = addChild<Linear>(*model, Scope(weights), "layer", 6, 4);
        const torch::Tensor x = torch::randn({3, 6});
        const torch::NoGradGuard guard;
        const torch::Tensor before = (*layer)(x);
        packWeights(*model, "fp16");
        layer->weight.zero_();
        QVERIFY(!torch::allclose((*layer)(x), before));  // plain still
        packWeights(*model, "fp32");
        QVERIFY(torch::allclose((*layer)(x), layer->bias.expand({3, 4})));
        (*layer)(x);  // the second use packs
        layer->weight.fill_(1);
        QVERIFY(torch::allclose((*layer)(x), layer->bias.expand({3, 4})));
    }
};

DIAGONAL_TEST(TestPackedWeight);
#include "test_packed_weight.moc"
