// SPDX-License-Identifier: Apache-2.0
#include <QDir>
#include <QtTest>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "training/run/metrics.h"
#include "training/run/option_info.h"
#include "training/run/options.h"

using namespace diagonal;
using nlohmann::json;

namespace {

TrainOptions goodOptions() {
    TrainOptions options;
    options.trainData = "scenes:";
    options.output = "run";
    options.steps = 10;
    return options;
}

/// What checkOptions says of these values, or nothing.
QString problemOf(const char* values) {
    json all = toJson(goodOptions());
    all.update(json::parse(values));
    try {
        checkOptions(trainOptionsFromJson(all, "config.json"));
        return {};
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
}

}  // namespace

class TestOptions : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void whatFitsTogetherIsTaken_data() {
        QTest::addColumn<QByteArray>("values");
        QTest::newRow("defaults") << QByteArray("{}");
        QTest::newRow("locked image tower") << QByteArray(R"({"lock_image": true, "text_lr": 1e-4})");
        QTest::newRow("both locked, the temperature learns")
            << QByteArray(R"({"lock_image": true, "lock_text": true})");
        QTest::newRow("fixed below the lowest") << QByteArray(R"({"temperature": 0.005, "fix_temperature": true})");
        QTest::newRow("micro-batch") << QByteArray(R"({"batch_size": 64, "micro_batch": 64})");
        QTest::newRow("best by recall") << QByteArray(R"({"keep_best": "val/text_to_image_R@10"})");
        QTest::newRow("numbered GPU") << QByteArray(R"({"device": "cuda:1", "precision": "fp16"})");
        QTest::newRow("drawn captions") << QByteArray(R"({"caption_key": "a:0.5,b:0.5", "captions": "random"})");
        QTest::newRow("soft and smooth") << QByteArray(R"({"loss": "soft", "label_smoothing": 0.1})");
        QTest::newRow("FastCLIP") << QByteArray(
            R"({"loss": "fastclip", "fastclip_gamma": 0.8, "fastclip_rho": 8, "gamma_decay_epochs": 10, "lr_tau": 1e-4})");
        QTest::newRow("the tutorial's objective") << QByteArray(
            R"({"loss": "mutual", "normalize": false, "temperature": 1, "fix_temperature": true, "target_gradient": true})");
        QTest::newRow("the same of unit lengths") << QByteArray(R"({"loss": "mutual", "target_temperature": 0.05})");
        QTest::newRow("any length") << QByteArray(R"({"normalize": false})");
        QTest::newRow("plateau") << QByteArray(
            R"({"lr_scheduler": "plateau", "plateau_patience": 0, "plateau_factor": 0.8})");
        QTest::newRow("heads learn at a rate of theirs, towers are locked")
            << QByteArray(R"({"lock_image": true, "lock_text": true, "fix_temperature": true, "head_lr": 1e-3})");
        QTest::newRow("a rate beside two locked towers")
            << QByteArray(R"({"lock_image": true, "lock_text": true, "lr_tau": 1e-4})");
        QTest::newRow("pretrained towers") << QByteArray(R"({"image_weights": "a.pth", "text_weights": "bert"})");
        QTest::newRow("the temperature's rate") << QByteArray(R"({"lr_tau": 1e-4})");
    }

    void whatFitsTogetherIsTaken() {
        QFETCH(QByteArray, values);
        QCOMPARE(problemOf(values), QString());
    }

