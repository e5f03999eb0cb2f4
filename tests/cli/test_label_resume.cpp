// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <map>
#include <random>

#include "tests/cli/program.h"
#include "tests/registry.h"

namespace {

constexpr int kGood = 300, kLabelKills = 5;

}  // namespace

class TestLabelResume : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        qputenv("DIAGONAL_EMBEDDING_CACHE", QFile::encodeName(m_folder.filePath("cache")));
        m_images = m_folder.filePath("scenes/images");
        EXIT_CODE(runCli({"dataset", "make", "scenes", m_folder.filePath("scenes"), "--count", QString::number(kGood),
                          "--quiet"}),
                  0);
        const QByteArray good = bytesOf(m_images + "/scene-000001.png");
        writeBytes(m_images + "/cut.png", good.left(good.size() / 2));
        writeBytes(m_images + "/empty.jpg", {});
        writeBytes(m_images + "/words.jpg", "this is a text\n");
        QCOMPARE(::mkfifo(QFile::encodeName(m_images + "/fifo.png").constData(), 0600), 0);
        QVERIFY(QFile::link(m_images + "/nowhere", m_images + "/dangling.png"));
        m_bad = 5;
        if (geteuid() != 0) {
            writeBytes(m_images + "/locked.png", good);
            QVERIFY(QFile::setPermissions(m_images + "/locked.png", QFile::Permissions()));
            ++m_bad;
        }
    }

    void killedAndResumedEveryImageStandsOnce() {
        const QString out = m_folder.filePath("killed.jsonl");
        std::mt19937 random(1);
        int kills = 0;
        while (kills < kLabelKills) {
            QProcess process;
            process.start(programFile(), arguments(out) + QStringList{"--resume", "--no-cache", "--batch-size", "4"});
            QVERIFY(process.waitForStarted());
            const qint64 before = QFileInfo(out).size();
            while (process.state() != QProcess::NotRunning && QFileInfo(out).size() <= before)
                process.waitForFinished(1);
            process.waitForFinished(static_cast<int>(random() % 30));
            if (process.state() == QProcess::NotRunning) break;  // a quick computer
            process.kill();
            QVERIFY(process.waitForFinished());
            ++kills;
            if (kills == 2) {  // as a write that was cut
                QFile file(out);
                QVERIFY(file.resize(file.size() - 7));
            }
        }
        QVERIFY(kills > 0);
        EXIT_CODE(runCli(arguments(out) + QStringList{"--resume"}), 3);
        check(out);
        const QByteArray before = bytesOf(out);
        EXIT_CODE(runCli(arguments(out) + QStringList{"--resume"}), 3);
        QVERIFY2(bytesOf(out) == before, "nothing is left to do");
    }

    void aPictureThatStandsTwiceIsDoneTwice() {
        const QString out = m_folder.filePath("twice.jsonl");
        const QString picture = m_images + "/scene-000001.png";
        const QStringList all = {"label", picture, picture, "--label", "x", "--out", out, "--quiet"};
        EXIT_CODE(runCli(all), 0);
        const QByteArray whole = bytesOf(out);
        QCOMPARE(whole.count('\n'), 2);
        writeBytes(out, whole.left(whole.indexOf('\n') + 1));
        EXIT_CODE(runCli(all + QStringList{"--resume"}), 0);
        QVERIFY(bytesOf(out) == whole);
    }

    void theCacheGivesTheSameLines() {
        const QString first = m_folder.filePath("first.jsonl"), second = m_folder.filePath("second.jsonl"),
                      without = m_folder.filePath("without.jsonl");
        EXIT_CODE(runCli({"cache", "clear"}), 0);
        EXIT_CODE(runCli(arguments(first)), 3);
        EXIT_CODE(runCli(arguments(second)), 3);
        EXIT_CODE(runCli(arguments(without) + QStringList{"--no-cache"}), 3);
        check(first);
        QVERIFY(bytesOf(first) == bytesOf(second));
        QVERIFY(bytesOf(first) == bytesOf(without));
        const Finished info = runCli({"cache", "info", "--format", "json"});
        EXIT_CODE(info, 0);
        QVERIFY(info.json().at("embeddings").get<int>() > kGood / 2);
        EXIT_CODE(runCli({"cache", "limit", "much"}), 2);
        EXIT_CODE(runCli({"cache", "limit", "5MB"}), 0);
        QCOMPARE(runCli({"cache", "info", "--format", "json"}).json().at("limit").get<int>(), 5000000);
        EXIT_CODE(runCli({"cache", "clear"}), 0);
        QCOMPARE(runCli({"cache", "info", "--format", "json"}).json().at("embeddings").get<int>(), 0);
    }

    void anotherRunsFileIsRefused() {
        const QString out = m_folder.filePath("other.jsonl");
        EXIT_CODE(runCli(arguments(out)), 3);
        const QByteArray before = bytesOf(out);
        const Finished labels = runCli(arguments(out) + QStringList{"--label", "one more", "--resume"});
        EXIT_CODE(labels, 1);
        QVERIFY2(labels.says("labels"), labels.err.c_str());
        EXIT_CODE(runCli(arguments(out) + QStringList{"--precision", "bf16", "--resume"}), 1);
        QVERIFY(QFile::remove(out + ".resume.json"));
        EXIT_CODE(runCli(arguments(out) + QStringList{"--resume"}), 1);
        QVERIFY(bytesOf(out) == before);
        EXIT_CODE(runCli({"label", m_images, "--label", "a", "--resume"}), 2);
    }

  private:
    QStringList arguments(const QString& out) const {
        return {"label",       m_images, "--label", "red circle", "--label",
                "blue square", "--out",  out,       "--format",   "jsonl"};
    }

    void check(const QString& file) const {
        const QByteArray bytes = bytesOf(file);
        QVERIFY(bytes.endsWith('\n'));
        std::map<std::string, int> seen;
        int good = 0, bad = 0;
        for (const QByteArray& line : bytes.split('\n')) {
            if (line.isEmpty()) continue;
            const auto json = nlohmann::json::parse(line.toStdString());
            ++seen[json.at("image").get<std::string>()];
            ++(json.contains("error") ? bad : good);
        }
        QCOMPARE(good, kGood);
        QCOMPARE(bad, m_bad);
        for (const auto& [image, count] : seen)
            QVERIFY2(count == 1, image.c_str());
    }

    QTemporaryDir m_folder;
    QString m_images;
    int m_bad = 0;
};

DIAGONAL_TEST(TestLabelResume);
#include "test_label_resume.moc"
