// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <algorithm>
#include <cmath>
#include <random>

#include "tests/cli/program.h"
#include "tests/registry.h"

namespace {

constexpr int kIndexKills = 20;

QByteArray indexedPicture(int number) {
    QByteArray bytes = "P6 24 20 255\n";
    for (int i = 0; i < 24 * 20 * 3; ++i)
        bytes += static_cast<char>((i * (number % 11 + 1) + number * 37 + number / 200) % 251);
    return bytes;
}

QString indexedFile(const QString& folder, int number) {
    return folder + QStringLiteral("/%1.ppm").arg(number);
}

/// A library's rows with the names of their files, in order of name.
QList<QByteArray> namedRows(const QString& library) {
    const QString file = library + QStringLiteral(".csv");
    if (runCli({"index", library, "export", file}).code != 0) return {};
    QList<QByteArray> lines = bytesOf(file).trimmed().split('\n');
    for (QByteArray& line : lines)
        line = line.trimmed();
    lines.removeFirst();
    std::ranges::sort(lines);
    return lines;
}

QByteArray nameOf(const QByteArray& row) {
    return row.left(row.indexOf(','));
}

constexpr double kLastBits = 0.002;  // of numbers of 16 bits

/// How far the numbers of two rows are apart at most.
double farthest(const QByteArray& a, const QByteArray& b) {
    const QList<QByteArray> first = a.split(','), second = b.split(',');
    if (first.size() != second.size()) return 1;
    double distance = 0;
    for (qsizetype i = 1; i < first.size(); ++i)
        distance = std::max(distance, std::abs(first[i].toDouble() - second[i].toDouble()));
    return distance;
}

}  // namespace

