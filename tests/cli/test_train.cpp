// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "tests/cli/program.h"
#include "tests/paths.h"
#include "tests/registry.h"

namespace {

bool waitForText(QProcess& process, QByteArray& seen, const QByteArray& text) {
    process.setReadChannel(QProcess::StandardError);
    while (!seen.contains(text)) {
        if (!process.waitForReadyRead(120000)) return false;
        seen += process.readAllStandardError();
    }
    return true;
}

}  // namespace

class TestTrain : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void aRunLeavesWhatThePageSays() {
        const QString run = m_folder.filePath("whole");
        const Finished trained = runCli(tinyTraining(run, 3) + QStringList{"--log-every", "1"});
        EXIT_CODE(trained, 0);
        QVERIFY(trained.prints("Model"));
        QVERIFY2(trained.says("step 3/3"), trained.err.c_str());
        QVERIFY2(trained.says("ln 8"), trained.err.c_str());
        QVERIFY(trained.says("diagonal-cli label"));
        for (const char* part : {"config.json", "metrics.jsonl", "log.txt", "model/open_clip_config.json",
                                 "model/open_clip_model.safetensors"})
            QVERIFY2(QFile::exists(run + "/" + part), part);
    }

    void aRunThatIsThereIsNotOverwritten() {
        const QString run = m_folder.filePath("twice");
        EXIT_CODE(runCli(tinyTraining(run, 1)), 0);
        const Finished again = runCli(tinyTraining(run, 1));
        EXIT_CODE(again, 1);
        QVERIFY2(again.says("twice"), again.err.c_str());
    }

    void aConfigIsTakenBackAndOverridden() {
        const QString first = m_folder.filePath("first"), second = m_folder.filePath("second");
        EXIT_CODE(runCli(tinyTraining(first, 2)), 0);
        const Finished again =
            runCli({"train", "--config", first + "/config.json", "--out", second, "--steps", "1", "--format", "json"});
        EXIT_CODE(again, 0);
        QCOMPARE(again.json().at("step").get<int>(), 1);
        QCOMPARE(again.json().at("finished").get<bool>(), true);
        QFile config(second + "/config.json");
        QVERIFY(config.open(QIODevice::ReadOnly));
        const auto json = nlohmann::json::parse(config.readAll().toStdString());
        QVERIFY(json.dump().find("scenes:count=64,seed=3") != std::string::npos);
    }

    void flagsReachTheConfig() {
        const QString run = m_folder.filePath("flags");
        const Finished trained = runCli(tinyTraining(run, 1) +
                                        QStringList{"--label-smoothing", ".1", "--lr-scheduler", "linear",
                                                    "--no-augment", "--grad-clip-norm", "2", "--keep-best", "val/loss",
                                                    "--fix-temperature", "--seed", "18446744073709551615"});
        EXIT_CODE(trained, 0);
        QFile file(run + "/config.json");
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto config = nlohmann::json::parse(file.readAll().toStdString());
        QCOMPARE(config.at("label_smoothing").get<double>(), 0.1);
        QCOMPARE(config.at("lr_scheduler").get<std::string>(), std::string("linear"));
        QCOMPARE(config.at("augment").get<bool>(), false);
        QCOMPARE(config.at("grad_clip").get<double>(), 2.0);
        QCOMPARE(config.at("validate_every").get<int>(), 1000);
        QCOMPARE(config.at("keep_best").get<std::string>(), std::string("val/loss"));
        QCOMPARE(config.at("fix_temperature").get<bool>(), true);
        QCOMPARE(config.at("seed").get<uint64_t>(), UINT64_MAX);
    }

    void wrongFlagsAreWrongUsage_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        QTest::newRow("no number") << QStringList{"--lr", "fast"} << "--lr: “fast” is not a number.";
        QTest::newRow("fraction") << QStringList{"--batch-size", "1.5"} << "--batch-size: “1.5” is not a whole number.";
        QTest::newRow("range") << QStringList{"--patch-dropout", "1"}
                               << "--patch-dropout: 1 is out of range. Give 0 to 0.95.";
        QTest::newRow("choice") << QStringList{"--loss", "sigmoids"} << "Did you mean “sigmoid”?";
        QTest::newRow("misspelt flag") << QStringList{"--label-smothing", "0.1"} << "Did you mean “--label-smoothing”?";
        QTest::newRow("combination") << QStringList{"--micro-batch", "4096"}
                                     << "--micro-batch: 4096 is more than --batch-size";
        QTest::newRow("targets that are all alike") << QStringList{"--loss", "mutual"} << "make all targets alike";
        QTest::newRow("a flag that has another meaning now")
            << QStringList{"--text-weights", "bf16"} << "in bf16 by --text-storage bf16.";
        QTest::newRow("two lengths") << QStringList{"--epochs", "2"} << "both say how long";
        QTest::newRow("device") << QStringList{"--device", "gpu"} << "“gpu” is not a device";
        QTest::newRow("resume") << QStringList{"--resume", "run"} << "goes on with the run's own options";
    }

    void wrongFlagsAreWrongUsage() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        const QString run = m_folder.filePath("never");
        const Finished wrong =
            runCli(QStringList{"train", "--train-data", "scenes:", "--out", run, "--steps", "1"} + arguments);
        EXIT_CODE(wrong, 2);
        QVERIFY2(wrong.says(says.toStdString()), wrong.err.c_str());
        QVERIFY(!QFile::exists(run));
    }

    /// The demo model lends its weights and its tokenizer to places where they do not belong.
    void mixedUpTowersAreToldOf_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        const QString demo = QString::fromStdString(paths::source("resources/demo-model"));
        QTest::newRow("misspelt architecture")
            << QStringList{"--model", "lite2-minilm2"} << "Did you mean “lite2-minilm”?";
        QTest::newRow("no such text weights") << QStringList{"--model", "lite2-minilm", "--text-weights", "nowhere"}
                                              << "nowhere: there is no such file or folder";
        QTest::newRow("CLIP's tokenizer")
            << QStringList{"--model", "lite2-minilm", "--text-weights", demo, "--tokenizer", "clip"}
            << "has a vocabulary of its own";
        QTest::newRow("another tokenizer")
            << QStringList{"--model", "lite2-minilm", "--text-weights", demo, "--tokenizer", demo}
            << "the tokenizer has 142 tokens, the text tower";
        QTest::newRow("a plain tokenizer beside the weights")
            << QStringList{"--model", "lite2-minilm", "--text-weights", demo}
            << "the tokenizer has 142 tokens, the text tower";
    }
    void mixedUpTowersAreToldOf() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        const QString run = m_folder.filePath("never");
        const Finished wrong = runCli(
            QStringList{"train", "--train-data", "scenes:count=64", "--out", run, "--steps", "1", "--batch-size", "8"} +
            arguments);
        QVERIFY(wrong.code != 0);
        QVERIFY2(wrong.says(says.toStdString()), wrong.err.c_str());
    }

    void aDryRunTellsOfARunThatIsThere() {
        const QString run = m_folder.filePath("taken");
        QVERIFY(QDir().mkpath(run));
        QVERIFY(QFile(run + "/notes.txt").open(QIODevice::WriteOnly));
        const Finished wrong = runCli({"train", "--train-data", "scenes:count=64", "--model", "demo", "--out", run,
                                       "--steps", "1", "--batch-size", "8", "--dry-run"});
        QVERIFY(wrong.code != 0);
        QVERIFY2(wrong.says("is not empty"), wrong.err.c_str());
    }

    void helpGroupsTheOptions() {
        const Finished help = runCli({"train", "--help"});
        EXIT_CODE(help, 0);
        for (const char* text : {"Data:", "Augmentation:", "Objective:", "Optimizer:", "Checkpoints and validation:",
                                 "--grad-clip, --grad-clip-norm X", "--validate-every, --val-every STEPS",
                                 "--augment, --no-augment", "SIGTERM", "(default: 0.0005)"})
            QVERIFY2(help.prints(text), text);
    }

    void anInterruptedRunIsSavedAndGoesOn_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("Ctrl-C") << SIGINT;
        QTest::newRow("the terminal is lost") << SIGHUP;
    }

    void anInterruptedRunIsSavedAndGoesOn() {
        QFETCH(int, signal);
        const QString run = m_folder.filePath(QStringLiteral("stopped by %1").arg(signal));
        QProcess process;
        process.start(programFile(), tinyTraining(run, 100000) + QStringList{"--log-every", "1"});
        QByteArray seen;
        QVERIFY2(waitForText(process, seen, "step 2/"), seen.constData());
        ::kill(static_cast<pid_t>(process.processId()), signal);
        if (signal == SIGHUP)
            ::kill(static_cast<pid_t>(process.processId()), signal);  // by the shell and by the kernel
        QVERIFY(process.waitForFinished(120000));
        seen += process.readAllStandardError();
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QVERIFY2(process.exitCode() == 130, seen.constData());
        QVERIFY2(seen.contains("--resume '" + run.toUtf8() + "'"), seen.constData());
        QVERIFY(!QFile::exists(run + "/model"));

        QProcess second;
        second.start(programFile(), {"train", "--resume", run, "--log-every", "1"});
        QByteArray after;
        QVERIFY2(waitForText(second, after, "Going on at step"), after.constData());
        QVERIFY2(waitForText(second, after, "samples/s"), after.constData());
        ::kill(static_cast<pid_t>(second.processId()), SIGTERM);
        QVERIFY(second.waitForFinished(120000));
        QCOMPARE(second.exitCode(), 130);
        // A stopped run can be looked into and used all the same.
        EXIT_CODE(runCli({"inspect", run, "--format", "json"}), 0);
    }

    void openClipsNamesAreKnown() {
        const QString run = m_folder.filePath("named"), vit = m_folder.filePath("vit.json");
        writeBytes(vit, R"({"embed_dim": 32,
            "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
            "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})");
        EXIT_CODE(runCli({"train",
                          "--train-data",
                          "scenes:count=64",
                          "--val-data",
                          "scenes:count=16,split=test",
                          "--model",
                          vit,
                          "--steps",
                          "1",
                          "--batch-size",
                          "4",
                          "--accum-freq",
                          "2",
                          "--siglip",
                          "--precision",
                          "amp_bf16",
                          "--log-every-n-steps",
                          "1",
                          "--device",
                          "cpu",
                          "--workers",
                          "1",
                          "--out",
                          run}),
                  0);
        const auto config = nlohmann::json::parse(bytesOf(run + "/config.json").toStdString());
        QCOMPARE(config.at("batch_size").get<int>(), 8);
        QCOMPARE(config.at("micro_batch").get<int>(), 4);
        QCOMPARE(config.at("loss").get<std::string>(), std::string("sigmoid"));
        QCOMPARE(config.at("precision").get<std::string>(), std::string("bf16"));
        const Finished latest = runCli({"train", "--resume", "latest"}, {}, m_folder.path());
        EXIT_CODE(latest, 0);
        QVERIFY2(latest.says("Resuming"), latest.err.c_str());
        const Finished none = runCli({"train", "--resume", "latest"}, {}, run + "/model");
        EXIT_CODE(none, 1);
        QVERIFY2(none.says("there is no run in this folder"), none.err.c_str());
    }

    void whatARunNeedsIsPrinted() {
        const QString run = m_folder.filePath("dry");
        const auto needed = [&](const QStringList& more) {
            const Finished printed = runCli(tinyTraining(run, 3) + QStringList{"--dry-run", "--format", "json"} + more);
            return printed.code == 0 ? nlohmann::json::parse(printed.out) : nlohmann::json();
        };
        const auto plain = needed({}), spared = needed({"--adam-states", "bf16"});
        QVERIFY(plain.at("device_bytes").get<uint64_t>() > 50'000'000);
        QCOMPARE(plain.at("parts").at("moments").get<uint64_t>(), 2 * spared.at("parts").at("moments").get<uint64_t>());
        QVERIFY(!QFileInfo::exists(run));
        const Finished table = runCli(tinyTraining(run, 3) + QStringList{"--dry-run"});
        EXIT_CODE(table, 0);
        QVERIFY2(QString::fromStdString(table.out).contains("activations"), table.out.c_str());
        EXIT_CODE(runCli({"train", "--resume", run, "--dry-run"}), 2);
    }

    void aResumedRunTakesWhatMayChange() {
        const QString run = m_folder.filePath("longer");
        EXIT_CODE(runCli(tinyTraining(run, 3)), 0);
        const Finished over = runCli({"train", "--resume", run});
        EXIT_CODE(over, 0);
        QVERIFY2(over.says("the run is finished"), over.err.c_str());
        const Finished longer = runCli({"train", "--resume", run, "--steps", "5", "--workers", "2"});
        EXIT_CODE(longer, 0);
        QVERIFY2(longer.says("--steps is 5 from here on; it was 3"), longer.err.c_str());
        QVERIFY2(longer.says("Going on at step 3 of 5"), longer.err.c_str());
    }

  private:
    QTemporaryDir m_folder;
};

DIAGONAL_TEST(TestTrain);
#include "test_train.moc"
