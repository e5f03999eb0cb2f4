// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/parts/dual_encoder.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

/// A tiny model as open_clip wrote it, and what open_clip computes with it (tests/parity/make_model_golden.py).
struct Golden {
    explicit Golden(const char* name) {
        const std::filesystem::path folder = std::filesystem::path(paths::source("tests/parity/data")) / name;
        const auto json = readJson(folder / "open_clip_config.json");
        model = std::make_shared<DualEncoder>(clipConfigFromJson(json["model_cfg"], name));
        Tensors theirs = readStateDict({folder / "open_clip_model.safetensors"}).tensors;
        weights = openClipLayout().toOurs(theirs);
        expected = readStateDict({folder / "expected.safetensors"}).tensors;
        const torch::NoGradGuard noGrad;
        for (auto& [key, value] : model->stateDict())
            value.copy_(weights.at(key));
        model->eval();
    }
    std::shared_ptr<DualEncoder> model;
    std::map<std::string, torch::Tensor> weights, expected;
};

double largestDifference(const torch::Tensor& a, const torch::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

void models() {
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("vit, QuickGELU") << QByteArray("model-vit");
    QTest::newRow("resnet, GELU") << QByteArray("model-resnet");
}

}  // namespace

class TestModel : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void stateDictHasOpenClipsNamesAndShapes_data() { models(); }
    void stateDictHasOpenClipsNamesAndShapes() {
        QFETCH(QByteArray, name);
        const Golden golden(name);
        const auto state = golden.model->stateDict();
        QCOMPARE(state.size(), golden.weights.size());
        for (const auto& [key, value] : golden.weights) {
            QVERIFY2(state.contains(key), key.c_str());
            QVERIFY2(state.at(key).sizes() == value.sizes(), key.c_str());
        }
    }

    void imageFeaturesEqualOpenClips_data() { models(); }
    void imageFeaturesEqualOpenClips() {
        QFETCH(QByteArray, name);
        Golden golden(name);
        const torch::NoGradGuard noGrad;
        const auto images = golden.expected["images"];
        QVERIFY(largestDifference(golden.model->encodeImage(images, false), golden.expected["image_features"]) < 2e-5);
        QVERIFY(largestDifference(golden.model->encodeImage(images), golden.expected["image_unit"]) < 2e-6);
    }

    void textFeaturesEqualOpenClips_data() { models(); }
    void textFeaturesEqualOpenClips() {
        QFETCH(QByteArray, name);
        Golden golden(name);
        const torch::NoGradGuard noGrad;
        const auto ids = golden.expected["ids"];
        const auto lengths = ids.argmax(1) + 1;
        QVERIFY(largestDifference(golden.model->encodeText(ids, lengths, false), golden.expected["text_features"]) <
                2e-5);
        QVERIFY(largestDifference(golden.model->encodeText(ids, lengths), golden.expected["text_unit"]) < 2e-6);
    }

    void textIsTheSameWhenCutAfterItsEnd() {
        Golden golden("model-vit");
        const torch::NoGradGuard noGrad;
        const auto ids = golden.expected["ids"].slice(0, 2, 3);
        const auto lengths = ids.argmax(1) + 1;
        const auto cut = ids.slice(1, 0, lengths.item<int64_t>());
        QVERIFY(largestDifference(golden.model->encodeText(cut, lengths), golden.expected["text_unit"].slice(0, 2, 3)) <
                2e-6);
    }

    /// Texts of like lengths are computed together, in another order than they came in.
    void textsTogetherEqualEachAlone() {
        torch::manual_seed(1);
        Golden golden("model-vit");
        const int64_t length = golden.model->config().text.contextLength, texts = 40;
        const auto ids = torch::randint(golden.model->config().text.vocabularySize, {texts, length}, torch::kLong);
        const auto lengths = torch::randint(1, length + 1, {texts}, torch::kLong);
        const auto slopes = torch::randn({texts, golden.model->config().embedDim});
        const auto together = golden.model->encodeText(ids, lengths);
        together.backward(slopes);
        std::map<std::string, torch::Tensor> gradients;
        for (const auto& parameter : golden.model->named_parameters())
            if (parameter.value().grad().defined()) gradients[parameter.key()] = parameter.value().grad().clone();
        golden.model->zero_grad();
        for (int64_t i = 0; i < texts; ++i) {
            const auto alone = golden.model->encodeText(ids.slice(0, i, i + 1), lengths.slice(0, i, i + 1));
            QVERIFY(largestDifference(alone, together.slice(0, i, i + 1)) < 2e-6);
            alone.backward(slopes.slice(0, i, i + 1));
        }
        QVERIFY(gradients.size() > 10);
        for (const auto& parameter : golden.model->named_parameters()) {
            if (!gradients.contains(parameter.key())) continue;
            const auto& gradient = gradients[parameter.key()];
            const double scale = std::max(1e-3, gradient.abs().max().item<double>());
            QVERIFY2(largestDifference(parameter.value().grad(), gradient) < 2e-5 * scale, parameter.key().c_str());
        }
    }

    void everyParameterGetsAGradient_data() { models(); }
    void everyParameterGetsAGradient() {
        QFETCH(QByteArray, name);
        Golden golden(name);
        golden.model->train();
        const auto ids = golden.expected["ids"];
        const auto images = golden.model->encodeImage(golden.expected["images"]);
        const auto texts = golden.model->encodeText(ids, ids.argmax(1));
        (images.matmul(texts.t()) * golden.model->logitScale().exp()).square().sum().backward();
        for (const auto& parameter : golden.model->named_parameters())
            QVERIFY2(parameter.value().grad().defined(), parameter.key().c_str());
    }
};

DIAGONAL_TEST(TestModel);
#include "test_model.moc"
