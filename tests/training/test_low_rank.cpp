// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <random>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/parts/dual_encoder.h"
#include "engine/parts/low_rank_terms.h"
#include "tests/registry.h"
#include "training/optimizers/train_step.h"

using namespace diagonal;
using torch::Tensor;

namespace {

enum class AdaptedTower { Vit, Siglip, ResNet };

ClipConfig adaptableConfig(AdaptedTower tower) {
    ClipConfig config;
    config.embedDim = 16;
    config.imageSize = 32;
    config.text = {.contextLength = 12, .vocabularySize = 40, .width = 16, .heads = 2, .layers = 2, .mlpRatio = 4.0};
    if (tower == AdaptedTower::Vit) {
        config.vision = VitConfig{.layers = 2, .width = 16, .headWidth = 8, .mlpRatio = 4.0, .patchSize = 8};
    } else if (tower == AdaptedTower::Siglip) {
        config.vision = SiglipVitConfig{.layers = 2, .width = 16, .heads = 2, .mlpRatio = 4.0, .patchSize = 8};
        config.text.causal = false;
        config.text.fillsContext = config.text.projectionBias = config.logitBias = true;
    } else {
        config.vision = ModifiedResNetConfig{.layers = {1, 1, 1, 1}, .width = 8, .headWidth = 16};
    }
    return config;
}

std::shared_ptr<DualEncoder> adaptableModel(AdaptedTower tower = AdaptedTower::Vit) {
    torch::manual_seed(1);
    return std::make_shared<DualEncoder>(adaptableConfig(tower));
}

TrainBatch pairsToLearn(int64_t pairs, int64_t size = 32) {
    torch::manual_seed(2);
    return {torch::randint(0, 256, {pairs, size, size, 3}, torch::kByte), torch::randint(1, 38, {pairs, 9}),
            torch::randint(2, 9, {pairs})};
}

/// As if they had learned.
void drawFactors(const DualEncoder& model) {
    const torch::NoGradGuard noGrad;
    for (auto& [name, factor] : model.lowRankFactors())
        factor.normal_(0, 0.3);
}

/// A model without low-rank terms that acts as this one.
std::shared_ptr<DualEncoder> mergedModel(const DualEncoder& model) {
    auto merged = std::make_shared<DualEncoder>(model.config());
    const torch::NoGradGuard noGrad;
    auto to = merged->stateDict();
    for (const auto& [name, weight] : model.stateDict())
        to.at(name).copy_(weight);
    merged->eval();
    return merged;
}

double farthest(const Tensor& a, const Tensor& b) {
    return (a - b).abs().max().item<double>();
}

Tensor imagesOf(const TrainBatch& batch) {
    return batch.pixels.permute({0, 3, 1, 2}).to(torch::kFloat) / 255;
}

}  // namespace

class TestLowRank : public QObject {
    Q_OBJECT

    static void towers() {
        QTest::addColumn<AdaptedTower>("tower");
        QTest::newRow("vision transformer") << AdaptedTower::Vit;
        QTest::newRow("SigLIP") << AdaptedTower::Siglip;
        QTest::newRow("ResNet") << AdaptedTower::ResNet;
    }

  private Q_SLOTS:
    void initTestCase() { setThreads(1); }  // tests run side by side

    void atFirstNothingChanges_data() { towers(); }
    void atFirstNothingChanges() {
        QFETCH(AdaptedTower, tower);
        const auto plain = adaptableModel(tower), adapted = adaptableModel(tower);
        adapted->adapt({.rank = 3});
        const auto before = plain->stateDict(), after = adapted->stateDict();
        QCOMPARE(before.size(), after.size());
        for (const auto& [name, weight] : before)
            QVERIFY2(torch::equal(weight, after.at(name)), name.c_str());
    }

    void theMergedModelActsAlike_data() { towers(); }
    void theMergedModelActsAlike() {
        QFETCH(AdaptedTower, tower);
        const auto batch = pairsToLearn(6);
        std::mt19937 random(7);
        for (int round = 0; round < 8; ++round) {
            const auto model = adaptableModel(tower);
            model->adapt({.rank = static_cast<int64_t>(1 + random() % 12),
                          .scale = 0.25 * static_cast<double>(1 + random() % 8),
                          .attention = round % 3 != 1 || tower == AdaptedTower::ResNet,
                          .mlp = round % 3 != 2});
            drawFactors(*model);
            model->eval();
            const auto merged = mergedModel(*model), bare = adaptableModel(tower);
            bare->eval();
            const torch::NoGradGuard noGrad;
            const Tensor images = imagesOf(batch);
            QVERIFY(farthest(model->encodeImage(images), merged->encodeImage(images)) < 1e-5);
            QVERIFY(farthest(model->encodeText(batch.ids, batch.lengths),
                             merged->encodeText(batch.ids, batch.lengths)) < 1e-5);
            QVERIFY(farthest(model->encodeText(batch.ids, batch.lengths), bare->encodeText(batch.ids, batch.lengths)) >
                    1e-2);
        }
    }

