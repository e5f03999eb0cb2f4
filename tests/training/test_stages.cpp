// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <random>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/parts/positions.h"
#include "tests/registry.h"
#include "tests/training/run_recorder.h"
#include "tests/training/spikes.h"
#include "training/run/run_folder.h"
#include "training/run/stages.h"
#include "training/trainer/trainer.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

constexpr const char* kStageVit = R"({"embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})";
constexpr const char* kStageSiglip = R"({"embed_dim": 32, "init_logit_bias": -10, "custom_text": true,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2,
                 "no_causal_mask": true, "proj_bias": true, "pool_type": "last", "norm_kwargs": {"eps": 1e-6}}})";
constexpr const char* kStageResNet = R"({"embed_dim": 32,
    "vision_cfg": {"image_size": 64, "layers": [1, 1, 1, 1], "width": 8, "head_width": 32},
    "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})";

using ChangeStages = std::function<void(TrainOptions&)>;

}  // namespace

class TestStages : public QObject {
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_root;
    int m_count = 0;

    /// Small until step 6 of 12; checkpoints at 4, 8 and 12.
    TrainOptions staged() const {
        TrainOptions options;
        options.trainData = "scenes:count=160,seed=1,size=32";
        options.validationData = "scenes:count=40,split=validation,size=32";
        options.model = (m_root / "vit.json").string();
        options.output = m_root / "run";
        options.stages = "0.5:16:0.25,0.5:32";
        options.steps = 12;
        options.batchSize = 32;
        options.warmup = 3;
        options.saveEvery = 4;
        options.validateEvery = 6;
        options.vocabularySize = 128;
        options.threads = 1;  // tests run side by side
        options.device = "cpu";
        options.precision = "fp32";
        return options;
    }

    static void compareModels(const fs::path& a, const fs::path& b) {
        const auto one = loadModel(a).model->stateDict(), two = loadModel(b).model->stateDict();
        QCOMPARE(one.size(), two.size());
        for (const auto& [name, tensor] : one)
            QVERIFY2(torch::equal(tensor, two.at(name)), name.c_str());
    }

  private Q_SLOTS:
    void init() {
        m_root = fs::path(m_temporary.path().toStdString()) / std::to_string(m_count++);
        fs::create_directories(m_root);
        std::ofstream(m_root / "vit.json") << kStageVit;
        std::ofstream(m_root / "siglip.json") << kStageSiglip;
        std::ofstream(m_root / "resnet.json") << kStageResNet;
    }

    void stagesAreRead() {
        QVERIFY(parseStages("", 0.5).empty());
        const std::vector<Stage> stages = {{0.75, 112, 0.5}, {1, 224, 0}};
        QVERIFY(parseStages("0.75:112:0.5,0.25:224:0", 0) == stages);
        QVERIFY(parseStages(" 0.75:112 , 0.25:224:0", 0.5) == stages);
        const auto thirds = parseStages("0.333:64,0.333:96,0.334:128", 0);
        QCOMPARE(thirds.size(), size_t{3});
        QCOMPARE(thirds.back().end, 1.0);
    }

    void whatIsNoStageIsNamed_data() {
        QTest::addColumn<std::string>("text");
        for (const char* text :
             {"0.5", "0.5:112", "0.5:112,0.6:224", "x:112,1:224", "1:112:1", "1:112:-1", "0:112,1:224", "1:0", "1:5000",
              "1:112:0:0", "1:112,", ",1:112", "0.5:112 0.5:224", "nan:112", "1:2.5"})
            QTest::addRow("%s", text) << std::string(text);
    }
    void whatIsNoStageIsNamed() {
        QFETCH(std::string, text);
        try {
            parseStages(text, 0);
            QFAIL("taken");
        } catch (const Error& error) {
            QCOMPARE(error.subject(), std::string("--stages"));
        }
    }

    /// Each step belongs to the stage whose share it falls into, and none is left out.
    void stepsAreShared() {
        std::mt19937 random(3);
        for (int round = 0; round < 200; ++round) {
            const int64_t total = 1 + random() % 1000;
            const double share = 0.01 * static_cast<double>(1 + random() % 98);
            const auto stages = parseStages(std::to_string(share) + ":16," + std::to_string(1 - share) + ":32", 0);
            int64_t small = 0;
            size_t before = 0;
            for (int64_t done = 0; done < total; ++done) {
                const size_t stage = stageAt(stages, done, total);
                QVERIFY(stage >= before);
                before = stage;
                small += stage == 0 ? 1 : 0;
            }
            QCOMPARE(small, endOf(stages[0], total));
            QVERIFY(std::abs(static_cast<double>(small) - share * static_cast<double>(total)) <= 0.5 + 1e-3);
        }
    }

