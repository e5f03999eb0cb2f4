// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/loaded_weights.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/model_source.h"
#include "engine/checkpoint/presets.h"
#include "engine/parts/head.h"
#include "engine/parts/text_kind.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

const fs::path kBerts = fs::path(paths::source("tests/parity/data/bert"));
constexpr double kBertTolerance = 2e-5;

/// A model of tests/parity/make_bert_golden.py.
std::shared_ptr<DualEncoder> goldenBert(const std::string& name) {
    const fs::path file = kBerts / (name + ".json");
    const ClipConfig config = clipConfigFromJson(readJson(file), name, kBerts);
    StateDict state = inOurNames(readStateDict({kBerts / (name + ".safetensors")}), name);
    textKind(config.text).prune(config, state.tensors);
    LoadedWeights weights(std::move(state), Loading::Writable, name);
    auto model = std::make_shared<DualEncoder>(config, weights);
    weights.finish();
    model->eval();
    return model;
}

Tensors goldenOf(const std::string& name) {
    return readStateDict({kBerts / (name + "-expected.safetensors")}).tensors;
}

double apart(const torch::Tensor& ours, const torch::Tensor& theirs) {
    return ((ours - theirs).abs().max() / theirs.abs().max()).item<double>();
}

void verifyClose(const torch::Tensor& ours, const torch::Tensor& theirs, const std::string& what) {
    QVERIFY2(ours.sizes() == theirs.sizes(), what.c_str());
    const double difference = apart(ours, theirs);
    QVERIFY2(difference < kBertTolerance, qPrintable(QString("%1 differs by %2").arg(what.c_str()).arg(difference)));
}

void addCases() {
    QTest::addColumn<QByteArray>("name");
    for (const char* name :
         {"bert-pooler-linear", "bert-first-mlp", "bert-max-none", "roberta-mean-mlp", "roberta-pooler-none",
          "xlm-roberta-mean-linear", "distilbert-mean-none", "distilbert-first-residual"})
        QTest::newRow(name) << QByteArray(name);
}

/// Changed by training: a vocabulary of its own.
ModelBundle trainedBert(const std::string& preset) {
    ModelBundle bundle;
    bundle.tokenizer = trainSentencePieceTokenizer(
        {"a red circle", "two blue squares", "a photo of a dog", "the dog runs on the beach"}, 100, 20);
    ClipConfig config = clipConfigFromJson(readJson(kBerts / (preset + ".json")), preset, kBerts);
    config.text.vocabularySize = bundle.tokenizer->vocabularySize();
    torch::manual_seed(3);
    bundle.model = std::make_shared<DualEncoder>(config);
    bundle.model->eval();
    bundle.preprocess.width = bundle.preprocess.height = config.imageSize;
    return bundle;
}

}  // namespace

