// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/state_dict.h"
#include "tests/registry.h"
#include "tests/training/run_recorder.h"
#include "tests/training/spikes.h"
#include "training/run/run_folder.h"
#include "training/trainer/trainer.h"
#include "training/trainer/tuning.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

constexpr const char* kTunedVit = R"({"embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})";
constexpr const char* kTunedResNet = R"({"embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": [1, 1, 1, 1], "width": 8, "head_width": 32},
    "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})";

using ChangeTuning = std::function<void(TrainOptions&)>;

}  // namespace

class TestTuning : public QObject {
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_root;
    int m_count = 0;

    /// Low-rank fine-tuning of a model that was made before.
    TrainOptions tuned(const std::string& model = "vit") {
        TrainOptions options;
        options.trainData = "scenes:count=160,seed=1,size=32";
        options.validationData = "scenes:count=40,split=validation,size=32";
        options.model = (m_root / (model + ".json")).string();
        options.output = m_root / model;
        options.steps = 3;
        options.batchSize = 32;
        options.warmup = 3;
        options.saveEvery = 4;
        options.validateEvery = 6;
        options.vocabularySize = 128;
        options.threads = 1;  // tests run side by side
        options.device = "cpu";
        options.precision = "fp32";
        RunRecorder seen;
        train(options, seen);
        options.model = options.output.string();
        options.output = m_root / "run";
        options.steps = 12;
        options.learningRate = 5e-3;
        options.loraRank = 4;
        return options;
    }

    static std::map<std::string, torch::Tensor> weightsIn(const fs::path& folder) {
        return loadModel(folder).model->stateDict();
    }

    static void compareModels(const fs::path& a, const fs::path& b) {
        const auto one = weightsIn(a), two = weightsIn(b);
        QCOMPARE(one.size(), two.size());
        for (const auto& [name, tensor] : one)
            QVERIFY2(torch::equal(tensor, two.at(name)), name.c_str());
    }

  private Q_SLOTS:
    void init() {
        m_root = fs::path(m_temporary.path().toStdString()) / std::to_string(m_count++);
        fs::create_directories(m_root);
        std::ofstream(m_root / "vit.json") << kTunedVit;
        std::ofstream(m_root / "resnet.json") << kTunedResNet;
    }

    void aRunLearnsTermsAndLeavesAMergedModel_data() {
        QTest::addColumn<std::string>("model");
        QTest::newRow("vision transformer") << std::string("vit");
        QTest::newRow("ResNet") << std::string("resnet");
    }
    void aRunLearnsTermsAndLeavesAMergedModel() {
        QFETCH(std::string, model);
        auto options = tuned(model);
        RunRecorder seen;
        QVERIFY(train(options, seen).finished);
        QVERIFY2(seen.says("low-rank terms of rank 4 on "), seen.messages.c_str());

        const auto before = weightsIn(fs::path(options.model) / "model"), base = weightsIn(baseFolder(options.output)),
                   after = weightsIn(options.output / "model");
        const auto factors = readStateDict({checkpointFolder(options.output, 12) / "optimizer.safetensors"}).tensors;
        int adapted = 0;
        for (const auto& [name, weight] : before) {
            QVERIFY2(torch::equal(weight, base.at(name)), name.c_str());
            const auto a = factors.find("factors/" + name + ".lora_A");
            if (a == factors.end()) {
                QVERIFY2(name == "logit_scale" || torch::equal(weight, after.at(name)), name.c_str());
                continue;
            }
            ++adapted;
            const auto b = factors.at("factors/" + name + ".lora_B");
            const int64_t parts = name.ends_with("in_proj_weight") ? 3 : 1;
            std::vector<torch::Tensor> terms;
            for (int64_t part = 0; part < parts; ++part)
                terms.push_back(b.chunk(parts)[static_cast<size_t>(part)].matmul(
                    a->second.chunk(parts)[static_cast<size_t>(part)]));
            QVERIFY2((after.at(name) - weight - torch::cat(terms)).abs().max().item<double>() < 1e-6, name.c_str());
            QVERIFY2(!torch::equal(weight, after.at(name)), name.c_str());
        }
        QCOMPARE(adapted, model == "vit" ? 16 : 12);  // four in a block; those of the ResNet's pool
        // Small beside the model.
        QVERIFY(!factors.contains("exp_avg/text.text_projection"));
        QVERIFY(!factors.contains("exp_avg/visual.conv1.weight"));
    }

