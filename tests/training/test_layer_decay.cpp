// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/base/libtorch.h"
#include "engine/parts/dual_encoder.h"
#include "tests/registry.h"
#include "training/optimizers/adamw.h"
#include "training/optimizers/layer_decay.h"

using namespace diagonal;

namespace {

/// Beginnings of parameters' names, a list for each layer of a tower from below; written out by hand.
using Layers = std::vector<std::vector<const char*>>;

const Layers kVitLayers = {{"visual.conv1.", "visual.class_embedding", "visual.positional_embedding", "visual.ln_pre."},
                           {"visual.transformer.resblocks.0."},
                           {"visual.transformer.resblocks.1."},
                           {"visual.transformer.resblocks.2.", "visual.ln_post."},
                           {"visual.proj"}};
const Layers kSiglipLayers = {{"visual.conv1.", "visual.positional_embedding"},
                              {"visual.transformer.resblocks.0."},
                              {"visual.transformer.resblocks.1.", "visual.ln_post."},
                              {"visual.attn_pool."}};
const Layers kResNetLayers = {
    {"visual.conv1.", "visual.bn1.", "visual.conv2.", "visual.bn2.", "visual.conv3.", "visual.bn3."},
    {"visual.layer1."},
    {"visual.layer2."},
    {"visual.layer3."},
    {"visual.layer4."},
    {"visual.attnpool."}};
const Layers kTextLayers = {{"text.token_embedding.", "text.positional_embedding"},
                            {"text.transformer.resblocks.0."},
                            {"text.transformer.resblocks.1.", "text.ln_final."},
                            {"text.text_projection"}};
const Layers kCbowLayers = {{"text.token_embedding."}, {"text.text_projection"}};

ClipConfig layeredConfig(int kind) {
    ClipConfig config;
    config.embedDim = 8;
    config.imageSize = 32;
    config.text = {.contextLength = 8, .vocabularySize = 20, .width = 8, .heads = 2, .layers = 2, .mlpRatio = 2};
    if (kind == 0) config.vision = VitConfig{.layers = 3, .width = 8, .headWidth = 4, .mlpRatio = 2, .patchSize = 16};
    if (kind == 1) {
        config.vision = SiglipVitConfig{.layers = 2, .width = 8, .heads = 2, .mlpRatio = 2, .patchSize = 16};
        config.text.projectionBias = config.logitBias = true;
        config.text.causal = false;
    }
    if (kind == 2) config.vision = ModifiedResNetConfig{.layers = {1, 2, 1, 1}, .width = 4, .headWidth = 8};
    if (kind == 3) {
        config.vision = VitConfig{.layers = 3, .width = 8, .headWidth = 4, .mlpRatio = 2, .patchSize = 16};
        config.text.kind = "cbow", config.text.layers = 0;
    }
    return config;
}

/// Layers between this parameter and its tower's head.
int layersAbove(const Layers& layers, const std::string& name) {
    int found = -1;
    for (size_t i = 0; i < layers.size(); ++i)
        for (const char* begin : layers[i])
            if (name.starts_with(begin)) found = static_cast<int>(layers.size() - 1 - i);
    return found;
}

NamedParameters allParameters(const DualEncoder& model) {
    NamedParameters parameters;
    for (const auto& item : model.named_parameters())
        parameters.emplace_back(item.key(), item.value());
    return parameters;
}

}  // namespace

class TestLayerDecay : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void everyParameterLearnsAtTheRateOfItsLayer_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("vision transformer") << 0;
        QTest::newRow("SigLIP") << 1;
        QTest::newRow("ResNet") << 2;
        QTest::newRow("CBOW") << 3;
    }

    /// The first update of AdamW is as long as the learning rate, whatever the gradient.
    void everyParameterLearnsAtTheRateOfItsLayer() {
        QFETCH(int, kind);
        constexpr double kImage = 0.75, kText = 0.5, kImageRate = 0.1, kRate = 1e-3;
        const Layers& image = kind == 1 ? kSiglipLayers : kind == 2 ? kResNetLayers : kVitLayers;
        const Layers& text = kind == 3 ? kCbowLayers : kTextLayers;
        torch::manual_seed(1);
        DualEncoder model(layeredConfig(kind));
        const auto parameters = allParameters(model);
        AdamWOptions options;
        options.weightDecay = 0;
        options.epsilon = 1e-16;
        options.imageRate = kImageRate;
        options.imageLayerDecay = kImage;
        options.textLayerDecay = kText;
        AdamW adamW(parameters, options);
        std::map<std::string, torch::Tensor> before;
        for (const auto& [name, parameter] : parameters) {
            before[name] = parameter.detach().to(torch::kDouble).clone();
            auto target = parameter;
            target.mutable_grad() = torch::full_like(parameter.detach(), 0.3);
        }
        adamW.step(kRate);
        for (const auto& [name, parameter] : parameters) {
            double expected = kRate;
            if (!name.starts_with("logit_")) {
                const bool isImage = name.starts_with("visual.");
                const int above = layersAbove(isImage ? image : text, name);
                QVERIFY2(above >= 0, name.c_str());
                expected *= std::pow(isImage ? kImage : kText, above) * (isImage ? kImageRate : 1);
            }
            const auto moved = before.at(name) - parameter.detach().to(torch::kDouble);
            QVERIFY2((moved - expected).abs().max().item<double>() < 5e-7, name.c_str());
        }
    }

    void lowRankTermsLearnAtTheRateOfTheirMatrix() {
        DualEncoder model(layeredConfig(0));
        const LayerDecay layers(allParameters(model), 0.5, 0.8);
        QCOMPARE(layers.shareOf("visual.transformer.resblocks.1.mlp.c_fc.weight.lora_A"), 0.25);
        QCOMPARE(layers.shareOf("text.transformer.resblocks.1.attn.in_proj_weight.lora_B"), 0.8);
    }

    void lockedLayersCountAsLayers() {
        DualEncoder model(layeredConfig(0));
        for (const auto& item : model.named_parameters())
            if (item.key().starts_with("visual.transformer.resblocks.2")) item.value().requires_grad_(false);
        const LayerDecay layers(allParameters(model), 0.5, 1);
        QCOMPARE(layers.shareOf("visual.conv1.weight"), 1.0 / 16);
        QCOMPARE(layers.shareOf("text.token_embedding.weight"), 1.0);
    }
};

DIAGONAL_TEST(TestLayerDecay);
#include "test_layer_decay.moc"
