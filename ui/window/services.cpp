// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/services.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>

#include "ui/accessible/factory.h"

namespace diagonal {

namespace {

constexpr int kMostRecent = 8;
const QString kDemo = QStringLiteral("demo");

}  // namespace

Services::Services(QObject* parent)
    : QObject(parent), m_engine(new EngineService(this)), m_training(new TrainingService(this)) {
    installAccessibility();  // before any widget is made: what screen readers are told of one is kept
    connect(m_engine, &EngineService::modelFailed, this, &Services::notifyError);
    connect(m_engine, &EngineService::noted, this, &Services::notify);
}

QStringList Services::recentModels() const {
    QStringList existing;
    const QStringList kept = QSettings().value(QStringLiteral("models/recent")).toStringList();
    for (const QString& path : kept) {
        if (QFileInfo::exists(path)) existing.append(path);
    }
    return existing;
}

void Services::openModel(const QString& nameOrPath) {
    QSettings settings;
    const QString kept = nameOrPath == kDemo ? kDemo : QFileInfo(nameOrPath).absoluteFilePath();
    settings.setValue(QStringLiteral("models/last"), kept);
    if (nameOrPath != kDemo) {
        QStringList recent = recentModels();
        recent.removeAll(kept);
        recent.prepend(kept);
        settings.setValue(QStringLiteral("models/recent"), QStringList(recent.mid(0, kMostRecent)));
        Q_EMIT recentModelsChanged();
    }
    m_engine->openModel(kept);
}

QString Services::runsFolder() const {
    const QString usual = QDir::home().filePath(QStringLiteral("Diagonal/runs"));
    return QSettings().value(QStringLiteral("runs/folder"), usual).toString();
}

void Services::notify(const QString& text) {
    Q_EMIT notified(text, false);
}

void Services::notifyError(const JobError& error) {
    Q_EMIT notified(error.text(), true);
}

}  // namespace diagonal
