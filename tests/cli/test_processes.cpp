// SPDX-License-Identifier: Apache-2.0
// Runs that several processes train together, started as torchrun, mpirun and srun start them.
#include <QElapsedTimer>
#include <csignal>
#include <memory>
#include <vector>

#include "tests/cli/program.h"
#include "tests/free_port.h"
#include "tests/registry.h"

namespace {

using Variables = std::vector<std::pair<QString, QString>>;

/// One process of a world under way.
std::unique_ptr<QProcess> start(const QStringList& arguments, const Variables& variables) {
    auto process = std::make_unique<QProcess>();
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("OMP_NUM_THREADS"), QStringLiteral("1"));
    for (const auto& [name, value] : variables)
        environment.insert(name, value);
    process->setProcessEnvironment(environment);
    process->setReadChannel(QProcess::StandardError);
    process->start(programFile(), arguments);
    return process;
}

/// The processes of one world, told by torchrun's variables.
class Processes {
  public:
    Processes(int count, const QStringList& arguments) : Processes(count, [&](int) { return arguments; }) {}
    Processes(int count, const std::function<QStringList(int)>& arguments) {
        const QString port = QString::number(freePort());
        for (int rank = 0; rank < count; ++rank)
            m_processes.push_back(start(arguments(rank), {{"RANK", QString::number(rank)},
                                                          {"WORLD_SIZE", QString::number(count)},
                                                          {"MASTER_ADDR", "127.0.0.1"},
                                                          {"MASTER_PORT", port}}));
    }

    QProcess& operator[](int rank) { return *m_processes[static_cast<size_t>(rank)]; }

    /// How each ended; -1: by a signal, or not within a minute and a half.
    std::vector<Finished> finish() {
        std::vector<Finished> all;
        for (const auto& process : m_processes) {
            const bool ended = process->waitForFinished(90000);
            if (!ended) process->kill();
            const bool crashed = !ended || process->exitStatus() == QProcess::CrashExit;
            all.push_back({crashed ? -1 : process->exitCode(), process->readAllStandardOutput().toStdString(),
                           process->readAllStandardError().toStdString()});
        }
        return all;
    }

    /// Until the first process reports steps; false when it ended before.
    bool waitForSteps() {
        QByteArray seen;
        while (!seen.contains("samples/s")) {
            if (!m_processes[0]->waitForReadyRead(60000)) return false;
            seen += m_processes[0]->readAllStandardError();
        }
        return true;
    }

  private:
    std::vector<std::unique_ptr<QProcess>> m_processes;
};

/// Values of a key of metrics.jsonl.
std::vector<double> values(const QString& run, const char* key) {
    std::vector<double> all;
    for (const QByteArray& line : bytesOf(run + QStringLiteral("/metrics.jsonl")).split('\n')) {
        if (line.isEmpty()) continue;
        const auto json = nlohmann::json::parse(line.toStdString());
        if (json.contains(key)) all.push_back(json.at(key).get<double>());
    }
    return all;
}

bool areClose(const std::vector<double>& some, const std::vector<double>& others) {
    return !some.empty() && std::ranges::equal(some, others, [](double a, double b) {
        return std::abs(a - b) < 1e-5 * std::max(1.0, std::abs(a));
    });
}

int lastCheckpoint(const QString& run) {
    const QStringList names = QDir(run + QStringLiteral("/checkpoints")).entryList({QStringLiteral("step-*")});
    return names.isEmpty() ? 0 : names.back().mid(5).toInt();
}

}  // namespace

