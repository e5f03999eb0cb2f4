// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "tests/cli/program.h"
#include "tests/registry.h"

/// Help, wrong usage, and what a newcomer meets first. None of it needs a model.
class TestUsage : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void aloneItShowsAnOverview() {
        const Finished run = runCli({});
        EXIT_CODE(run, 0);
        for (const char* command : {"label", "explain", "embed", "matrix", "index", "search", "train", "eval",
                                    "dataset", "models", "inspect", "convert", "bench", "doctor", "completion"})
            QVERIFY2(run.prints(command), command);
        QVERIFY(run.err.empty());
        QCOMPARE(runCli({"--help"}).out, run.out);
    }

    void everyHelpHasUsageOptionsAndAnExample_data() {
        QTest::addColumn<QStringList>("command");
        for (const char* name : {"label", "explain", "embed", "matrix", "index", "search", "train", "eval", "dataset",
                                 "models", "inspect", "convert", "bench", "doctor", "completion"})
            QTest::newRow(name) << QStringList{name};
        QTest::newRow("dataset make") << QStringList{"dataset", "make"};
        QTest::newRow("dataset info") << QStringList{"dataset", "info"};
        for (const char* name : {"list", "get", "remove"})
            QTest::addRow("models %s", name) << QStringList{"models", name};
    }

    void everyHelpHasUsageOptionsAndAnExample() {
        QFETCH(QStringList, command);
        const Finished run = runCli(command + QStringList{"--help"});
        EXIT_CODE(run, 0);
        const std::string words = "diagonal-cli " + command.join(' ').toStdString();
        QVERIFY(run.prints("Usage: " + words));
        QVERIFY(run.prints("Examples:\n  " + words));
        QVERIFY(run.prints("--help"));
        for (const auto& line : QString::fromStdString(run.out).split('\n'))
            QVERIFY2(line.size() <= 110, qPrintable(line));
    }

    void usageOfASubcommandHasWhatStandsBeforeIt() {
        const Finished run = runCli({"index", "library", "add", "--help"});
        EXIT_CODE(run, 0);
        QVERIFY2(run.prints("Usage: diagonal-cli index LIBRARY add PATHS... [OPTIONS]"), run.out.c_str());
    }

    void helpIsACommandToo() {
        const Finished asked = runCli({"help", "train"}), flag = runCli({"train", "--help"});
        EXIT_CODE(asked, 0);
        QCOMPARE(asked.out, flag.out);
        QCOMPARE(runCli({"help"}).out, runCli({"--help"}).out);
        EXIT_CODE(runCli({"help", "no-such-command"}), 2);
    }

    void theVersionIsOneLine() {
        const Finished run = runCli({"--version"});
        QCOMPARE(runCli({"-V"}).out, run.out);
        EXIT_CODE(run, 0);
        QVERIFY(QString::fromStdString(run.out).contains(QRegularExpression("^diagonal-cli \\d+\\.\\d+\\.\\d+\n$")));
    }

    void wrongUsageIsTwoAndSaysWhat_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("said");
        QTest::newRow("unknown command") << QStringList{"lable"} << "Did you mean “label”";
        QTest::newRow("unknown subcommand") << QStringList{"dataset", "inof"} << "Did you mean “info”";
        QTest::newRow("unknown option") << QStringList{"label", "x.png", "--lable", "y"} << "Did you mean “--label”";
        QTest::newRow("unknown option alone") << QStringList{"train", "--learning-rate=3"} << "--learning-rate";
        QTest::newRow("no images") << QStringList{"label", "--label", "x"} << "images";
        QTest::newRow("no --out") << QStringList{"embed", "x.png"} << "--out";
        QTest::newRow("no --texts") << QStringList{"matrix", "x.png"} << "--texts";
        QTest::newRow("nothing to explain to") << QStringList{"explain", "x.png", "--label", "x"} << "--out";
        QTest::newRow("explain without a label") << QStringList{"explain", "x.png", "--out", "x"} << "--label";
        QTest::newRow("opacity of 3") << QStringList{"explain", "x.png", "--label", "x", "--out", "x", "--opacity", "3"}
                                      << "--opacity";
        QTest::newRow("explain's template without a place")
            << QStringList{"explain", "x.png", "--label", "x", "--out", "x", "--template", "a dog"} << "{}";
        QTest::newRow("wrong choice") << QStringList{"label", "x.png", "--format", "jsn"} << "Did you mean “json”";
        QTest::newRow("not a number") << QStringList{"label", "x.png", "--top", "many"} << "--top";
        QTest::newRow("negative") << QStringList{"label", "x.png", "--threads", "-1"} << "--threads";
        QTest::newRow("not a device") << QStringList{"label", "x.png", "--device", "gpu"} << "not a device";
        QTest::newRow("wrong ending") << QStringList{"embed", "x.png", "--out", "x.xls"} << ".npy";
        QTest::newRow("images and texts")
            << QStringList{"embed", "x.png", "--texts", "t.txt", "--out", "x.csv"} << "one of them";
        QTest::newRow("neither") << QStringList{"embed", "--out", "x.csv"} << "nothing to embed";
        QTest::newRow("no data") << QStringList{"train", "--out", "run"} << "--train-data";
        QTest::newRow("no run folder") << QStringList{"train", "--train-data", "scenes:"} << "--out";
        QTest::newRow("steps and epochs")
            << QStringList{"train", "--train-data", "scenes:", "--out", "run", "--steps", "3", "--epochs", "2"}
            << "--epochs";
        QTest::newRow("resume and more") << QStringList{"train", "--resume", "run", "--lr", "1"} << "--lr";
        QTest::newRow("not scenes") << QStringList{"dataset", "make", "photos", "out"} << "photos";
        QTest::newRow("later command") << QStringList{"detect", "x"} << "unknown command";
    }

    void wrongUsageIsTwoAndSaysWhat() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, said);
        const Finished run = runCli(arguments, {}, m_folder.path());
        EXIT_CODE(run, 2);
        QVERIFY2(run.says(said.toStdString()), run.err.c_str());
        QVERIFY2(run.err.starts_with("diagonal: error: "), run.err.c_str());
        QVERIFY(run.says("--help"));
        QVERIFY(run.out.empty());
    }

    void failuresNameTheirSubject_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("said");
        QTest::newRow("no such model") << QStringList{"inspect", "no-such-model"} << "no-such-model";
        QTest::newRow("model is a file") << QStringList{"inspect", "text.txt"} << "text.txt";
        QTest::newRow("no such data") << QStringList{"dataset", "info", "no-such.csv"} << "no-such.csv";
        QTest::newRow("not JSON") << QStringList{"train",   "--config", "text.txt", "--train-data",
                                                 "scenes:", "--out",    "r"}
                                  << "text.txt";
        QTest::newRow("not a run") << QStringList{"train", "--resume", "."} << ".";
        QTest::newRow("unknown key") << QStringList{"train", "--config", "bad.json", "--out", "r"} << "learning_rat";
        QTest::newRow("unknown architecture")
            << QStringList{"train", "--train-data", "scenes:count=8", "--model", "huge", "--steps", "1", "--out", "r"}
            << "huge";
    }

    void failuresNameTheirSubject() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, said);
        writeBytes(m_folder.filePath("text.txt"), "just words\n");
        writeBytes(m_folder.filePath("bad.json"), R"({"train_data": "scenes:", "learning_rat": 1})");
        const Finished run = runCli(arguments, {}, m_folder.path());
        EXIT_CODE(run, 1);
        QVERIFY2(run.says("diagonal: error: "), run.err.c_str());
        QVERIFY2(run.says(said.toStdString()), run.err.c_str());
        QVERIFY(run.out.empty());
        QVERIFY(!QFile::exists(m_folder.filePath("r")));
    }

    void scenesAreMadeWholeOrNotAtAll() {
        const QString out = m_folder.filePath("scenes");
        const Finished made =
            runCli({"dataset", "make", "scenes", out, "--count", "12", "--seed", "5", "--size", "48"});
        EXIT_CODE(made, 0);
        QVERIFY(made.out.empty());
        QCOMPARE(QDir(out + "/images").entryList(QDir::Files).size(), 12);
        QVERIFY(QFile::exists(out + "/captions.csv"));
        QVERIFY(QFile::exists(out + "/labels.txt"));
        const Finished again = runCli({"dataset", "make", "scenes", out, "--count", "3"});
        EXIT_CODE(again, 1);
        QVERIFY(again.says("something in this folder already"));
        QCOMPARE(QDir(m_folder.path()).entryList({"*.partial*"}).size(), 0);
    }

    void equalSeedsMakeEqualPictures() {
        for (const char* name : {"a", "b"})
            EXIT_CODE(runCli({"dataset", "make", "scenes", m_folder.filePath(name), "--count", "5", "--quiet"}), 0);
        for (const char* name : {"/captions.csv", "/images/scene-000003.png"}) {
            QFile a(m_folder.filePath("a") + name), b(m_folder.filePath("b") + name);
            QVERIFY(a.open(QIODevice::ReadOnly) && b.open(QIODevice::ReadOnly));
            QVERIFY(a.readAll() == b.readAll());
        }
    }

    void infoCountsWhatMakeMade() {
        const QString out = m_folder.filePath("counted");
        EXIT_CODE(runCli({"dataset", "make", "scenes", out, "--count", "9", "--quiet"}), 0);
        const Finished info = runCli({"dataset", "info", out + "/captions.csv", "--check", "--format", "json"});
        EXIT_CODE(info, 0);
        QCOMPARE(info.json().at("images").get<int>(), 9);
        QVERIFY(info.json().at("captions").get<int>() >= 9);
        QVERIFY(info.json().at("unreadable").empty());
        QVERIFY(QFile::remove(out + "/images/scene-000002.png"));
        writeBytes(out + "/images/scene-000004.png", "not a picture");
        const Finished broken = runCli({"dataset", "info", out + "/captions.csv", "--check"});
        EXIT_CODE(broken, 3);
        QVERIFY2(broken.says("scene-000004.png"), broken.err.c_str());
    }

    void doctorHasEachDeviceCompute() {
        const Finished doctor = runCli({"doctor", "--format", "json"});
        EXIT_CODE(doctor, 0);
        std::map<std::string, int> checks;
        const auto report = doctor.json();
        for (const auto& one : report.at("computed")) {
            QVERIFY2(one.at("passed").get<bool>(), one.dump().c_str());
            QVERIFY(one.at("error").get<double>() <= one.at("allowed").get<double>());
            ++checks[one.at("device").get<std::string>() + " " + one.at("precision").get<std::string>()];
        }
        QVERIFY(checks["cpu fp32"] > 30);
        QVERIFY(checks["cpu bf16"] > 20);
        const Finished table = runCli({"doctor"});
        EXIT_CODE(table, 0);
        QVERIFY2(table.prints("contrastive loss, smoothed"), table.out.c_str());
        QVERIFY2(table.prints("cpu bf16"), table.out.c_str());
    }

    /// A driver that no GPU works with is a failure, and nobody trains on a CPU for a day without being told.
    void aDriverWithoutAWorkingGpuIsTold() {
        qputenv("DIAGONAL_NVIDIA_DRIVER", "/dev/null");
        const auto unset = qScopeGuard([] { qunsetenv("DIAGONAL_NVIDIA_DRIVER"); });
        const Finished doctor = runCli({"doctor", "--format", "json"});
        if (doctor.json().at("devices").size() > 1) QSKIP("a GPU works here");
        EXIT_CODE(doctor, 1);
        QVERIFY2(doctor.prints("no GPU works"), doctor.out.c_str());
        const Finished train = runCli({"train", "--train-data", "scenes:count=64", "--model", "demo", "--steps", "1",
                                       "--batch-size", "8", "--out", m_folder.filePath("run")});
        EXIT_CODE(train, 0);
        QVERIFY2(train.says("not on the GPU"), train.err.c_str());
    }

    void ctrlCIsHeardWhileStandardInputIsOpen() {
        QProcess process;
        process.start(programFile(), {"label", "-", "--label", "a"});
        QVERIFY(process.waitForStarted());
        process.write("no-such-picture.png\n");
        // The signal must come while it reads: its handler stands, and the process sleeps.
        const auto line = [&process](const char* key) {
            const QByteArray status = bytesOf(QStringLiteral("/proc/%1/status").arg(process.processId()));
            const auto at = status.indexOf(key);
            return at < 0 ? QByteArray() : status.mid(at, status.indexOf('\n', at) - at).split('\t').value(1);
        };
        QTRY_VERIFY_WITH_TIMEOUT(
            (line("SigCgt:").toULongLong(nullptr, 16) & (1U << (SIGINT - 1))) != 0 && line("State:").startsWith('S'),
            20000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY2(process.waitForFinished(20000), "it still reads");
        QCOMPARE(process.exitCode(), 130);
    }

  private:
    QTemporaryDir m_folder;
};

DIAGONAL_TEST(TestUsage);
#include "test_usage.moc"
