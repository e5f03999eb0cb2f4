// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QDirIterator>
#include <QFile>
#include <QLocale>
#include <QRegularExpression>
#include <QTemporaryFile>
#include <QTest>
#include <QXmlStreamReader>
#include <algorithm>

#include "tests/paths.h"
#include "tests/registry.h"
#include "ui/base/engine_texts.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/window/translations.h"

namespace {

struct Message {
    QString context, source, type;
    bool numerus = false;
    QStringList translations;  ///< one; of a plural each form
};

/// The messages of a .ts file, of the Chinese one; fails the running test when it is not valid XML.
QList<Message> readMessages(const char* name = "translations/diagonal_zh_CN.ts") {
    QFile file(QString::fromStdString(paths::source(name)));
    QList<Message> messages;
    if (!file.open(QIODevice::ReadOnly)) return messages;
    QXmlStreamReader xml(&file);
    QString context;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement) continue;
        if (xml.name() == u"name") {
            context = xml.readElementText();
        } else if (xml.name() == u"message") {
            Message message;
            message.context = context;
            message.numerus = xml.attributes().value(QLatin1String("numerus")) == u"yes";
            messages << message;
        } else if (xml.name() == u"source") {
            messages.last().source = xml.readElementText();
        } else if (xml.name() == u"translation") {
            messages.last().type = xml.attributes().value(QLatin1String("type")).toString();
            if (!messages.last().numerus) messages.last().translations << xml.readElementText();
        } else if (xml.name() == u"numerusform") {
            messages.last().translations << xml.readElementText();
        }
    }
    if (xml.hasError()) QTest::qFail(qPrintable(xml.errorString()), __FILE__, __LINE__);
    return messages;
}

/// %1, %n, %Ln and {} in alphabetical order.
QStringList placeholders(const QString& text) {
    static const QRegularExpression pattern(QStringLiteral(R"(%L?[n1-9]|\{\})"));
    QStringList found;
    for (const QRegularExpressionMatch& match : pattern.globalMatch(text))
        found << match.captured();
    std::sort(found.begin(), found.end());
    return found;
}

bool hasChinese(const QString& text) {
    return std::any_of(text.begin(), text.end(), [](QChar c) { return c.script() == QChar::Script_Han; });
}

}  // namespace

class TestTranslations : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void everyTextIsTranslated();
    void placeholdersAgree();
    void menusKeepTheirMnemonics();
    void contextsAreThoseOfTheClasses();
    void englishHasSingularsAndPlurals();
    void whatTheEngineSaysStandsInItsSources();
    void whatFailsInLibrariesVideosAndFilesOfEmbeddingsIsInTheTable();
    void chineseIsInstalled();
    void whatTheEngineSaysIsTranslated();
};

void TestTranslations::everyTextIsTranslated() {
    const QList<Message> messages = readMessages();
    QVERIFY(messages.size() > 500);
    for (const Message& message : messages) {
        QVERIFY2(message.type.isEmpty(), qPrintable(message.source));
        QCOMPARE_EQ(message.translations.size(), 1);
        QVERIFY2(!message.translations.first().trimmed().isEmpty(), qPrintable(message.source));
    }
}

void TestTranslations::placeholdersAgree() {
    for (const Message& message : readMessages()) {
        for (const QString& translation : message.translations)
            QVERIFY2(placeholders(message.source) == placeholders(translation), qPrintable(translation));
    }
}

void TestTranslations::menusKeepTheirMnemonics() {
    static const QRegularExpression pattern(QStringLiteral("&([A-Za-z])"));
    for (const Message& message : readMessages()) {
        const QString expected = pattern.match(message.source).captured(1).toUpper();
        for (const QString& translation : message.translations)
            QVERIFY2(pattern.match(translation).captured(1) == expected, qPrintable(translation));
    }
}

// Without the include folder lupdate leaves the namespace out, and no text is found at run time.
void TestTranslations::contextsAreThoseOfTheClasses() {
    for (const Message& message : readMessages())
        QVERIFY2(message.context.startsWith(QLatin1String("diagonal::")), qPrintable(message.context));
}

void TestTranslations::englishHasSingularsAndPlurals() {
    QStringList english;
    for (const Message& message : readMessages("translations/diagonal_en.ts")) {
        QVERIFY2(message.type.isEmpty() && message.translations.size() == 2, qPrintable(message.source));
        for (const QString& form : message.translations) {
            QVERIFY2(!form.contains(QLatin1String("(s)")), qPrintable(form));
            QCOMPARE(placeholders(form), placeholders(message.source));
        }
        english << message.context + message.source;
    }
    for (const Message& message : readMessages())
        QVERIFY2(!message.numerus || english.contains(message.context + message.source), qPrintable(message.source));
    // German has no translation yet: its texts are the English ones, and right too.
    for (const char* language : {"en_GB", "de_DE"}) {
        diagonal::installTranslations(*QCoreApplication::instance(), QLatin1String(language));
        const auto images = [](int n) {
            return QCoreApplication::translate("diagonal::CaptionsPanel", "%Ln images", nullptr, n);
        };
        QCOMPARE(images(1), QStringLiteral("1 image"));
        QCOMPARE(images(2), QStringLiteral("2 images"));
    }
}

