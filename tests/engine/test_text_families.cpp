// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/convert.h"
#include "engine/checkpoint/hugging_face_config.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/loaded_weights.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/model_source.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/parts/relevance.h"
#include "engine/parts/text_kind.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

const fs::path kTextFamilies = fs::path(paths::source("tests/parity/data/text_families"));

/// The towers alone: most of these models have no tokenizer beside them.
std::shared_ptr<DualEncoder> towersOf(ModelSource source) {
    textKind(source.clip.text).prune(source.clip, source.state.tensors);
    LoadedWeights weights(std::move(source.state), Loading::Writable, source.configFile);
    auto model = std::make_shared<DualEncoder>(source.clip, weights);
    weights.finish();
    model->eval();
    return model;
}

void requireClose(const torch::Tensor& ours, const torch::Tensor& theirs, const char* what) {
    const double difference = ((ours - theirs).abs().max() / theirs.abs().max()).item<double>();
    QVERIFY2(difference < 2e-5, qPrintable(QString("%1 differ by %2").arg(what).arg(difference)));
}

void compareWithGolden(DualEncoder& model, const std::string& name) {
    Tensors golden = readStateDict({kTextFamilies / name / "expected.safetensors"}).tensors;
    const torch::NoGradGuard noGrad;
    requireClose(model.encodeImage(golden["images"], false), golden["image_features"], "images");
    requireClose(model.encodeText(golden["ids"], golden["lengths"], false), golden["text_features"], "texts");
    for (int64_t i = 0; i < golden["ids"].size(0); ++i) {
        const torch::Tensor lengths = golden["lengths"].slice(0, i, i + 1);
        const torch::Tensor ids = golden["ids"].slice(0, i, i + 1).slice(1, 0, lengths.item<int64_t>());
        requireClose(model.encodeText(ids, lengths, false), golden["text_features"].slice(0, i, i + 1), "one text");
    }
}

const std::vector<std::pair<const char*, const char*>> kTextModels = {
    {"MetaCLIP 2, open_clip", "metaclip-2"},
    {"MetaCLIP 2, Hugging Face", "hf-metaclip-2"},
    {"Chinese-CLIP, Hugging Face", "chinese-clip"},
    {"Chinese-CLIP, its own file", "chinese-clip-lone/weights.pt"},
    {"CoCa", "coca"},
    {"CoCa, pooled to another width", "coca-narrow"},
};

void addModels() {
    QTest::addColumn<QByteArray>("model");
    for (const auto& [name, model] : kTextModels)
        QTest::newRow(name) << QByteArray(model);
}

}  // namespace

