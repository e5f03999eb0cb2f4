// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/state_dict.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

const fs::path kFamilies = std::filesystem::path(paths::source("tests/parity/data/families"));

/// Largest difference in units of the largest value: features of these models lie between 0.3 and 30.
double relativeDifference(const torch::Tensor& ours, const torch::Tensor& theirs) {
    return ((ours - theirs).abs().max() / theirs.abs().max()).item<double>();
}
constexpr double kTolerance = 2e-5;

/// A model in tests/parity/data/families (made by tests/parity/make_family_golden.py), and where its golden values lie.
struct Case {
    const char* name;
    const char* model;
    const char* expected;
    const char* activation;              ///< of the image tower
    int imageSize = 0;                   ///< asked for; 0: the model's own
    const char* architecture = nullptr;  ///< model_cfg: heads cannot be told from shapes
};

constexpr const char* kVit = R"({"embed_dim": 12,
    "text_cfg": {"context_length": 16, "vocab_size": 520, "width": 16, "heads": 2, "layers": 2},
    "vision_cfg": {"image_size": 16, "layers": 2, "width": 24, "head_width": 8, "patch_size": 4}})";
constexpr const char* kHuggingFaceVit = R"({"embed_dim": 12, "quick_gelu": true,
    "text_cfg": {"context_length": 16, "vocab_size": 520, "width": 16, "heads": 2, "layers": 2},
    "vision_cfg": {"image_size": 16, "layers": 2, "width": 24, "head_width": 8, "patch_size": 4, "mlp_ratio": 3.0}})";

constexpr Case kCases[] = {
    {"open_clip folder", "open_clip-vit", "open_clip-vit/expected", "GELU"},
    {"open_clip folder, larger images", "open_clip-vit", "open_clip-vit/expected-24", "GELU", 24},
    {"open_clip folder, smaller images", "open_clip-vit", "open_clip-vit/expected-12", "GELU", 12},
    {"open_clip folder, fp16", "open_clip-vit-fp16", "open_clip-vit-fp16/expected", "GELU"},
    {"open_clip folder, bf16", "open_clip-vit-bf16", "open_clip-vit-bf16/expected", "GELU"},
    {"open_clip folder, QuickGELU", "open_clip-vit-quickgelu", "open_clip-vit-quickgelu/expected", "QuickGELU"},
    {"open_clip folder with a .bin, odd widths", "open_clip-vit-mlp-bin", "open_clip-vit-mlp-bin/expected", "GELU"},
    {"open_clip folder, ModifiedResNet", "open_clip-resnet", "open_clip-resnet/expected", "GELU"},
    {"open_clip training checkpoint", "open_clip-vit-training/epoch_3.pt", "open_clip-vit/expected", "GELU", 0, kVit},
    {"open_clip tensors alone, safetensors", "open_clip-vit-lone/weights.safetensors", "open_clip-vit-lone/expected",
     "GELU"},
    {"OpenAI state dict, ViT", "openai-vit-state/model.pt", "openai-vit-state/expected", "QuickGELU"},
    {"OpenAI archive, ViT", "openai-vit-archive/model.pt", "openai-vit-state/expected", "QuickGELU"},
    {"OpenAI state dict, ModifiedResNet", "openai-resnet-state/model.pt", "openai-resnet-state/expected", "QuickGELU"},
    {"OpenAI archive, ModifiedResNet", "openai-resnet-archive/model.pt", "openai-resnet-state/expected", "QuickGELU"},
    {"Hugging Face CLIP, eos_token_id 2", "hf-clip", "hf-clip/expected", "QuickGELU"},
    {"Hugging Face CLIP, GELU, .bin", "hf-clip-gelu-bin", "hf-clip-gelu-bin/expected", "GELU"},
    {"Hugging Face CLIP in three parts", "hf-clip-sharded", "hf-clip-sharded/expected", "QuickGELU"},
    {"Hugging Face CLIP, tensors alone", "hf-clip/model.safetensors", "hf-clip/expected", "QuickGELU", 0,
     kHuggingFaceVit},
    {"Hugging Face SigLIP", "hf-siglip", "hf-siglip/expected", "GELU (tanh)"},
    {"open_clip SigLIP, safetensors", "open_clip-siglip-lone/weights.safetensors", "open_clip-siglip-lone/expected",
     "GELU"},
    {"open_clip SigLIP, larger images", "open_clip-siglip-lone/weights.safetensors",
     "open_clip-siglip-lone/expected-24", "GELU", 24},
    {"open_clip SigLIP, .bin", "open_clip-siglip-bin/open_clip_pytorch_model.bin", "open_clip-siglip-lone/expected",
     "GELU"},
};

}  // namespace

class TestModelFamilies : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void featuresEqualTheReferences_data() {
        QTest::addColumn<int>("index");
        int index = 0;
        for (const Case& each : kCases)
            QTest::newRow(each.name) << index++;
    }
    void featuresEqualTheReferences() {
        QFETCH(int, index);
        const Case& golden = kCases[index];
        const QTemporaryDir scratch;
        LoadOptions options;
        if (golden.imageSize > 0) options.imageSize = golden.imageSize;
        if (golden.architecture != nullptr) {
            options.hints.architecture = scratch.filePath("architecture.json").toStdString();
            std::ofstream(options.hints.architecture) << golden.architecture;
        }
        ModelBundle bundle;
        try {
            bundle = loadModel(kFamilies / golden.model, options);
        } catch (const std::exception& error) {
            QFAIL(error.what());
        }
        auto expected = readStateDict({kFamilies / (std::string(golden.expected) + ".safetensors")}).tensors;

        const torch::NoGradGuard noGrad;
        const auto images = expected["images"].to(torch::kFloat);
        QCOMPARE(int64_t{bundle.info.imageSize}, images.size(2));
        QCOMPARE(bundle.info.activation, std::string(golden.activation));
        const auto imageFeatures = bundle.model->encodeImage(images, false);
        const auto textFeatures = bundle.model->encodeText(expected["ids"], expected["ends"] + 1, false);
        const double imageError = relativeDifference(imageFeatures, expected["image_features"]);
        const double textError = relativeDifference(textFeatures, expected["text_features"]);
        QVERIFY2(imageError < kTolerance, qPrintable(QString("images differ by %1").arg(imageError)));
        QVERIFY2(textError < kTolerance, qPrintable(QString("texts differ by %1").arg(textError)));
        QVERIFY(relativeDifference(bundle.model->encodeImage(images), expected["image_unit"]) < kTolerance);
        QVERIFY(relativeDifference(bundle.model->encodeText(expected["ids"], expected["ends"] + 1),
                                   expected["text_unit"]) < kTolerance);

        const double scale = std::exp(expected["logit_scale"].item<double>());
        QVERIFY(std::abs(bundle.info.logitScale - scale) < 1e-3 * scale);
        QCOMPARE(bundle.info.hasLogitBias, expected.contains("logit_bias"));
        if (bundle.info.hasLogitBias)
            QVERIFY(std::abs(bundle.info.logitBias - expected["logit_bias"].item<double>()) < 1e-5);
    }
};

DIAGONAL_TEST(TestModelFamilies);
#include "test_model_families.moc"