class TestProcesses : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        writeBytes(m_folder->filePath(QStringLiteral("vit.json")), R"({"embed_dim": 32,
            "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
            "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})");
    }

    void severalEqualOne_data() {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("contrastive") << QStringList{};
        QTest::newRow("soft") << QStringList{"--loss", "soft"};
        QTest::newRow("sigmoid") << QStringList{"--loss", "sigmoid"};
        QTest::newRow("fastclip") << QStringList{"--loss", "fastclip"};
        QTest::newRow("mutual targets of any length, a plateau")
            << QStringLiteral(
                   "--loss mutual --no-normalize --target-gradient --temperature 1 --fix-temperature --head-lr 2e-3 "
                   "--lr-scheduler plateau --plateau-patience 0")
                   .split(QLatin1Char(' '));
        QTest::newRow("micro-batches, average, unit text rate")
            << QStringList{"--micro-batch", "3", "--ema-decay", "0.9", "--text-lr", "1e-3"};
    }

    /// Ten steps on the same global batches: the losses, the validation and the weights.
    void severalEqualOne() {
        QFETCH(QStringList, options);
        EXIT_CODE(runCli(training("one", 10) + options), 0);
        for (const int count : {2, 4}) {
            const QString name = QString::number(count);
            for (const Finished& process : Processes(count, training(name, 10) + options).finish())
                EXIT_CODE(process, 0);
            for (const char* key : {"train/loss", "train/grad_norm", "train/lr", "val/loss", "val/text_to_image_R@5"})
                QVERIFY2(areClose(values(run("one"), key), values(run(name), key)), key);
            QCOMPARE(values(run(name), "samples").back(), 160.0);
        }
    }

    void aRunGoesOnWithAnotherNumberOfProcesses() {
        EXIT_CODE(runCli(training("one", 8)), 0);
        for (const Finished& process : Processes(2, training("run", 4)).finish())
            EXIT_CODE(process, 0);
        for (const Finished& process : Processes(4, {"train", "--resume", run("run"), "--steps", "6"}).finish())
            EXIT_CODE(process, 0);
        EXIT_CODE(runCli({"train", "--resume", run("run"), "--steps", "8"}), 0);
        // The schedule knows how long a run is: only the first four steps have the same rates. What follows is checked
        // to be there, and to go on from there.
        auto whole = values(run("one"), "train/loss"), parts = values(run("run"), "train/loss");
        QCOMPARE(parts.size(), whole.size());
        QCOMPARE(values(run("run"), "samples").back(), 128.0);
        QVERIFY(std::abs(parts.back() - whole.back()) < 0.2);
    }

    void patchesAreLeftOutAlikeWhenAStoppedRunGoesOn() {
        const QStringList options = {"--patch-dropout", "0.5"};
        for (const Finished& process : Processes(2, training("whole", 10, 5) + options).finish())
            EXIT_CODE(process, 0);
        // Back to the checkpoint in the middle.
        for (const Finished& process : Processes(2, training("run", 10, 5) + options).finish())
            EXIT_CODE(process, 0);
        QDir(run("run") + QStringLiteral("/model")).removeRecursively();
        QDir(run("run") + QStringLiteral("/checkpoints/step-00000010")).removeRecursively();
        for (const Finished& process : Processes(2, {"train", "--resume", run("run")}).finish())
            EXIT_CODE(process, 0);
        const QString weights = QStringLiteral("/model/open_clip_model.safetensors");
        QVERIFY(!bytesOf(run("whole") + weights).isEmpty());
        QVERIFY(bytesOf(run("whole") + weights) == bytesOf(run("run") + weights));
    }

    void aProcessThatDiesEndsAll_data() {
        QTest::addColumn<int>("who");
        QTest::addColumn<int>("signal");
        QTest::newRow("killed") << 1 << SIGKILL;
        QTest::newRow("the first is killed") << 0 << SIGKILL;
        QTest::newRow("frozen") << 1 << SIGSTOP;
        QTest::newRow("the first is frozen") << 0 << SIGSTOP;
    }

    /// Within a minute, and the run can go on.
    void aProcessThatDiesEndsAll() {
        QFETCH(int, who);
        QFETCH(int, signal);
        Processes processes(4, training("run", 100000, 20));
        QVERIFY(processes.waitForSteps());
        QTRY_VERIFY_WITH_TIMEOUT(lastCheckpoint(run("run")) > 0, 60000);
        QElapsedTimer since;
        since.start();
        ::kill(static_cast<pid_t>(processes[who].processId()), signal);
        for (int rank = 0; rank < 4; ++rank) {
            if (rank == who) continue;
            QVERIFY(processes[rank].waitForFinished(60000));
            QCOMPARE(processes[rank].exitCode(), 1);
            const std::string said = processes[rank].readAllStandardError().toStdString();
            QVERIFY2(said.find("process") != std::string::npos && said.find("--resume") != std::string::npos,
                     said.c_str());
        }
        QVERIFY(since.elapsed() < 60000);
        processes[who].kill();
        processes[who].waitForFinished();
        const int saved = lastCheckpoint(run("run"));
        QVERIFY(saved > 0);
        if (who != 0) QVERIFY(saved >= static_cast<int>(values(run("run"), "step").back()) - 1);
        EXIT_CODE(runCli({"train", "--resume", run("run"), "--steps", QString::number(saved + 3)}), 0);
        QVERIFY(lastCheckpoint(run("run")) == saved + 3);
    }

    void oneThatIsAskedToStopStopsAll() {
        Processes processes(2, training("run", 100000));
        QVERIFY(processes.waitForSteps());
        ::kill(static_cast<pid_t>(processes[1].processId()), SIGINT);
        for (const Finished& process : processes.finish())
            EXIT_CODE(process, 130);
        QVERIFY(lastCheckpoint(run("run")) == static_cast<int>(values(run("run"), "step").back()));
    }

    void picturesThatCannotBeReadAreToldByTheFirst() {
        const QString pictures = m_folder->filePath(QStringLiteral("pictures"));
        EXIT_CODE(runCli({"dataset", "make", "scenes", pictures, "--count", "64", "--seed", "1", "--size", "64"}), 0);
        int broken = 0;
        QDirIterator files(pictures, {QStringLiteral("*.png")}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext() && broken < 3) {
            writeBytes(files.next(), "no picture");
            ++broken;
        }
        QCOMPARE(broken, 3);
        QStringList arguments = training("run", 12);
        arguments[arguments.indexOf(QStringLiteral("--train-data")) + 1] = pictures;
        const auto all = Processes(2, arguments).finish();
        for (const Finished& process : all)
            EXIT_CODE(process, 0);
        const QByteArray told = bytesOf(run("run") + QStringLiteral("/left-out.txt"));
        QVERIFY2(told.count('\n') > 0 && told.count('\n') <= 3, told.constData());
        QVERIFY2(all[0].says("left out: ") && !all[1].says("left out: "), all[1].err.c_str());
    }

    void whatMakesNoSenseIsRefused() {
        const auto refused = [&](int count, const std::function<QStringList(int)>& arguments, const char* message) {
            const auto all = Processes(count, arguments).finish();
            bool isSaid = false;
            for (const Finished& process : all) {
                EXIT_CODE(process, 1);
                isSaid = isSaid || process.says(message);
            }
            QVERIFY2(isSaid, all[0].err.c_str());
        };
        refused(
            3, [&](int) { return training("odd", 3); }, "cannot be shared evenly among 3 processes");
        QVERIFY(!QDir(run("odd")).exists());
        refused(
            2,
            [&](int rank) {
                auto arguments = training("other", 3);
                if (rank == 1)
                    arguments[arguments.indexOf(QStringLiteral("--train-data")) + 1] = "scenes:count=99,seed=9,size=64";
                return arguments;
            },
            "does not have the data of the first");
        writeBytes(run("full"), "a file");
        refused(
            2, [&](int) { return training("full", 3); }, "is a file");
    }

    void launchersAreRecognised_data() {
        QTest::addColumn<Variables>("first");
        QTest::addColumn<Variables>("second");
        const QString port = QString::number(freePort());
        const Variables address = {{"MASTER_ADDR", "127.0.0.1"}, {"MASTER_PORT", port}};
        const auto with = [&](Variables variables) {
            variables.insert(variables.end(), address.begin(), address.end());
            return variables;
        };
        QTest::newRow("Open MPI") << with({{"OMPI_COMM_WORLD_RANK", "0"}, {"OMPI_COMM_WORLD_SIZE", "2"}})
                                  << with({{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}});
        QTest::newRow("MPICH") << with({{"PMI_RANK", "0"}, {"PMI_SIZE", "2"}})
                               << with({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}});
        const auto slurm = [&](const char* rank) {
            return Variables{{"SLURM_PROCID", rank},
                             {"SLURM_STEP_NUM_TASKS", "2"},
                             {"SLURM_LOCALID", rank},
                             {"SLURM_JOB_ID", "1"},
                             {"SLURM_STEP_ID", "0"},
                             {"MASTER_PORT", port},
                             {"SLURM_STEP_NODELIST", "localhost"},
                             {"SLURM_STEP_TASKS_PER_NODE", "2"}};
        };
        QTest::newRow("Slurm") << slurm("0") << slurm("1");
    }

    void launchersAreRecognised() {
        QFETCH(Variables, first);
        QFETCH(Variables, second);
        const auto one = start(training("run", 3), first), other = start(training("run", 3), second);
        QVERIFY(one->waitForFinished(90000) && other->waitForFinished(90000));
        QVERIFY2(one->exitCode() == 0, one->readAllStandardError().constData());
        QVERIFY2(other->exitCode() == 0, other->readAllStandardError().constData());
        QVERIFY(bytesOf(run("run") + QStringLiteral("/log.txt")).contains("with 2 processes"));
    }

  private:
    QString run(const QString& name) const { return m_folder->filePath(name); }

    QStringList training(const QString& name, int steps, int saveEvery = 1000) const {
        return {"train",
                "--train-data",
                "scenes:count=200,seed=3,size=64",
                "--val-data",
                "scenes:count=50,seed=4,size=64,split=test",
                "--model",
                m_folder->filePath(QStringLiteral("vit.json")),
                "--steps",
                QString::number(steps),
                "--out",
                run(name),
                "--batch-size",
                "16",
                "--warmup",
                "2",
                "--eps",
                "1e-3",
                "--lr",
                "1e-3",
                "--val-every",
                "2",
                "--save-every",
                QString::number(saveEvery),
                "--device",
                "cpu",
                "--threads",
                "1",
                "--workers",
                "1",
                "--log-every",
                "1"};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

DIAGONAL_TEST(TestProcesses);
#include "test_processes.moc"
