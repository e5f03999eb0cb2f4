// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>

#include "tests/cli/program.h"
#include "tests/paths.h"
#include "tests/registry.h"

/// The user guide's practice works word for word.
class TestGuide : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void thePracticeGivesWhatTheGuideSays() {
        QFile guide(QString::fromStdString(paths::source("docs/user-guide.md")));
        QVERIFY(guide.open(QIODevice::ReadOnly));
        const QStringList parts = QString::fromUtf8(guide.readAll()).section("<!-- practice", 1).split("```\n");
        QVERIFY(parts.size() > 3);
        const QTemporaryDir folder;
        Finished last;
        for (const QString& line : parts[1].split('\n', Qt::SkipEmptyParts)) {
            QStringList words = QProcess::splitCommand(line);
            QCOMPARE(words.takeFirst(), QString("diagonal-cli"));
            last = runCli(words, {}, folder.path());
            QCOMPARE(last.code, 0);
        }
        const QStringList said = parts[3].split('\n', Qt::SkipEmptyParts);
        const QStringList found = QString::fromStdString(last.out).split("\r\n", Qt::SkipEmptyParts);
        QCOMPARE(found.size(), 10);
        QCOMPARE(said.size(), 10);
        QCOMPARE(found[0], said[0]);
        for (int row = 1; row < 10; ++row) {
            const QStringList a = found[row].split(','), b = said[row].split(',');
            QCOMPARE(a.mid(0, 3), b.mid(0, 3));
            QVERIFY(std::abs(a[3].toDouble() - b[3].toDouble()) < 1e-4);
            QVERIFY(std::abs(a[4].toDouble() - b[4].toDouble()) < 1e-4);
        }
    }
};

DIAGONAL_TEST(TestGuide);
#include "test_guide.moc"