// Pieces between the places; a sentence may be glued from several texts of the source.
void TestTranslations::whatTheEngineSaysStandsInItsSources() {
    QString sources;
    for (const char* folder : {"engine", "training", "resources"}) {
        QDirIterator files(QString::fromStdString(paths::source(folder)), {"*.cpp", "*.h", "*.json"}, QDir::Files,
                           QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (file.size() < 500'000 && file.open(QIODevice::ReadOnly)) sources += QString::fromUtf8(file.readAll());
        }
    }
    static const QRegularExpression split(QStringLiteral(R"("\s*\n\s*")")), place(QStringLiteral("%\\d"));
    sources.remove(split);
    QVERIFY(diagonal::engineSentences().size() > 80);
    for (const QString& sentence : diagonal::engineSentences()) {
        for (const QString& piece : sentence.split(place))
            QVERIFY2(sources.contains(piece), qPrintable(sentence));
    }
}

// Each piece of text that a thrown Error of these folders has.
void TestTranslations::whatFailsInLibrariesVideosAndFilesOfEmbeddingsIsInTheTable() {
    static const QRegularExpression glue(QStringLiteral("\"\\s*\\n\\s*\"")),
        thrown(QStringLiteral("throw Error\\(([^;]*);")), literal(QStringLiteral("\"([^\"\\\\]*)\""));
    const QStringList sentences = diagonal::engineSentences();
    int count = 0;
    for (const char* folder : {"engine/index", "engine/video", "engine/embeddings"}) {
        QDirIterator files(QString::fromStdString(paths::source(folder)), {"*.cpp"}, QDir::Files);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QString source = QString::fromUtf8(file.readAll());
            source.remove(glue);
            for (auto one = thrown.globalMatch(source); one.hasNext();) {
                const QString statement = one.next().captured(1);
                for (auto piece = literal.globalMatch(statement); piece.hasNext();) {
                    const QString text = piece.next().captured(1).trimmed();
                    if (!text.contains(QLatin1Char(' '))) continue;
                    ++count;
                    QVERIFY2(std::ranges::any_of(sentences, [&](const QString& known) { return known.contains(text); }),
                             qPrintable(text));
                }
            }
        }
    }
    QVERIFY(count > 80);
}

void TestTranslations::whatTheEngineSaysIsTranslated() {
    using diagonal::engineText;
    QCOMPARE(engineText(QStringLiteral("the file is empty")), QStringLiteral("文件是空的"));
    QCOMPARE(engineText(QStringLiteral("cannot be written: No space left")), QStringLiteral("无法写入：No space left"));
    // Places within what varies stay.
    QCOMPARE(engineText(QStringLiteral("needs %2, and the disk of /a has 3 MB left")),
             QStringLiteral("需要 %2，而 /a 所在磁盘只剩 3 MB"));
    QCOMPARE(engineText(QStringLiteral("said by nobody")), QStringLiteral("said by nobody"));
    QCOMPARE(engineText(QString()), QString());
    QTemporaryFile empty;
    QVERIFY(empty.open());
    QCOMPARE(diagonal::readPicture(empty.fileName(), 96, true).problem, QStringLiteral("文件是空的"));
}

void TestTranslations::chineseIsInstalled() {
    diagonal::installTranslations(*QCoreApplication::instance(), QStringLiteral("zh_CN"));
    QCOMPARE(QLocale().language(), QLocale::Chinese);
    const auto in = [](const char* context, const char* text, int n = -1) {
        return QCoreApplication::translate(context, text, nullptr, n);
    };
    QCOMPARE(in("diagonal::MainWindow", "&File"), QStringLiteral("文件(&F)"));
    QCOMPARE(in("diagonal::ReportView", "Image tower"), QStringLiteral("图像塔"));
    QCOMPARE(in("diagonal::LabelPane", "%Ln image(s)", 3), QStringLiteral("3 张图片"));
    for (const Message& message : readMessages()) {
        const QString text = in(message.context.toUtf8(), message.source.toUtf8());
        if (hasChinese(message.translations.value(0))) QVERIFY2(hasChinese(text), qPrintable(message.source));
    }
}

DIAGONAL_TEST(TestTranslations);
#include "test_translations.moc"