class TestBert : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void featuresEqualTheReferences_data() { addCases(); }
    void featuresEqualTheReferences() {
        QFETCH(QByteArray, name);
        const auto model = goldenBert(name.toStdString());
        Tensors golden = goldenOf(name.toStdString());
        const torch::NoGradGuard noGrad;
        verifyClose(model->encodeText(golden["ids"], golden["lengths"], false), golden["features"], "a batch");
        for (int64_t i = 0; i < golden["ids"].size(0); ++i) {
            const auto length = golden["lengths"][i].item<int64_t>();
            verifyClose(model->encodeText(golden["ids"].slice(0, i, i + 1).slice(1, 0, length),
                                          golden["lengths"].slice(0, i, i + 1), false),
                        golden["features"].slice(0, i, i + 1), "text " + std::to_string(i));
        }
    }

    void whatStandsBehindATextDoesNotCount() {
        const auto model = goldenBert("roberta-mean-mlp");
        Tensors golden = goldenOf("roberta-mean-mlp");
        const torch::NoGradGuard noGrad;
        torch::Tensor ids = golden["ids"].clone();
        for (int64_t i = 0; i < ids.size(0); ++i)
            ids[i].slice(0, golden["lengths"][i].item<int64_t>()).fill_(7);
        verifyClose(model->encodeText(ids, golden["lengths"], false), golden["features"], "padding of 7");
    }

    void gradientsEqualPyTorchs_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("RoBERTa") << QByteArray("roberta-mean-mlp");
        QTest::newRow("DistilBERT") << QByteArray("distilbert-first-residual");
    }
    void gradientsEqualPyTorchs() {
        QFETCH(QByteArray, name);
        for (const bool recomputes : {false, true}) {
            const auto model = goldenBert(name.toStdString());
            model->setGradCheckpointing(recomputes);
            Tensors golden = goldenOf(name.toStdString());
            for (auto& parameter : model->parameters())
                parameter.set_requires_grad(true);
            (model->encodeText(golden["ids"], golden["lengths"], false) * golden["weights"]).sum().backward();
            Tensors ours;
            for (const auto& item : model->named_parameters())
                if (item.value().grad().defined()) ours[item.key()] = item.value().grad();
            const Tensors theirs = openClipLayout().toTheirs(ours);
            double largest = 0;
            for (const auto& [key, gradient] : golden)
                if (key.starts_with("grad.")) largest = std::max(largest, gradient.abs().max().item<double>());
            int compared = 0;
            for (const auto& [key, gradient] : golden) {
                if (!key.starts_with("grad.")) continue;
                const auto found = theirs.find(key.substr(5));
                QVERIFY2(found != theirs.end(), key.c_str());
                const double difference = (found->second - gradient).abs().max().item<double>() / largest;
                QVERIFY2(difference < kBertTolerance, qPrintable(QString("%1: %2").arg(key.c_str()).arg(difference)));
                ++compared;
            }
            QVERIFY(compared > 30);
        }
    }

    void headsEqualTheReferences() {
        Tensors golden = readStateDict({kBerts / "heads.safetensors"}).tensors;
        constexpr int kIn = 16, kOut = 12;
        struct Case {
            const char *name, *kind;
            bool isImage, bias;
        };
        for (const auto& [name, kind, isImage, bias] : {Case{"image-linear", "linear", true, false},
                                                        {"image-linear-bias", "linear", true, true},
                                                        {"image-mlp", "mlp", true, false},
                                                        {"image-residual", "residual", true, true},
                                                        {"text-residual", "residual", false, true},
                                                        {"text-linear", "linear", false, false}}) {
            StateDict state;
            for (const auto& [key, tensor] : golden)
                if (const std::string own = std::string(name) + "/"; key.starts_with(own) && !key.ends_with("/y"))
                    state.tensors[key.substr(own.size())] = tensor;
            LoadedWeights weights(std::move(state), Loading::Writable, name);
            const Scope root(weights);
            const Scope scope = isImage ? root / "visual" / "head" : root / "text" / "proj";
            const auto head = headKind(kind)->build(scope, {kIn, kOut, isImage, {kind, bias, 0}});
            weights.finish();
            const torch::NoGradGuard noGrad;
            verifyClose(head->forward(golden["x"]), golden[std::string(name) + "/y"], name);
        }
    }

    void savedModelsWithOtherVocabulariesLoadAgain_data() { addCases(); }
    void savedModelsWithOtherVocabulariesLoadAgain() {
        QFETCH(QByteArray, name);
        const QTemporaryDir scratch;
        const fs::path folder = fs::path(scratch.path().toStdString()) / "saved";
        const ModelBundle bundle = trainedBert(name.toStdString());
        saveModelFolder(folder, bundle);
        QVERIFY(fs::exists(folder / "text" / "config.json"));
        const ModelBundle again = loadModel(folder);
        ClipConfig expected = bundle.model->config();
        expected.text.hubName = "text";
        QVERIFY(again.model->config() == expected);
        const auto before = bundle.model->stateDict(), after = again.model->stateDict();
        QCOMPARE(after.size(), before.size());
        for (const auto& [key, tensor] : before)
            QVERIFY2(torch::equal(tensor, after.at(key)), key.c_str());
        // And once more, from a model that was read.
        saveModelFolder(folder.parent_path() / "again", again);
        QVERIFY(loadModel(folder.parent_path() / "again").model->config() == expected);
    }

    void aPublishedTowerKeepsItsName() {
        ClipConfig config = architecture("xlm-roberta-base-ViT-B-32");
        QCOMPARE(toJson(config)["text_cfg"]["hf_model_name"].get<std::string>(), std::string("xlm-roberta-base"));
        config.text.vocabularySize = 1000;
        QCOMPARE(toJson(config)["text_cfg"]["hf_model_name"].get<std::string>(), std::string("text"));
    }

    /// Its image tower is timm's; the other half stands here behind a small one.
    void biomedClipsTextSideIsRead() {
        const nlohmann::json model = nlohmann::json::parse(R"({"embed_dim": 512,
            "vision_cfg": {"image_size": 224, "layers": 1, "width": 64, "patch_size": 32},
            "text_cfg": {"hf_model_name": "microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract",
                         "hf_tokenizer_name": "microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract",
                         "hf_proj_type": "mlp", "hf_pooler_type": "cls_last_hidden_state_pooler",
                         "context_length": 256}})");
        const ClipConfig config = clipConfigFromJson(model, "BiomedCLIP");
        QCOMPARE(config.text.contextLength, 256);
        QCOMPARE(config.text.vocabularySize, 30522);
        QVERIFY(config.text.pooling == Pooling::First);
        MetaWeights nothing;
        const auto state = DualEncoder(config, nothing).stateDict();
        QVERIFY(state.at("text.proj.0.weight").sizes() == at::IntArrayRef({640, 768}));
        QVERIFY(state.at("text.proj.2.weight").sizes() == at::IntArrayRef({512, 640}));
        QVERIFY(clipConfigFromJson(toJson(config), "again") == config);
    }

    void anUnknownNameIsRefusedWithTheKnownOnes() {
        nlohmann::json config = readJson(kBerts / "bert-first-mlp.json");
        for (const char* name : {"google/mt5-base", "../bert-first-mlp", "/etc", ""}) {
            config["text_cfg"]["hf_model_name"] = name;
            try {
                clipConfigFromJson(config, "file", kBerts);
                QVERIFY2(*name == 0, name);
            } catch (const Error& error) {
                QVERIFY2(QByteArray(error.what()).contains("xlm-roberta-base"), error.what());
            }
        }
    }

    void shapesTellTheTower() {
        for (const char* name : {"xlm-roberta-base-ViT-B-32", "xlm-roberta-large-ViT-H-14", "roberta-ViT-B-32"}) {
            const ClipConfig config = architecture(name);
            const auto found = presetWithShapesOf(config);
            QVERIFY(found);
            QCOMPARE(found->text.hubName, config.text.hubName);
            QCOMPARE(found->text.pooling, Pooling::Mean);
        }
    }
};

DIAGONAL_TEST(TestBert);
#include "test_bert.moc"
