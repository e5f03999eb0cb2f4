// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "tests/registry.h"
#include "training/run/metrics.h"
#include "training/run/probe.h"
#include "training/run/run_folder.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

TrainOptions someOptions() {
    TrainOptions options;
    options.trainData = "scenes:count=100";
    options.output = "runs/a";
    options.steps = 10;
    options.learningRate = 0.00123;
    options.seed = UINT64_MAX;
    options.augment = false;
    return options;
}

void append(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

StepMetrics lossAt(int64_t step) {
    StepMetrics metrics;
    metrics.step = step;
    metrics.totalSteps = 10;
    metrics.loss = 1.0 / static_cast<double>(step);
    return metrics;
}

ValidationMetrics validationMetrics(int64_t step) {
    ValidationMetrics metrics;
    metrics.step = step;
    metrics.loss = 2.5;
    metrics.textToImage.at10 = 0.75;
    metrics.probe = 2;
    metrics.probeMatrix = {1, 0.25F, -0.5F, 1};
    return metrics;
}

/// A run of `steps` steps with one validation at the last.
fs::path makeRun(const fs::path& folder, int64_t steps) {
    fs::create_directories(folder / "probe");
    writeFile(configFile(folder), toJson(someOptions()).dump());
    LineFile file(metricsFile(folder));
    for (int64_t step = 1; step <= steps; ++step)
        file.append(metricsLine(lossAt(step)));
    file.append(metricsLine(validationMetrics(steps)));
    writeProbe(probeFile(folder, steps), validationMetrics(steps));
    return folder;
}

}  // namespace

class TestRunFolder : public QObject {
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_root;
    int m_count = 0;

  private Q_SLOTS:
    void init() {
        m_root = fs::path(m_temporary.path().toStdString()) / std::to_string(m_count++);
        fs::create_directories(m_root);
    }

    void optionsGoThroughJson() {
        const auto options = someOptions();
        const auto json = toJson(options);
        const auto back = trainOptionsFromJson(nlohmann::json::parse(json.dump()), "config.json");
        QCOMPARE(toJson(back).dump(), json.dump());
        QCOMPARE(back.seed, UINT64_MAX);
        QCOMPARE(back.learningRate, 0.00123);
        QVERIFY(!back.augment);
    }

    void wrongOptionsAreNamed_data() {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("named");
        QTest::newRow("unknown key") << R"({"learning_rat": 1})"
                                     << "learning_rat";
        QTest::newRow("text for a number") << R"({"lr": "fast"})"
                                           << "\"lr\"";
        QTest::newRow("fraction for a whole number") << R"({"steps": 1.5})"
                                                     << "\"steps\"";
        QTest::newRow("too large") << R"({"batch_size": 99999999999})"
                                   << "\"batch_size\"";
        QTest::newRow("negative seed") << R"({"seed": -1})"
                                       << "\"seed\"";
        QTest::newRow("number for yes or no") << R"({"augment": 1})"
                                              << "\"augment\"";
        QTest::newRow("null") << R"({"model": null})"
                              << "\"model\"";
        QTest::newRow("list") << "[]"
                              << "object";
    }

