// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/known_libraries.h"

#include <QRegularExpression>
#include <QStandardPaths>

#include "ui/base/settings.h"

namespace diagonal {

namespace {

const QString kKnown = QStringLiteral("search/libraries"), kLast = QStringLiteral("search/library");
constexpr int kMostName = 80;

}  // namespace

QStringList knownLibraries() {
    return settings().value(kKnown).toStringList();
}

void keepLibrary(const QString& folder) {
    QStringList all = knownLibraries();
    if (all.contains(folder)) return;
    settings().setValue(kKnown, all << folder);
}

void forgetLibrary(const QString& folder) {
    QStringList all = knownLibraries();
    all.removeAll(folder);
    settings().setValue(kKnown, all);
    if (lastLibrary() == folder) keepLastLibrary({});
}

QString lastLibrary() {
    return settings().value(kLast).toString();
}

void keepLastLibrary(const QString& folder) {
    settings().setValue(kLast, folder);
}

QString librariesFolder() {
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/libraries");
}

QString libraryFolderFor(const QString& name) {
    static const QRegularExpression kForbidden(QStringLiteral("[/\\x00-\\x1f]"));
    QString clean = name.simplified().remove(kForbidden).left(kMostName);
    while (clean.startsWith(QLatin1Char('.')))
        clean.remove(0, 1);
    return clean.isEmpty() ? QString() : librariesFolder() + QLatin1Char('/') + clean;
}

}  // namespace diagonal
