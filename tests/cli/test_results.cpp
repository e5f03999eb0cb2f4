// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <QImage>
#include <cmath>

#include "tests/cli/program.h"
#include "tests/registry.h"

namespace {

/// Cells of a CSV without line ends in its cells.
QList<QStringList> readCsv(const std::string& text) {
    QList<QStringList> rows;
    for (QString line : QString::fromStdString(text).split("\r\n", Qt::SkipEmptyParts)) {
        QStringList cells;
        QString cell;
        bool inQuotes = false;
        for (int i = 0; i < line.size(); ++i) {
            if (inQuotes && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"')
                cell += line[i++];
            else if (line[i] == '"')
                inQuotes = !inQuotes;
            else if (line[i] == ',' && !inQuotes)
                cells << std::exchange(cell, {});
            else
                cell += line[i];
        }
        rows << (cells << cell);
    }
    return rows;
}

std::string readAll(const QString& file) {
    QFile source(file);
    return source.open(QIODevice::ReadOnly) ? source.readAll().toStdString() : std::string();
}

/// The header of a PNG that says 30,000 x 30,000 pixels, and little after it.
QByteArray enormousPng() {
    return QByteArray::fromHex("89504e470d0a1a0a0000000d4948445200007530000075300802000000") +
           QByteArray::fromHex("00000000") + QByteArray(64, '\0');
}

}  // namespace

/// label, embed, matrix, inspect, bench on a model trained here in a moment, and on input that is broken.
class TestResults : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        m_run = m_folder.filePath("run");
        const Finished trained = runCli(tinyTraining(m_run, 2));
        EXIT_CODE(trained, 0);
        EXIT_CODE(runCli({"dataset", "make", "scenes", m_folder.filePath("scenes"), "--count", "4", "--quiet"}), 0);
        m_images = m_folder.filePath("scenes/images");
        writeBytes(m_folder.filePath("texts.txt"), "red circle\r\nblue square\r\n\r\n=green, \"star\"\r\n");
    }

    void labelsAsJson() {
        const Finished run = label({m_images, "--format", "json"});
        EXIT_CODE(run, 0);
        const auto json = run.json();
        QCOMPARE(json.at("labels").size(), size_t{3});
        QVERIFY(json.at("temperature").get<double>() > 0);
        QCOMPARE(json.at("model").get<std::string>(), m_run.toStdString());
        QCOMPARE(json.at("results").size(), size_t{4});
        for (const auto& result : json.at("results")) {
            QVERIFY(result.at("sure").is_boolean());
            const auto& scores = result.at("scores");
            QCOMPARE(scores.size(), size_t{3});
            double sum = 0;
            for (size_t i = 0; i < scores.size(); ++i) {
                sum += scores[i].at("probability").get<double>();
                if (i > 0) QVERIFY(scores[i].at("cosine") <= scores[i - 1].at("cosine"));
            }
            QVERIFY(std::abs(sum - 1) < 1e-6);
        }
    }

    void labelsAsJsonLines() {
        const Finished run = label({m_images, "--format", "jsonl", "--top", "1"});
        EXIT_CODE(run, 0);
        const auto lines = QString::fromStdString(run.out).split('\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 4);
        for (const auto& line : lines)
            QCOMPARE(nlohmann::json::parse(line.toStdString()).at("scores").size(), size_t{1});
    }

    void labelsAsCsv() {
        const Finished run = label({m_images, "--format", "csv", "--top", "2"});
        EXIT_CODE(run, 0);
        const auto rows = readCsv(run.out);
        QCOMPARE(rows[0], QStringList({"image", "rank", "label", "probability", "cosine", "error"}));
        QCOMPARE(rows.size(), 1 + 4 * 2);
        QCOMPARE(rows[1][1], "1");
        QVERIFY(rows[1][3].toDouble() > 0 && rows[1][3].toDouble() < 1);
        QVERIFY(!run.prints(",=green"));  // a spreadsheet would run it
    }

    void labelsForPeople() {
        const Finished run = label({m_images});
        EXIT_CODE(run, 0);
        QVERIFY(run.prints("scene-000001.png"));
        QVERIFY(run.prints("sure"));
        QVERIFY(run.prints("%"));
    }

    void fileEndingsChooseTheFormat() {
        const QString file = m_folder.filePath("labels.json");
        const Finished run = label({m_images, "--out", file});
        EXIT_CODE(run, 0);
        QVERIFY(run.out.empty());
        QCOMPARE(nlohmann::json::parse(readAll(file)).at("results").size(), size_t{4});
        EXIT_CODE(label({m_images, "--out", m_folder.filePath("upper.JSONL")}), 0);
        QVERIFY(readAll(m_folder.filePath("upper.JSONL")).starts_with("{"));
        for (const char* other : {"labels.parquet", "labels.csv.gz", "labels"}) {
            const Finished run = label({m_images, "--out", m_folder.filePath(other)});
            EXIT_CODE(run, 2);
            QVERIFY2(run.says("does not end in .csv, .json or .jsonl"), run.err.c_str());
        }
    }

    void quietSaysNothing() {
        const Finished run = label({m_images, "--quiet", "--format", "csv"});
        EXIT_CODE(run, 0);
        QVERIFY2(run.err.empty(), run.err.c_str());
    }

    void emptyLabelsAreRefusedAndEqualOnesMerged() {
        EXIT_CODE(runCli({"label", m_images, "--model", m_run, "--label", "  "}), 2);
        const Finished run = runCli({"label", m_images, "--model", m_run, "--label", "red", "--label", " red ",
                                     "--label", "blue", "--format", "json"});
        EXIT_CODE(run, 0);
        QVERIFY(run.says("counted once"));
        QCOMPARE(run.json().at("labels").size(), size_t{2});
        writeBytes(m_folder.filePath("empty.txt"), "\n\n");
        const Finished none = runCli({"label", m_images, "--model", m_run, "--labels", m_folder.filePath("empty.txt")});
        EXIT_CODE(none, 1);
        QVERIFY(none.says("empty.txt"));
    }

    void templatesNeedAPlace() {
        EXIT_CODE(label({m_images, "--template", "a photo of a {}."}), 0);
        const Finished run = label({m_images, "--template", "a photo"});
        EXIT_CODE(run, 2);
        QVERIFY(run.says("{}"));
        EXIT_CODE(label({m_images, "--templates", "photos"}), 0);
        const Finished unknown = label({m_images, "--templates", "fotos"});
        EXIT_CODE(unknown, 2);
        QVERIFY(unknown.says("photos"));
    }

    void setsOfLabelsAndTemplatesHaveNames() {
        const Finished run = runCli({"label", m_images, "--model", m_run, "--labels", "cifar10", "--templates", "pets",
                                     "--top", "1", "--format", "json"});
        EXIT_CODE(run, 0);
        QCOMPARE(run.json().at("labels").size(), size_t{10});
        const Finished unknown = runCli({"label", m_images, "--model", m_run, "--labels", "cifar11"});
        EXIT_CODE(unknown, 2);
        QVERIFY(unknown.says("cifar10, cifar100"));
        QVERIFY(runCli({"label", m_images, "--model", m_run, "--labels", "none.txt"}).says("none.txt"));
    }

    void pathsComeFromStdin() {
        const QByteArray list = (m_images + "/scene-000001.png\n" + m_images + "/scene-000002.png\n").toUtf8();
        const Finished run = runCli(labelArguments({"-", "--format", "json"}), list);
        EXIT_CODE(run, 0);
        QCOMPARE(run.json().at("results").size(), size_t{2});
        const Finished empty = runCli(labelArguments({"-"}), "\n");
        EXIT_CODE(empty, 1);
    }

    void badInputIsListedAndTheRestDone() {
        const QString folder = m_folder.filePath("mixed");
        QVERIFY(QDir().mkpath(folder));
        const QByteArray good = QByteArray::fromStdString(readAll(m_images + "/scene-000001.png"));
        writeBytes(folder + "/good.png", good);
        writeBytes(folder + "/empty.jpg", {});
        writeBytes(folder + "/cut.png", good.left(good.size() / 2));
        writeBytes(folder + "/words.jpg", "this is a text\n");
        writeBytes(folder + "/enormous.png", enormousPng());
        writeBytes(folder + "/\x1b[31mred\n.png", "nothing");
        QStringList inputs = {folder, folder + "/missing.png"};
        int failures = 6;
        if (geteuid() != 0) {
            QVERIFY(QDir().mkpath(folder + "/locked"));
            QVERIFY(QFile::setPermissions(folder + "/locked", QFile::Permissions()));
            ++failures;
        }
        for (const char* format : {"json", "csv", "jsonl", "table"}) {
            const Finished run = label(inputs + QStringList{"--format", format});
            EXIT_CODE(run, 3);
            for (const char* name : {"empty.jpg", "cut.png", "words.jpg", "enormous.png", "missing.png"})
                QVERIFY2(run.says(name), run.err.c_str());
            QVERIFY(run.prints("good.png"));
            QVERIFY2(run.err.find('\x1b') == std::string::npos, "a control character reached the terminal");
            if (std::string(format) == "table") QVERIFY(run.out.find('\x1b') == std::string::npos);
            if (std::string(format) == "json") {
                int errors = 0;
                const auto json = run.json();
                for (const auto& result : json.at("results"))
                    errors += result.contains("error") ? 1 : 0;
                QCOMPARE(errors, failures);
            }
        }
        const QString out = m_folder.filePath("mixed.csv");
        const Finished embedded = runCli({"embed", folder, "--model", m_run, "--out", out});
        EXIT_CODE(embedded, 3);
        QCOMPARE(readCsv(readAll(out)).size(), 2);
        QVERIFY(readAll(out + ".errors.csv").find("enormous.png") != std::string::npos);
        const Finished matrix =
            runCli({"matrix", folder, "--model", m_run, "--texts", m_folder.filePath("texts.txt"), "--format", "json"});
        EXIT_CODE(matrix, 3);
        QCOMPARE(matrix.json().at("matrix").size(), matrix.json().at("images").size());
    }

    void embeddingsHaveUnitLength() {
        const QString out = m_folder.filePath("images.csv");
        EXIT_CODE(runCli({"embed", "--images", m_images, "--model", m_run, "--out", out}), 0);
        const auto rows = readCsv(readAll(out));
        QCOMPARE(rows.size(), 5);
        QCOMPARE(rows[0][0], "path");
        QCOMPARE(rows[0][1], "e0");
        double square = 0;
        for (int i = 1; i < rows[1].size(); ++i)
            square += std::pow(rows[1][i].toDouble(), 2);
        QVERIFY(std::abs(square - 1) < 1e-5);
    }

    void textsBecomeNpyAndSafetensors() {
        const QString npy = m_folder.filePath("texts.npy"), tensors = m_folder.filePath("texts.safetensors");
        EXIT_CODE(runCli({"embed", "--texts", m_folder.filePath("texts.txt"), "--model", m_run, "--out", npy}), 0);
        QVERIFY(readAll(npy).starts_with("\x93NUMPY"));
        QVERIFY(QFile::exists(npy + ".paths.txt") || QFile::exists(m_folder.filePath("texts.paths.txt")));
        const Finished raw =
            runCli({"embed", "--texts", "-", "--no-normalize", "--model", m_run, "--out", tensors}, "one\ntwo\n");
        EXIT_CODE(raw, 0);
        QVERIFY(readAll(tensors).find("embeddings") != std::string::npos);
    }

    void theMatrixHasARowAnImage() {
        const QString texts = m_folder.filePath("texts.txt");
        for (const char* value : {"cosine", "logit", "softmax-row", "softmax-col"}) {
            const QString out = m_folder.filePath(QString("matrix-%1.csv").arg(value));
            EXIT_CODE(runCli({"matrix", "--images", m_images, "--texts", texts, "--model", m_run, "--value", value,
                              "--out", out}),
                      0);
            const auto rows = readCsv(readAll(out));
            QCOMPARE(rows.size(), 5);
            QCOMPARE(rows[1].size(), 4);
        }
        const QString picture = m_folder.filePath("matrix.png");
        EXIT_CODE(runCli({"matrix", m_images, "--texts", texts, "--model", m_run, "--out", picture}), 0);
        const QImage image(picture);
        QVERIFY(!image.isNull());
        QCOMPARE(image.width() * 4, image.height() * 3);
    }

    void explainDrawsAMapForEachImageAndLabel() {
        const QString out = m_folder.filePath("maps");
        const Finished run = runCli({"explain", m_images, "--model", m_run, "--label", "red circle", "--label",
                                     "red/circle", "--out", out, "--format", "json"});
        EXIT_CODE(run, 0);
        QCOMPARE(QDir(out).entryList({"*.red-circle.png"}).size(), 4);
        QCOMPARE(QDir(out).entryList({"*.red-circle-2.png"}).size(), 4);
        const auto json = run.json();
        QCOMPARE(json.at("results").size(), size_t{4});
        for (const auto& result : json.at("results")) {
            QCOMPARE(result.at("area").size(), size_t{4});
            QCOMPARE(result.at("maps").size(), size_t{2});
            const auto& map = result.at("maps").at(0);
            const QImage overlay(QString::fromStdString(map.at("overlay").get<std::string>()));
            const QImage picture(QString::fromStdString(result.at("image").get<std::string>()));
            QCOMPARE(overlay.size(), picture.size());
            QVERIFY(overlay.convertToFormat(QImage::Format_RGB32) != picture.convertToFormat(QImage::Format_RGB32));
            double largest = 0;
            for (const auto& row : map.at("values")) {
                QCOMPARE(row.size(), map.at("values").size());
                for (const auto& value : row) {
                    QVERIFY(value.get<double>() >= 0);
                    largest = std::max(largest, value.get<double>());
                }
            }
            QVERIFY(largest == 1 || largest == 0);
        }
        // Without an opacity the picture shows as it is.
        const QString clear = m_folder.filePath("clear");
        EXIT_CODE(runCli({"explain", m_images, "--model", m_run, "--label", "x", "--out", clear, "--opacity", "0"}), 0);
        const QString name = QDir(clear).entryList({"*.png"}).first();
        QCOMPARE(QImage(clear + "/" + name).convertToFormat(QImage::Format_RGB32),
                 QImage(m_images + "/" + name.section('.', 0, 0) + ".png").convertToFormat(QImage::Format_RGB32));
    }

    void explainListsWhatCannotBeRead() {
        const QString folder = m_folder.filePath("explain-mixed");
        QVERIFY(QDir().mkpath(folder));
        const QString first = m_images + "/" + QDir(m_images).entryList({"*.png"}).first();
        QVERIFY(QFile::copy(first, folder + "/good.png"));
        writeBytes(folder + "/empty.png", {});
        const Finished run = runCli({"explain", folder, "--model", m_run, "--label", "red circle", "--template",
                                     "a drawing of a {}", "--format", "csv"});
        EXIT_CODE(run, 3);
        QVERIFY(run.says("empty.png"));
        const auto rows = readCsv(run.out);
        QCOMPARE(rows[0], QStringList({"image", "label", "row", "column", "value", "error"}));
        int errors = 0;
        for (qsizetype i = 1; i < rows.size(); ++i)
            errors += rows[i].last().isEmpty() ? 0 : 1;
        QCOMPARE(errors, 1);
        const auto cells = rows.size() - 2;
        const int side = static_cast<int>(std::lround(std::sqrt(cells)));
        QCOMPARE(side * side, static_cast<int>(cells));

        const QString taken = m_folder.filePath("texts.txt");
        const Finished refused = runCli({"explain", folder, "--model", m_run, "--label", "x", "--out", taken});
        EXIT_CODE(refused, 1);
        QVERIFY(refused.says("texts.txt"));
    }

    void inspectKnowsTheModel() {
        const Finished run = runCli({"inspect", m_run, "--format", "json", "--tensors"});
        EXIT_CODE(run, 0);
        for (const char* key : {"architecture", "parameters", "embed_dim", "image_size", "logit_scale", "temperature",
                                "tokenizer", "activation", "dtype", "tensors"})
            QVERIFY2(run.json().contains(key), key);
        QVERIFY(run.json().at("tensors").size() > 10);
        QVERIFY(runCli({"inspect", m_run}).prints("Parameters"));
    }

    void benchMeasures_data() {
        QTest::addColumn<QString>("task");
        for (const char* task : {"image", "text", "load", "preprocess", "data", "loss", "train"})
            QTest::newRow(task) << task;
    }

    void benchMeasures() {
        QFETCH(QString, task);
        QStringList command = {"bench", "--task",    task, "--model",  m_run, "--batch-size", "4",   "--repeat",
                               "2",     "--threads", "1",  "--device", "cpu", "--precision",  "fp32"};
        if (task == "data") command += {"--train-data", "scenes:count=10", "--no-augment"};
        const Finished run = runCli(command);
        EXIT_CODE(run, 0);
        const auto json = run.json();
        QCOMPARE(json.at("seconds").size(), size_t{2});
        QCOMPARE(json.at("batch_size").get<int>(), 4);
        QCOMPARE(json.at("threads").get<int>(), 1);
        QCOMPARE(json.at("device").get<std::string>(), std::string("cpu"));
        QCOMPARE(json.at("precision").get<std::string>(), std::string("fp32"));
        QVERIFY(json.at("peak_memory_bytes").get<int64_t>() > 1000000);
    }

    void aClosedPipeIsNoCrash() {
        const QString command = QString(
                                    "'%1' label '%2' --model '%3' --label a --label b --format jsonl 2>err.txt; "
                                    "echo $? >code.txt")
                                    .arg(programFile(), m_images, m_run);
        QProcess shell;
        shell.setWorkingDirectory(m_folder.path());
        shell.start("sh", {"-c", "{ " + command + "; } | true"});
        QVERIFY(shell.waitForFinished(60000));
        QCOMPARE(QString::fromStdString(readAll(m_folder.filePath("code.txt"))).trimmed(), "0");
        QVERIFY(readAll(m_folder.filePath("err.txt")).find("error") == std::string::npos);
    }

    void aFullDiskIsSaid() {
        if (!QFile::exists("/dev/full")) QSKIP("no /dev/full");
        QProcess shell;
        shell.start("sh", {"-c", QString("'%1' label '%2' --model '%3' --label a --label b >/dev/full")
                                     .arg(programFile(), m_images, m_run)});
        QVERIFY(shell.waitForFinished(60000));
        QCOMPARE(shell.exitCode(), 1);
        QVERIFY(shell.readAllStandardError().contains("standard output"));
    }

  private:
    QStringList labelArguments(const QStringList& more) const {
        return QStringList{"label", "--model", m_run, "--labels", m_folder.filePath("texts.txt")} + more;
    }
    Finished label(const QStringList& more) const { return runCli(labelArguments(more)); }

    QTemporaryDir m_folder;
    QString m_run, m_images;
};

DIAGONAL_TEST(TestResults);
#include "test_results.moc"
