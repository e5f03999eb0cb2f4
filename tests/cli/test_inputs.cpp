// SPDX-License-Identifier: Apache-2.0
#include <QDir>
#include <QImage>
#include <filesystem>
#include <fstream>

#include "engine/base/encoding.h"
#include "engine/inference/image_names.h"
#include "tests/cli/program.h"
#include "tests/registry.h"

namespace fs = std::filesystem;

namespace {

QByteArray utf16Of(const QString& text) {
    QByteArray bytes("\xFF\xFE");
    for (const QChar c : text) {
        bytes += static_cast<char>(c.unicode() & 0xFF);
        bytes += static_cast<char>(c.unicode() >> 8);
    }
    return bytes;
}

/// Rows of an NPY file, as bytes; there are `rows` of them.
QList<QByteArray> npyRows(const QString& file, int rows) {
    const QByteArray all = bytesOf(file);
    const auto begin = 10 + static_cast<uchar>(all[8]) + 256 * static_cast<uchar>(all[9]);
    const auto size = (all.size() - begin) / rows;
    QList<QByteArray> found;
    for (int i = 0; i < rows; ++i)
        found << all.mid(begin + i * size, size);
    return found;
}

std::string hexOf(const char* bytes) {
    return QByteArray(bytes).toHex().toStdString();
}

bool isUtf8(const std::string& text) {
    return QByteArray::fromStdString(text).isValidUtf8();
}

}  // namespace

