// SPDX-License-Identifier: Apache-2.0
#include <torch/torch.h>

#include <QtTest>

#include "engine/base/error.h"
#include "training/losses/contrastive.h"

using namespace diagonal;

namespace {

struct Features {
    torch::Tensor image, text, logScale;
};

Features randomFeatures(int64_t n, int64_t d, double scale) {
    const auto unit = [&] {
        return torch::nn::functional::normalize(torch::randn({n, d})).detach().set_requires_grad(true);
    };
    return {unit(), unit(), torch::tensor(std::log(scale), torch::kFloat).set_requires_grad(true)};
}

/// open_clip.loss.ClipLoss, word for word.
torch::Tensor reference(const Features& f, bool imageToText, bool textToImage) {
    const auto logits = f.logScale.exp() * f.image.mm(f.text.t());
    const auto labels = torch::arange(f.image.size(0));
    auto loss = torch::zeros({});
    if (imageToText) loss = loss + torch::nn::functional::cross_entropy(logits, labels);
    if (textToImage) loss = loss + torch::nn::functional::cross_entropy(logits.t(), labels);
    return imageToText && textToImage ? loss / 2 : loss;
}

bool near(const torch::Tensor& a, const torch::Tensor& b, double relative) {
    return (a - b).abs().max().item<double>() <= relative * b.abs().max().item<double>();
}

}  // namespace

class TestLoss : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { torch::manual_seed(1); }

    void equalsCrossEntropyBothWays_data() {
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("tile");
        QTest::addColumn<double>("scale");
        QTest::newRow("one tile") << 16 << 2048 << 14.3;
        QTest::newRow("tiles that divide n") << 96 << 32 << 14.3;
        QTest::newRow("tiles that do not") << 100 << 33 << 14.3;
        QTest::newRow("largest scale") << 64 << 20 << 100.0;
        QTest::newRow("two pairs") << 2 << 1 << 1.0;
    }

    void equalsCrossEntropyBothWays() {
        QFETCH(int, n);
        QFETCH(int, tile);
        QFETCH(double, scale);
        const auto f = randomFeatures(n, 24, scale);
        const auto terms = ContrastiveLoss(tile)(f.image, f.text, f.logScale);
        const auto expected = reference(f, true, true);
        QVERIFY(near(terms.total, expected, 1e-6));
        QVERIFY(near(terms.imageToText, reference(f, true, false), 1e-6));
        QVERIFY(near(terms.textToImage, reference(f, false, true), 1e-6));

        const auto mine = torch::autograd::grad({terms.total * 3}, {f.image, f.text, f.logScale});
        const auto theirs = torch::autograd::grad({expected * 3}, {f.image, f.text, f.logScale});
        for (size_t i = 0; i < mine.size(); ++i)
            QVERIFY2(near(mine[i], theirs[i], 1e-5), qPrintable(QString::number(i)));
    }

    void isLnOfTheBatchForFeaturesThatAreAllEqual() {
        const auto one = torch::nn::functional::normalize(torch::randn({1, 8})).expand({32, 8});
        const auto terms = ContrastiveLoss()(one, one, torch::tensor(2.0F));
        QVERIFY(std::abs(terms.total.item<double>() - std::log(32.0)) < 1e-5);
    }

    void halfPrecisionFeaturesAreComputedInFp32() {
        const auto f = randomFeatures(8, 16, 100);
        const auto terms = ContrastiveLoss()(f.image.to(torch::kBFloat16), f.text.to(torch::kBFloat16), f.logScale);
        QCOMPARE(terms.total.scalar_type(), torch::kFloat);
        QVERIFY(terms.total.isfinite().item<bool>());
    }

    void lossesAreFoundByName() {
        for (const auto& name : lossNames())
            QVERIFY(makeLoss(name) != nullptr);
        QVERIFY_THROWS_EXCEPTION(Error, makeLoss("nothing"));
    }
};

QTEST_GUILESS_MAIN(TestLoss)
#include "test_loss.moc"
