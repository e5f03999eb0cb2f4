// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/convert.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/model_report.h"
#include "tests/engine/tiny_model.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

const fs::path kConverted = std::filesystem::path(paths::source("tests/parity/data/families"));

const std::vector<std::pair<const char*, ModelForm>> kForms = {
    {"open_clip", ModelForm::OpenClip}, {"hf", ModelForm::HuggingFace}, {"openai", ModelForm::OpenAi}};

void compareTensors(const ModelBundle& a, const ModelBundle& b) {
    const auto before = a.model->stateDict(), after = b.model->stateDict();
    QCOMPARE(after.size(), before.size());
    for (const auto& [name, tensor] : before) {
        QVERIFY2(after.contains(name), name.c_str());
        QVERIFY2(torch::equal(tensor, after.at(name)), name.c_str());
    }
}

}  // namespace

class TestConvert : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void aRoundTripChangesNoBit_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("form");
        const auto add = [](const char* model, std::initializer_list<ModelForm> forms) {
            for (const ModelForm form : forms)
                QTest::addRow("%s to %s", model, kForms[static_cast<size_t>(form)].first)
                    << QByteArray(model) << static_cast<int>(form);
        };
        add("open_clip-vit", {ModelForm::OpenClip, ModelForm::HuggingFace});
        add("open_clip-vit-mlp-bin", {ModelForm::OpenClip, ModelForm::HuggingFace});
        add("open_clip-resnet", {ModelForm::OpenClip});
        add("openai-vit-archive/model.pt", {ModelForm::OpenClip, ModelForm::HuggingFace, ModelForm::OpenAi});
        add("openai-resnet-state/model.pt", {ModelForm::OpenClip, ModelForm::OpenAi});
        add("hf-clip", {ModelForm::OpenClip, ModelForm::HuggingFace});
        add("hf-siglip", {ModelForm::OpenClip, ModelForm::HuggingFace});
        add("open_clip-siglip-lone/weights.safetensors", {ModelForm::OpenClip, ModelForm::HuggingFace});
    }
    void aRoundTripChangesNoBit() {
        QFETCH(QByteArray, model);
        QFETCH(int, form);
        const QTemporaryDir scratch;
        const fs::path folder = fs::path(scratch.path().toStdString()) / "converted";
        const fs::path source = kConverted / model.toStdString();
        const Conversion result = convertModel(source, static_cast<ModelForm>(form), folder);
        QCOMPARE(result.largestLogitDifference, 0.0);
        QVERIFY(result.largestLogit > 0);
        const ModelBundle before = loadModel(source), after = loadModel(result.path);
        compareTensors(before, after);
        QCOMPARE(after.info.activation, before.info.activation);
        QCOMPARE(after.model->config().text.heads, before.model->config().text.heads);
        // A SentencePiece model beside OpenAI's weights, which these small ones have, is no form of transformers.
        if (model.startsWith("openai") && static_cast<ModelForm>(form) == ModelForm::HuggingFace) return;
        for (const char* text : {"a photo of a dog", "two  red circles", ""})
            QCOMPARE(after.tokenizer->encode(text), before.tokenizer->encode(text));
    }

    void aFormWithoutAPlaceForTheArchitectureIsRefusedAndWritesNothing_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("form");
        QTest::addColumn<QByteArray>("says");
        const auto hf = static_cast<int>(ModelForm::HuggingFace), openAi = static_cast<int>(ModelForm::OpenAi);
        QTest::newRow("ResNet to hf") << QByteArray("open_clip-resnet") << hf << QByteArray("ModifiedResNet");
        QTest::newRow("GELU to openai") << QByteArray("open_clip-vit") << openAi << QByteArray("GELU");
        QTest::newRow("SigLIP to openai") << QByteArray("hf-siglip") << openAi << QByteArray("SigLIP");
        QTest::newRow("odd heads to openai") << QByteArray("hf-clip") << openAi << QByteArray("heads");
    }
    void aFormWithoutAPlaceForTheArchitectureIsRefusedAndWritesNothing() {
        QFETCH(QByteArray, model);
        QFETCH(int, form);
        QFETCH(QByteArray, says);
        const QTemporaryDir scratch;
        const fs::path folder = fs::path(scratch.path().toStdString()) / "converted";
        try {
            convertModel(kConverted / model.toStdString(), static_cast<ModelForm>(form), folder);
            QFAIL("converted");
        } catch (const Error& error) {
            QVERIFY2(QByteArray(error.what()).contains(says), error.what());
        }
        QVERIFY(QDir(scratch.path()).isEmpty());
    }

    void aFolderThatHoldsSomethingIsLeftAlone() {
        const QTemporaryDir scratch;
        const fs::path folder(scratch.path().toStdString());
        std::ofstream(folder / "mine.txt") << "text";
        QVERIFY_EXCEPTION_THROWN(convertModel(kConverted / "open_clip-vit", ModelForm::OpenClip, folder), Error);
        QVERIFY(!fs::exists(folder / "open_clip_config.json"));
    }

    void aCbowModelIsWrittenAndReadAgain() {
        const QTemporaryDir scratch;
        const fs::path folder(scratch.path().toStdString());
        writeTinyModel(folder / "clip", true);
        ModelBundle bundle = loadModel(folder / "clip", {.writable = true});
        ClipConfig config = bundle.model->config();
        config.text.kind = "cbow", config.text.layers = config.text.heads = 0;
        bundle.model = std::make_shared<DualEncoder>(config);
        saveModelFolder(folder / "cbow", bundle);

        const ModelBundle again = loadModel(folder / "cbow");
        QVERIFY(again.model->config().text.isCbow());
        compareTensors(bundle, again);

        // The mean of the embeddings up to the end-of-text token, projected.
        const auto state = again.model->stateDict();
        const auto ids = torch::tensor({{5, 6, 7, 0}, {8, 9, 0, 0}}, torch::kLong);
        const auto features = again.model->encodeText(ids, torch::tensor({3, 2}, torch::kLong), false);
        const auto embedding = state.at("text.token_embedding.weight"), projection = state.at("text.text_projection");
        const auto first = embedding.index_select(0, torch::tensor({5, 6, 7})).mean(0).matmul(projection);
        const auto second = embedding.index_select(0, torch::tensor({8, 9})).mean(0).matmul(projection);
        QVERIFY(torch::allclose(features, torch::stack({first, second}), 1e-5, 1e-6));
        QVERIFY_EXCEPTION_THROWN(convertModel(folder / "cbow", ModelForm::HuggingFace, folder / "hf"), Error);
    }

    void theReportAddsUp() {
        const ModelReport report = reportOf(kConverted / "open_clip-vit");
        QCOMPARE(report.tree.parameters, report.info.parameters);
        QCOMPARE(report.imageParameters + report.textParameters + 1, report.info.parameters);
        QVERIFY(report.imageFlops > 0 && report.textFlops > 0);
        QCOMPARE(report.bytes, static_cast<uint64_t>(fs::file_size(report.info.files.front())));
        const auto hashes = hashesOf(report.info);
        QCOMPARE(hashes.size(), size_t{1});
        QFile file(QString::fromStdString(hashes.front().file.string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(QByteArray::fromStdString(hashes.front().sha256),
                 QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex());
    }
};

DIAGONAL_TEST(TestConvert);
#include "test_convert.moc"
