// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/job.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "tests/flickr8k.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "tests/training/small_disk.h"
#include "tests/training/spikes.h"
#include "training/data/dataset.h"
#include "training/optimizers/plateau.h"
#include "training/run/checkpoint.h"
#include "training/run/run_folder.h"
#include "training/trainer/batch_stream.h"
#include "training/trainer/label_probes.h"
#include "training/trainer/part_options.h"
#include "training/trainer/setup.h"
#include "training/trainer/trainer.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

/// Keeps what a run reports; calls onStepDone after each step.
struct Recorder : TrainingObserver {
    void onStep(const StepMetrics& metrics) override {
        steps.push_back(metrics);
        if (onStepDone) onStepDone(metrics.step);
    }
    void onValidation(const ValidationMetrics& metrics) override { validations.push_back(metrics); }
    void onCheckpoint(int64_t step, const fs::path&) override { checkpoints.push_back(step); }
    void onMessage(const std::string& text) override { messages += text + "\n"; }

    std::vector<StepMetrics> steps;
    std::vector<ValidationMetrics> validations;
    std::vector<int64_t> checkpoints;
    std::string messages;
    std::function<void(int64_t)> onStepDone;
};

constexpr const char* kTiny = R"({"embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": [1, 1, 1, 1], "width": 8, "head_width": 32},
    "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})";

constexpr const char* kVit = R"({"embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})";

constexpr const char* kSiglip = R"({"embed_dim": 32, "init_logit_bias": -10, "custom_text": true,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2,
                 "no_causal_mask": true, "proj_bias": true, "pool_type": "last", "norm_kwargs": {"eps": 1e-6}}})";

using Change = std::function<void(TrainOptions&)>;

/// 64 pictures of coloured blocks, each with words of its own.
std::string blocksData(const fs::path& folder) {
    static const char* kFirst[] = {"old", "warm", "quiet", "tall", "round", "bright", "slow", "thin"};
    static const char* kSecond[] = {"house", "river", "horse", "garden", "boat", "tower", "child", "market"};
    fs::create_directories(folder);
    std::ofstream csv(folder / "pairs.csv");
    csv << "image,caption\n";
    uint32_t state = 1;
    for (int i = 0; i < 64; ++i) {
        const auto name = std::to_string(i) + ".ppm";
        std::ofstream picture(folder / name, std::ios::binary);
        picture << "P6 32 32 255\n";
        std::vector<char> block(16 * 3);
        for (auto& value : block)
            value = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
        for (int y = 0; y < 32; ++y)
            for (int x = 0; x < 32; ++x)
                picture.write(&block[static_cast<size_t>((y / 8 * 4 + x / 8) * 3)], 3);
        csv << name << ",the " << kFirst[i % 8] << " " << kSecond[i / 8] << "\n";
    }
    return "csv:" + (folder / "pairs.csv").string();
}

std::map<std::string, torch::Tensor> weights(const fs::path& folder) {
    return loadModel(folder).model->stateDict();
}

}  // namespace

class TestTrainer : public QObject {
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_root;
    int m_count = 0;

    TrainOptions tiny() const {
        TrainOptions options;
        options.trainData = "scenes:count=160,seed=1,size=32";
        options.validationData = "scenes:count=40,split=validation,size=32";
        options.model = (m_root / "tiny.json").string();
        options.output = m_root / "run";
        options.steps = 12;
        options.batchSize = 32;  // 5 batches an epoch
        options.warmup = 3;
        options.saveEvery = 4;
        options.validateEvery = 6;
        options.vocabularySize = 128;
        options.threads = 1;  // tests run side by side
        options.device = "cpu";
        options.precision = "fp32";
        return options;
    }

    void compareWeights(const fs::path& a, const fs::path& b) const {
        const auto one = weights(a), two = weights(b);
        QCOMPARE(one.size(), two.size());
        for (const auto& [name, tensor] : one)
            QVERIFY2(torch::equal(tensor, two.at(name)), name.c_str());
    }

  private Q_SLOTS:
    void init() {
        m_root = fs::path(m_temporary.path().toStdString()) / std::to_string(m_count++);
        fs::create_directories(m_root);
        std::ofstream(m_root / "tiny.json") << kTiny;
        std::ofstream(m_root / "vit.json") << kVit;
        std::ofstream(m_root / "siglip.json") << kSiglip;
    }

