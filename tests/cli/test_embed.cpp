// SPDX-License-Identifier: Apache-2.0
#include <QDir>
#include <QImage>
#include <csignal>
#include <cstring>
#include <random>

#include "tests/cli/program.h"
#include "tests/registry.h"

namespace {

constexpr int kPictures = 400, kExportKills = 5;

}  // namespace

/// embed, with the demo model.
class TestEmbed : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString at(const QString& name) const { return m_folder.filePath(name); }
    static QStringList embed(const QStringList& arguments) {
        return QStringList{"embed"} + arguments + QStringList{"--threads", "1", "--device", "cpu"};
    }

  private Q_SLOTS:
    void initTestCase() {
        QVERIFY(QDir(m_folder.path()).mkpath("pictures"));
        for (int i = 0; i < kPictures; ++i) {
            QImage image(300, 200, QImage::Format_RGB32);
            image.fill(QColor::fromHsv(i * 359 / kPictures, 255, 255));
            QVERIFY(image.save(at(QStringLiteral("pictures/%1.jpg").arg(i))));
        }
    }

    void videosOfAFolderAreTaken() {
        QVERIFY(QDir(m_folder.path()).mkpath("mixed"));
        QVERIFY(QFile::copy(at("pictures/0.jpg"), at("mixed/0.jpg")));
        writeBytes(at("mixed/clip.mp4"), "no video");
        const Finished run = runCli(embed({at("mixed"), "--out", at("mixed.csv")}));
        EXIT_CODE(run, 3);
        QVERIFY2(run.says("clip.mp4: "), run.err.c_str());
        QVERIFY(bytesOf(at("mixed.csv")).startsWith("path,e0,"));
    }

    void aColumnOfATableIsEmbedded() {
        writeBytes(at("t.csv"), "id,title\n1,a red circle\n2,\"a blue square, large\"\n");
        EXIT_CODE(runCli(embed({"--texts", at("t.csv"), "--texts-column", "title", "--out", at("t-out.csv")})), 0);
        const QList<QByteArray> lines = bytesOf(at("t-out.csv")).trimmed().split('\n');
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines[1].startsWith("a red circle,"));
        QVERIFY(lines[2].startsWith("\"a blue square, large\","));
        const Finished none =
            runCli(embed({"--texts", at("t.csv"), "--texts-column", "name", "--out", at("none.csv")}));
        EXIT_CODE(none, 1);
        QVERIFY2(none.says("id, title"), none.err.c_str());
        writeBytes(at("i.csv"), "file\npictures/1.jpg\npictures/gone.jpg\n");
        EXIT_CODE(runCli(embed({at("i.csv"), "--images-column", "file", "--out", at("i-out.npy")})), 3);
        QVERIFY(bytesOf(at("i-out.npy.paths.txt")).endsWith("pictures/1.jpg\n"));
        QVERIFY(bytesOf(at("i-out.npy.errors.csv")).contains("gone.jpg"));
    }

    void dataSetsAreEmbedded() {
        EXIT_CODE(
            runCli(embed({"--data", "scenes:count=6,seed=1,split=train", "--out", at("d.npy"), "--dtype", "fp16"})), 0);
        QVERIFY(bytesOf(at("d.npy")).contains("'<f2'"));
        QVERIFY(bytesOf(at("d.npy")).contains("(6, 128)"));
        QVERIFY(bytesOf(at("d.npy.rows.csv")).startsWith("path,"));
        const QStringList captions{"--data", "scenes:count=6,seed=1,split=train", "--data-part", "captions"};
        EXIT_CODE(runCli(embed(captions + QStringList{"--out", at("c.csv")})), 0);
        const QByteArray head = bytesOf(at("c.csv")).split('\n').first();
        QVERIFY2(head.startsWith("path,e0,") && head.trimmed().endsWith(",caption"), head.constData());
    }

    void filesOfADataSetThatAreNotThereAreSaid() {
        QByteArray picture = "P6 8 8 255\n";
        picture += QByteArray(8 * 8 * 3, 'x');
        writeBytes(at("here.ppm"), picture);
        writeBytes(at("half.csv"), "image,caption\nhere.ppm,a dog\nmissing.ppm,a cat\n");
        const Finished done = runCli(embed({"--data", at("half.csv"), "--out", at("half.npy")}));
        EXIT_CODE(done, 3);
        QVERIFY2(done.says("missing.ppm: there is no such image file"), done.err.c_str());
        QVERIFY2(done.says("1 embedding of"), done.err.c_str());
    }

    void theProjectorHasItsFiles() {
        EXIT_CODE(runCli(embed({"--data", "scenes:count=6,seed=1,split=train", "--out", at("p.projector")})), 0);
        for (const char* file :
             {"tensors.tsv", "metadata.tsv", "sprite.png", "projector_config.json", "projector_config.pbtxt"})
            QVERIFY2(QFile::exists(at("p.projector/") + file), file);
        QCOMPARE(bytesOf(at("p.projector/tensors.tsv")).count('\n'), 6);
        EXIT_CODE(runCli(embed({"--data", "scenes:count=6,seed=1,split=train", "--out", at("p.projector")})), 1);
    }

    void wrongUsageIsSaid_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("words");
        QTest::newRow("two inputs") << QStringList{"x.jpg", "--data", "scenes:count=1", "--out", "x.csv"}
                                    << "one of them";
        QTest::newRow("column of nothing")
            << QStringList{"x.jpg", "--texts-column", "a", "--out", "x.csv"} << "--texts";
        QTest::newRow("dtype") << QStringList{"x.jpg", "--dtype", "int8", "--out", "x.csv"} << "fp16";
        QTest::newRow("parquet") << QStringList{"x.jpg", "--out", "x.parquet"} << ".safetensors";
    }
    void wrongUsageIsSaid() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, words);
        const Finished run = runCli(embed(arguments));
        EXIT_CODE(run, 2);
        QVERIFY2(run.says(words.toStdString()), run.err.c_str());
    }

    /// At random moments; also while it writes.
    void killedItGoesOnWhereItWas() {
        EXIT_CODE(runCli(embed({at("pictures"), "--out", at("whole.safetensors")})), 0);
        const QStringList arguments = embed({at("pictures"), "--out", at("killed.safetensors"), "--resume"});
        std::mt19937 random(1);
        int kills = 0;
        for (; kills < kExportKills && !QFile::exists(at("killed.safetensors")); ++kills) {
            QProcess process;
            process.start(programFile(), arguments);
            QVERIFY(process.waitForStarted());
            const qint64 before = QFileInfo(at("killed.safetensors.partial")).size();
            // Until something of this run is on the disk, and a moment more.
            while (QFileInfo(at("killed.safetensors.partial")).size() <= before && !process.waitForFinished(5)) {
            }
            if (process.waitForFinished(static_cast<int>(random() % 100))) break;
            process.kill();
            QVERIFY(process.waitForFinished());
        }
        const Finished last = runCli(arguments);
        EXIT_CODE(last, 0);
        QVERIFY2(kills < 2 || last.says("were embedded already"), last.err.c_str());
        // Other batches give other last bits.
        const QByteArray killed = bytesOf(at("killed.safetensors")), whole = bytesOf(at("whole.safetensors"));
        QCOMPARE(killed.size(), whole.size());
        const qsizetype begin = killed.size() - qsizetype{kPictures} * 128 * 4;
        QVERIFY(killed.left(begin) == whole.left(begin));
        for (qsizetype i = begin; i < killed.size(); i += 4) {
            float a = 0, b = 0;
            std::memcpy(&a, killed.constData() + i, 4);
            std::memcpy(&b, whole.constData() + i, 4);
            QVERIFY2(std::abs(a - b) < 1e-5F, qPrintable(QString::number(i)));
        }
        QVERIFY(!QFile::exists(at("killed.safetensors.partial")));
    }

    void aFullDiskIsSaidAndNothingIsLost() {
        const QStringList arguments = embed({at("pictures"), "--out", at("full.npy"), "--resume"});
        // A row takes more than 512 bytes.
        const Finished full = runOnFullDisk(50 * 1024, arguments);
        EXIT_CODE(full, 1);
        QVERIFY2(full.says("cannot be written"), full.err.c_str());
        QVERIFY(!QFile::exists(at("full.npy")));
        const Finished rest = runCli(arguments);
        EXIT_CODE(rest, 0);
        QVERIFY2(rest.says("embedded already"), rest.err.c_str());
        QCOMPARE(bytesOf(at("full.npy")).size(), 128 + qsizetype{kPictures} * 128 * 4);
        QCOMPARE(bytesOf(at("full.npy.paths.txt")).count('\n'), qsizetype{kPictures});
        // While the file itself is written: rows are there already.
        const QStringList again = embed({at("pictures"), "--out", at("again.csv")});
        const Finished second = runOnFullDisk(kPictures * 1024, again);
        EXIT_CODE(second, 1);
        QVERIFY2(second.says("cannot be written") && second.says("--resume"), second.err.c_str());
        QVERIFY(!QFile::exists(at("again.csv")));
        EXIT_CODE(runCli(again + QStringList{"--resume"}), 0);
        QCOMPARE(bytesOf(at("again.csv")).count('\n'), kPictures + 1);
    }

    void countsAreInWordsThatFitThem() {
        const Finished one = runCli(embed({at("pictures/1.jpg"), "--out", at("one.csv")}));
        EXIT_CODE(one, 0);
        QVERIFY2(one.says("1 embedding of"), one.err.c_str());
        const Finished table = runCli(embed({at("t.csv"), "--out", at("one.csv")}));
        EXIT_CODE(table, 2);
        QVERIFY2(table.says("--texts-column"), table.err.c_str());
    }

    void interruptedItSaysHowToGoOn() {
        QProcess process;
        process.start(programFile(), embed({at("pictures"), "--out", at("int.npy")}));
        while (QFileInfo(at("int.npy.partial")).size() < 5000 && !process.waitForFinished(5)) {
        }
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished());
        if (process.exitCode() == 0) QSKIP("it was over before");
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(process.readAllStandardError().contains("--resume"));
        QVERIFY(QFile::exists(at("int.npy.partial")));
        QVERIFY(!QFile::exists(at("int.npy")));
    }

    void whatWasLeftOfAnotherExportIsSaid() {
        writeBytes(at("left.csv.partial"), "something else");
        const Finished run = runCli(embed({at("pictures/1.jpg"), "--out", at("left.csv"), "--resume"}));
        EXIT_CODE(run, 0);
        QVERIFY2(run.says("begun anew"), run.err.c_str());
    }
};

DIAGONAL_TEST(TestEmbed);
#include "test_embed.moc"