class TestTextFamilies : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void featuresEqualTheReferences_data() { addModels(); }
    void featuresEqualTheReferences() {
        QFETCH(QByteArray, model);
        const std::string path = model.toStdString();
        const auto towers = towersOf(openModelSource(kTextFamilies / path));
        compareWithGolden(*towers, path.substr(0, path.find('/')));
    }

    void theConfigurationIsWrittenAndReadAgain_data() { addModels(); }
    void theConfigurationIsWrittenAndReadAgain() {
        QFETCH(QByteArray, model);
        const ModelSource source = openModelSource(kTextFamilies / model.toStdString());
        if (source.clip.text.kind != "bert") {
            ClipConfig again = clipConfigFromJson(toJson(source.clip), "again");
            again.imageActivation = source.clip.imageActivation;
            QVERIFY(again == source.clip);
        }
        const HubType* type = hubTypeFor(source.clip);
        QCOMPARE(type == nullptr, model.startsWith("coca"));
        if (type == nullptr) return;
        ClipConfig again = clipConfigFromHuggingFace(type->write(source.clip), "again");
        again.text.contextLength = source.clip.text.contextLength;  // a habit of Chinese-CLIP, not of its file
        QVERIFY(again == source.clip);
        const Tensors theirs = type->layout().toTheirs(towersOf(source)->stateDict());
        StateDict state;
        state.tensors = theirs;
        const Tensors ours = inOurNames(state, "again").tensors;
        for (const auto& [name, tensor] : towersOf(source)->stateDict())
            QVERIFY2(torch::equal(ours.at(name), tensor), name.c_str());
    }

    void aChineseModelIsConverted() {
        const QTemporaryDir scratch;
        const fs::path root(scratch.path().toStdString());
        const ModelBundle before = loadModel(kTextFamilies / "chinese-clip");
        QCOMPARE(before.info.format, std::string("Hugging Face Chinese-CLIP folder"));
        QVERIFY(before.preprocess.resizeMode == ResizeMode::Squash);
        for (const ModelForm form : {ModelForm::OpenClip, ModelForm::HuggingFace}) {
            const fs::path folder = root / std::to_string(static_cast<int>(form));
            QCOMPARE(convertModel(kTextFamilies / "chinese-clip", form, folder).largestLogitDifference, 0.0);
            // open_clip's image tower is told; its text tower asks the configuration of transformers.
            if (form == ModelForm::OpenClip)
                QVERIFY(readJson(folder / "open_clip_config.json")["model_cfg"].value("quick_gelu", false));
            const ModelBundle after = loadModel(folder);
            compareWithGolden(*after.model, "chinese-clip");
            QCOMPARE(after.tokenizer->encode("一只猫 dog"), before.tokenizer->encode("一只猫 dog"));
        }
        QVERIFY_EXCEPTION_THROWN(convertModel(kTextFamilies / "chinese-clip", ModelForm::OpenAi, root / "openai"),
                                 Error);
    }

    void anImageOfCocaIsMapped() {
        for (const char* name : {"coca", "coca-narrow"}) {
            const auto model = towersOf(openModelSource(kTextFamilies / name));
            Tensors golden = readStateDict({kTextFamilies / name / "expected.safetensors"}).tensors;
            const torch::Tensor texts = golden["text_features"];
            const torch::Tensor grids = relevanceGrids(model->imageTower(), golden["images"].slice(0, 0, 1),
                                                       texts / texts.norm(2, 1, true), 20);
            QCOMPARE(grids.size(1), int64_t{4});
            QVERIFY(grids.isfinite().all().item<bool>());
            QVERIFY(grids.amax().item<double>() > 0);
        }
    }

    void cocasDecoderIsLeftOutAndSaidSo() {
        const ModelSource source = openModelSource(kTextFamilies / "coca");
        QVERIFY(source.state.metadata.contains("left out"));
        for (const auto& [name, tensor] : source.state.tensors)
            QVERIFY2(!name.starts_with("text_decoder"), name.c_str());
    }

    void neighboursAreRefusedWithWhatToTake_data() {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("says");
        for (const auto& [type, says] : {std::pair{"altclip", "AltCLIP"},
                                         {"jina_clip", "code of its own"},
                                         {"siglip2", "NaFlex"},
                                         {"owlvit", "finds objects"},
                                         {"owlv2", "finds objects"},
                                         {"blip", "describes images"},
                                         {"blip-2", "describes images"},
                                         {"clip_text_model", "text tower"},
                                         {"llama", "not CLIP"},
                                         {"", "missing"}})
            QTest::newRow(type) << QByteArray(type) << QByteArray(says);
    }
    void neighboursAreRefusedWithWhatToTake() {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, says);
        try {
            clipConfigFromHuggingFace({{"model_type", type.toStdString()}}, "config.json");
            QFAIL("read");
        } catch (const Error& error) {
            QVERIFY2(QByteArray(error.what()).contains(says), error.what());
            QVERIFY2(QByteArray(error.what()).contains("siglip"), error.what());
        }
    }

    void prefixesOfWrappersAreLeftOut_data() {
        QTest::addColumn<QByteArray>("outer");
        QTest::addColumn<QByteArray>("inner");
        for (const auto& [outer, inner] : {std::pair{"module.", ""},
                                           {"_orig_mod.module.", ""},
                                           {"model.", ""},
                                           {"net.model.", ""},
                                           {"model.module.", "_orig_mod."},
                                           {"", "_fsdp_wrapped_module."},
                                           {"", "module."}})
            QTest::addRow("%s, %s", outer, inner) << QByteArray(outer) << QByteArray(inner);
    }
    void prefixesOfWrappersAreLeftOut() {
        QFETCH(QByteArray, outer);
        QFETCH(QByteArray, inner);
        const QTemporaryDir scratch;
        const fs::path file = fs::path(scratch.path().toStdString()) / "weights.safetensors";
        const StateDict plain = readStateDict({kTextFamilies / "metaclip-2/open_clip_model.safetensors"});
        NamedTensors named;
        for (const auto& [name, tensor] : plain.tensors) {
            std::string given = name;
            if (const size_t at = given.find("resblocks.0."); at != std::string::npos)
                given.insert(at + 12, inner.toStdString());
            named.emplace_back(outer.toStdString() + given, tensor);
        }
        writeSafetensors(file, named);
        const StateDict read = readModelState({file});
        QCOMPARE(read.tensors.size(), plain.tensors.size());
        for (const auto& [name, tensor] : plain.tensors) {
            QVERIFY2(read.tensors.contains(name), name.c_str());
            QVERIFY2(torch::equal(read.tensors.at(name), tensor), name.c_str());
        }
    }

    void namesThatWouldMeetStayAsTheyAre() {
        const QTemporaryDir scratch;
        const fs::path file = fs::path(scratch.path().toStdString()) / "weights.safetensors";
        writeSafetensors(file, {{"module.a", torch::ones({1})}, {"a", torch::zeros({1})}});
        const StateDict read = readStateDict({file});
        QCOMPARE(read.tensors.size(), size_t{2});
        QVERIFY(read.tensors.contains("module.a"));
    }
};

DIAGONAL_TEST(TestTextFamilies);
#include "test_text_families.moc"