    /// With W = W0 + s B A: dL/dA = s B^T dL/dW and dL/dB = s dL/dW A^T, a part for itself.
    void gradientsAreThoseOfTheMergedMatrix_data() { towers(); }
    void gradientsAreThoseOfTheMergedMatrix() {
        QFETCH(AdaptedTower, tower);
        constexpr double kScale = 0.5;
        const auto batch = pairsToLearn(6);
        const auto model = adaptableModel(tower);
        model->adapt({.rank = 3, .scale = kScale});
        drawFactors(*model);
        model->eval();
        const auto merged = mergedModel(*model);
        torch::manual_seed(3);
        const Tensor towards = torch::randn({6, 16});
        for (const auto& one : {model, merged}) {
            const Tensor images = one->encodeImage(imagesOf(batch)), texts = one->encodeText(batch.ids, batch.lengths);
            ((images * towards).sum() + (texts * towards).square().sum()).backward();
        }
        const auto whole = merged->named_parameters();
        const auto factors = model->lowRankFactors();
        QVERIFY(factors.size() >= 2 * 4);
        for (size_t i = 0; i < factors.size(); i += 2) {
            const Tensor a = factors[i].second, b = factors[i + 1].second;
            const std::string name = factors[i].first.substr(0, factors[i].first.rfind('.'));
            const int64_t parts = name.ends_with("in_proj_weight") ? 3 : 1;
            const auto slopes = whole[name].grad().chunk(parts), as = a.detach().chunk(parts),
                       bs = b.detach().chunk(parts);
            std::vector<Tensor> da, db;
            for (size_t part = 0; part < slopes.size(); ++part) {
                da.push_back(kScale * bs[part].t().matmul(slopes[part]));
                db.push_back(kScale * slopes[part].matmul(as[part].t()));
            }
            QVERIFY2(farthest(a.grad(), torch::cat(da)) < 1e-4 * (1 + torch::cat(da).abs().max().item<double>()),
                     name.c_str());
            QVERIFY2(farthest(b.grad(), torch::cat(db)) < 1e-4 * (1 + torch::cat(db).abs().max().item<double>()),
                     name.c_str());
        }
    }

    void onlyTermsAndTemperatureLearn_data() { towers(); }
    void onlyTermsAndTemperatureLearn() {
        QFETCH(AdaptedTower, tower);
        const auto model = adaptableModel(tower);
        model->adapt({.rank = 2});
        std::map<std::string, Tensor> before;
        for (const auto& item : model->named_parameters())
            before[item.key()] = item.value().detach().clone();
        for (const auto& item : model->named_buffers())
            before[item.key()] = item.value().clone();
        TrainStepOptions options;
        options.emaDecay = 0.9;
        TrainStep step(model, options);
        for (int i = 0; i < 3; ++i)
            QVERIFY(step.run(pairsToLearn(8), 1e-2).outcome == StepOutcome::Updated);
        for (const auto& item : model->named_parameters())
            QVERIFY2(item.key().starts_with("logit_") || torch::equal(item.value(), before.at(item.key())),
                     item.key().c_str());
        for (const auto& item : model->named_buffers())
            QVERIFY2(torch::equal(item.value(), before.at(item.key())), item.key().c_str());
        for (const auto& [name, factor] : model->lowRankFactors())
            QVERIFY2(factor.abs().max().item<double>() > 1e-3, name.c_str());
        for (const auto& [name, tensor] : step.state())
            QVERIFY2(tensor.numel() < 1000 || name.find(".lora_") != std::string::npos, name.c_str());
    }