    void whatDoesNotIsNamed_data() {
        QTest::addColumn<QByteArray>("values");
        QTest::addColumn<QString>("flag");
        QTest::newRow("loss") << QByteArray(R"({"loss": "triplet"})") << "--loss";
        QTest::newRow("scheduler") << QByteArray(R"({"lr_scheduler": "exp"})") << "--lr-scheduler";
        QTest::newRow("tokenizer") << QByteArray(R"({"tokenizer": "bert"})") << "--tokenizer";
        QTest::newRow("augmentation") << QByteArray(R"({"auto_augment": "all"})") << "--auto-augment";
        QTest::newRow("precision") << QByteArray(R"({"precision": "fp8"})") << "--precision";
        QTest::newRow("device") << QByteArray(R"({"device": "cuda:x"})") << "--device";
        QTest::newRow("metric") << QByteArray(R"({"keep_best": "train/loss"})") << "--keep-best";
        QTest::newRow("targets that are all alike") << QByteArray(R"({"loss": "mutual"})") << "--loss mutual";
        QTest::newRow("smooth mutual") << QByteArray(
                                              R"({"loss": "mutual", "normalize": false, "label_smoothing": 0.1})")
                                       << "--label-smoothing";
        QTest::newRow("targets of another loss")
            << QByteArray(R"({"target_temperature": 1})") << "--target-temperature";
        QTest::newRow("tiny target temperature")
            << QByteArray(R"({"loss": "mutual", "target_temperature": 1e-5})") << "--target-temperature";
        QTest::newRow("targets' gradient of another loss")
            << QByteArray(R"({"target_gradient": true})") << "--target-gradient";
        QTest::newRow("sigmoid of any length")
            << QByteArray(R"({"loss": "sigmoid", "normalize": false})") << "--no-normalize";
        QTest::newRow("FastCLIP of any length")
            << QByteArray(R"({"loss": "fastclip", "normalize": false})") << "--no-normalize";
        QTest::newRow("patience of another schedule")
            << QByteArray(R"({"plateau_patience": 1})") << "--plateau-patience";
        QTest::newRow("factor of another schedule") << QByteArray(R"({"plateau_factor": 0.8})") << "--plateau-factor";
        QTest::newRow("a rate that rises")
            << QByteArray(R"({"lr_scheduler": "plateau", "plateau_factor": 1.5})") << "--plateau-factor";
        QTest::newRow("an old flag's value")
            << QByteArray(R"({"text_weights": "bf16", "text_storage": "fp32"})") << "--text-weights";
        QTest::newRow("micro-batch above batch")
            << QByteArray(R"({"batch_size": 8, "micro_batch": 9})") << "--micro-batch";
        QTest::newRow("probabilities without a draw")
            << QByteArray(R"({"caption_key": "a:0.5,b:0.5"})") << "--caption-key";
        QTest::newRow("captions") << QByteArray(R"({"captions": "all"})") << "--captions";
        QTest::newRow("buffer") << QByteArray(R"({"shuffle_buffer": -1})") << "--shuffle-buffer";
        QTest::newRow("smoothing of one") << QByteArray(R"({"label_smoothing": 1})") << "--label-smoothing";
        QTest::newRow("smooth sigmoid") << QByteArray(R"({"loss": "sigmoid", "label_smoothing": 0.1})")
                                        << "--label-smoothing";
        QTest::newRow("smooth FastCLIP") << QByteArray(R"({"loss": "fastclip", "label_smoothing": 0.1})")
                                         << "--label-smoothing";
        QTest::newRow("gamma of another loss") << QByteArray(R"({"fastclip_gamma": 0.5})") << "--fastclip-gamma";
        QTest::newRow("rho of another loss")
            << QByteArray(R"({"loss": "soft", "fastclip_rho": 8})") << "--fastclip-rho";
        QTest::newRow("gamma's epochs of another loss")
            << QByteArray(R"({"gamma_decay_epochs": 3})") << "--gamma-decay-epochs";
        QTest::newRow("no gamma") << QByteArray(R"({"loss": "fastclip", "fastclip_gamma": 0})") << "--fastclip-gamma";
        QTest::newRow("rate of a fixed temperature")
            << QByteArray(R"({"fix_temperature": true, "lr_tau": 1e-4})") << "--lr-tau";
        QTest::newRow("below the lowest") << QByteArray(R"({"temperature": 0.005})") << "--temperature";
        QTest::newRow("tiny temperature")
            << QByteArray(R"({"temperature": 1e-9, "fix_temperature": true})") << "--temperature";
        QTest::newRow("no lowest") << QByteArray(R"({"min_temperature": 0})") << "--min-temperature";
        QTest::newRow("all patches") << QByteArray(R"({"patch_dropout": 1})") << "--patch-dropout";
        QTest::newRow("patches of a locked tower")
            << QByteArray(R"({"lock_image": true, "patch_dropout": 0.5})") << "--patch-dropout";
        QTest::newRow("rate of a locked tower") << QByteArray(R"({"lock_text": true, "text_lr": 1e-4})") << "--text-lr";
        QTest::newRow("average of one") << QByteArray(R"({"ema_decay": 1})") << "--ema-decay";
        QTest::newRow("spikes below one") << QByteArray(R"({"spike_factor": 0.5})") << "--spike-factor";
        QTest::newRow("negative clip") << QByteArray(R"({"grad_clip": -1})") << "--grad-clip";
        QTest::newRow("no crop left") << QByteArray(R"({"crop_scale": 0})") << "--crop-scale";
        QTest::newRow("flip above one") << QByteArray(R"({"flip": 1.5})") << "--flip";
        QTest::newRow("no length") << QByteArray(R"({"steps": 0})") << "--steps";
        QTest::newRow("no data") << QByteArray(R"({"train_data": ""})") << "--train-data";
    }