    void aRunLeavesWhatItShould() {
        Recorder seen;
        const auto result = train(tiny(), seen);
        QVERIFY(result.finished);
        QCOMPARE(result.step, int64_t{12});
        QCOMPARE(seen.steps.size(), size_t{12});
        QCOMPARE(seen.steps.back().samples, int64_t{12 * 32});
        QVERIFY(std::abs(seen.steps.front().logitScale - 1 / 0.07) < 1e-3);
        QCOMPARE(seen.checkpoints, (std::vector<int64_t>{4, 8, 12}));
        QCOMPARE(seen.validations.size(), size_t{2});
        QCOMPARE(seen.validations[0].probeMatrix.size(),
                 static_cast<size_t>(seen.validations[0].probe) * seen.validations[0].probe);
        for (const ValidationMetrics& one : seen.validations) {
            QVERIFY(one.zeroShotTop1 >= 0 && one.zeroShotTop1 <= one.zeroShotTop5);
            QVERIFY(one.zeroShotMeanPerClass >= 0 && one.zeroShotMeanPerClass <= 1);
            QVERIFY(one.imageToTextRank >= 1 && one.textToImageRank >= 1);
            QCOMPARE(one.neighboursTop1, -1.0);  // no label has two of the forty pictures
            QCOMPARE(one.probeTop1, -1.0);
        }

        const auto record = readRun(m_root / "run");
        QVERIFY(record.finished);
        QCOMPARE(record.steps.size(), size_t{12});
        QCOMPARE(record.validations.size(), size_t{2});
        QCOMPARE(record.validations[1].probeMatrix, seen.validations[1].probeMatrix);
        QCOMPARE(record.checkpoints, (std::vector<int64_t>{8, 12}));  // two are kept
        compareWeights(m_root / "run" / "model", checkpointFolder(m_root / "run", 12));
    }

    void aProbeIsFittedWhereItIsAskedFor() {
        Recorder seen, plain;
        auto options = tiny();
        options.validationData = "scenes:count=300,split=validation,size=32";
        train(options, plain);
        options.output = m_root / "probed";
        options.valProbe = true;
        train(options, seen);
        QCOMPARE(seen.validations.size(), plain.validations.size());
        for (const ValidationMetrics& one : plain.validations) {
            QVERIFY(one.neighboursTop1 >= 0 && one.neighboursTop1 <= 1);
            QCOMPARE(one.probeTop1, -1.0);  // it was not asked for
        }
        for (const ValidationMetrics& one : readRun(options.output).validations)
            QVERIFY(one.probeTop1 >= 0 && one.probeTop1 <= 1);
        compareWeights(m_root / "run" / "model", options.output / "model");  // measuring changes nothing
    }

    void labelsAreReadOffHalves() {
        // Three classes of ten pictures around three directions, one class of one picture, one picture without a label.
        torch::manual_seed(3);
        std::vector<int> labels;
        torch::Tensor images = 0.05 * torch::randn({32, 8});
        for (int64_t i = 0; i < 32; ++i) {
            labels.push_back(i < 30 ? static_cast<int>(i % 3) : i == 30 ? 3 : -1);
            images[i][i < 30 ? i % 3 : 7] += 1;
        }
        images = images / images.norm(2, 1, true);
        const LabelProbes apart = probeLabels(images, labels, true, {});
        QCOMPARE(apart.linear, 1.0);
        QCOMPARE(apart.neighbours, 1.0);
        QCOMPARE(probeLabels(images, labels, false, {}).linear, -1.0);
        std::vector<int> many;
        for (int i = 0; i < 240; ++i)
            many.push_back(i % 3);
        torch::Tensor wide = images.narrow(0, 0, 30).repeat({8, 1});
        QCOMPARE(probeLabels(wide, many, false, {}).neighbours, 1.0);
        // Labels that say nothing of the picture are guessed.
        const LabelProbes chance = probeLabels(torch::randn({240, 8}), many, true, {});
        QVERIFY(chance.neighbours < 0.55 && chance.linear < 0.55);
        // Nothing can be said where each picture is a class of its own, or has none.
        for (const std::vector<int>& none :
             {std::vector<int>{0, 1, 2}, std::vector<int>{-1, -1, -1}, std::vector<int>{}}) {
            const auto rows = static_cast<int64_t>(none.size());
            QCOMPARE(probeLabels(images.narrow(0, 0, rows), none, true, {}).neighbours, -1.0);
        }
        wide[5][2] = NAN;
        const LabelProbes broken = probeLabels(wide, many, true, {});
        QCOMPARE(broken.linear, -1.0);
        QVERIFY(broken.neighbours > 0.9 && broken.neighbours < 1);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(Cancelled, probeLabels(wide.nan_to_num(), many, true, stop.get_token()));
    }