    void microBatchesAndLockedTowers_data() {
        QTest::addColumn<AdaptedTower>("tower");
        QTest::addColumn<bool>("lockImage");
        QTest::addColumn<bool>("lockText");
        QTest::newRow("both towers") << AdaptedTower::Vit << false << false;
        QTest::newRow("text tower") << AdaptedTower::Siglip << true << false;
        QTest::newRow("image tower") << AdaptedTower::Vit << false << true;
        // Its batch norms stand still, so that batches can be divided.
        QTest::newRow("ResNet") << AdaptedTower::ResNet << false << false;
    }
    void microBatchesAndLockedTowers() {
        QFETCH(AdaptedTower, tower);
        QFETCH(bool, lockImage);
        QFETCH(bool, lockText);
        TrainStepOptions options;
        options.lockImage = lockImage;
        options.lockText = lockText;
        const auto whole = adaptableModel(tower), parts = adaptableModel(tower);
        for (const auto& model : {whole, parts}) {
            torch::manual_seed(5);
            model->adapt({.rank = 4, .image = !lockImage, .text = !lockText});
        }
        TrainStep one(whole, options);
        options.microBatch = 3;
        TrainStep two(parts, options);
        for (int i = 0; i < 3; ++i) {
            const auto a = one.run(pairsToLearn(10), 1e-3), b = two.run(pairsToLearn(10), 1e-3);
            QVERIFY(std::abs(a.loss - b.loss) < 1e-5 * a.loss);
            QVERIFY(std::abs(a.gradientNorm - b.gradientNorm) < 1e-3 * a.gradientNorm);
        }
        for (const auto& [name, factor] : whole->lowRankFactors()) {
            const bool isImage = name.starts_with("visual.");
            QVERIFY2(isImage ? !lockImage : !lockText, name.c_str());
        }
    }

    void blocksThatAreComputedAgainLearnTheSame_data() { towers(); }
    void blocksThatAreComputedAgainLearnTheSame() {
        QFETCH(AdaptedTower, tower);
        const auto plain = adaptableModel(tower), again = adaptableModel(tower);
        for (const auto& model : {plain, again}) {
            torch::manual_seed(5);
            model->adapt({.rank = 4});
        }
        again->setGradCheckpointing(true);
        TrainStep one(plain, {}), two(again, {});
        for (int i = 0; i < 3; ++i) {
            one.run(pairsToLearn(8), 1e-2);
            two.run(pairsToLearn(8), 1e-2);
        }
        const auto a = plain->lowRankFactors(), b = again->lowRankFactors();
        for (size_t i = 0; i < a.size(); ++i) {
            QVERIFY2(torch::equal(a[i].second, b[i].second), a[i].first.c_str());
            QVERIFY2(a[i].second.abs().max().item<double>() > 1e-3, a[i].first.c_str());
        }
    }

    void factorsAreAsManyAsForetold_data() { towers(); }
    void factorsAreAsManyAsForetold() {
        QFETCH(AdaptedTower, tower);
        for (const bool image : {true, false})
            for (const bool mlp : {true, false}) {
                const LowRankOptions options = {.rank = 3, .image = image, .mlp = mlp};
                const auto model = adaptableModel(tower);
                model->adapt(options);
                LowRankNumbers counted;
                for (const auto& [name, factor] : model->lowRankFactors())
                    (name.starts_with("visual.") ? counted.image : counted.text) += factor.numel();
                const LowRankNumbers foretold = lowRankNumbers(model->config(), options);
                QCOMPARE(foretold.image, counted.image);
                QCOMPARE(foretold.text, counted.text);
            }
    }

    void aRefusedBatchLeavesNoTrace() {
        const auto model = adaptableModel();
        model->adapt({.rank = 2});
        TrainStepOptions options;
        options.emaDecay = 0.9;
        TrainStep step(model, options);
        step.run(pairsToLearn(8), 1e-2);
        std::map<std::string, Tensor> before;
        for (const auto& [name, tensor] : step.state())
            before[name] = tensor.clone();
        const auto broken = pairsToLearn(8);
        {
            const torch::NoGradGuard noGrad;
            model->named_parameters()["text.text_projection"].fill_(NAN);
        }
        QVERIFY(step.run(broken, 1e-2).outcome == StepOutcome::NotFinite);
        for (const auto& [name, tensor] : step.state())
            QVERIFY2(torch::equal(tensor, before.at(name)), name.c_str());
    }

    void halfPrecisionLearns() {
        const auto model = adaptableModel();
        model->adapt({.rank = 4});
        TrainStepOptions options;
        options.autocast = torch::kBFloat16;
        TrainStep step(model, options);
        const double first = step.run(pairsToLearn(8), 1e-2).loss;
        double last = first;
        for (int i = 0; i < 20; ++i)
            last = step.run(pairsToLearn(8), 1e-2).loss;
        QVERIFY2(last < 0.8 * first, qPrintable(QString::number(last)));
    }

    void whatCannotBeAdaptedIsRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, adaptableModel()->adapt({.rank = 16}));
        QVERIFY_THROWS_EXCEPTION(Error, adaptableModel(AdaptedTower::ResNet)->adapt({.rank = 2, .attention = false}));
        ClipConfig config = adaptableConfig(AdaptedTower::Vit);
        config.text.kind = "cbow", config.text.layers = 0;
        QVERIFY_THROWS_EXCEPTION(Error, DualEncoder(config).adapt({.rank = 2}));
        DualEncoder(config).adapt({.rank = 2, .text = false});
    }
};

DIAGONAL_TEST(TestLowRank);
#include "test_low_rank.moc"