    void aSizeIsWhatLoadingAtThatSizeGives_data() {
        QTest::addColumn<QString>("model");
        for (const char* model : {"vit", "siglip", "resnet"})
            QTest::newRow(model) << QString::fromLatin1(model);
    }
    void aSizeIsWhatLoadingAtThatSizeGives() {
        QFETCH(QString, model);
        RunRecorder seen;
        auto options = staged();
        options.stages.clear();
        options.steps = 1;
        options.model = (m_root / (model.toStdString() + ".json")).string();
        train(options, seen);
        for (const int size : {32, 96, 160}) {
            const auto loaded = loadModel(options.output / "model", {.imageSize = size});
            auto resized = loadModel(options.output / "model", {.writable = true});
            resized.model->setImageSize(size);
            QCOMPARE(resized.model->config().imageSize, size);
            const auto one = loaded.model->stateDict(), two = resized.model->stateDict();
            for (const auto& [name, tensor] : one)
                QVERIFY2(torch::equal(tensor, two.at(name)), name.c_str());
            const torch::NoGradGuard noGrad;
            const auto images = torch::randn({2, 3, size, size});
            const auto difference = loaded.model->encodeImage(images) - resized.model->encodeImage(images);
            QVERIFY(difference.abs().max().item<double>() < 1e-5);
        }
    }

