// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/not_finite.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/checkpoint/state_dict.h"
#include "tests/error_of.h"
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

/// A copy of a model that may be changed, without its golden values.
fs::path copyOf(const char* name, const QTemporaryDir& scratch) {
    const fs::path copy = fs::path(scratch.path().toStdString()) / name;
    fs::create_directories(copy);
    for (const auto& entry : fs::directory_iterator(kFamilies / name))
        if (!entry.path().filename().string().starts_with("expected"))
            fs::copy_file(entry.path(), copy / entry.path().filename());
    return copy;
}

void updateJson(const fs::path& file, const std::string& changes, const std::string& inner = {}) {
    nlohmann::json root = readJson(file);
    nlohmann::json& part = inner.empty() ? root : root[nlohmann::json::json_pointer(inner)];
    part.update(nlohmann::json::parse(changes));
    writeFile(file, root.dump());
}

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

    /// An empty name: it is read.
    void settingsThatChangeNumbersAreRefusedByName_data() {
        QTest::addColumn<QByteArray>("folder");
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("inner");
        QTest::addColumn<QByteArray>("changes");
        QTest::addColumn<QByteArray>("named");
        const auto add = [](const char* folder, const char* file, const char* inner, const char* changes,
                            const char* named) {
            QTest::addRow("%s %s %s", folder, inner, changes)
                << QByteArray(folder) << QByteArray(file) << QByteArray(inner) << QByteArray(changes)
                << QByteArray(named);
        };
        const auto pictures = [&](const char* folder, const char* changes, const char* named) {
            add(folder, "preprocessor_config.json", "", changes, named);
        };
        pictures("hf-clip", R"({"size": {"shortest_edge": 16, "longest_edge": 20}})", "longest_edge");
        pictures("hf-clip", R"({"size": {"longest_edge": 16}})", "longest_edge");
        pictures("hf-clip", R"({"size": {"shortest_edge": 20}})", "");
        pictures("hf-clip", R"({"size": {"height": 16, "width": 16}})", "");
        pictures("hf-clip", R"({"crop_size": {"height": 16, "width": 20}})", "crop_size");
        pictures("hf-clip", R"({"do_center_crop": false})", "do_center_crop");
        pictures("hf-clip", R"({"do_center_crop": null})", "do_center_crop");
        pictures("hf-clip", R"({"do_pad": true, "pad_size": {"height": 30, "width": 30}})", "do_pad");
        pictures("hf-clip", R"({"do_pad": true, "pad_size": null})", "");
        pictures("hf-clip", R"({"resample": null})", "resample");
        pictures("hf-clip", R"({"image_mean": null})", "image_mean");
        pictures("hf-clip", R"({"use_square_size": true})", "use_square_size");
        pictures("hf-clip", R"({"default_to_square": true})", "default_to_square");
        pictures("hf-clip", R"({"device": "cpu", "input_data_format": null, "disable_grouping": true})", "");
        pictures("hf-siglip", R"({"do_center_crop": true, "crop_size": 8})", "crop_size");
        pictures("hf-siglip", R"({"do_center_crop": true})", "do_center_crop");
        pictures("hf-siglip", R"({"do_center_crop": null, "crop_size": null, "default_to_square": true})", "");
        pictures("hf-siglip", R"({"size": 16})", "size");
        add("hf-clip", "config.json", "", R"({"quantization_config": {"load_in_8bit": true}})", "quantization_config");
        const char* openClip = "open_clip_config.json";
        add("open_clip-vit", openClip, "/model_cfg/vision_cfg", R"({"heads": 4})", "vision_cfg.heads");
        add("open_clip-vit", openClip, "/model_cfg", R"({"pad_id": 3})", "model_cfg.pad_id");
        add("open_clip-vit", openClip, "/model_cfg", R"({"multimodal_cfg": {"width": 8}})", "model_cfg.multimodal_cfg");
        add("open_clip-vit", openClip, "/model_cfg/text_cfg", R"({"correct_cls_mask": true})", "correct_cls_mask");
        add("open_clip-vit", openClip, "/model_cfg/text_cfg", R"({"pad_id": 3})", "");
    }
    void settingsThatChangeNumbersAreRefusedByName() {
        QFETCH(QByteArray, folder);
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, inner);
        QFETCH(QByteArray, changes);
        QFETCH(QByteArray, named);
        const QTemporaryDir scratch;
        const fs::path copy = copyOf(folder.data(), scratch);
        updateJson(copy / file.data(), changes.toStdString(), inner.toStdString());
        const std::string problem = errorOf([&] { loadModel(copy); });
        QVERIFY2(problem.empty() == named.isEmpty(), problem.c_str());
        QVERIFY2(problem.find(named.data()) != std::string::npos, problem.c_str());
    }

    /// transformers 5 reads processor_config.json first.
    void whatANewProcessorHoldsCountsFirst() {
        const QTemporaryDir scratch;
        const fs::path copy = copyOf("hf-clip", scratch), file = copy / "processor_config.json";
        nlohmann::json inner = readJson(copy / "preprocessor_config.json");
        inner["image_mean"] = {0, 0, 0};
        writeFile(file, nlohmann::json{{"image_processor", inner}}.dump());
        QCOMPARE(loadModel(copy).preprocess.mean[0], 0.0F);
        writeFile(file, R"({"processor_class": "CLIPProcessor"})");
        QVERIFY(loadModel(copy).preprocess.mean[0] > 0.4F);
    }

    void partsWithoutTheirIndexAreNamed() {
        const QTemporaryDir scratch;
        const fs::path copy = copyOf("hf-clip-sharded", scratch);
        std::string problem = errorOf([&] { loadModel(copy / "model-00001-of-00003.safetensors"); });
        QVERIFY2(problem.find("part 1 of 3") != std::string::npos && problem.find("folder") != std::string::npos,
                 problem.c_str());
        fs::remove(copy / "model.safetensors.index.json");
        problem = errorOf([&] { loadModel(copy); });
        QVERIFY2(problem.find("the parts 1, 2 and 3 of 3") != std::string::npos, problem.c_str());
        QVERIFY2(problem.find("model.safetensors.index.json") != std::string::npos, problem.c_str());
        fs::remove(copy / "model-00001-of-00003.safetensors");
        fs::remove(copy / "model-00003-of-00003.safetensors");
        problem = errorOf([&] { loadModel(copy); });
        QVERIFY2(problem.find("part 2 of 3") != std::string::npos, problem.c_str());
    }

    void aModelWithoutTokenizerSaysHowTextsGetOne() {
        const QTemporaryDir scratch;
        const fs::path copy = copyOf("hf-siglip", scratch);
        fs::remove(copy / "spiece.model");
        ModelBundle bundle = loadModel(copy);
        QCOMPARE(
            bundle.info.notes,
            (std::vector<std::string>{"has no tokenizer and embeds pictures alone; --tokenizer gives one for texts"}));
        const std::string problem = errorOf([&] { bundle.tokenizer->encode("a dog"); });
        QVERIFY2(problem.find("none of spiece.model") != std::string::npos, problem.c_str());
        QVERIFY2(problem.find("--tokenizer") != std::string::npos, problem.c_str());
        fs::copy_file(kFamilies / "hf-siglip" / "spiece.model", copy / "spiece.model");
        updateJson(copy / "tokenizer_config.json", R"({"padding_side": "left"})");
        bundle = loadModel(copy);
        QVERIFY2(bundle.info.notes.at(0).find("padding_side") != std::string::npos, bundle.info.notes[0].c_str());
    }

    void numbersThatAreNoneAreFoundInTheFile() {
        const QTemporaryDir scratch;
        const fs::path copy = copyOf("hf-clip", scratch), file = copy / "model.safetensors";
        QVERIFY(tensorNotFinite({file}).empty());
        Tensors tensors;
        for (const auto& [name, tensor] : readStateDict({file}).tensors)
            tensors[name] = tensor.clone();
        const auto write = [&] { writeSafetensors(file, {tensors.begin(), tensors.end()}, {{"format", "pt"}}); };
        tensors["visual_projection.weight"][1][2] = NAN;
        write();
        std::string problem = tensorNotFinite({file});
        QCOMPARE(problem, "tensor \"visual_projection.weight\" of " + displayName(file) + " holds NaN");
        tensors["text_projection.weight"][1][2] = INFINITY;
        write();
        problem = tensorNotFinite({file});
        QVERIFY2(problem.ends_with("holds infinity, as do 1 more"), problem.c_str());
        for (const double scale : {double{NAN}, double{INFINITY}, 200.0}) {
            tensors["logit_scale"] = torch::full_like(tensors["logit_scale"], scale);
            write();
            problem = errorOf([&] { loadModel(copy); });
            QVERIFY2(problem.starts_with(displayName(file)) && problem.find("\"logit_scale\"") != std::string::npos,
                     problem.c_str());
        }
    }
};

DIAGONAL_TEST(TestModelFamilies);
#include "test_model_families.moc"