    void aResumedRunIsTheSameBitForBit_data() {
        QTest::addColumn<Change>("change");
        QTest::newRow("plain") << Change([](TrainOptions&) {});
        QTest::newRow("average, soft targets, micro-batches") << Change([](TrainOptions& options) {
            options.emaDecay = 0.9;
            options.loss = "soft";
            options.labelSmoothing = 0.1;
            options.microBatch = 12;
            options.model = (options.output.parent_path() / "vit.json").string();
        });
        QTest::newRow("sigmoid, bf16, linear, towers of their own") << Change([](TrainOptions& options) {
            options.loss = "sigmoid";
            options.precision = "bf16";
            options.schedule = "linear";
            options.imageLearningRate = 1e-4;
        });
        QTest::newRow("fp16, locked image tower, best kept") << Change([](TrainOptions& options) {
            options.precision = "fp16";
            options.lockImage = true;
            options.keepBest = "val/loss";
        });
        QTest::newRow("FastCLIP, average, micro-batches") << Change([](TrainOptions& options) {
            options.loss = "fastclip";
            options.gammaDecayEpochs = 1;  // so that estimates of the first epoch count in the second
            options.emaDecay = 0.9;
            options.microBatch = 12;
            options.model = (options.output.parent_path() / "vit.json").string();
        });
        QTest::newRow("mutual targets of any length, micro-batches, a plateau") << Change([](TrainOptions& options) {
            options.loss = "mutual";
            options.normalize = false;
            options.targetGradient = true;
            options.headLearningRate = 1e-3;
            options.schedule = "plateau";
            options.plateauPatience = 0;
            options.validateEvery = 2;
            options.microBatch = 12;
            options.model = (options.output.parent_path() / "vit.json").string();
        });
        QTest::newRow("patch dropout") << Change([](TrainOptions& options) {
            options.model = options.output.parent_path() / "vit.json";
            options.patchDropout = 0.5;
        });
        QTest::newRow("data read through a buffer, captions drawn") << Change([](TrainOptions& options) {
            options.shuffleBuffer = 20;
            options.captions = "random";
        });
    }

    /// Losses that hardly fall: the rate is halved at most validations but the first.
    void aPlateauLowersTheRate() {
        Recorder whole, first, second;
        auto options = tiny();
        options.schedule = "plateau";
        options.plateauPatience = 0;
        options.warmup = 0;
        options.learningRate = 1e-6;
        options.validateEvery = 2;
        train(options, whole);
        Plateau expected;
        for (size_t i = 0, validated = 0; i < whole.steps.size(); ++i) {
            while (validated < whole.validations.size() && whole.validations[validated].step < whole.steps[i].step)
                expected.take(whole.validations[validated++].loss, 0, 0.5, 1e-6);
            QCOMPARE(whole.steps[i].learningRate, 1e-6 * expected.share);
        }
        QVERIFY(expected.share <= 0.25);
        QVERIFY2(whole.messages.find("the learning rate is 5e-07 from here on") != std::string::npos,
                 whole.messages.c_str());

        options.output = m_root / "halves";
        std::stop_source stop;
        first.onStepDone = [&](int64_t step) {
            if (step == 7) stop.request_stop();
        };
        train(options, first, stop.get_token());
        resume(options.output, second);
        for (size_t i = 0; i < second.steps.size(); ++i)
            QCOMPARE(second.steps[i].learningRate, whole.steps[7 + i].learningRate);
        compareWeights(m_root / "run" / "model", options.output / "model");

        options.output = m_root / "none";
        options.validationData.clear();
        options.trainData = "scenes:count=30,seed=1,size=32,split=train";
        try {
            train(options, second);
            QFAIL("there is nothing to go by");
        } catch (const Error& error) {
            QVERIFY2(std::string(error.what()).starts_with("--lr-scheduler plateau: "), error.what());
        }
    }

    void whereNothingIsLeftToLearnIsSaid_data() {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("flag");
        QTest::newRow("all locked") << Change([](TrainOptions& options) { options.fixTemperature = true; })
                                    << QStringLiteral("--fix-temperature: ");
        QTest::newRow("the temperature has the rate of all")
            << Change([](TrainOptions& options) { options.temperatureLearningRate = 1e-4; })
            << QStringLiteral("--lr-tau: ");
    }

    void whereNothingIsLeftToLearnIsSaid() {
        QFETCH(Change, change);
        QFETCH(QString, flag);
        auto options = tiny();
        options.lockImage = options.lockText = true;
        change(options);
        Recorder seen;
        try {
            train(options, seen);
            QFAIL("there is nothing to learn");
        } catch (const Error& error) {
            QVERIFY2(QString::fromUtf8(error.what()).startsWith(flag), error.what());
        }
        QVERIFY(!fs::exists(options.output));
    }

    /// The loss sees any length, recall unit lengths; the model is read as others are.
    void theTutorialsObjectiveTrains() {
        auto options = tiny();
        options.loss = "mutual";
        options.normalize = false;
        options.temperature = 1;
        options.fixTemperature = true;
        options.targetGradient = true;
        options.keepBest = "val/loss";
        Recorder seen;
        QVERIFY(train(options, seen).finished);
        QCOMPARE(seen.steps.back().temperature, 1.0);
        QVERIFY(seen.validations.back().loss > 0 && std::isfinite(seen.validations.back().loss));
        for (const float cosine : seen.validations.back().probeMatrix)
            QVERIFY(std::abs(cosine) <= 1 + 1e-5F);
        QVERIFY(!weights(options.output / "model").empty());
    }

