// SPDX-License-Identifier: Apache-2.0
// Heads and towers by their parameters' names: which learn, and at which rate.
#include <QtTest>

#include "engine/base/libtorch.h"
#include "engine/parts/dual_encoder.h"
#include "engine/parts/head.h"
#include "engine/parts/image_normalizer.h"
#include "tests/registry.h"
#include "training/checks/model_checks.h"
#include "training/optimizers/adamw.h"
#include "training/optimizers/model_parts.h"
#include "training/optimizers/train_step.h"

using namespace diagonal;
using torch::Tensor;

namespace {

/// A vision transformer and a BERT with the tutorial's head, which drops a third of its numbers.
std::shared_ptr<DualEncoder> modelWithAHead() {
    torch::manual_seed(11);
    ClipConfig config;
    config.embedDim = 16;
    config.imageSize = 32;
    config.vision = VitConfig{.layers = 1, .width = 32, .headWidth = 16, .mlpRatio = 2, .patchSize = 8};
    config.text = {.kind = "bert", .contextLength = 12, .vocabularySize = 64, .width = 32, .heads = 2, .layers = 2};
    config.text.mlpRatio = 2;
    config.text.causal = false;
    config.text.pooling = Pooling::First;
    config.text.positionRows = 16;
    config.textHead = {"residual", true, 0.3};
    return std::make_shared<DualEncoder>(config);
}

std::map<std::string, Tensor> copiedState(const DualEncoder& model) {
    std::map<std::string, Tensor> state;
    for (const auto& [name, tensor] : model.stateDict())
        state.emplace(name, tensor.detach().clone());
    return state;
}

}  // namespace

class TestModelParts : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void headsAreKnownByTheirNames_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("head");
        QTest::addColumn<bool>("own");
        const auto row = [](const char* name, bool head, bool own) {
            QTest::newRow(name) << QString::fromLatin1(name) << head << own;
        };
        row("visual.proj", true, false);
        row("visual.proj.lora_A", true, false);
        row("visual.attn_pool.kv.weight", true, false);
        row("visual.attnpool.c_proj.weight", true, false);
        row("text.text_projection", true, false);
        row("visual.head.proj.weight", true, true);
        row("text.proj.0.weight", true, true);
        row("visual.conv1.weight", false, false);
        row("visual.layer4.0.conv1.weight", false, false);
        row("text.transformer.resblocks.0.attn.in_proj_weight", false, false);
        row("text.transformer.layer.0.attention.q_lin.weight", false, false);
        row("logit_scale", false, false);
    }

    void headsAreKnownByTheirNames() {
        QFETCH(QString, name);
        QFETCH(bool, head);
        QFETCH(bool, own);
        QCOMPARE(isHead(name.toStdString()), head);
        QCOMPARE(isOwnHead(name.toStdString()), own);
    }

    void lockedTowersKeepWhatTheyAreAndHeadsOfTheirOwnLearn() {
        QVERIFY(!learns("visual.conv1.weight", true, false, false));
        QVERIFY(!learns("visual.proj", true, false, false));
        QVERIFY(learns("visual.head.proj.weight", true, true, true));
        QVERIFY(learns("visual.conv1.weight", false, true, true));
        QVERIFY(!learns("text.token_embedding.weight", false, true, false));
        QVERIFY(!learns("text.text_projection", false, true, false));
        QVERIFY(learns("text.proj.0.weight", true, true, true));
        QVERIFY(learns("logit_scale", true, true, false));
        QVERIFY(!learns("logit_scale", false, false, true));
    }

    void aHeadLearnsBehindALockedTower() {
        const auto model = modelWithAHead();
        TrainStepOptions options;
        options.lockImage = options.lockText = options.fixTemperature = true;
        TrainStep step(model, options);
        const auto before = copiedState(*model);
        step.run(checkBatch(1), 1e-3);
        for (const auto& [name, tensor] : model->stateDict())
            QVERIFY2(tensor.equal(before.at(name)) != name.starts_with("text.proj."), name.c_str());
    }

    /// What dropout leaves out is the same when a part is encoded again for its gradient.
    void partsOfABatchDropTheSameTwice() {
        const auto model = modelWithAHead(), reference = modelWithAHead();
        TrainStepOptions options;
        options.microBatch = 5;
        options.gradientClip = 0;
        TrainStep step(model, options);
        const TrainBatch batch = checkBatch(2);
        torch::manual_seed(4);
        step.run(batch, 1e-9);

        torch::manual_seed(4);
        reference->train();
        const ImageNormalizer normalize(torch::kCPU, options.mean, options.std);
        std::vector<Tensor> images, texts;
        for (int64_t begin = 0, pairs = batch.pixels.size(0); begin < pairs; begin += 5) {
            const auto rows = [&](const Tensor& all) {
                return all.narrow(0, begin, std::min<int64_t>(5, pairs - begin));
            };
            images.push_back(reference->encodeImage(normalize(rows(batch.pixels))));
            texts.push_back(reference->encodeText(rows(batch.ids), rows(batch.lengths)));
        }
        (*makeLoss("contrastive"))({torch::cat(images), torch::cat(texts), reference->logitScale()}).total.backward();
        const auto expected = reference->named_parameters();
        for (const auto& item : model->named_parameters())
            QVERIFY2(item.value().grad().allclose(expected[item.key()].grad(), 1e-4, 1e-6), item.key().c_str());
    }

    /// AdamW's first step is the rate, whatever the gradient.
    void eachPartHasItsRate() {
        NamedParameters parameters;
        for (const char* name : {"visual.conv1.weight", "visual.head.proj.weight", "text.layer.weight",
                                 "text.proj.0.weight", "logit_scale"}) {
            parameters.emplace_back(name, torch::ones({3}, torch::requires_grad()));
            parameters.back().second.mutable_grad() = torch::full({3}, 0.5F);
        }
        AdamWOptions options;
        options.epsilon = 1e-12;
        options.imageRate = 0.1;
        options.textRate = 0.01;
        options.headRate = 2;
        AdamW(parameters, options).step(1e-3);
        const std::map<std::string, double> expected = {{"visual.conv1.weight", 1e-4},
                                                        {"visual.head.proj.weight", 2e-3},
                                                        {"text.layer.weight", 1e-5},
                                                        {"text.proj.0.weight", 2e-3},
                                                        {"logit_scale", 1e-3}};
        for (const auto& [name, parameter] : parameters) {
            const double moved = (1 - parameter.detach()).abs().mean().item<double>();
            QVERIFY2(std::abs(moved - expected.at(name)) < 1e-6, name.c_str());
        }
    }
};

DIAGONAL_TEST(TestModelParts);
#include "test_model_parts.moc"
