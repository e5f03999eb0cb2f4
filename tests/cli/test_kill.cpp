// SPDX-License-Identifier: Apache-2.0
#include <QDir>
#include <random>

#include "tests/cli/program.h"
#include "tests/registry.h"

namespace {

constexpr int kKills = 20;

/// Step of the newest whole checkpoint, 0: none.
int newestCheckpoint(const QString& run) {
    int newest = 0;
    const QDir folder(run + QStringLiteral("/checkpoints"));
    for (const QString& name : folder.entryList({QStringLiteral("step-*")}))
        if (folder.exists(name + QStringLiteral("/DONE"))) newest = std::max(newest, name.mid(5).toInt());
    return newest;
}

/// step, loss and validation loss of each line of metrics.jsonl
QStringList losses(const QString& run) {
    QStringList list;
    for (const QByteArray& line : bytesOf(run + QStringLiteral("/metrics.jsonl")).split('\n')) {
        if (line.isEmpty()) continue;
        const auto json = nlohmann::json::parse(line.toStdString());
        list +=
            QString::fromStdString(json.at("step").dump() + " " + json.value("train/loss", nlohmann::json()).dump() +
                                   " " + json.value("val/loss", nlohmann::json()).dump());
    }
    return list;
}

/// Waits until the run reports steps, and a moment more. False when it ended before.
bool waitForSteps(QProcess& process, int moment) {
    QByteArray seen;
    while (!seen.contains("samples/s")) {
        if (!process.waitForReadyRead(60000)) return false;
        seen += process.readAll();
    }
    return !process.waitForFinished(moment);
}

}  // namespace

class TestKill : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void aRunKilledTwentyTimesEndsAsIfItNeverWas_data() {
        QTest::addColumn<QStringList>("mode");
        QTest::addColumn<bool>("isTransformer");
        QTest::addColumn<int>("steps");  // more than twenty times what is done between two kills
        QTest::newRow("average") << QStringList{"--ema-decay", "0.99"} << false << 200;
        QTest::newRow("locked image tower, soft targets")
            << QStringList{"--lock-image", "--loss", "soft"} << false << 300;
        QTest::newRow("locked text tower, patch dropout")
            << QStringList{"--lock-text", "--patch-dropout", "0.5", "--ema-decay", "0.9"} << true << 2500;
        QTest::newRow("sigmoid in micro-batches, bf16")
            << QStringList{"--siglip", "--micro-batch", "3", "--patch-dropout", "0.25", "--precision", "bf16"} << true
            << 500;
    }

    /// Killed at random moments, in the middle of steps, validations and writes of checkpoints alike.
    void aRunKilledTwentyTimesEndsAsIfItNeverWas() {
        QFETCH(QStringList, mode);
        QFETCH(bool, isTransformer);
        QFETCH(int, steps);
        QTemporaryDir folder;
        const QString transformer = folder.filePath(QStringLiteral("vit.json"));
        QFile file(transformer);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"embed_dim": 32,
            "vision_cfg": {"image_size": 64, "layers": 2, "width": 32, "head_width": 16, "patch_size": 16},
            "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})");
        file.close();
        const QString whole = folder.filePath(QStringLiteral("whole")), run = folder.filePath(QStringLiteral("run"));
        const auto options = [&](const QString& out) {
            QStringList list = tinyTraining(out, steps);
            list[list.indexOf(QStringLiteral("--save-every")) + 1] = QStringLiteral("3");
            list[list.indexOf(QStringLiteral("--val-every")) + 1] = QStringLiteral("50");
            if (isTransformer) list[list.indexOf(QStringLiteral("--model")) + 1] = transformer;
            return list + mode + QStringList{"--log-every", "1"};
        };
        const auto reference = runCli(options(whole));
        EXIT_CODE(reference, 0);

        std::mt19937 random(1);
        QStringList arguments = options(run);
        int reached = 0;
        int kills = 0;
        const auto isFinished = [&] { return QFile::exists(run + QStringLiteral("/model/open_clip_config.json")); };
        while (kills < kKills && !isFinished()) {
            QProcess process;
            process.setReadChannel(QProcess::StandardError);
            process.start(programFile(), arguments);
            if (!waitForSteps(process, static_cast<int>(random() % 250))) {
                QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
                break;  // a quick computer: the run is through
            }
            process.kill();
            QVERIFY(process.waitForFinished());
            ++kills;
            const int newest = newestCheckpoint(run);
            QVERIFY2(newest >= reached, qPrintable(QStringLiteral("%1 after %2").arg(newest).arg(reached)));
            reached = newest;
            arguments = {"train", "--resume", run, "--log-every", "1"};
        }
        QVERIFY2(kills == kKills, "the run was over before it could be killed");
        if (!isFinished()) {
            const auto last = runCli(arguments);
            QVERIFY2(last.code == 0, last.err.c_str());
        }
        const QString weights = QStringLiteral("/model/open_clip_model.safetensors");
        QVERIFY(!bytesOf(whole + weights).isEmpty());
        QVERIFY(bytesOf(whole + weights) == bytesOf(run + weights));
        QCOMPARE(losses(run), losses(whole));
    }
};

DIAGONAL_TEST(TestKill);
#include "test_kill.moc"
