// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>
#include <QFile>
#include <QLocale>
#include <QRegularExpression>
#include <QTest>
#include <QXmlStreamReader>
#include <algorithm>

#include "tests/paths.h"
#include "tests/registry.h"
#include "ui/window/translations.h"

namespace {

struct Message {
    QString context, source, type;
    bool numerus = false;
    QStringList translations;  ///< one; of a plural each form
};

/// The messages of the Chinese .ts file; fails the running test when it is not valid XML.
QList<Message> readMessages() {
    QFile file(QString::fromStdString(paths::source("translations/diagonal_zh_CN.ts")));
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
    void chineseIsInstalled();
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
