// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <torch/nn/functional/loss.h>

#include <QtTest>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/parts/layers.h"
#include "tests/registry.h"
#include "training/losses/loss.h"

using namespace diagonal;
using torch::Tensor;

namespace {

constexpr int64_t kWidth = 24;

struct Options {
    QString loss;
    double scale = 14.3, smoothing = 0, bias = 0;
    bool duplicates = false;
};

LossInputs randomInputs(int64_t n, const Options& options) {
    const auto unit = [&] { return normalizedRows(torch::randn({n, kWidth})).detach().set_requires_grad(true); };
    LossInputs inputs{unit(), unit(), torch::tensor(std::log(options.scale), torch::kFloat).set_requires_grad(true)};
    if (options.loss == QLatin1String("sigmoid"))
        inputs.logBias = torch::tensor(options.bias, torch::kFloat).set_requires_grad(true);
    if (options.duplicates) {
        inputs.imageIds = torch::randint(0, std::max<int64_t>(1, n / 3), {n});
        inputs.captionIds = torch::randint(0, std::max<int64_t>(1, n / 2), {n});
    }
    return inputs;
}

/// Dense, in fp64, from the definitions.
struct Reference {
    Tensor total, imageToText, textToImage;
    std::vector<Tensor> leaves;
};

Reference reference(const LossInputs& given, const Options& options) {
    Reference result;
    const auto leaf = [&](const Tensor& value) {
        return result.leaves.emplace_back(value.detach().to(torch::kDouble).set_requires_grad(true));
    };
    const Tensor image = leaf(given.image), text = leaf(given.text), logScale = leaf(given.logScale);
    const Tensor bias = given.logBias.defined() ? leaf(given.logBias) : torch::zeros({}, torch::kDouble);
    const int64_t n = image.size(0);
    const Tensor logits = logScale.exp() * image.mm(text.t()) + bias;
    if (options.loss == QLatin1String("sigmoid")) {  // open_clip.loss.SigLipLoss
        const Tensor signs = 2 * torch::eye(n, torch::kDouble) - 1;
        result.total = -torch::log_sigmoid(signs * logits).sum() / n;
        result.imageToText = result.textToImage = result.total;
        return result;
    }
    Tensor targets = torch::eye(n, torch::kDouble);
    if (options.loss == QLatin1String("soft") && given.imageIds.defined()) {
        const auto equal = [](const Tensor& ids) { return ids.unsqueeze(1) == ids.unsqueeze(0); };
        targets = equal(given.imageIds).logical_or(equal(given.captionIds)).to(torch::kDouble);
        targets = targets / targets.sum(1, true);
    }
    const auto entropy = torch::nn::functional::CrossEntropyFuncOptions().label_smoothing(options.smoothing);
    result.imageToText = torch::nn::functional::cross_entropy(logits, targets, entropy);
    result.textToImage = torch::nn::functional::cross_entropy(logits.t(), targets, entropy);
    result.total = (result.imageToText + result.textToImage) / 2;
    return result;
}

double relativeError(const Tensor& mine, const Tensor& theirs) {
    const Tensor expected = theirs.detach().to(torch::kDouble);
    const double size = expected.norm().item<double>();
    const double distance = (mine.detach().to(torch::kDouble) - expected).norm().item<double>();
    return size > 1e-12 ? distance / size : distance;
}

void compare(const LossInputs& inputs, const Options& options, int64_t tile) {
    const auto loss = makeLoss(options.loss.toStdString(), {options.smoothing, tile});
    const auto terms = (*loss)(inputs);
    const auto expected = reference(inputs, options);
    QVERIFY2(relativeError(terms.total, expected.total) < 1e-6, "total");
    QVERIFY2(relativeError(terms.imageToText, expected.imageToText) < 1e-6, "image to text");
    QVERIFY2(relativeError(terms.textToImage, expected.textToImage) < 1e-6, "text to image");

    std::vector<Tensor> leaves = {inputs.image, inputs.text, inputs.logScale};
    if (inputs.logBias.defined()) leaves.push_back(inputs.logBias);
    const auto mine = torch::autograd::grad({terms.total * 3}, leaves);
    const auto theirs = torch::autograd::grad({expected.total * 3}, expected.leaves);
    static const char* const kNames[] = {"image", "text", "logit scale", "logit bias"};
    for (size_t i = 0; i < leaves.size(); ++i)
        QVERIFY2(relativeError(mine[i], theirs[i]) < 1e-5, qPrintable(QStringLiteral("gradient of %1: %2")
                                                                          .arg(QLatin1String(kNames[i]))
                                                                          .arg(relativeError(mine[i], theirs[i]))));
}

double peakBytes() {
    struct rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

}  // namespace

class TestLoss : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { torch::manual_seed(1); }

