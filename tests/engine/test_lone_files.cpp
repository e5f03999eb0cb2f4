// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/config_from_tensors.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/model_source.h"
#include "engine/checkpoint/presets.h"
#include "engine/parts/dual_encoder.h"
#include "engine/parts/timm_vit.h"
#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

Tensors tensorsOf(const ClipConfig& config) {
    MetaWeights nothing;
    return openClipLayout().toTheirs(DualEncoder(config, nothing).stateDict());
}

/// A safetensors file with the names and shapes of a model, and a hole for its numbers.
void writeHollow(const fs::path& file, const ClipConfig& config) {
    nlohmann::json header;
    int64_t end = 0;
    for (const auto& [name, tensor] : tensorsOf(config)) {
        const int64_t begin = end;
        end += tensor.numel() * 4;
        header[name] = {{"dtype", "F32"}, {"shape", tensor.sizes().vec()}, {"data_offsets", {begin, end}}};
    }
    const std::string text = header.dump();
    const uint64_t length = text.size();
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(&length), sizeof length) << text;
    fs::resize_file(file, sizeof length + length + static_cast<uint64_t>(end));
}

ClipConfig withImageTower(const ImageSpec& tower) {
    ClipConfig config = architecture("ViT-B-32");
    config.vision = tower;
    config.imageHead.kind = "linear";
    return config;
}

}  // namespace

/// What no tensor of a lone file tells.
class TestLoneFiles : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void namesDecideOnTheGelu_data() {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("activation");  // empty: it asks
        const auto add = [](const char* path, const char* activation) {
            QTest::newRow(path) << QByteArray(path) << QByteArray(activation);
        };
        add("weights.safetensors", "");
        add("my-laion-model.safetensors", "GELU");
        add("ViT-B-32-openai.safetensors", "QuickGELU");
        add("ViT-B-32-quickgelu-laion400m.safetensors", "QuickGELU");
        add("metaclip/laion.safetensors", "GELU");
        add("models--apple--DFN2B-CLIP-ViT-B-32/snapshots/model.safetensors", "QuickGELU");
        // "dfn" and "39b" in the name of a commit have no meaning.
        add("0123456789abcdf39b0123456789abcdf39b0123/model.safetensors", "");
    }
    void namesDecideOnTheGelu() {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, activation);
        const QTemporaryDir folder;
        const fs::path file = fs::path(folder.path().toStdString()) / path.toStdString();
        writeHollow(file, architecture("ViT-B-32"));
        const std::string problem = errorOf([&] {
            const ModelSource source = openModelSource(file);
            QCOMPARE(QByteArray::fromStdString(nameOf(source.clip.imageActivation)), activation);
        });
        QVERIFY2(problem.empty() == !activation.isEmpty(), problem.c_str());
        if (activation.isEmpty()) QVERIFY2(problem.find("ViT-B-32-quickgelu") != std::string::npos, problem.c_str());
    }

    void towersOfEqualShapesAreAskedFor() {
        for (const char* name : {"vit_base_patch32_clip_quickgelu_224", "vit_tiny_patch16_224"}) {
            const TimmVit* tower = timmVit(name);
            const ClipConfig config = withImageTower(TimmVitConfig{tower->name, tower->vit});
            const Tensors tensors = openClipLayout().toOurs(*std::make_unique<Tensors>(tensorsOf(config)));
            const std::string problem = errorOf([&] { configFromTensors(tensors, "file", true); });
            QVERIFY2(problem.find("class token") != std::string::npos, problem.c_str());
            QCOMPARE(problem.find("vit_base_patch32_clip_224 from") != std::string::npos,
                     QByteArray(name).contains("quickgelu"));
        }
    }

    void headsOfAnUnknownArchitectureAreAssumedWhereTheyAreUsual() {
        ClipConfig config = architecture("ViT-B-32");
        config.text.layers = 3;
        const Tensors tensors = openClipLayout().toOurs(*std::make_unique<Tensors>(tensorsOf(config)));
        const ReadConfig read = configFromTensors(tensors, "file", true);
        QCOMPARE(read.clip.text.heads, 8);
        QVERIFY(!read.isPreset);
        config.text.width = 1280;  // 64 wide or 80, who knows
        config.text.heads = 16;
        const Tensors wide = openClipLayout().toOurs(*std::make_unique<Tensors>(tensorsOf(config)));
        const std::string problem = errorOf([&] { configFromTensors(wide, "file", true); });
        QVERIFY2(problem.find("1280 wide") != std::string::npos, problem.c_str());
    }

    /// 256 wide, heads of 32 or of 64: OpenAI's code alone has but one answer.
    void headsOfUnusualWidthsAreAskedFor() {
        ClipConfig config = architecture("ViT-B-32");
        config.text.width = 256;
        config.text.heads = 8;
        const Tensors tensors = openClipLayout().toOurs(*std::make_unique<Tensors>(tensorsOf(config)));
        const std::string problem = errorOf([&] { configFromTensors(tensors, "file", false); });
        QVERIFY2(problem.find("256 wide") != std::string::npos, problem.c_str());
        QVERIFY2(problem.find("--architecture") != std::string::npos, problem.c_str());
        QCOMPARE(configFromTensors(tensors, "file", true).clip.text.heads, 4);
    }

    void aDescriptionBesideTheFileIsRead() {
        const QTemporaryDir folder;
        const fs::path file = folder.filePath("epoch_7.safetensors").toStdString();
        ClipConfig config = architecture("ViT-B-32");
        config.text.layers = 3;
        config.text.heads = 4;
        writeHollow(file, config);
        QCOMPARE(openModelSource(file).notes.size(), size_t{1});
        const nlohmann::json description = {
            {"embed_dim", 512},
            {"vision_cfg", {{"image_size", 224}, {"layers", 12}, {"width", 768}, {"patch_size", 32}}},
            {"text_cfg", {{"context_length", 77}, {"vocab_size", 49408}, {"width", 512}, {"heads", 4}, {"layers", 3}}}};
        writeFile(fs::path(file).replace_extension(".json"), description.dump());
        const ModelSource source = openModelSource(file);
        QCOMPARE(source.clip.text.heads, 4);
        QCOMPARE(source.activationFrom, std::string("epoch_7.json"));
    }

    void pretrainedTowersThatAreNotGivenAreAskedFor() {
        const QTemporaryDir folder;
        const std::string file = folder.filePath("two.json").toStdString();
        const auto write = [&](bool isPretrained) {
            writeFile(file, nlohmann::json{{"embed_dim", 8},
                                           {"vision_cfg",
                                            {{"timm_model_name", "resnet18"}, {"timm_model_pretrained", isPretrained}}},
                                           {"text_cfg", {{"hf_model_name", "distilbert-base-uncased"}}}}
                                .dump());
        };
        write(true);
        QVERIFY(errorOf([&] { requirePretrained(file, false, true); }).find("--image-weights") != std::string::npos);
        requirePretrained(file, true, true);
        write(false);
        requirePretrained(file, false, false);
        requirePretrained("ViT-B-32", false, false);
    }
};

DIAGONAL_TEST(TestLoneFiles);
#include "test_lone_files.moc"