    /// Given data, a place and, where towers are pretrained, their weights.
    void recipesAreTaken() {
        const QDir folder(QString::fromStdString(paths::source("resources/recipes")));
        const QStringList files = folder.entryList({QStringLiteral("*.json")});
        QVERIFY(files.contains(QStringLiteral("flickr8k-pretrained.json")));
        for (const QString& file : files) {
            const auto path = folder.filePath(file).toStdString();
            TrainOptions options = trainOptionsFromJson(json::parse(readText(path, 1 << 20)), path);
            options.trainData = "flickr8k";
            options.output = "run";
            checkOptions(options);
        }
    }

    /// text_storage was called text_weights, as pretrained weights are now.
    void runsBeforeTextStorageAreRead() {
        json old = toJson(goodOptions());
        old.erase("text_storage");
        old["text_weights"] = "bf16";
        const TrainOptions options = trainOptionsFromJson(old, "config.json");
        QCOMPARE(options.textStorage, std::string("bf16"));
        QVERIFY(options.textWeights.empty());
    }

    void whatDoesNotIsNamed() {
        QFETCH(QByteArray, values);
        QFETCH(QString, flag);
        const QString problem = problemOf(values);
        QVERIFY2(problem.startsWith(flag + ": "), qPrintable(problem));
    }

    void namesThatNoRunCouldHoldAreRefused() {
        TrainOptions options;
        options.trainData = "scenes:";
        options.model = "tiny";
        options.steps = 1;
        options.output = "caf\xe9";
        QVERIFY_THROWS_EXCEPTION(Error, checkOptions(options));
        options.output = "caf\xc3\xa9";
        checkOptions(options);
    }

    void everyOptionIsListedOnce() {
        std::set<std::string> names;
        for (const OptionInfo& info : optionInfos()) {
            QVERIFY2(names.insert(info.flag()).second, info.key.c_str());
            for (const auto& alias : info.aliases)
                QVERIFY2(names.insert(alias).second, alias.c_str());
            QVERIFY2(!info.help.empty() && !info.group.empty(), info.key.c_str());
        }
        QCOMPARE(optionInfos().size(), toJson(TrainOptions{}).size());
        QCOMPARE(optionInfo("validate_every").flag(), std::string("--validate-every"));
    }

    void initialValuesAreInTheirRanges() {
        TrainOptions options;
        const json values = toJson(options);
        for (const auto& [key, value] : values.items())
            setOption(options, key, value);
        QVERIFY(toJson(options) == toJson(TrainOptions{}));
    }

    void aWrongValueChangesNothing() {
        TrainOptions options;
        for (const char* wrong : {"100", "\"fast\"", "true", "null"}) {
            try {
                setOption(options, "lr", json::parse(wrong));
                QFAIL("accepted");
            } catch (const Error& error) {
                QVERIFY2(error.subject() == "--lr", error.what());
            }
        }
        QCOMPARE(options.learningRate, TrainOptions{}.learningRate);
        setOption(options, "lr", 0.25);
        QCOMPARE(options.learningRate, 0.25);
    }

    void bestMetricsAreKeysOfTheMetrics() {
        ValidationMetrics metrics;
        metrics.zeroShotTop1 = 0.5;
        const json line = json::parse(metricsLine(metrics));
        for (const auto& key : bestMetrics())
            QVERIFY2(line.contains(key), key.c_str());
    }
};

DIAGONAL_TEST(TestOptions);
#include "test_options.moc"