    /// First: the peak of a process only grows.
    void memoryGrowsWithTheBatchNotWithItsSquare() {
        constexpr int64_t kCount = 8192, kFeatures = 64;
        const auto loss = makeLoss("contrastive");
        const auto run = [&](int64_t n) {
            LossInputs inputs{torch::randn({n, kFeatures}), torch::randn({n, kFeatures}), torch::tensor(1.F)};
            for (Tensor* leaf : {&inputs.image, &inputs.text, &inputs.logScale})
                leaf->requires_grad_(true);
            (*loss)(inputs).total.backward();
        };
        run(2048);
        const double before = peakBytes();
        run(kCount);
        const double grown = peakBytes() - before;
        QVERIFY2(grown < kCount * kCount * sizeof(float) / 4, qPrintable(QString::number(grown)));
    }

    void equalsTheDenseLossInFp64_data() {
        QTest::addColumn<Options>("options");
        QTest::addColumn<int>("n");
        for (const int n : {1, 2, 37, 1000, 4097}) {
            const auto row = [&](const char* name, const Options& options) {
                QTest::addRow("%s, %d pairs", name, n) << options << n;
            };
            row("contrastive", {QStringLiteral("contrastive")});
            row("soft with duplicates", {QStringLiteral("soft"), 14.3, 0, 0, true});
            row("sigmoid", {QStringLiteral("sigmoid"), 10, 0, -10});
            if (n > 1000) continue;  // the dense ones take seconds
            row("contrastive at the largest scale", {QStringLiteral("contrastive"), 100});
            row("contrastive, smoothed", {QStringLiteral("contrastive"), 14.3, 0.1});
            row("soft without ids", {QStringLiteral("soft")});
            row("soft with duplicates, smoothed", {QStringLiteral("soft"), 14.3, 0.1, 0, true});
            row("sigmoid at the largest scale", {QStringLiteral("sigmoid"), 100, 0, -10});
        }
    }

    void equalsTheDenseLossInFp64() {
        QFETCH(Options, options);
        QFETCH(int, n);
        compare(randomInputs(n, options), options, LossOptions{}.tile);
    }

    void tilesChangeNothing_data() {
        QTest::addColumn<int>("tile");
        for (const int tile : {1, 7, 32, 33, 99, 100})
            QTest::addRow("%d of 100", tile) << tile;
    }

    void tilesChangeNothing() {
        QFETCH(int, tile);
        for (const Options& options :
             {Options{QStringLiteral("contrastive"), 14.3, 0.2}, Options{QStringLiteral("soft"), 14.3, 0, 0, true},
              Options{QStringLiteral("sigmoid"), 10, 0, -10}})
            compare(randomInputs(100, options), options, tile);
    }

    void isLnOfTheBatchForFeaturesThatAreAllEqual() {
        const auto one = normalizedRows(torch::randn({1, 8})).expand({32, 8});
        const auto terms = (*makeLoss("contrastive"))({one, one, torch::tensor(2.0F)});
        QVERIFY(std::abs(terms.total.item<double>() - std::log(32.0)) < 1e-5);
    }

    void softTargetsDoNotPunishDuplicates() {
        const auto one = normalizedRows(torch::randn({4, 8}));
        const auto image = torch::cat({one, one}), text = torch::cat({one, one});
        const auto ids = torch::arange(4).repeat({2});
        const auto scale = torch::tensor(std::log(100.F));
        const double soft = (*makeLoss("soft"))({image, text, scale, {}, ids, ids}).total.item<double>();
        const double hard = (*makeLoss("contrastive"))({image, text, scale}).total.item<double>();
        QVERIFY(std::abs(soft - hard) < 1e-5);  // two equal answers: ln 2 is the least either can reach
        QVERIFY(std::abs(soft - std::log(2.0)) < 0.05);
        const auto pulled = [&](const char* loss) {
            auto features = image.clone().requires_grad_(true);
            (*makeLoss(loss))({features, text, scale, {}, ids, ids}).total.backward();
            return features.grad().narrow(0, 0, 4) - features.grad().narrow(0, 4, 4);
        };
        QVERIFY(pulled("soft").norm().item<double>() < 1e-5);
    }

    void lockedFeaturesGetNoGradient() {
        auto inputs = randomInputs(16, {QStringLiteral("contrastive")});
        inputs.image = inputs.image.detach();
        (*makeLoss("contrastive"))(inputs).total.backward();
        QVERIFY(!inputs.image.grad().defined());
        QVERIFY(inputs.text.grad().defined());
    }

    void halfPrecisionFeaturesAreComputedInFp32() {
        const auto inputs = randomInputs(8, {QStringLiteral("contrastive"), 100});
        const auto terms = (*makeLoss("contrastive"))(
            {inputs.image.to(torch::kBFloat16), inputs.text.to(torch::kBFloat16), inputs.logScale});
        QCOMPARE(terms.total.scalar_type(), torch::kFloat);
        QVERIFY(terms.total.isfinite().item<bool>());
        terms.total.backward();
        QCOMPARE(inputs.image.grad().scalar_type(), torch::kFloat);
    }

    void lossesAreFoundByName() {
        for (const auto& name : lossNames())
            QVERIFY(makeLoss(name) != nullptr);
        QVERIFY_THROWS_EXCEPTION(Error, makeLoss("nothing"));
    }
};

DIAGONAL_TEST(TestLoss);
#include "test_loss.moc"