    /// 12 steps in one go, and 7 (in the middle of the second epoch) + 5.
    void aResumedRunIsTheSameBitForBit() {
        QFETCH(Change, change);
        Recorder whole, first, second;
        auto options = tiny();
        options.threads = 2;
        change(options);
        train(options, whole);
        options.output = m_root / "halves";
        std::stop_source stop;
        first.onStepDone = [&](int64_t step) {
            if (step == 7) stop.request_stop();
        };
        const auto stopped = train(options, first, stop.get_token());
        QVERIFY(!stopped.finished);
        QCOMPARE(stopped.step, int64_t{7});
        QCOMPARE(first.checkpoints.front(), int64_t{4});
        QCOMPARE(first.checkpoints.back(), int64_t{7});
        // What a killed process may have written after its last checkpoint is cut.
        std::ofstream(metricsFile(options.output), std::ios::app)
            << "{\"step\":8,\"train/loss\":9}\n{\"step\":9,\"train/lo";
        fs::create_directories(options.output / "checkpoints" / ".step-00000009.partial");

        const auto resumed = resume(options.output, second);
        QVERIFY(resumed.finished);
        compareWeights(m_root / "run" / "model", options.output / "model");
        const auto record = readRun(options.output);
        QCOMPARE(record.steps.size(), size_t{12});
        for (size_t i = 0; i < 12; ++i) {
            QCOMPARE(record.steps[i].step, static_cast<int64_t>(i + 1));
            QCOMPARE(record.steps[i].loss, whole.steps[i].loss);
            QCOMPARE(record.steps[i].samples, whole.steps[i].samples);
        }
        QVERIFY(!fs::exists(options.output / "checkpoints" / ".step-00000009.partial"));
        const auto finished = resume(options.output, second);
        QVERIFY(finished.finished);
        QCOMPARE(finished.step, int64_t{12});
        QVERIFY2(second.messages.find("is finished") != std::string::npos, second.messages.c_str());
    }

    void aDamagedOrUnfinishedCheckpointIsNotUsed() {
        Recorder seen;
        auto options = tiny();
        options.steps = 8;
        train(options, seen);
        const auto run = options.output;
        fs::remove_all(run / "model");
        fs::remove(checkpointFolder(run, 8) / "DONE");
        Recorder again;
        QVERIFY(resume(run, again).finished);
        QCOMPARE(again.steps.front().step, int64_t{5});

        fs::remove_all(run / "model");
        fs::resize_file(checkpointFolder(run, 8) / "optimizer.safetensors", 100);
        Recorder older;  // the one before is whole
        QVERIFY(resume(run, older).finished);
        QCOMPARE(older.steps.front().step, int64_t{5});
        QVERIFY2(older.messages.find("the checkpoint of step 8 is left out") != std::string::npos,
                 older.messages.c_str());

        fs::remove_all(run / "model");
        for (const int64_t step : {4, 8})
            fs::resize_file(checkpointFolder(run, step) / "optimizer.safetensors", 100);
        QVERIFY_THROWS_EXCEPTION(Error, resume(run, again));
        fs::remove_all(run / "checkpoints");
        Recorder anew;  // nothing is left to go on from
        QVERIFY(resume(run, anew).finished);
        QCOMPARE(anew.steps.front().step, int64_t{1});
        QCOMPARE(readRun(run).steps.size(), size_t{8});
    }

    /// A stop does not wait for a validation; what it cut short is measured when the run goes on.
    void aValidationThatIsCutShortIsMadeUpFor() {
        auto options = tiny();
        options.steps = 8;
        options.validateEvery = 3;
        Recorder whole;
        train(options, whole);
        options.output = m_root / "cut";
        std::stop_source stop;
        Recorder first, second;
        first.onStepDone = [&stop](int64_t step) {
            if (step == 6) stop.request_stop();
        };
        QCOMPARE(train(options, first, stop.get_token()).step, int64_t{6});
        QCOMPARE(first.validations.size(), size_t{1});  // of step 3
        QVERIFY(resume(options.output, second).finished);
        const auto record = readRun(options.output);
        QCOMPARE(record.validations.size(), whole.validations.size());
        for (size_t i = 0; i < record.validations.size(); ++i) {
            QCOMPARE(record.validations[i].step, whole.validations[i].step);
            QCOMPARE(record.validations[i].loss, whole.validations[i].loss);
        }
    }