    void aResumedRunIsTheSame_data() {
        QTest::addColumn<ChangeTuning>("change");
        QTest::addColumn<int>("at");
        QTest::newRow("plain") << ChangeTuning([](TrainOptions&) {}) << 7;
        QTest::newRow("average, micro-batches, patch dropout, layer decay") << ChangeTuning([](TrainOptions& options) {
            options.emaDecay = 0.9;
            options.microBatch = 12;
            options.patchDropout = 0.5;
            options.layerDecay = 0.7;
        }) << 6;
        QTest::newRow("bf16, one tower, attention alone, best kept") << ChangeTuning([](TrainOptions& options) {
            options.precision = "bf16";
            options.lockImage = true;
            options.loraTargets = "attention";
            options.loraAlpha = 16;
            options.keepBest = "val/loss";
        }) << 7;
        QTest::newRow("stages, average") << ChangeTuning([](TrainOptions& options) {
            options.stages = "0.5:16,0.5:32";
            options.emaDecay = 0.9;
        }) << 9;
        QTest::newRow("stages, at the border")
            << ChangeTuning([](TrainOptions& options) { options.stages = "0.5:16,0.5:32"; }) << 6;
    }
    void aResumedRunIsTheSame() {
        QFETCH(ChangeTuning, change);
        QFETCH(int, at);
        RunRecorder whole, first, second;
        auto options = tuned();
        change(options);
        QVERIFY(train(options, whole).finished);
        options.output = m_root / "halves";
        first.stopAt = at;
        QVERIFY(!train(options, first, first.stop.get_token()).finished);
        QVERIFY(resume(options.output, second).finished);
        compareModels(m_root / "run" / "model", options.output / "model");
        const auto record = readRun(options.output);
        for (size_t i = 0; i < 12; ++i)
            QCOMPARE(record.steps[i].loss, whole.steps[i].loss);
    }

    void aRollBackBringsTheTermsBack() {
        RunRecorder first, second, third;
        auto options = tuned();
        options.emaDecay = 0.9;
        first.stopAt = 8;
        QVERIFY(!train(options, first, first.stop.get_token()).finished);
        makeAllSpikes(checkpointFolder(options.output, 8));
        QVERIFY(resume(options.output, second).finished);
        QVERIFY2(second.says("back to the checkpoint of step 4"), second.messages.c_str());
        // The base stood still throughout.
        const auto before = weightsIn(fs::path(options.model) / "model"), after = weightsIn(options.output / "model");
        QVERIFY(torch::equal(before.at("text.token_embedding.weight"), after.at("text.token_embedding.weight")));
        QVERIFY(std::isfinite(readRun(options.output).steps.back().loss));
    }

    void whatMakesNoSenseIsRefused() {
        RunRecorder seen;
        auto options = tuned();
        const auto refuse = [&](const ChangeTuning& change, const std::string& flag) {
            auto changed = options;
            change(changed);
            try {
                train(changed, seen);
            } catch (const Error& error) {
                return error.subject().starts_with(flag) && !fs::exists(changed.output);
            }
            return false;
        };
        QVERIFY(refuse([&](TrainOptions& o) { o.model = (m_root / "vit.json").string(); }, "--lora-rank"));
        QVERIFY(refuse([](TrainOptions& o) { o.loraRank = 32; }, "--lora-rank"));
        QVERIFY(refuse([](TrainOptions& o) { o.lockImage = o.lockText = true; }, "--lora-rank"));
        QVERIFY(refuse([](TrainOptions& o) { o.loraRank = 0, o.loraAlpha = 8; }, "--lora-alpha"));
        QVERIFY(refuse([](TrainOptions& o) { o.loraRank = 0, o.loraTargets = "mlp"; }, "--lora-targets"));
        QVERIFY(refuse([](TrainOptions& o) { o.lockImage = true, o.imageLayerDecay = 0.5; }, "--image-layer-decay"));
        QVERIFY(refuse([](TrainOptions& o) { o.lockText = true, o.textLayerDecay = 0.5; }, "--text-layer-decay"));
        QVERIFY(refuse([](TrainOptions& o) { o.lockImage = true, o.stages = "1:32"; }, "--stages"));
        QVERIFY(refuse([](TrainOptions& o) { o.layerDecay = 0; }, "--layer-decay"));
        QVERIFY(refuse([](TrainOptions& o) { o.textStorage = "bf16"; }, "--text-storage bf16"));
    }
};

DIAGONAL_TEST(TestTuning);
#include "test_tuning.moc"
