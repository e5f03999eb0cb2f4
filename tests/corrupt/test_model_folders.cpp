// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <fstream>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/inference/session.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

constexpr const char* kConfig = "open_clip_config.json";
constexpr const char* kWeights = "open_clip_model.safetensors";

ModelBundle smallModel() {
    const std::vector<std::string> captions = {"a red circle", "a blue square", "a green star in the top left"};
    ModelBundle bundle;
    bundle.tokenizer = trainSentencePieceTokenizer(captions, 40, 16);
    ClipConfig config;
    config.embedDim = 8;
    config.imageSize = 32;
    config.vision = ModifiedResNetConfig{.layers = {1, 1, 1, 1}, .width = 8, .headWidth = 64};
    config.text = {.contextLength = 16,
                   .vocabularySize = bundle.tokenizer->vocabularySize(),
                   .width = 16,
                   .heads = 2,
                   .layers = 1,
                   .mlpRatio = 4.0};
    bundle.model = std::make_shared<DualEncoder>(config);
    bundle.preprocess.width = bundle.preprocess.height = 32;
    return bundle;
}

void replaceInFile(const fs::path& file, const std::string& from, const std::string& to) {
    std::string text = readText(file);
    const size_t at = text.find(from);
    QVERIFY2(at != std::string::npos, from.c_str());
    text.replace(at, from.size(), to);
    writeFile(file, text);
}

void shortenFile(const fs::path& file, double share) {
    fs::resize_file(file, static_cast<uintmax_t>(static_cast<double>(fs::file_size(file)) * share));
}

}  // namespace

/// A model folder with one thing wrong: an Error that names the file, never a crash or a wrong model.
class TestModelFolders : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        m_good = fs::path(m_temporary.path().toStdString()) / "good";
        saveModelFolder(m_good, smallModel());
    }

    void init() {
        m_folder = fs::path(m_temporary.path().toStdString()) / ("copy-" + std::to_string(m_copies++));
        fs::copy(m_good, m_folder);
    }

    void whatIsNotBrokenLoads() {
        const ModelBundle bundle = loadModel(m_folder);
        QCOMPARE(bundle.info.embedDim, 8);
        QCOMPARE(bundle.info.imageSize, 32);
        QVERIFY(Session::open(m_folder.string(), {.device = "cpu"}) != nullptr);
    }

    void aBrokenFolderIsRefusedByName_data() {
        QTest::addColumn<QString>("damage");
        QTest::addColumn<QString>("named");
        QTest::newRow("no configuration") << "remove-config" << kConfig;
        QTest::newRow("empty configuration") << "empty-config" << kConfig;
        QTest::newRow("configuration is not JSON") << "garbage-config" << kConfig;
        QTest::newRow("configuration cut off") << "cut-config" << kConfig;
        QTest::newRow("configuration without model_cfg") << "no-model-cfg" << kConfig;
        QTest::newRow("configuration with a text for a number") << "text-width" << kConfig;
        QTest::newRow("configuration with a negative width") << "negative-width" << kConfig;
        QTest::newRow("configuration with an enormous width") << "enormous-width" << kConfig;
        QTest::newRow("no weights") << "remove-weights" << kWeights;
        QTest::newRow("empty weights") << "empty-weights" << kWeights;
        QTest::newRow("weights cut in the header") << "cut-weights-header" << kWeights;
        QTest::newRow("weights cut in the data") << "cut-weights" << kWeights;
        QTest::newRow("weights are something else") << "garbage-weights" << kWeights;
        QTest::newRow("weights of another shape") << "wrong-shape" << kWeights;
        QTest::newRow("weights lack a tensor") << "missing-tensor" << kWeights;
        QTest::newRow("weights have a tensor too many") << "extra-tensor" << kWeights;
        QTest::newRow("no tokenizer") << "remove-tokenizer"
                                      << "spiece.model";
        QTest::newRow("empty tokenizer") << "empty-tokenizer"
                                         << "spiece.model";
        QTest::newRow("tokenizer cut off") << "cut-tokenizer"
                                           << "spiece.model";
        QTest::newRow("tokenizer is something else") << "garbage-tokenizer"
                                                     << "spiece.model";
    }

    void aBrokenFolderIsRefusedByName() {
        QFETCH(QString, damage);
        QFETCH(QString, named);
        doDamage(damage.toStdString());
        try {
            const ModelBundle bundle = loadModel(m_folder);
            // Pictures need no tokenizer; a text says what is wrong with it.
            if (damage.contains("tokenizer")) bundle.tokenizer->tokenize(std::vector<std::string>{"a text"});
            QFAIL("the broken folder was loaded");
        } catch (const Error& error) {
            const std::string text = error.what();
            QVERIFY2(text.find(named.toStdString()) != std::string::npos, text.c_str());
            QVERIFY2(text.find(displayName(m_folder)) != std::string::npos, text.c_str());
        }
        if (!damage.contains("tokenizer"))
            QVERIFY_THROWS_EXCEPTION(Error, Session::open(m_folder.string(), {.device = "cpu"}));
    }

    void aFolderThatIsNotThereIsRefusedByName() {
        try {
            Session::open("/nowhere/at/all", {.device = "cpu"});
            QFAIL("opened what is not there");
        } catch (const Error& error) {
            QVERIFY2(std::string(error.what()).find("/nowhere/at/all") != std::string::npos, error.what());
        }
    }

  private:
    void doDamage(const std::string& damage) {
        const fs::path config = m_folder / kConfig, weights = m_folder / kWeights, pieces = m_folder / "spiece.model";
        const fs::path file = damage.ends_with("config") ? config : damage.ends_with("weights") ? weights : pieces;
        if (damage.starts_with("remove")) fs::remove(file);
        if (damage == "remove-tokenizer") fs::remove(m_folder / "tokenizer.json");
        if (damage.starts_with("empty")) fs::resize_file(file, 0);
        if (damage.starts_with("garbage"))
            writeFile(file,
                      "\x7f"
                      "ELF, this is something else");
        if (damage == "cut-config" || damage == "cut-tokenizer") shortenFile(file, 0.5);
        if (damage == "cut-weights-header") fs::resize_file(weights, 20);
        if (damage == "cut-weights") shortenFile(weights, 0.9);
        if (damage == "no-model-cfg") replaceInFile(config, "model_cfg", "model_xyz");
        if (damage == "text-width") replaceInFile(config, "\"embed_dim\": 8", "\"embed_dim\": \"eight\"");
        if (damage == "negative-width") replaceInFile(config, "\"embed_dim\": 8", "\"embed_dim\": -8");
        if (damage == "enormous-width") replaceInFile(config, "\"embed_dim\": 8", "\"embed_dim\": 2000000000");
        if (damage == "wrong-shape") replaceInFile(config, "\"embed_dim\": 8", "\"embed_dim\": 16");
        if (damage == "missing-tensor" || damage == "extra-tensor") changeTensors(weights, damage == "extra-tensor");
    }

    static void changeTensors(const fs::path& file, bool add) {
        NamedTensors tensors;
        for (const auto& [name, tensor] : readStateDict({file}).tensors)
            if (add || name != "text_projection") tensors.emplace_back(name, tensor.clone());
        if (add) tensors.emplace_back("one.too.many", tensors.front().second);
        writeSafetensors(file, tensors);
    }

    QTemporaryDir m_temporary;
    fs::path m_good, m_folder;
    int m_copies = 0;
};

DIAGONAL_TEST(TestModelFolders);
#include "test_model_folders.moc"