/// Texts in other encodings, lists, names of any bytes: as they come from other programs and systems.
class TestInputs : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        QDir(m_folder.path()).mkpath("pictures/@eaDir/a.png");
        for (const char* name : {"pictures/a.png", "pictures/b.png", "pictures/@eaDir/a.png/THUMB.png"})
            savePicture(name);
        writeBytes(at("pictures/._a.png"), "\x05\x16\x07");
    }
    void cleanupTestCase() { fs::remove_all(m_folder.path().toStdString()); }  // names that Qt does not know

    void labelsInUnicodeAreTheSame() {
        const QString text = QStringLiteral("café\r\nfenêtre\r\nred circle\r\n");
        const QByteArray forms[] = {text.toUtf8(), "\xEF\xBB\xBF" + text.toUtf8(), utf16Of(text),
                                    QString(text).replace("\r\n", "\r").toUtf8()};
        std::string first;
        for (const QByteArray& bytes : forms) {
            writeBytes(at("labels.txt"), bytes);
            const Finished run =
                runCli({"label", at("pictures/a.png"), "--labels", at("labels.txt"), "--format", "csv"});
            EXIT_CODE(run, 0);
            QVERIFY(run.prints("café"));
            if (first.empty()) first = run.out;
            QCOMPARE(run.out, first);
        }
    }

    void otherEncodingsAreRefusedWithTheLine_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("labels") << QStringList{"label", "PICTURE", "--labels", "FILE"};
        QTest::newRow("templates") << QStringList{"label", "PICTURE", "--label", "x", "--templates", "FILE"};
        QTest::newRow("texts") << QStringList{"embed", "--texts", "FILE", "--out", "OUT.npy"};
        QTest::newRow("matrix") << QStringList{"matrix", "PICTURE", "--texts", "FILE"};
        QTest::newRow("captions") << QStringList{"models", "compare", "demo", "--images", "PICTURE", "--texts", "FILE"};
        QTest::newRow("templates of classes")
            << QStringList{"dataset", "info", "classes:FOLDER", "--templates", "FILE"};
    }
    void otherEncodingsAreRefusedWithTheLine() {
        QFETCH(QStringList, arguments);
        writeBytes(at("latin1.txt"), "one {}\ncaf\xE9 {}\n");
        writeBytes(at("cp1252.txt"), "one {}\n5 \x80 {}\n");
        for (const QString file : {"latin1.txt", "cp1252.txt"}) {
            QStringList all = arguments;
            for (QString& one : all)
                one.replace("FILE", at(file)).replace("PICTURE", at("pictures/a.png")).replace("OUT", at("out"));
            all.replaceInStrings("FOLDER", m_folder.path());
            const Finished run = runCli(all);
            EXIT_CODE(run, 1);
            QVERIFY2(run.says(file.toStdString()) && run.says("line 2: this is not UTF-8"), run.err.c_str());
        }
    }

    void optionsThatAreNoUtf8AreRefused() {
        for (const char* options : {"--label caf\xE9", "--label x --template \"caf\xE9 {}\""}) {
            const Finished run = shell("label \"$PICTURES/a.png\" " + std::string(options));
            EXIT_CODE(run, 2);
            QVERIFY2(run.says("caf\\xe9") && run.says("not UTF-8"), run.err.c_str());
        }
    }

    void whatIsLeftBehindIsSaidAndCanBeTaken() {
        Finished run = runCli({"label", at("pictures"), "--label", "x", "--format", "jsonl"});
        EXIT_CODE(run, 0);
        QCOMPARE(std::ranges::count(run.out, '\n'), 2);
        QVERIFY2(run.says("1 folder or picture left out") && run.says("@eaDir") && run.says("--all-folders"),
                 run.err.c_str());
        run = runCli({"label", at("pictures"), "--label", "x", "--format", "jsonl", "--all-folders"});
        EXIT_CODE(run, 0);
        QCOMPARE(std::ranges::count(run.out, '\n'), 3);
        run = runCli({"label", at("pictures/@eaDir"), "--label", "x", "--format", "jsonl"});
        EXIT_CODE(run, 0);
        QCOMPARE(std::ranges::count(run.out, '\n'), 1);
        QVERIFY(!run.says("left out"));
    }

    void listsOfPicturesAreRead() {
        writeBytes(at("list.lst"), "\xEF\xBB\xBFpictures\\a.png\r\n\r\npictures/b.png\r\npictures/a.png\r\n");
        const Finished run = runCli({"embed", at("list.lst"), "--threads", "1", "--out", at("list.npy")});
        EXIT_CODE(run, 0);
        QVERIFY2(run.says("1 empty line left out"), run.err.c_str());
        const QByteArrayList names = bytesOf(at("list.npy.paths.txt")).trimmed().split('\n');
        QCOMPARE(names.size(), 3);
        QCOMPARE(names[0], at("pictures/a.png").toUtf8());
        const auto rows = npyRows(at("list.npy"), 3);
        QVERIFY(rows[0] == rows[2] && rows[0] != rows[1]);
        const QByteArray zeros = at("pictures/a.png").toUtf8() + '\0' + at("pictures/b.png").toUtf8() + '\0';
        const Finished found = runCli({"label", "-", "--label", "x", "--format", "jsonl"}, zeros);
        EXIT_CODE(found, 0);
        QCOMPARE(std::ranges::count(found.out, '\n'), 2);
        writeBytes(at("notes.txt"), "a red circle\n");
        const Finished none = runCli({"embed", at("notes.txt"), "--out", at("none.npy")});
        EXIT_CODE(none, 1);
        QVERIFY(none.says("no names of pictures"));
    }

    void rowsStandInTheOrderOfTheList() {
        writeBytes(at("broken.png"), "no picture");
        writeBytes(at("list.txt"), "# of two folders\nmissing.png\npictures/a.png\nbroken.png\npictures/b.png\n");
        const Finished labels = runCli({"label", at("list.txt"), "--label", "x", "--format", "jsonl"});
        EXIT_CODE(labels, 3);
        QVERIFY2(labels.says("1 comment (# …) left out"), labels.err.c_str());
        const QByteArrayList lines = QByteArray::fromStdString(labels.out).trimmed().split('\n');
        QCOMPARE(lines.size(), 4);
        const char* names[] = {"missing.png", "pictures/a.png", "broken.png", "pictures/b.png"};
        for (int i = 0; i < 4; ++i)
            QVERIFY2(lines[i].contains(names[i]), lines[i].constData());
        QVERIFY(lines[0].contains("there is no such file or folder"));
        writeBytes(at("texts.txt"), "one\ntwo\n");
        EXIT_CODE(runCli({"matrix", at("list.txt"), "--texts", at("texts.txt"), "--out", at("rows.npy")}), 3);
        QCOMPARE(bytesOf(at("rows.npy.texts.txt")), QByteArray("one\ntwo\n"));
        const QByteArrayList rows = bytesOf(at("rows.npy.paths.txt")).trimmed().split('\n');
        QCOMPARE(rows.size(), 4);
        for (int i = 0; i < 4; ++i)
            QVERIFY2(rows[i].endsWith(names[i]), rows[i].constData());
    }

    void listsInUtf16NeedAMark() {
        writeBytes(at("list.txt"), utf16Of("./pictures/a.png\n").mid(2));
        const Finished run = runCli({"label", at("list.txt"), "--label", "x"});
        EXIT_CODE(run, 1);
        QVERIFY2(run.says("UTF-16 without its mark"), run.err.c_str());
    }

    void everyLineOfTextsHasItsRow() {
        writeBytes(at("texts.txt"), "one\n\ntwo\none\n  \nthree");
        const Finished run = runCli({"embed", "--texts", at("texts.txt"), "--threads", "1", "--out", at("texts.npy")});
        EXIT_CODE(run, 0);
        QVERIFY2(run.says("2 empty lines taken as the empty text: 2, 5."), run.err.c_str());
        QCOMPARE(bytesOf(at("texts.npy.paths.txt")), QByteArray("one\n\ntwo\none\n\nthree\n"));
        const auto rows = npyRows(at("texts.npy"), 6);
        QVERIFY(rows[0] == rows[3] && rows[1] == rows[4] && rows[0] != rows[2] && rows[1] != rows[0]);
        const Finished filled =
            runCli({"embed", "--texts", at("texts.txt"), "--template", "a {}", "--out", at("filled.npy")});
        EXIT_CODE(filled, 1);
        QVERIFY2(filled.says("texts.txt, line 2: is empty"), filled.err.c_str());
        writeBytes(at("blank.txt"), "\n\n");
        EXIT_CODE(runCli({"embed", "--texts", at("blank.txt"), "--out", at("blank.npy")}), 1);
    }

    void namesOfAnyBytesAreFoundInEveryResult() {
        const std::string names[] = {"caf\xE9.png", "caf\xE8.png", "new\nline.png", "a,\"b\".png"};
        fs::create_directories((m_folder.path() + "/odd").toStdString());
        for (const std::string& name : names)
            fs::copy_file((m_folder.path() + "/pictures/a.png").toStdString(),
                          (m_folder.path() + "/odd/").toStdString() + name);
        std::ofstream((m_folder.path() + "/odd/").toStdString() + "broken\xFF.png") << "no picture";
        const std::string odd = "\"" + at("odd").toStdString() + "\"";
        for (const char* format : {"csv", "json", "jsonl"}) {
            const Finished run = runCli({"label", at("odd"), "--label", "x", "--label", "y", "--format", format});
            EXIT_CODE(run, 3);
            QVERIFY(isUtf8(run.out) && isUtf8(run.err));
            for (const char* bytes : {"caf\xE9.png", "caf\xE8.png", "broken\xFF.png"})
                QVERIFY2(run.prints(hexOf(bytes)), run.out.c_str());
        }
        for (const char* ending : {"csv", "npy", "safetensors"}) {
            const QString out = at(QString("odd.%1").arg(ending));
            EXIT_CODE(runCli({"embed", at("odd"), "--out", out}), 3);
            const std::string all = bytesOf(out).toStdString() + bytesOf(out + ".paths.txt").toStdString();
            QVERIFY(all.find(ending == std::string("npy") ? "caf\\xe9.png" : hexOf("caf\xE9.png")) !=
                    std::string::npos);
            const QByteArray errors = bytesOf(out + ".errors.csv");
            QVERIFY(errors.isValidUtf8() && errors.contains("path,error,path_bytes"));
        }
        for (const char* format : {"csv", "json"}) {
            writeBytes(at("x.txt"), "x\n");
            const Finished run = runCli({"matrix", at("odd"), "--texts", at("x.txt"), "--format", format});
            EXIT_CODE(run, 3);
            QVERIFY(isUtf8(run.out));
            QVERIFY2(run.prints(hexOf("caf\xE8.png")), run.out.c_str());
        }
        // What a CSV says is found again by its bytes.
        const QString csv = at("odd-labels.csv");
        EXIT_CODE(runCli({"label", at("odd"), "--label", "x", "--label", "y", "--out", csv}), 3);
        const Finished sorted = runCli({"sort", "--from", csv, "--to", at("sorted"), "--format", "csv"});
        EXIT_CODE(sorted, 0);
        QVERIFY(isUtf8(sorted.out));
        size_t there = 0;
        for (const auto& entry : fs::recursive_directory_iterator(at("sorted").toStdString()))
            there += entry.path().extension() == ".png" ? 1 : 0;
        QCOMPARE(there, std::size(names));
    }

  private:
    QString at(const QString& name) const { return m_folder.filePath(name); }
    void savePicture(const QString& name) {
        QImage image(8, 8, QImage::Format_RGB32);
        image.fill(QColor(static_cast<int>(40 * ++m_pictures), 90, 20));
        QVERIFY(image.save(at(name)));
    }
    /// Of bytes that QProcess would not pass on.
    Finished shell(const std::string& arguments) const {
        std::ofstream(at("run.sh").toStdString(), std::ios::binary)
            << "PICTURES='" << at("pictures").toStdString() << "'\n"
            << "exec '" << programFile().toStdString() << "' " << arguments << "\n";
        QProcess process;
        process.start("bash", {at("run.sh")});
        process.waitForFinished(300000);
        return {process.exitCode(), process.readAllStandardOutput().toStdString(),
                process.readAllStandardError().toStdString()};
    }

    QTemporaryDir m_folder;
    int m_pictures = 0;
};

DIAGONAL_TEST(TestInputs);
#include "test_inputs.moc"
