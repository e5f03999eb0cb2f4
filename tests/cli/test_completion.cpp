// SPDX-License-Identifier: Apache-2.0
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>

#include "tests/cli/program.h"
#include "tests/registry.h"

namespace {

/// What a shell's program prints; skips the test's row where it is not installed.
QStringList linesOfShell(const QString& shell, const QStringList& arguments) {
    QProcess process;
    process.start(shell, arguments);
    process.waitForFinished();
    return QString::fromUtf8(process.readAllStandardOutput()).split('\n', Qt::SkipEmptyParts);
}

bool isInstalled(const QString& shell) {
    return !QStandardPaths::findExecutable(shell).isEmpty();
}

}  // namespace

/// The shells' scripts are made from the commands themselves, and do what they should.
class TestCompletion : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        for (const QString shell : {"bash", "zsh", "fish"}) {
            const Finished run = runCli({"completion", shell});
            EXIT_CODE(run, 0);
            writeBytes(file(shell), QByteArray::fromStdString(run.out));
        }
    }

    void everyOptionOfEveryCommandIsThere_data() {
        QTest::addColumn<QStringList>("command");
        for (const char* name : {"label", "sort", "compare", "explain", "embed", "matrix", "train", "dataset make",
                                 "models get", "cache limit", "inspect", "convert", "bench", "doctor", "completion"})
            QTest::newRow(name) << QString(name).split(' ');
    }

    void everyOptionOfEveryCommandIsThere() {
        QFETCH(QStringList, command);
        static const QRegularExpression kOption("^  (?:-\\w, )?(--[\\w-]+)", QRegularExpression::MultilineOption);
        const QString path = "diagonal-cli " + command.join(' ');
        const QString bash = bytesOf(file("bash")), zsh = bytesOf(file("zsh")), fish = bytesOf(file("fish"));
        const QString bashLine = bash.section('"' + path + "\") options=\"", 1).section('"', 0, 0) + ' ';
        const QString zshPart = zsh.section('_' + QString(path).replace(' ', '_') + "() {", 1).section("\n}", 0, 0);
        auto options = kOption.globalMatch(QString::fromStdString(runCli(command + QStringList{"--help"}).out));
        QVERIFY(options.hasNext());
        while (options.hasNext()) {
            const QString option = options.next().captured(1);
            QVERIFY2(bashLine.contains(option + ' '), qPrintable(option));
            QVERIFY2(zshPart.contains(option), qPrintable(option));
            QVERIFY2(fish.contains(QRegularExpression("at '" + path + "'\".* -l " + option.mid(2) + "\\b")),
                     qPrintable(option));
        }
    }

    void shellsReadTheirScript_data() {
        QTest::addColumn<QString>("shell");
        for (const char* shell : {"bash", "zsh", "fish"})
            QTest::newRow(shell) << shell;
    }

    void shellsReadTheirScript() {
        QFETCH(QString, shell);
        if (!isInstalled(shell)) QSKIP("not installed");
        QCOMPARE(QProcess::execute(shell, {"-n", file(shell)}), 0);
    }

    void wordsAreCompleted_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QStringList>("offered");
        QTest::newRow("command") << "lab" << QStringList{"label"};
        QTest::newRow("below a command") << "dataset " << QStringList{"info", "make", "pack"};
        QTest::newRow("option") << "label --form" << QStringList{"--format"};
        QTest::newRow("option below") << "dataset make --cou" << QStringList{"--count"};
        QTest::newRow("choice") << "label --format js" << QStringList{"json", "jsonl"};
        QTest::newRow("choice of training") << "train --precision fp" << QStringList{"fp16", "fp32"};
        QTest::newRow("argument") << "completion " << QStringList{"bash", "fish", "zsh"};
    }

    void wordsAreCompleted() {
        QFETCH(QString, typed);
        QFETCH(QStringList, offered);
        const QStringList words = QStringList{"diagonal-cli"} + typed.split(' ');
        QStringList found =
            linesOfShell("bash", QStringList{"-c",
                                             "source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
                                             "_diagonal_cli 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"",
                                             "bash", file("bash")} +
                                     words);
        found.sort();
        QCOMPARE(found, offered);
        if (!isInstalled("fish")) QSKIP("fish is not installed");
        found.clear();
        for (const QString& line :
             linesOfShell("fish", {"-c", "source " + file("fish") + "; complete -C \"" + words.join(' ') + '"'}))
            found << line.section('\t', 0, 0);
        found.sort();
        QCOMPARE(found, offered);
    }

    void anEqualsSignParts() {
        const QStringList found =
            linesOfShell("bash", {"-c",
                                  "source \"$1\"; COMP_WORDS=(diagonal-cli label --format = cs); COMP_CWORD=4; "
                                  "_diagonal_cli 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"",
                                  "bash", file("bash")});
        QCOMPARE(found, QStringList{"csv"});
    }

  private:
    QString file(const QString& shell) const { return m_folder.filePath(shell); }

    QTemporaryDir m_folder;
};

DIAGONAL_TEST(TestCompletion);
#include "test_completion.moc"
