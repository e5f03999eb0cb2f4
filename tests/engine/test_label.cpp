// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "engine/base/error.h"
#include "engine/text/label.h"
#include "tests/registry.h"

using namespace diagonal;

class TestLabel : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void linesAreRead_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QStringList>("synonyms");
        QTest::addColumn<bool>("negative");
        QTest::addColumn<double>("threshold");  // -9: none
        const auto row = [](const char* line, const QStringList& synonyms, bool negative, double threshold) {
            QTest::addRow("%s", line) << QString(line) << synonyms << negative << threshold;
        };
        row("  cat ", {"cat"}, false, -9);
        row("cat|kitten |  young cat", {"cat", "kitten", "young cat"}, false, -9);
        row("cat | kitten @ 60%", {"cat", "kitten"}, false, 0.6);
        row("cat @0.25", {"cat"}, false, 0.25);
        row("cat @ 60 %", {"cat"}, false, 0.6);
        row("cat @ -0.1", {"cat"}, false, -0.1);
        row("! something else", {"something else"}, true, -9);
        row("!dog | cat @ 5%", {"dog", "cat"}, true, 0.05);
        row("mail @ home", {"mail @ home"}, false, -9);
        row("a@b.org", {"a@b.org"}, false, -9);
        row("four @ 5 pm", {"four @ 5 pm"}, false, -9);
        row("\\! danger", {"! danger"}, false, -9);
        row("a \\| b", {"a | b"}, false, -9);
        row("at \\@ 5", {"at @ 5"}, false, -9);
        row("C:\\new", {"C:\\new"}, false, -9);
        row("a \\\\| b", {"a \\", "b"}, false, -9);
        row("Straße | 猫", {"Straße", "猫"}, false, -9);
    }

    void linesAreRead() {
        QFETCH(QString, line);
        const Label label = parseLabel(line.toStdString());
        QStringList synonyms;
        for (const auto& text : label.synonyms)
            synonyms << QString::fromStdString(text);
        QTEST(synonyms, "synonyms");
        QTEST(label.isNegative, "negative");
        QTEST(label.threshold.value_or(-9), "threshold");
    }

    void whatIsNoLabelIsRefused_data() {
        QTest::addColumn<QString>("line");
        for (const char* line :
             {"", "  ", "!", "| cat", "cat |", "cat | | dog", "@ 60%", "! @ 0.5", "cat @ 120%", "cat @ nan", "cat @ 7"})
            QTest::addRow("“%s”", line) << QString(line);
    }

    void whatIsNoLabelIsRefused() {
        QFETCH(QString, line);
        QVERIFY_THROWS_EXCEPTION(Error, parseLabel(line.toStdString()));
    }

    void anyTextHasALine() {
        for (const std::string text : {"cat", "! a | b @ 5%", "\\|", "@ 3", "C:\\"})
            QCOMPARE(parseLabel(labelLine(text)), (Label{{text}, false, {}}));
    }

    void textsAndNamesKeepTheirOrder() {
        const auto labels = parseLabels({"cat | kitten", "! dog @ 3%"});
        QCOMPARE(textsOf(labels), std::vector<std::string>({"cat", "kitten", "dog"}));
        QCOMPARE(namesOf(labels), std::vector<std::string>({"cat | kitten", "dog"}));
    }
};

DIAGONAL_TEST(TestLabel);
#include "test_label.moc"
