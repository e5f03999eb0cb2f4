// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/command_line.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QLocale>
#include <QUrl>
#include <cstdio>

#include "ui/base/paths.h"
#include "ui/window/main_window.h"
#include "ui/window/translations.h"

namespace diagonal {

namespace {

constexpr int kWrongUsage = 2;

QString translated(const char* text) {
    return QCoreApplication::translate("diagonal::commandLine", text);
}

/// Qt takes these out itself, but only where there is a display.
QStringList withoutQtOptions(const QStringList& arguments) {
    static const QStringList kAlone{QStringLiteral("reverse"), QStringLiteral("sync"), QStringLiteral("nograb"),
                                    QStringLiteral("dograb"), QStringLiteral("widgetcount")};
    static const QStringList kWithValue{QStringLiteral("platform"),      QStringLiteral("platformpluginpath"),
                                        QStringLiteral("platformtheme"), QStringLiteral("plugin"),
                                        QStringLiteral("style"),         QStringLiteral("stylesheet"),
                                        QStringLiteral("session"),       QStringLiteral("display"),
                                        QStringLiteral("geometry"),      QStringLiteral("qwindowgeometry"),
                                        QStringLiteral("qwindowicon"),   QStringLiteral("qwindowtitle"),
                                        QStringLiteral("icon"),          QStringLiteral("title"),
                                        QStringLiteral("fontengine"),    QStringLiteral("qmljsdebugger")};
    QStringList own;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString& argument = arguments[i];
        if (argument == QLatin1String("--")) return own + arguments.mid(i);
        const QString name = argument.mid(argument.startsWith(QLatin1String("--")) ? 2 : 1);
        const bool isOption = i > 0 && argument.startsWith(QLatin1Char('-'));
        if (isOption && kWithValue.contains(name))
            ++i;
        else if (!isOption || !(kAlone.contains(name) || kWithValue.contains(name.section(QLatin1Char('='), 0, 0))))
            own.append(argument);
    }
    return own;
}

/// "--pane: “labl” is not one of models, label, …"; empty when it is one, or was not given.
QString notOneOf(const QCommandLineParser& parser, const QString& option, const QStringList& names) {
    if (!parser.isSet(option) || names.contains(parser.value(option))) return {};
    return translated(QT_TRANSLATE_NOOP("diagonal::commandLine", "--%1: “%2” is not one of %3."))
        .arg(option, parser.value(option), names.join(QStringLiteral(", ")));
}

bool isThere(const QString& path) {
    std::error_code ignored;
    return std::filesystem::exists(toPath(path), ignored);
}

/// The path that an argument means; empty for an address of something else than a file here.
QString pathOf(const QString& argument) {
    const QUrl url(argument);
    if (url.isLocalFile()) return fromUrl(url);
    if (argument.contains(QLatin1String("://")) && !isThere(argument)) return {};
    return QDir::current().absoluteFilePath(argument);
}

void print(std::FILE* stream, const QString& text) {
    std::fputs(text.toLocal8Bit().constData(), stream);
}

}  // namespace