class TestIndex : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_count = 0;

    QString newPlace(const char* what) {
        return m_folder.filePath(QString::fromUtf8(what) + QString::number(++m_count));
    }

    QString newPictures(int count) {
        const QString folder = newPlace("pictures");
        QDir().mkpath(folder);
        for (int i = 0; i < count; ++i)
            writeBytes(indexedFile(folder, i), indexedPicture(i));
        return folder;
    }

    static Finished index(const QString& library, const QStringList& more) {
        return runCli(QStringList{"index", library} + more);
    }

  private Q_SLOTS:
    void aLibraryIsMadeAndFollowsItsFolder() {
        const QString library = newPlace("library"), pictures = newPictures(20);
        Finished done = index(library, {"add", pictures, "--model", "demo", "--format", "json"});
        EXIT_CODE(done, 0);
        QCOMPARE(done.json().at("added").get<int>(), 20);
        QCOMPARE(done.json().at("rows").get<int>(), 20);
        done = index(library, {"refresh", "--format", "json"});
        EXIT_CODE(done, 0);
        QCOMPARE(done.json().at("unchanged").get<int>(), 20);
        QFile::rename(indexedFile(pictures, 3), pictures + QStringLiteral("/other.ppm"));
        QFile::remove(indexedFile(pictures, 4));
        writeBytes(pictures + QStringLiteral("/broken.jpg"), "no picture");
        done = index(library, {"refresh", "--format", "json"});
        EXIT_CODE(done, 3);
        QVERIFY(done.says("broken.jpg: not an image"));
        QCOMPARE(done.json().at("renamed").get<int>(), 1);
        QCOMPARE(done.json().at("removed").get<int>(), 1);
        QCOMPARE(done.json().at("failures").size(), 1U);
        EXIT_CODE(index(library, {"refresh"}), 0);  // said once
        done = index(library, {"failures", "--format", "json"});
        QVERIFY(done.json()[0].at("path").get<std::string>().ends_with("/broken.jpg"));
        done = index(library, {});
        EXIT_CODE(done, 0);
        QVERIFY(done.prints("19 pictures, 1 that could not be read"));
        done = index(library, {"status", "--format", "json"});
        QCOMPARE(done.json().at("sources").size(), 1U);
        QCOMPARE(done.json().at("model").at("source").get<std::string>(), std::string("demo"));
        EXIT_CODE(index(library, {"remove", m_folder.path()}), 1);
        done = index(library, {"remove", pictures + QStringLiteral("/2019")});
        EXIT_CODE(done, 1);
        QVERIFY2(done.says("leave-out"), done.err.c_str());
        EXIT_CODE(index(library, {"remove", pictures + QStringLiteral("/")}), 0);
        QCOMPARE(index(library, {"status", "--format", "json"}).json().at("rows").get<int>(), 0);
    }

    void wrongUsageIsSaid() {
        const QString library = newPlace("library"), pictures = newPictures(2);
        EXIT_CODE(index(library, {"refresh"}), 1);
        EXIT_CODE(index(library, {"status"}), 1);
        EXIT_CODE(index(library, {"add"}), 2);
        EXIT_CODE(runCli({"index"}), 2);
        EXIT_CODE(index(library, {"add", pictures, "--every", "5"}), 2);
        EXIT_CODE(index(library, {"add", pictures + QStringLiteral("x")}), 1);
        writeBytes(pictures + QStringLiteral("/readme.md"), "words");
        const Finished text = index(library, {"add", pictures + QStringLiteral("/readme.md")});
        EXIT_CODE(text, 1);
        QVERIFY2(text.says("neither a picture nor a video"), text.err.c_str());
        const QString old = newPlace("library");
        EXIT_CODE(index(old, {"add", pictures, "--model", "demo"}), 0);
        QCOMPARE(index(old, {"status", "--format", "json"}).json().at("bits").get<int>(), 16);
        const QString exact = newPlace("library");
        EXIT_CODE(index(exact, {"add", pictures, "--model", "demo", "--fp32"}), 0);
        QCOMPARE(index(exact, {"status", "--format", "json"}).json().at("bits").get<int>(), 32);
        EXIT_CODE(index(exact, {"add", pictures, "--fp32"}), 0);
        const Finished wide = index(old, {"add", pictures, "--fp32"});
        EXIT_CODE(wide, 1);
        QVERIFY2(wide.says("16 bits"), wide.err.c_str());
        QVERIFY(QDir().mkpath(library));
        writeBytes(library + QStringLiteral("/library.db"), QByteArray(5000, 'x'));
        const Finished done = index(library, {"status"});
        EXIT_CODE(done, 1);
        QVERIFY(done.says("damaged"));
    }

    void whatIsLeftOutIsAListOfTheLibrary() {
        const QString library = newPlace("library"), pictures = newPictures(2);
        for (const char* folder : {"private", "@eaDir", ".hidden"}) {
            QVERIFY(QDir(pictures).mkpath(folder));
            writeBytes(indexedFile(pictures + '/' + folder, 7), indexedPicture(static_cast<int>(strlen(folder))));
        }
        Finished done = index(library, {"add", pictures, "--model", "demo", "--format", "json"});
        EXIT_CODE(done, 0);
        QCOMPARE(done.json().at("rows").get<int>(), 3);
        done = index(library, {"leave-out", "--format", "json"});
        EXIT_CODE(done, 0);
        QCOMPARE(done.json()[0].get<std::string>(), std::string(".*"));
        QVERIFY(done.json().size() > 20);
        done = index(library, {"leave-out", "PRIVATE", "*.bak", "--take", "@eadir", "--take", ".*"});
        EXIT_CODE(done, 0);
        QVERIFY(done.prints("PRIVATE\n*.bak\n"));
        done = index(library, {"refresh"});
        EXIT_CODE(done, 0);
        QVERIFY2(done.says("1 folder or picture left out by the library's list (private)"), done.err.c_str());
        done = index(library, {"status", "--format", "json"});
        QCOMPARE(done.json().at("rows").get<int>(), 4);
        QCOMPARE(done.json().at("left_out").back().get<std::string>(), std::string("*.bak"));
        EXIT_CODE(index(library, {"leave-out", "--reset"}), 0);
        done = index(library, {"refresh", "--format", "json"});
        QCOMPARE(done.json().at("rows").get<int>(), 3);
        QVERIFY(done.says("2 folders and pictures left out that are hidden"));
        for (const char* name : {"a/b", "*", ""})
            EXIT_CODE(index(library, {"leave-out", name}), 1);
        done = index(library, {"leave-out", "--take", "unknown"});
        EXIT_CODE(done, 1);
        QVERIFY(done.says("is not in the list"));
        EXIT_CODE(index(newPlace("nothing"), {"leave-out"}), 1);
    }

    void linesOfJsonTellEachFileAndTheCounts() {
        const QString library = newPlace("library"), pictures = newPictures(3);
        writeBytes(pictures + QStringLiteral("/broken.jpg"), "no picture");
        Finished done = index(library, {"add", pictures, "--model", "demo", "--format", "jsonl"});
        EXIT_CODE(done, 3);
        auto lines = done.lines();
        QCOMPARE(lines.size(), 2U);
        QVERIFY(lines[0].at("path").get<std::string>().ends_with("/broken.jpg"));
        QVERIFY(!lines[0].at("error").get<std::string>().empty());
        QCOMPARE(lines[1].at("added").get<int>(), 4);
        QCOMPARE(lines[1].at("rows").get<int>(), 3);
        QDir(pictures).rename(pictures, pictures + QStringLiteral("-away"));
        done = index(library, {"refresh", "--format", "jsonl"});
        EXIT_CODE(done, 3);
        lines = done.lines();
        QCOMPARE(lines.size(), 2U);
        QCOMPARE(lines[0].at("path").get<std::string>(), pictures.toStdString());
        QCOMPARE(lines[0].at("reachable").get<bool>(), false);
        QCOMPARE(lines[1].at("rows").get<int>(), 3);
        done = index(library, {"failures", "--format", "jsonl"});
        QCOMPARE(done.lines().size(), 1U);
        QVERIFY(done.lines()[0].contains("error"));
        done = index(library, {"status", "--format", "jsonl"});
        QCOMPARE(done.lines().size(), 1U);
        QCOMPARE(done.lines()[0].at("sources").size(), 1U);
        done = index(library, {"leave-out", "--format", "jsonl"});
        QCOMPARE(done.lines()[0].at("name").get<std::string>(), std::string(".*"));
    }

    void eachChangeThatIsWatchedIsALineOfJson() {
        const QString library = newPlace("library"), pictures = newPictures(2);
        const Finished refused = index(library, {"add", pictures, "--watch", "--format", "json"});
        EXIT_CODE(refused, 2);
        QVERIFY(refused.says("jsonl"));
        QProcess watching;
        watching.start(programFile(), {"index", library, "add", pictures, "--watch", "--format", "jsonl"});
        QByteArray lines;
        const auto comes = [&](const char* what) {
            while (!lines.contains(what) && watching.waitForReadyRead(60000))
                lines += watching.readAllStandardOutput();
            return lines.contains(what);
        };
        QVERIFY2(comes("\"added\":2"), lines.constData());
        writeBytes(indexedFile(pictures, 7), indexedPicture(7));
        QVERIFY2(comes("\"added\":1"), lines.constData());
        writeBytes(pictures + QStringLiteral("/broken.jpg"), "no picture");
        QVERIFY2(comes("\"error\":"), lines.constData());
        QFile::remove(indexedFile(pictures, 7));
        QVERIFY2(comes("\"removed\":1"), lines.constData());
        ::kill(static_cast<pid_t>(watching.processId()), SIGINT);
        QVERIFY(watching.waitForFinished(60000));
        lines += watching.readAllStandardOutput();
        for (const QByteArray& line : lines.trimmed().split('\n'))
            QVERIFY2(nlohmann::json::parse(line.toStdString()).contains("path"), line.constData());
    }

    void addingAgainKeepsWhatWasSet() {
        const QString library = newPlace("library"), pictures = newPictures(2);
        QVERIFY(QDir(pictures).mkpath(QStringLiteral(".hidden")));
        writeBytes(indexedFile(pictures + QStringLiteral("/.hidden"), 5), indexedPicture(5));
        const auto rows = [&](const QStringList& more) {
            const Finished done =
                index(library, QStringList{"add", pictures, "--model", "demo", "--format", "json"} + more);
            return done.code == 0 ? done.json().at("rows").get<int>() : -1;
        };
        QCOMPARE(rows({"--all-folders"}), 3);
        QCOMPARE(rows({}), 3);
        QCOMPARE(rows({"--no-all-folders"}), 2);
        QCOMPARE(rows({}), 2);
        EXIT_CODE(index(library, {"add", pictures, "--all-folders", "--no-all-folders"}), 2);
        EXIT_CODE(index(library, {"add", pictures, "--watch", "--no-watch"}), 2);
        QProcess watching;
        watching.setReadChannel(QProcess::StandardError);
        watching.start(programFile(), {"index", library, "add", pictures, "--watch"});
        QByteArray said;
        while (!said.contains("Watching") && watching.waitForReadyRead(60000))
            said += watching.readAllStandardError();
        ::kill(static_cast<pid_t>(watching.processId()), SIGINT);
        QVERIFY(watching.waitForFinished(60000));
        const auto isWatched = [&] {
            return index(library, {"status", "--format", "json"}).json().at("sources")[0].at("watched").get<bool>();
        };
        QVERIFY(isWatched());
        QCOMPARE(rows({}), 2);
        QVERIFY(isWatched());
        QCOMPARE(rows({"--no-watch"}), 2);
        QVERIFY(!isWatched());
    }

    void countsAreInWordsThatFitThem() {
        const QString library = newPlace("library"), pictures = newPictures(1);
        EXIT_CODE(index(library, {"add", pictures, "--model", "demo"}), 0);
        const Finished one = index(library, {});
        QVERIFY2(one.prints("1 picture\n"), one.out.c_str());
        const Finished removed = index(library, {"remove", pictures});
        QVERIFY2(removed.says("with 1 embedding."), removed.err.c_str());
        const Finished missing = runCli({"index"});
        EXIT_CODE(missing, 2);
        QVERIFY2(missing.says("the library's folder"), missing.err.c_str());
    }

    void aFullDiskIsSaidAndNothingIsLost() {
        const QString library = newPlace("library"), first = newPictures(3), more = newPictures(600);
        EXIT_CODE(index(library, {"add", first, "--model", "demo"}), 0);
        const qint64 size = QFileInfo(library + "/library.db").size();
        const Finished full = runOnFullDisk(size, {"index", library, "add", more});
        EXIT_CODE(full, 1);
        QVERIFY2(full.says("cannot be written") && full.says("Make room and begin again"), full.err.c_str());
        Finished done = index(library, {"status", "--format", "json"});
        EXIT_CODE(done, 0);
        QVERIFY(done.json().at("pictures").get<int>() >= 3);
        EXIT_CODE(runCli({"search", library, "--text", "red", "--all"}), 0);
        done = index(library, {"add", more, "--format", "json"});
        EXIT_CODE(done, 0);
        QCOMPARE(done.json().at("left").get<int>(), 0);
        QCOMPARE(done.json().at("pictures").get<int>(), 603);
        QCOMPARE(done.json().at("rows").get<int>(), 603);
    }

    void anotherModelIsSaidAndEmbedsAgain() {
        const QString library = newPlace("library"), pictures = newPictures(3);
        EXIT_CODE(index(library, {"add", pictures, "--model", "demo"}), 0);
        Finished done = index(library, {"refresh", "--model", "demo", "--precision", "bf16"});
        EXIT_CODE(done, 1);
        QVERIFY(done.says("--again"));
        done = index(library, {"refresh", "--model", "demo", "--precision", "bf16", "--again", "--format", "json"});
        EXIT_CODE(done, 0);
        QCOMPARE(done.json().at("rows").get<int>(), 3);
        writeBytes(indexedFile(pictures, 9), indexedPicture(9));
        EXIT_CODE(index(library, {"refresh"}), 0);  // opens the model as it was opened
        QCOMPARE(index(library, {"status", "--format", "json"}).json().at("rows").get<int>(), 4);
    }

    void whatIsEmbeddedAgainIsCounted() {
        const QString library = newPlace("library"), pictures = newPictures(3);
        EXIT_CODE(index(library, {"add", pictures, "--model", "demo"}), 0);
        const Finished table = index(library, {"refresh", "--again"});
        EXIT_CODE(table, 0);
        QVERIFY2(table.prints("3 embedded anew"), table.out.c_str());
        writeBytes(indexedFile(pictures, 9), indexedPicture(9));
        const Finished json = index(library, {"refresh", "--again", "--format", "json"});
        EXIT_CODE(json, 0);
        QCOMPARE(json.json().at("again").get<int>(), 3);
        QCOMPARE(json.json().at("added").get<int>(), 1);
        QCOMPARE(index(library, {"refresh", "--format", "json"}).json().at("again").get<int>(), 0);
    }

    void aModelThatMovedIsNamed() {
        const QString library = newPlace("library"), pictures = newPictures(2), model = newPlace("model");
        EXIT_CODE(runCli({"convert", "demo", "--to", "open_clip", "--out", model}), 0);
        EXIT_CODE(index(library, {"add", pictures, "--model", model}), 0);
        const QString moved = newPlace("model");
        QVERIFY(QFile::rename(model, moved));
        Finished done = runCli({"search", library, "--text", "red"});
        EXIT_CODE(done, 1);
        QVERIFY2(done.says("--model"), done.err.c_str());
        done = index(library, {"refresh", "--again"});
        EXIT_CODE(done, 1);
        QVERIFY2(done.says("--model"), done.err.c_str());
        EXIT_CODE(runCli({"search", library, "--text", "red", "--model", moved}), 0);
    }

    void twoProgramsDoNotWriteAtOnce() {
        const QString library = newPlace("library"), pictures = newPictures(2);
        QProcess first;
        first.setReadChannel(QProcess::StandardError);
        first.start(programFile(), {"index", library, "add", pictures, "--watch"});
        QByteArray said;
        while (!said.contains("Watching") && first.waitForReadyRead(60000))
            said += first.readAllStandardError();
        QVERIFY2(said.contains("Watching"), said.constData());
        const Finished second = index(library, {"refresh"});
        EXIT_CODE(second, 1);
        QVERIFY2(second.says("process " + std::to_string(first.processId())), second.err.c_str());
        EXIT_CODE(index(library, {"status"}), 0);
        // What is watched is taken up.
        writeBytes(indexedFile(pictures, 7), indexedPicture(7));
        said.clear();
        while (!said.contains("1 new") && first.waitForReadyRead(60000))
            said += first.readAllStandardError();
        QVERIFY2(said.contains("1 new"), said.constData());
        QCOMPARE(index(library, {"status", "--format", "json"}).json().at("rows").get<int>(), 3);
        ::kill(static_cast<pid_t>(first.processId()), SIGINT);
        QVERIFY(first.waitForFinished(60000));
        QCOMPARE(first.exitCode(), 130);
    }

    /// While it looks through folders, embeds, writes rows and the database alike.
    void killedTwentyTimesItLosesNothing() {
        constexpr int kPictures = 1500;
        const QString pictures = newPictures(kPictures), whole = newPlace("whole"), killed = newPlace("killed");
        QElapsedTimer timer;
        timer.start();
        // One at a time: the last bits of an embedding depend on what else is in its batch, and at times on where it
        // lies in memory.
        const QStringList add = {"add", pictures, "--model", "demo", "--batch-size", "1"};
        EXIT_CODE(index(whole, add), 0);
        const int once = static_cast<int>(timer.elapsed());
        std::mt19937 random(19);
        int kills = 0;
        for (; kills < kIndexKills; ++kills) {
            QProcess process;
            process.start(programFile(), QStringList{"index", killed} + add);
            QVERIFY(process.waitForStarted());
            if (process.waitForFinished(static_cast<int>(random() % static_cast<unsigned>(once)) + 10)) {
                // It was done before: some leave, and come back the next time.
                for (int i = 0; i < kPictures; i += 3)
                    QFile::rename(indexedFile(pictures, i), indexedFile(pictures, i) + QStringLiteral(".away"));
                EXIT_CODE(index(killed, {"refresh", "--batch-size", "1"}), 0);
                for (int i = 0; i < kPictures; i += 3)
                    QFile::rename(indexedFile(pictures, i) + QStringLiteral(".away"), indexedFile(pictures, i));
                continue;
            }
            process.kill();
            process.waitForFinished();
        }
        EXIT_CODE(index(killed, add), 0);
        const auto state = index(killed, {"status", "--format", "json"}).json();
        QCOMPARE(state.at("pictures").get<int>(), kPictures);
        QCOMPARE(state.at("rows").get<int>(), kPictures);
        QCOMPARE(state.at("waiting").get<int>(), 0);
        const auto expected = namedRows(whole);
        QCOMPARE(expected.size(), kPictures);
        qsizetype different = 0;
        for (qsizetype i = 1; i < kPictures; ++i)
            different += farthest(expected[i], expected[i - 1]) > 5 * kLastBits ? 1 : 0;
        QVERIFY2(different > kPictures * 9 / 10, qPrintable(QString::number(different)));  // a row of another is seen
        const auto named = namedRows(killed);
        QCOMPARE(named.size(), kPictures);
        for (qsizetype i = 0; i < kPictures; ++i)
            QVERIFY2(nameOf(named[i]) == nameOf(expected[i]) && farthest(named[i], expected[i]) < kLastBits,
                     (named[i].left(200) + "\n" + expected[i].left(200)).constData());
        const QStringList files = QDir(killed).entryList({QStringLiteral("rows-*")});
        QCOMPARE(files.size(), 1);
        const qint64 rows = kPictures + state.at("gone_rows").get<qint64>();
        QVERIFY(QFileInfo(killed + QStringLiteral("/") + files.front()).size() >=
                rows * 2 * state.at("model").at("dim").get<qint64>());
    }
};

DIAGONAL_TEST(TestIndex);
#include "test_index.moc"
