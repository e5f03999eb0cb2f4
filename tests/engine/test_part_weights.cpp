// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <functional>

#include "engine/base/file.h"
#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/part_weights.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/image_towers/resnet.h"
#include "engine/parts/timm_vit.h"
#include "tests/error_of.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;
using torch::Tensor;

namespace {

constexpr const char* kVocabulary = "tests/parity/data/bert_tokenizers/uncased/vocab.txt";

/// A ResNet-18 and a small DistilBERT with the heads of the tutorial, random.
std::shared_ptr<DualEncoder> twoTowers(uint64_t seed) {
    torch::manual_seed(seed);
    ClipConfig config;
    config.embedDim = 24;
    config.imageSize = 64;
    config.vision = ResNetConfig{.depths = {2, 2, 2, 2}, .bottleneck = false};
    config.imageHead = config.textHead = {"residual", true, 0.1};
    config.text.kind = "bert";
    config.text.hubName = "distilbert-base-uncased";
    config.text.contextLength = 32;
    config.text.vocabularySize = 700;
    config.text.width = 128;
    config.text.heads = 2;
    config.text.layers = 2;
    config.text.positionRows = 64;
    config.text.causal = false;
    config.text.pooling = Pooling::First;
    config.text.epsilon = 1e-12;
    auto model = std::make_shared<DualEncoder>(config);
    model->eval();
    return model;
}

Tensors withNames(const Tensors& tensors, const std::function<std::string(const std::string&)>& name) {
    Tensors renamed;
    for (const auto& [old, tensor] : tensors)
        if (const std::string now = name(old); !now.empty()) renamed.emplace(now, tensor);
    return renamed;
}

std::string swapped(const std::string& name, std::string_view from, const std::string& to) {
    return name.starts_with(from) ? to + name.substr(from.size()) : std::string();
}

/// open_clip's names of the image tower as timm has them, behind a prefix.
Tensors imageFile(const DualEncoder& model, const std::string& prefix) {
    return withNames(openClipLayout().toTheirs(model.stateDict()),
                     [&](const std::string& name) { return swapped(name, "visual.trunk.", prefix); });
}

Tensors textFile(const DualEncoder& model, const std::string& prefix) {
    return withNames(openClipLayout().toTheirs(model.stateDict()),
                     [&](const std::string& name) { return swapped(name, "text.transformer.", prefix); });
}

fs::path written(const QTemporaryDir& folder, const Tensors& tensors) {
    const fs::path file = folder.filePath("weights.safetensors").toStdString();
    writeSafetensors(file, {tensors.begin(), tensors.end()}, {});
    return file;
}

/// Whether tensors of a tower, without its head, are equal.
bool sameTower(const DualEncoder& a, const DualEncoder& b, const std::string& tower) {
    const auto other = b.stateDict();
    for (const auto& [name, tensor] : a.stateDict())
        if (name.starts_with(tower) && !torch::equal(tensor, other.at(name))) return false;
    return true;
}

}  // namespace