std::optional<CommandLine> readCommandLine(const QStringList& all, int& exitCode) {
    const QStringList arguments = withoutQtOptions(all);
    const QString help = QStringLiteral("help"), version = QStringLiteral("version"), model = QStringLiteral("model"),
                  theme = QStringLiteral("theme"), pane = QStringLiteral("pane"), lang = QStringLiteral("lang"),
                  own = QStringLiteral("new-instance");
    // The help is in the language that is asked for beside it.
    const qsizetype at = arguments.indexOf(QLatin1String("--lang"));
    QString language = at > 0 ? arguments.value(at + 1) : QString();
    for (const QString& argument : arguments)
        if (argument.startsWith(QLatin1String("--lang="))) language = argument.mid(7);
    const bool isKnown =
        language.isEmpty() || language == QLatin1String("C") || QLocale(language).language() != QLocale::C;
    installTranslations(*QCoreApplication::instance(), isKnown ? language : QString());

    const QStringList themes{QStringLiteral("light"), QStringLiteral("dark"), QStringLiteral("system")};
    const QString separator = QStringLiteral(", ");
    QCommandLineParser parser;
    parser.setApplicationDescription(
        translated(QT_TRANSLATE_NOOP("diagonal::commandLine", "A workbench for CLIP models.")));
    parser.addOptions({
        {{QStringLiteral("h"), help}, translated(QT_TRANSLATE_NOOP("diagonal::commandLine", "Show this help."))},
        {{QStringLiteral("v"), version}, translated(QT_TRANSLATE_NOOP("diagonal::commandLine", "Show the version."))},
        {model,
         translated(QT_TRANSLATE_NOOP("diagonal::commandLine",
                                      "Model to open: a folder, a file with weights, a run, a name such as ViT-B/32, "
                                      "or demo. Without it the last one is opened.")),
         QStringLiteral("PATH|NAME")},
        {pane,
         translated(QT_TRANSLATE_NOOP("diagonal::commandLine", "Pane to show: %1."))
             .arg(MainWindow::paneIds().join(separator)),
         QStringLiteral("NAME")},
        {theme, translated(QT_TRANSLATE_NOOP("diagonal::commandLine", "Colours: %1.")).arg(themes.join(separator)),
         QStringLiteral("NAME")},
        {lang, translated(QT_TRANSLATE_NOOP("diagonal::commandLine", "Language and numbers, as in en, de or zh_CN.")),
         QStringLiteral("LOCALE")},
        {own, translated(QT_TRANSLATE_NOOP("diagonal::commandLine",
                                           "Open a window of its own, also where Diagonal is open already."))},
    });
    parser.addPositionalArgument(
        QStringLiteral("PATH"),
        translated(QT_TRANSLATE_NOOP("diagonal::commandLine",
                                     "Pictures, folders, lists of pictures, models or runs to open, also as file:// "
                                     "addresses. Pictures go to Label unless --pane is given. Where Diagonal is open "
                                     "already, they are opened there.")),
        QStringLiteral("[PATH…]"));

    const auto refuse = [&exitCode](const QString& problem) {
        print(stderr, QStringLiteral("diagonal: ") + problem + QLatin1Char('\n') +
                          translated(QT_TRANSLATE_NOOP("diagonal::commandLine", "Try: diagonal --help")) +
                          QLatin1Char('\n'));
        exitCode = kWrongUsage;
        return std::nullopt;
    };
    if (!parser.parse(arguments)) return refuse(parser.errorText());
    if (parser.isSet(help) || parser.isSet(version)) {
        print(stdout, parser.isSet(help) ? parser.helpText()
                                         : QStringLiteral("diagonal %1\n").arg(QCoreApplication::applicationVersion()));
        exitCode = 0;
        return std::nullopt;
    }
    for (const QString& problem : {notOneOf(parser, pane, MainWindow::paneIds()), notOneOf(parser, theme, themes)})
        if (!problem.isEmpty()) return refuse(problem);
    if (!isKnown)
        return refuse(
            translated(QT_TRANSLATE_NOOP("diagonal::commandLine", "--lang: “%1” is no language.")).arg(language));

    CommandLine given;
    given.theme = parser.value(theme);
    given.language = language;
    given.ownInstance = parser.isSet(own);
    given.request.pane = parser.value(pane);
    given.request.activation = qEnvironmentVariable("XDG_ACTIVATION_TOKEN");
    if (parser.isSet(model)) {
        const QString path = pathOf(parser.value(model));
        given.request.model = isThere(path) ? path : parser.value(model);
    }
    for (const QString& argument : parser.positionalArguments()) {
        if (argument.isEmpty()) continue;
        const QString path = pathOf(argument);
        if (path.isEmpty())
            return refuse(translated(QT_TRANSLATE_NOOP("diagonal::commandLine",
                                                       "“%1” is no file of this computer, and nothing is fetched."))
                              .arg(argument));
        given.request.paths.append(path);
    }
    return given;
}

void noteWhatIsIgnored(const CommandLine& given) {
    if (given.theme.isEmpty() && given.language.isEmpty()) return;
    print(stderr, translated(QT_TRANSLATE_NOOP("diagonal::commandLine",
                                               "Diagonal is open already: --theme and --lang count for a window that "
                                               "is opened anew (--new-instance).")) +
                      QLatin1Char('\n'));
}

}  // namespace diagonal