    void theModelEndsAtItsSize_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("stages");
        QTest::addColumn<int>("size");
        QTest::newRow("vision transformer") << "vit"
                                            << "0.5:16:0.25,0.5:32" << 32;
        QTest::newRow("another size than its own") << "vit"
                                                   << "0.25:16,0.25:24,0.5:40" << 40;
        QTest::newRow("SigLIP") << "siglip"
                                << "0.5:16,0.5:32" << 32;
        QTest::newRow("ResNet") << "resnet"
                                << "0.5:32,0.5:64" << 64;
    }
    void theModelEndsAtItsSize() {
        QFETCH(QString, model);
        QFETCH(QString, stages);
        QFETCH(int, size);
        RunRecorder seen;
        auto options = staged();
        options.model = (m_root / (model.toStdString() + ".json")).string();
        options.stages = stages.toStdString();
        if (model == "siglip") options.loss = "sigmoid";
        QVERIFY(train(options, seen).finished);
        QVERIFY2(seen.says("stage 1 of "), seen.messages.c_str());
        QVERIFY2(seen.says("pictures of " + std::to_string(size) + " px"), seen.messages.c_str());
        const auto bundle = loadModel(options.output / "model");
        QCOMPARE(bundle.model->config().imageSize, size);
        QCOMPARE(bundle.preprocess.width, size);
        QCOMPARE(seen.steps.size(), size_t{12});
        QCOMPARE(seen.steps.back().samples, int64_t{12 * 32});  // no batch was lost at the border
        QVERIFY(std::isfinite(seen.steps.back().loss));
    }

    void aResumedRunIsTheSame_data() {
        QTest::addColumn<ChangeStages>("change");
        QTest::addColumn<int>("at");
        const ChangeStages plain = [](TrainOptions&) {};
        QTest::newRow("in the first stage") << plain << 3;
        QTest::newRow("between them") << plain << 6;
        QTest::newRow("in the second") << plain << 7;
        const ChangeStages average = [](TrainOptions& options) {
            options.emaDecay = 0.9;
            options.microBatch = 12;
        };
        QTest::newRow("average and micro-batches, between") << average << 6;
        QTest::newRow("average and micro-batches, in the second") << average << 9;
        const ChangeStages bestSiglip = [](TrainOptions& options) {
            options.model = options.output.parent_path() / "siglip.json";
            options.loss = "sigmoid";
            options.precision = "bf16";
            options.keepBest = "val/loss";
        };
        QTest::newRow("SigLIP, bf16, best kept") << bestSiglip << 6;
        const ChangeStages resNet = [](TrainOptions& options) {
            options.model = options.output.parent_path() / "resnet.json";
            options.stages = "0.5:32,0.5:64";
        };
        QTest::newRow("ResNet") << resNet << 8;
    }
    void aResumedRunIsTheSame() {
        QFETCH(ChangeStages, change);
        QFETCH(int, at);
        RunRecorder whole, first, second;
        auto options = staged();
        change(options);
        QVERIFY(train(options, whole).finished);
        options.output = m_root / "halves";
        first.stopAt = at;
        QVERIFY(!train(options, first, first.stop.get_token()).finished);
        QVERIFY(resume(options.output, second).finished);
        compareModels(m_root / "run" / "model", options.output / "model");
        const auto record = readRun(options.output);
        QCOMPARE(record.steps.size(), size_t{12});
        for (size_t i = 0; i < 12; ++i) {
            QCOMPARE(record.steps[i].loss, whole.steps[i].loss);
            QCOMPARE(record.steps[i].samples, whole.steps[i].samples);
        }
        QCOMPARE(first.steps.size() + second.steps.size(), size_t{12});
    }

    /// What is small sees the same pictures as what is large: the batches follow from the steps alone.
    void stagesAlikeAreNoStages_data() {
        QTest::addColumn<double>("ema");
        QTest::addColumn<QString>("textWeights");
        QTest::addColumn<QString>("loss");
        QTest::newRow("plain") << 0.0 << "fp32"
                               << "contrastive";
        QTest::newRow("average") << 0.9 << "fp32"
                                 << "contrastive";
        QTest::newRow("average of bf16") << 0.9 << "bf16"
                                         << "contrastive";
        QTest::newRow("average, FastCLIP") << 0.9 << "fp32"
                                           << "fastclip";
    }

    void stagesAlikeAreNoStages() {
        QFETCH(double, ema);
        QFETCH(QString, textWeights);
        QFETCH(QString, loss);
        RunRecorder one, two;
        auto options = staged();
        fs::remove_all(options.output);
        fs::remove_all(m_root / "plain");
        options.emaDecay = ema;
        options.textStorage = textWeights.toStdString();
        options.loss = loss.toStdString();
        options.stages = "0.5:32,0.5:32";
        options.spikeFactor = 0;
        QVERIFY(train(options, one).finished);
        options.output = m_root / "plain";
        options.stages.clear();
        QVERIFY(train(options, two).finished);
        compareModels(m_root / "run" / "model", m_root / "plain" / "model");
    }

    /// Back over a border: the state is that of the stage before, which ends once more.
    void aRollBackCrossesABorder() {
        RunRecorder first, second;
        auto options = staged();
        options.emaDecay = 0.9;
        first.stopAt = 8;
        QVERIFY(!train(options, first, first.stop.get_token()).finished);
        makeAllSpikes(checkpointFolder(options.output, 8));
        QVERIFY(resume(options.output, second).finished);
        QVERIFY2(second.says("the checkpoint of step 8 gives no usable gradient"), second.messages.c_str());
        const auto back = second.messages.find("back to the checkpoint of step 4");
        QVERIFY2(back != std::string::npos, second.messages.c_str());
        QVERIFY2(second.messages.find("stage 2 of 2", back) != std::string::npos, second.messages.c_str());
        const auto record = readRun(options.output);
        QCOMPARE(record.steps.size(), size_t{12});
        QCOMPARE(record.steps.back().step, int64_t{12});
        QVERIFY(std::isfinite(record.steps.back().loss));
        QCOMPARE(loadModel(options.output / "model").model->config().imageSize, 32);
    }

    /// A run made longer in its last stage does not go back to small pictures.
    void noStageComesTwice() {
        RunRecorder first, second;
        auto options = staged();
        QVERIFY(train(options, first).finished);
        QVERIFY(resume(options.output, second, {}, [](TrainOptions& longer) { longer.steps = 40; }).finished);
        QVERIFY2(!second.says("stage 1 of 2"), second.messages.c_str());
        QVERIFY2(second.says("stage 2 of 2"), second.messages.c_str());
    }

    void theBestOfASmallerSizeIsNotTheModel() {
        RunRecorder seen;
        auto options = staged();
        options.keepBest = "val/loss";
        options.validateEvery = 3;
        QVERIFY(train(options, seen).finished);
        QVERIFY2(seen.says("what was best in the stage before counts no more"), seen.messages.c_str());
        QCOMPARE(loadModel(options.output / "model").model->config().imageSize, 32);
    }

    void sizesThatDoNotFitAreRefused_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("stages");
        QTest::newRow("no multiple of a patch") << "vit"
                                                << "0.5:20,0.5:32";
        QTest::newRow("less than a patch") << "vit"
                                           << "0.5:4,0.5:32";
        QTest::newRow("ResNet") << "resnet"
                                << "0.5:48,0.5:64";
    }
    void sizesThatDoNotFitAreRefused() {
        QFETCH(QString, model);
        QFETCH(QString, stages);
        RunRecorder seen;
        auto options = staged();
        options.model = (m_root / (model.toStdString() + ".json")).string();
        options.stages = stages.toStdString();
        QVERIFY_THROWS_EXCEPTION(Error, train(options, seen));
        QVERIFY(!fs::exists(options.output));
    }

    void aFineTunedModelGoesThroughStagesToo() {
        RunRecorder seen;
        auto options = staged();
        options.stages.clear();
        options.steps = 2;
        train(options, seen);
        options.model = options.output.string();
        options.output = m_root / "tuned";
        options.steps = 8;
        options.stages = "0.5:16,0.5:48";
        QVERIFY(train(options, seen).finished);
        QCOMPARE(loadModel(options.output / "model").model->config().imageSize, 48);
    }
};

DIAGONAL_TEST(TestStages);
#include "test_stages.moc"