class TestPartWeights : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void anImageTowerTakesItsWeights_data() {
        QTest::addColumn<QByteArray>("prefix");
        for (const char* prefix : {"", "model.", "module.backbone.", "visual.trunk.", "image_encoder.model."})
            QTest::newRow(prefix) << QByteArray(prefix);
    }
    void anImageTowerTakesItsWeights() {
        QFETCH(QByteArray, prefix);
        const QTemporaryDir folder;
        const auto source = twoTowers(1), model = twoTowers(2), before = twoTowers(2);
        Tensors file = imageFile(*source, prefix.toStdString());
        file.emplace(prefix.toStdString() + "fc.weight", torch::zeros({1000, 512}));
        file.emplace(prefix.toStdString() + "fc.bias", torch::zeros({1000}));
        loadImageWeights(*model, written(folder, file));
        QVERIFY(sameTower(*model, *source, "visual.trunk."));
        QVERIFY(sameTower(*model, *before, "visual.head."));
        QVERIFY(sameTower(*model, *before, "text."));
    }

    /// timm's files hold a classifier, which is none of the tower's.
    void aVisionTransformerTakesItsWeights() {
        const QTemporaryDir folder;
        const auto make = [](uint64_t seed) {
            ClipConfig config = twoTowers(seed)->config();
            const TimmVit* tiny = timmVit("vit_tiny_patch16_224");
            config.vision = TimmVitConfig{tiny->name, tiny->vit};
            config.imageSize = 32;
            torch::manual_seed(seed);
            return std::make_shared<DualEncoder>(config);
        };
        const auto source = make(1), model = make(2);
        Tensors file = imageFile(*source, "");
        file.emplace("head.weight", torch::zeros({1000, 192}));
        file.emplace("head.bias", torch::zeros({1000}));
        loadImageWeights(*model, written(folder, file));
        QVERIFY(sameTower(*model, *source, "visual.trunk."));
    }

    void theFirstBertsNamesOfNormsAreKnown() {
        const QTemporaryDir folder;
        const auto source = twoTowers(1), model = twoTowers(2);
        const Tensors file = withNames(textFile(*source, ""), [](const std::string& name) {
            const auto norm = name.find("LayerNorm.");
            if (norm == std::string::npos) return name;
            return name.substr(0, norm) + (name.ends_with("weight") ? "LayerNorm.gamma" : "LayerNorm.beta");
        });
        QVERIFY(file.contains("embeddings.LayerNorm.gamma"));
        loadTextWeights(*model, written(folder, file));
        QVERIFY(sameTower(*model, *source, "text.token_embedding."));
        QVERIFY(sameTower(*model, *source, "text.ln_embedding."));
    }

    void towersThatAreMixedUpAreToldOf() {
        const QTemporaryDir folder;
        const auto model = twoTowers(1);
        const fs::path text = written(folder, textFile(*model, ""));
        QVERIFY(errorOf([&] { loadImageWeights(*model, text); }).find("is a text tower") != std::string::npos);
        const fs::path image = written(folder, imageFile(*model, ""));
        QVERIFY(errorOf([&] { loadTextWeights(*model, image); }).find("is an image tower") != std::string::npos);
    }

    void aTextTowerTakesItsWeights_data() {
        QTest::addColumn<QByteArray>("prefix");
        for (const char* prefix : {"", "distilbert.", "text_encoder.model.", "0.auto_model."})
            QTest::newRow(prefix) << QByteArray(prefix);
    }
    void aTextTowerTakesItsWeights() {
        QFETCH(QByteArray, prefix);
        const QTemporaryDir folder;
        const auto source = twoTowers(1), model = twoTowers(2), before = twoTowers(2);
        Tensors file = textFile(*source, prefix.toStdString());
        file.emplace("vocab_projector.bias", torch::zeros({700}));
        file.emplace(prefix.toStdString() + "embeddings.position_ids", torch::arange(64).unsqueeze(0));
        loadTextWeights(*model, written(folder, file));
        QVERIFY(sameTower(*model, *source, "text.transformer."));
        QVERIFY(sameTower(*model, *source, "text.token_embedding."));
        QVERIFY(sameTower(*model, *before, "text.proj."));
        QVERIFY(sameTower(*model, *before, "visual."));
    }

    void aWholeModelGivesItsTowers() {
        const QTemporaryDir folder;
        const auto source = twoTowers(1), model = twoTowers(2);
        const fs::path file = written(folder, openClipLayout().toTheirs(source->stateDict()));
        loadImageWeights(*model, file);
        loadTextWeights(*model, file);
        QVERIFY(sameTower(*model, *source, "visual.trunk."));
        QVERIFY(sameTower(*model, *source, "text.transformer."));
        QVERIFY(!sameTower(*model, *source, "visual.head."));
    }

    void whatDoesNotFitIsRefusedByName() {
        const QTemporaryDir folder;
        const auto source = twoTowers(1), model = twoTowers(2), before = twoTowers(2);
        const auto imageRefusal = [&](const std::function<void(Tensors&)>& change) {
            Tensors file = imageFile(*source, "");
            change(file);
            return errorOf([&] { loadImageWeights(*model, written(folder, file)); });
        };
        QVERIFY(imageRefusal([](Tensors& file) {
                    file.erase("layer2.0.conv1.weight");
                }).find("layer2.0.conv1.weight") != std::string::npos);
        QVERIFY(imageRefusal([](Tensors& file) { file["bn1.weight"] = torch::ones({65}); }).find("[65]") !=
                std::string::npos);
        QVERIFY(imageRefusal([](Tensors& file) {
                    file["layer4.2.conv1.weight"] = torch::ones({512, 512, 3, 3});
                }).find("layer4.2.conv1.weight") != std::string::npos);
        QVERIFY(!imageRefusal([](Tensors& file) { file.clear(); }).empty());
        QVERIFY(!errorOf([&] { loadImageWeights(*model, folder.filePath("missing").toStdString()); }).empty());
        QVERIFY(!errorOf([&] { loadTextWeights(*model, written(folder, imageFile(*source, ""))); }).empty());
        QVERIFY(sameTower(*model, *before, "visual."));
        QVERIFY(sameTower(*model, *before, "text."));
    }

    /// Two towers of equal shapes compute different things: the name of the file and its folder's config.json tell.
    void weightsOfAnotherTowerAreToldByTheirNames() {
        const QTemporaryDir folder;
        const fs::path root = folder.path().toStdString();
        ClipConfig config = twoTowers(1)->config();
        const auto lite = [&](const char* name) {
            const nlohmann::json vision = {{"timm_model_name", name}};
            for (const ImageKind* kind : imageKinds())
                if (auto spec = kind->parse(JsonReader(vision, name, "vision_cfg"), config)) config.vision = *spec;
            return std::make_shared<DualEncoder>(config);
        };
        const auto timms = lite("efficientnet_lite0"), tensorFlows = lite("tf_efficientnet_lite0");
        const fs::path plain = written(folder, imageFile(*timms, ""));
        loadImageWeights(*timms, plain);
        loadImageWeights(*tensorFlows, plain);  // nothing says otherwise
        const fs::path named = root / "tf_efficientnet_lite0-0aa007d2.safetensors";
        fs::copy_file(plain, named);
        loadImageWeights(*tensorFlows, named);
        const std::string wrongName = errorOf([&] { loadImageWeights(*timms, named); });
        QVERIFY2(wrongName.find("tf_efficientnet_lite0") != std::string::npos, wrongName.c_str());
        writeFile(root / "config.json", R"({"architecture": "efficientnet_lite0"})");
        loadImageWeights(*timms, plain);
        QVERIFY(!errorOf([&] { loadImageWeights(*tensorFlows, plain); }).empty());
    }

    void textWeightsMustHaveTheModelsNumbers_data() {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<bool>("fits");
        QTest::newRow("the same") << QByteArray("n_heads") << QByteArray("2") << true;
        QTest::newRow("heads") << QByteArray("n_heads") << QByteArray("4") << false;
        QTest::newRow("activation") << QByteArray("activation") << QByteArray("\"gelu_new\"") << false;
        QTest::newRow("padding") << QByteArray("pad_token_id") << QByteArray("3") << false;
    }
    void textWeightsMustHaveTheModelsNumbers() {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, value);
        QFETCH(bool, fits);
        const QTemporaryDir folder;
        const auto model = twoTowers(1);
        const fs::path file = written(folder, textFile(*model, ""));
        nlohmann::json hub = {{"model_type", "distilbert"}, {"dim", 128},        {"n_layers", 2},
                              {"hidden_dim", 512},          {"vocab_size", 700}, {"max_position_embeddings", 64},
                              {"activation", "gelu"},       {"pad_token_id", 0}};
        hub["n_heads"] = 2;
        hub[key.toStdString()] = nlohmann::json::parse(value.toStdString());
        writeFile(file.parent_path() / "config.json", hub.dump());
        const std::string problem = errorOf([&] { loadTextWeights(*model, file); });
        QVERIFY2(problem.empty() == fits, problem.c_str());
    }

    void theTutorialsCheckpointLoads() {
        const QTemporaryDir folder;
        const auto source = twoTowers(3);
        Tensors file = imageFile(*source, "image_encoder.model.");
        file.merge(textFile(*source, "text_encoder.model."));
        const auto state = source->stateDict();
        file.merge(withNames(
            state, [](const std::string& name) { return swapped(name, "visual.head.", "image_projection."); }));
        file.merge(
            withNames(state, [](const std::string& name) { return swapped(name, "text.proj.", "text_projection."); }));
        const fs::path path = written(folder, file);
        LoadOptions options;
        options.hints.tokenizer = paths::source(kVocabulary);
        const ModelBundle bundle = loadModel(path, options);
        QCOMPARE(bundle.info.format, std::string("OpenAI-CLIP tutorial state dict (safetensors)"));
        QCOMPARE(bundle.info.temperature, 1.0);
        QVERIFY(bundle.preprocess.resizeMode == ResizeMode::Squash);
        QVERIFY(std::abs(bundle.preprocess.mean[0] - 0.485F) < 1e-6F);

        const torch::NoGradGuard noGrad;
        const Tensor images = torch::randn({3, 3, 224, 224});
        QVERIFY(torch::allclose(bundle.model->encodeImage(images), source->encodeImage(images), 1e-5, 1e-6));
        const std::vector<std::string> texts = {"two dogs", "a boy with a skateboard jumps", "snow"};
        const TokenBatch tokens = bundle.tokenizer->tokenize(texts);
        const Tensor ids = torch::tensor(tokens.ids, torch::kLong).view({tokens.count, tokens.length});
        const Tensor lengths = torch::tensor(tokens.lengths, torch::kLong);
        QVERIFY(torch::allclose(bundle.model->encodeText(ids, lengths), source->encodeText(ids, lengths), 1e-5, 1e-6));
        // Without a vocabulary it embeds pictures, and says what is missing where there is a text.
        const ModelBundle without = loadModel(path);
        QCOMPARE(without.info.tokenizer, std::string("none"));
        QCOMPARE(without.info.notes.size(), size_t{1});
        QVERIFY(torch::equal(without.model->encodeImage(images), bundle.model->encodeImage(images)));
        QVERIFY(errorOf([&] { without.tokenizer->tokenize(texts); }).find("tokenizer") != std::string::npos);
    }
};

DIAGONAL_TEST(TestPartWeights);
#include "test_part_weights.moc"