    void wrongOptionsAreNamed() {
        QFETCH(QString, json);
        QFETCH(QString, named);
        try {
            trainOptionsFromJson(nlohmann::json::parse(json.toStdString()), "config.json");
            QFAIL("accepted");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains(named), error.what());
            QVERIFY(QString(error.what()).startsWith("config.json"));
        }
    }

    void optionsOutOfRangeAreNamed_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("named");
        QTest::newRow("batch of one") << "batch_size" << 1.0 << "--batch-size";
        QTest::newRow("no learning") << "lr" << 0.0 << "--lr";
        QTest::newRow("negative decay") << "wd" << -0.1 << "--wd";
        QTest::newRow("beta of one") << "beta2" << 1.0 << "--beta2";
        QTest::newRow("fewer workers than none") << "workers" << -1.0 << "--workers";
        QTest::newRow("never save") << "save_every" << 0.0 << "--save-every";
        QTest::newRow("keep nothing") << "keep_checkpoints" << 0.0 << "--keep-checkpoints";
        QTest::newRow("both lengths") << "epochs" << 2.0 << "--steps";
    }

    void optionsOutOfRangeAreNamed() {
        QFETCH(QString, key);
        QFETCH(double, value);
        QFETCH(QString, named);
        checkOptions(someOptions());
        auto json = toJson(someOptions());
        auto& field = json[key.toStdString()];
        if (field.is_number_float()) {
            field = value;
        } else {
            field = static_cast<int64_t>(value);
        }
        const auto options = trainOptionsFromJson(json, "config.json");
        try {
            checkOptions(options);
            QFAIL("accepted");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).startsWith(named), error.what());
        }
    }

    void readsARun() {
        const auto run = makeRun(m_root / "run", 5);
        fs::create_directories(checkpointFolder(run, 3));
        fs::create_directories(checkpointFolder(run, 5));
        writeFile(checkpointFolder(run, 3) / "DONE", "");
        const auto record = readRun(run);
        QCOMPARE(record.options.output, run);
        QCOMPARE(record.steps.size(), size_t{5});
        QCOMPARE(record.steps[2].loss, 1.0 / 3);
        QCOMPARE(record.steps[2].totalSteps, int64_t{10});
        QCOMPARE(record.validations.size(), size_t{1});
        QCOMPARE(record.validations[0].textToImage.at10, 0.75);
        QCOMPARE(record.validations[0].zeroShotTop1, -1.0);
        QCOMPARE(record.validations[0].neighboursTop1, -1.0);
        QCOMPARE(record.validations[0].imageToTextRank, -1.0);
        QCOMPARE(record.validations[0].probeMatrix, validationMetrics(5).probeMatrix);
        QCOMPARE(record.checkpoints, std::vector<int64_t>{3});  // that of step 5 is not finished
        QVERIFY(!record.finished);
    }

    void aTornLastLineIsLeftOut_data() {
        QTest::addColumn<QString>("tail");
        QTest::newRow("half a number") << R"({"step":6,"train/loss":0.)";
        QTest::newRow("whole, but no line end") << R"({"step":6,"train/loss":0.5})";
        QTest::newRow("zeros of a crashed file system") << QString(40, QChar(0));
        QTest::newRow("foreign line") << "hello\n";
        QTest::newRow("no step") << "{}\n";
        QTest::newRow("step is a text") << "{\"step\":\"6\",\"train/loss\":1}\n";
    }

    void aTornLastLineIsLeftOut() {
        QFETCH(QString, tail);
        const auto run = makeRun(m_root / "run", 5);
        append(metricsFile(run), tail.toStdString());
        QCOMPARE(readRun(run).steps.size(), size_t{5});
        cutMetrics(metricsFile(run), 4);
        const auto record = readRun(run);
        QCOMPARE(record.steps.size(), size_t{4});
        QVERIFY(record.validations.empty());
    }

    void missingPartsAreEmpty() {
        const auto run = m_root / "run";
        fs::create_directories(run);
        writeFile(configFile(run), toJson(someOptions()).dump());
        const auto record = readRun(run);
        QVERIFY(record.steps.empty() && record.validations.empty() && record.checkpoints.empty());
    }

    void aFolderWithoutARunIsRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, readRun(m_root));
        QVERIFY_THROWS_EXCEPTION(Error, readRun(m_root / "missing"));
        writeFile(configFile(m_root), "{ torn");
        QVERIFY_THROWS_EXCEPTION(Error, readRun(m_root));
    }

    void aDamagedProbeIsLeftOut() {
        const auto run = makeRun(m_root / "run", 5);
        const auto whole = readText(probeFile(run, 5));
        for (const size_t length : {size_t{0}, size_t{9}, size_t{40}, whole.size() - 1}) {
            writeFile(probeFile(run, 5), whole.substr(0, length));
            QVERIFY(readRun(run).validations.at(0).probeMatrix.empty());
        }
        auto foreign = whole;
        foreign.replace(foreign.find("<f4"), 3, "<f8");
        writeFile(probeFile(run, 5), foreign);
        QVERIFY(readRun(run).validations.at(0).probeMatrix.empty());
    }

    void listsRunsNewestFirst() {
        const auto now = fs::file_time_type::clock::now();
        for (const auto& [name, age] : {std::pair{"old", 3}, std::pair{"new", 1}, std::pair{"middle", 2}})
            fs::last_write_time(configFile(makeRun(m_root / name, 1)), now - std::chrono::hours(age));
        fs::create_directories(m_root / "no run");
        append(m_root / "file", "x");
        const std::vector<fs::path> expected = {m_root / "new", m_root / "middle", m_root / "old"};
        QCOMPARE(listRuns(m_root), expected);
        QVERIFY(listRuns(m_root / "missing").empty());
    }

    void linesThatAFullDiskRefusesAreTriedAgain() {
        LineFile full("/dev/full");
        QVERIFY(!full.append("one"));
        QVERIFY(!full.append("two"));
        LineFile fine(m_root / "lines");
        QVERIFY(fine.append("one") && fine.append("two"));
        QCOMPARE(readText(m_root / "lines"), std::string("one\ntwo\n"));
        QVERIFY_THROWS_EXCEPTION(Error, LineFile(m_root / "no folder" / "lines"));
    }
};

DIAGONAL_TEST(TestRunFolder);
#include "test_run_folder.moc"
