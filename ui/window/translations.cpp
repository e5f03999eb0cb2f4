// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/translations.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace diagonal {

void installTranslations(QCoreApplication& application, const QString& language) {
    const QLocale locale = language.isEmpty() ? QLocale() : QLocale(language);
    QLocale::setDefault(locale);
    const auto load = [&](const QLocale& of, const QString& name, const QString& folder) {
        auto* translator = new QTranslator(&application);
        if (translator->load(of, name, QStringLiteral("_"), folder)) QCoreApplication::installTranslator(translator);
    };
    // English first: its singulars and plurals stand behind a language that has no translation.
    load(QLocale(QLocale::English), QStringLiteral("diagonal"), QStringLiteral(":/translations"));
    load(locale, QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    if (locale.language() != QLocale::English)
        load(locale, QStringLiteral("diagonal"), QStringLiteral(":/translations"));
}

}  // namespace diagonal