    void aFolderInUseIsRefused() {
        Recorder seen;
        auto options = tiny();
        fs::create_directories(options.output);
        std::ofstream(options.output / "notes.txt") << "mine";
        QVERIFY_THROWS_EXCEPTION(Error, train(options, seen));
        writeFile(configFile(options.output), "{}");
        try {
            train(options, seen);
            QFAIL("overwritten");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains("--resume"), error.what());
        }
    }

    void wrongDataLeavesNoFolderBehind() {
        Recorder seen;
        auto options = tiny();
        options.trainData = "csv:" + (m_root / "missing.csv").string();
        QVERIFY_THROWS_EXCEPTION(Error, train(options, seen));
        QVERIFY(!fs::exists(options.output));
    }

    void aFullDiskCostsNoCheckpoint() {
        Recorder seen;
        auto options = tiny();
        std::unique_ptr<SmallDisk> disk;
        seen.onStepDone = [&](int64_t step) {
            if (step == 5) disk = std::make_unique<SmallDisk>(60'000);
        };
        try {
            train(options, seen);
            QFAIL("the last checkpoint cannot have been written");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains("--resume"), error.what());
        }
        disk.reset();
        QCOMPARE(seen.steps.size(), size_t{12});  // the failure at step 8 did not end the run
        QVERIFY2(seen.messages.find("step 8 was not saved") != std::string::npos, seen.messages.c_str());
        QCOMPARE(finishedCheckpoints(options.output), std::vector<int64_t>{4});
        QVERIFY(fs::is_empty(options.output / "checkpoints") == false);
        Recorder again;
        QVERIFY(resume(options.output, again).finished);
        QCOMPARE(again.steps.front().step, int64_t{5});
    }

    void theBestCheckpointIsKeptAndBecomesTheModel() {
        Recorder seen;
        auto options = tiny();
        options.steps = 20;
        options.validateEvery = 2;
        options.saveEvery = 100;
        options.keepCheckpoints = 1;
        options.learningRate = 0.3;  // far too high: it gets worse
        options.keepBest = "val/loss";
        train(options, seen);
        const auto best =
            std::min_element(seen.validations.begin(), seen.validations.end(),
                             [](const ValidationMetrics& a, const ValidationMetrics& b) { return a.loss < b.loss; });
        QVERIFY(best->step < 20);
        QCOMPARE(finishedCheckpoints(options.output), (std::vector<int64_t>{best->step, 20}));
        compareWeights(options.output / "model", checkpointFolder(options.output, best->step));
        options.output = m_root / "unmeasured";
        options.validationData = blocksData(m_root / "blocks");
        options.keepBest = "val/zero_shot_top1";
        QVERIFY_THROWS_EXCEPTION(Error, train(options, seen));
    }

    void spikesAreLeftOutAndTheRunGoesOn() {
        Recorder seen;
        auto options = tiny();
        options.steps = 40;
        options.spikeFactor = 1.05;  // the norms of this run differ more than that
        train(options, seen);
        QCOMPARE(seen.steps.back().step, int64_t{40});
        QVERIFY(seen.steps.back().skipped > 0);
        QVERIFY2(seen.messages.find("the batch is left out") != std::string::npos, seen.messages.c_str());
    }

    void whereAllAreSpikesTheRunGoesBackAndEndsWithARemedy() {
        Recorder seen, again;
        auto options = tiny();
        options.steps = 4;
        train(options, seen);
        fs::remove_all(options.output / "model");
        options.steps = 20;
        writeFile(configFile(options.output), toJson(options).dump());
        makeAllSpikes(checkpointFolder(options.output, 4));
        try {
            resume(options.output, again);
            QFAIL("not noticed");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains("--spike-factor"), error.what());
        }
        QCOMPARE(QString::fromStdString(again.messages).count("back to the checkpoint of step 4"), 3);
        QCOMPARE(again.steps.size(), size_t{12});  // three each time
        QCOMPARE(again.steps.back().skipped, int64_t{12});
        const auto record = readRun(options.output);
        QCOMPARE(record.steps.size(), size_t{7});
        QCOMPARE(record.steps.back().step, int64_t{7});
        QCOMPARE(record.checkpoints, std::vector<int64_t>{4});
    }

    /// What a roll-back restores is what a new process restores from the same checkpoint, the average included.
    void aRollBackIsAResume_data() {
        QTest::addColumn<QString>("loss");
        QTest::newRow("contrastive") << "contrastive";
        QTest::newRow("fastclip") << "fastclip";
    }

    void aRollBackIsAResume() {
        QFETCH(QString, loss);
        auto options = tiny();
        options.emaDecay = 0.9;
        options.loss = loss.toStdString();
        TrainingSetup setup = setUp(options, std::nullopt, [](const std::string&) {});
        const auto model = setup.bundle.model;
        TrainStep step(model, stepOptions(setup));
        BatchStream stream(setup.data.train, loaderOptions(setup), torch::kCPU);
        const auto advance = [&] { step.run(stream.next().tensors, 1e-2); };
        for (int i = 0; i < 4; ++i)
            advance();
        fs::create_directories(options.output);
        TrainingState state;
        state.step = 4;
        saveCheckpoint(options.output, setup.bundle, step, state);
        const auto checkpoint = checkpointFolder(options.output, 4);
        for (int i = 0; i < 3; ++i)
            advance();  // the average moves away from that of the checkpoint
        {
            const torch::NoGradGuard noGrad;
            model->stateDict().at("text.text_projection").fill_(NAN);
        }
        loadCheckpoint(checkpoint, *model, step);

        TrainingSetup fresh = setUp(options, checkpoint, [](const std::string&) {});
        TrainStep other(fresh.bundle.model, stepOptions(fresh));
        loadCheckpoint(checkpoint, *fresh.bundle.model, other);
        const auto a = model->stateDict(), b = fresh.bundle.model->stateDict();
        for (const auto& [name, weight] : a)
            QVERIFY2(torch::equal(weight, b.at(name)), name.c_str());
        const auto one = step.state(), two = other.state();
        QCOMPARE(one.size(), two.size());
        for (size_t i = 0; i < one.size(); ++i)
            QVERIFY2(torch::equal(one[i].second, two[i].second), one[i].first.c_str());
    }

    void spikesBeforeTheFirstCheckpointDoNotEndARun() {
        Recorder seen, again;
        auto options = tiny();
        options.steps = 4;
        train(options, seen);
        fs::remove_all(options.output / "model");
        const auto checkpoint = checkpointFolder(options.output, 4);
        makeAllSpikes(checkpoint);
        again.onStepDone = [&](int64_t step) {
            if (step == 5) fs::remove(checkpoint / "DONE");
        };
        const auto longer = [](TrainOptions& changed) { changed.steps = 12; };
        QVERIFY(resume(options.output, again, {}, longer).finished);
        QCOMPARE(again.steps.back().skipped, int64_t{3});
        QVERIFY2(again.messages.find("from here on such norms are usual") != std::string::npos, again.messages.c_str());
    }

    /// Weights that give no numbers are not saved over those that do, nor measured as the best.
    void aBrokenModelBecomesNoCheckpoint() {
        Recorder seen;
        auto options = tiny();
        options.steps = 40;
        options.saveEvery = options.validateEvery = 1;
        options.keepBest = "val/text_to_image_R@1";
        options.learningRate = 1e25;  // the third step or so overflows
        options.warmup = 0;
        options.gradientClip = 0;
        options.spikeFactor = 0;
        try {
            train(options, seen);
            QFAIL("a learning rate of 1e25 trains nothing");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains("--lr"), error.what());
        }
        for (const int64_t step : finishedCheckpoints(options.output)) {
            for (const auto& [name, weight] : weights(checkpointFolder(options.output, step)))
                QVERIFY2(!weight.is_floating_point() || weight.isfinite().all().item<bool>(), name.c_str());
            for (const auto& validation : seen.validations)
                if (validation.step == step) QVERIFY(std::isfinite(validation.loss));
        }
        QVERIFY(!fs::exists(options.output / "model"));
    }

    /// Written before it was known that batch norms need whole batches, and before the data was compared.
    void anOldRunOfAResNetInPartsIsResumed() {
        Recorder seen, again;
        auto options = tiny();
        options.steps = 4;
        train(options, seen);
        fs::remove_all(options.output / "model");
        const auto file = checkpointFolder(options.output, 4) / "state.json";
        auto state = nlohmann::json::parse(readText(file));
        for (const char* key : {"data", "validation", "save_is_due", "validation_is_due"})
            state.erase(key);
        state["micro_batch"] = 16;
        state["skipped_in_a_row"] = 1;
        writeFile(file, state.dump());
        auto config = nlohmann::json::parse(readText(configFile(options.output)));
        config["micro_batch"] = 16;
        config["steps"] = 8;
        writeFile(configFile(options.output), config.dump());
        QVERIFY(resume(options.output, again).finished);
        QCOMPARE(again.steps.size(), size_t{4});
        QCOMPARE(again.steps.back().microBatch, int64_t{32});
    }

    /// A checkpoint that was saved just before its weights showed that they give no numbers.
    void aCheckpointThatGivesNoNumbersIsLeftForAnOlderOne() {
        Recorder seen, again;
        auto options = tiny();
        options.steps = 8;
        train(options, seen);
        fs::remove_all(options.output / "model");
        auto bundle = loadModel(checkpointFolder(options.output, 8), {.writable = true});
        {
            const torch::NoGradGuard noGrad;
            bundle.model->stateDict().at("text.text_projection").fill_(NAN);
        }
        saveModelFolder(checkpointFolder(options.output, 8), bundle);
        const auto longer = [](TrainOptions& changed) { changed.steps = 12; };
        QVERIFY(resume(options.output, again, {}, longer).finished);
        QVERIFY2(again.messages.find("the checkpoint of step 8 gives no usable gradient") != std::string::npos,
                 again.messages.c_str());
        QVERIFY2(again.messages.find("back to the checkpoint of step 4") != std::string::npos, again.messages.c_str());
        QVERIFY(std::isfinite(again.validations.back().loss));
    }

    /// What an earlier end left does not stand for a longer run that was stopped.
    void aLongerRunLeavesNoOldModel() {
        Recorder seen, again;
        auto options = tiny();
        options.steps = 4;
        train(options, seen);
        std::stop_source stop;
        again.onStepDone = [&](int64_t step) {
            if (step == 6) stop.request_stop();
        };
        QVERIFY(!resume(options.output, again, stop.get_token(), [](TrainOptions& changed) {
                     changed.steps = 12;
                 }).finished);
        QVERIFY(!readRun(options.output).finished);
        QVERIFY(resume(options.output, again).finished);
        QVERIFY(readRun(options.output).finished);
    }

    void twoProcessesDoNotTrainOneRun() {
        Recorder seen, other;
        auto options = tiny();
        std::string refusal;
        seen.onStepDone = [&](int64_t step) {
            if (step != 5) return;
            try {
                resume(options.output, other);
            } catch (const Error& error) {
                refusal = error.what();
            }
        };
        QVERIFY(train(options, seen).finished);
        QVERIFY2(refusal.find("another process") != std::string::npos, refusal.c_str());
        QVERIFY(other.steps.empty());
    }

    void aResumedRunTakesWhatMayChange() {
        Recorder seen, again, refused;
        auto options = tiny();
        options.trainData = options.validationData = blocksData(m_root / "blocks");
        options.steps = 6;
        train(options, seen);
        fs::rename(m_root / "blocks", m_root / "moved");
        const auto moved = "csv:" + (m_root / "moved" / "pairs.csv").string();
        const auto result = resume(options.output, again, {}, [&](TrainOptions& changed) {
            changed.trainData = changed.validationData = moved;
            changed.workers = 1;
            changed.steps = 8;
        });
        QVERIFY(result.finished);
        QCOMPARE(result.step, int64_t{8});
        QCOMPARE(again.steps.size(), size_t{2});
        QVERIFY2(again.messages.find("--workers is 1 from here on; it was 0") != std::string::npos,
                 again.messages.c_str());
        QCOMPARE(readRunOptions(options.output).steps, int64_t{8});

        const auto change = [](auto set) { return std::function<void(TrainOptions&)>(set); };
        QVERIFY_THROWS_EXCEPTION(Error, resume(options.output, refused, {}, change([](TrainOptions& changed) {
                                                   changed.steps = 20;
                                                   changed.learningRate = 1;
                                               })));
        // Other captions are other data.
        std::ofstream(m_root / "moved" / "pairs.csv", std::ios::app) << "1.ppm,one more\n";
        try {
            resume(options.output, refused, {}, change([](TrainOptions& changed) { changed.steps = 20; }));
            QFAIL("other data");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains("is not what this run learned from"), error.what());
        }
        QVERIFY(refused.steps.empty());
    }

    /// Whatever ends a run in the middle, what was trained is saved, and is gone on from.
    void aFailureEndsInACheckpoint() {
        Recorder seen, again;
        auto options = tiny();
        options.saveEvery = 1000;
        seen.onStepDone = [](int64_t step) {
            if (step == 3) throw Error("data", "no image can be read");
        };
        try {
            train(options, seen);
            QFAIL("the failure is the caller's to know");
        } catch (const Error& error) {
            QCOMPARE(error.problem(), std::string("no image can be read"));
        }
        QCOMPARE(finishedCheckpoints(options.output), std::vector<int64_t>{3});
        QVERIFY(resume(options.output, again).finished);
        QCOMPARE(again.steps.front().step, int64_t{4});
    }

    /// Numbers of labels are each data set's own; their names are compared.
    void heldOutLabelsAreToldByName() {
        const auto labelled = [&](const std::string& name, const std::vector<std::string>& labels) {
            const auto folder = m_root / name;
            blocksData(folder);
            std::ofstream csv(folder / "labels.csv");
            csv << "image,caption,label\n";
            for (int i = 0; i < 64; ++i)
                csv << i << ".ppm,number " << i << "," << labels[static_cast<size_t>(i) % labels.size()] << "\n";
            return "csv:" + (folder / "labels.csv").string();
        };
        Recorder seen;
        auto options = tiny();
        options.steps = 2;
        options.trainData = labelled("train", {"cat", "dog"});
        options.validationData = labelled("val", {"dog", "cat"});
        train(options, seen);
        QCOMPARE(seen.validations.back().zeroShotHeldOutTop1, -1.0);  // none is held out
        options.output = m_root / "other";
        options.validationData = labelled("birds", {"dog", "bird"});
        train(options, seen);
        QVERIFY(seen.validations.back().zeroShotHeldOutTop1 >= 0);  // the birds
    }

    void anEpochIsAWholeNumberOfBatches() {
        Recorder seen;
        auto options = tiny();   // 160 images in batches of 32
        options.batchSize = 48;  // three, and a rest that is left out
        options.steps = 6;
        train(options, seen);
        QCOMPARE(seen.steps[2].epoch, 1.0);
        QCOMPARE(seen.steps[5].epoch, 2.0);
    }

    void picturesThatCannotBeReadAreListed() {
        Recorder seen;
        auto options = tiny();
        options.trainData = blocksData(m_root / "blocks");
        options.validationData = "scenes:count=40,split=validation,size=32";
        writeFile(m_root / "blocks/3.ppm", "P6 32 32 255\ntoo short");
        writeFile(m_root / "blocks/9.ppm", "");
        QVERIFY(train(options, seen).finished);
        const auto list = QString::fromStdString(readText(options.output / "left-out.txt"));
        QCOMPARE(list.count('\n'), 2);
        QVERIFY2(list.contains("3.ppm: ") && list.contains("9.ppm: "), qPrintable(list));
        QVERIFY2(seen.messages.find("2 samples could not be read") != std::string::npos, seen.messages.c_str());
    }

    void siglipTrainsFromScratchAndIsReadAgain() {
        Recorder seen;
        auto options = tiny();
        options.model = (m_root / "siglip.json").string();
        options.loss = "sigmoid";
        train(options, seen);
        const auto bundle = loadModel(options.output / "model");
        QVERIFY(bundle.model->logitBias().defined());
        const auto tokens = bundle.tokenizer->tokenize(std::vector<std::string>{"A red circle!", "a red circle"});
        QCOMPARE(tokens.length, int64_t{24});  // padded to the context
        QCOMPARE(std::vector<int64_t>(tokens.ids.begin(), tokens.ids.begin() + 24),
                 std::vector<int64_t>(tokens.ids.begin() + 24, tokens.ids.end()));
        QCOMPARE(tokens.lengths, (std::vector<int64_t>{24, 24}));
    }

    void clipsOwnTokenizerCanBeChosen() {
        Recorder seen;
        auto options = tiny();
        options.steps = 2;
        options.tokenizer = "clip";
        try {
            train(options, seen);
        } catch (const Error& error) {
            if (error.remedy().find("scripts/setup") != std::string::npos) QSKIP("CLIP's vocabulary is not installed");
            throw;
        }
        QCOMPARE(loadModel(options.output / "model").tokenizer->kind(), std::string("CLIP BPE"));
    }

    void aLossThatIsNoNumberEndsTheRunWithARemedy() {
        Recorder seen;
        auto options = tiny();
        options.steps = 8;
        train(options, seen);
        auto bundle = loadModel(options.output / "model", {.writable = true});
        {
            const torch::NoGradGuard noGrad;
            bundle.model->stateDict().at("text.text_projection").fill_(NAN);
        }
        saveModelFolder(m_root / "broken", bundle);
        options.model = (m_root / "broken").string();
        options.output = m_root / "run 2";
        try {
            train(options, seen);
            QFAIL("not noticed");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).startsWith("step 3"), error.what());  // patience
            QVERIFY2(QString(error.what()).contains("--lr"), error.what());
        }
    }

    void fineTuningKeepsTheTokenizer() {
        Recorder seen;
        auto options = tiny();
        options.steps = 4;
        train(options, seen);
        options.model = options.output.string();
        options.output = m_root / "tuned";
        options.trainData = blocksData(m_root / "blocks");
        options.validationData.clear();
        options.precision = "bf16";
        QVERIFY(train(options, seen).finished);
        QCOMPARE(readText(m_root / "tuned/model/spiece.model"), readText(m_root / "run/model/spiece.model"));
        QCOMPARE(seen.validations.back().zeroShotTop1, -1.0);
    }

    void learnsSixtyFourPairsByHeart() {
        Recorder seen;
        auto options = tiny();
        options.trainData = options.validationData = blocksData(m_root / "blocks");
        options.batchSize = 64;
        options.steps = 150;
        options.saveEvery = options.validateEvery = 150;
        options.warmup = 10;
        options.learningRate = 3e-3;
        options.augment = false;
        train(options, seen);
        QCOMPARE(seen.validations.back().imageToText.at1, 1.0);
        QCOMPARE(seen.validations.back().textToImage.at1, 1.0);
    }

    void learnsSixtyFourPhotographsByHeart() {
        const auto folder = flickr8k();
        const auto data = openFlickr(folder);
        if (data.empty()) QSKIP("no Flickr8k here (set DIAGONAL_FLICKR8K)");
        Recorder seen;
        auto options = tiny();
        options.trainData = options.validationData = data;
        options.batchSize = 64;
        options.steps = 200;
        options.saveEvery = options.validateEvery = 200;
        options.warmup = 10;
        options.learningRate = 3e-3;
        options.vocabularySize = 512;
        options.augment = false;
        train(options, seen);
        QCOMPARE(seen.validations.back().imageToText.at1, 1.0);
        QCOMPARE(seen.validations.back().textToImage.at1, 1.0);
    }

  private:
    /// A CSV of the first caption of 64 photographs; empty when there are none.
    std::string openFlickr(const fs::path& folder) const {
        DatasetOptions options;
        std::error_code ignored;
        if (!fs::is_directory(folder, ignored)) return {};
        const auto dataset = openDataset("flickr8k:" + folder.string(), options);
        std::ofstream csv(m_root / "photographs.csv");
        csv << "image,caption\n";
        for (size_t i = 0; i < 64; ++i) {
            auto caption = dataset->captions(i).front();
            std::erase(caption, '"');
            csv << dataset->file(i).string() << ",\"" << caption << "\"\n";
        }
        return "csv:" + (m_root / "photographs.csv").string();
    }
};

DIAGONAL_TEST(TestTrainer);
#include "test_trainer.moc"
