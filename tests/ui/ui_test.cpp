// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/ui_test.h"

#include <QApplication>
#include <QDir>
#include <QImage>
#include <QRegularExpression>
#include <QStandardPaths>

#include "tests/engine/tiny_model.h"
#include "ui/jobs/evaluation_store.h"

using namespace diagonal;

UiTest::UiTest() {
    QStandardPaths::setTestModeEnabled(true);
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath("settings"));
    // Of this process alone: others test at the same time.
    QCoreApplication::setOrganizationName(QStringLiteral("DiagonalTest-%1").arg(QCoreApplication::applicationPid()));
    Theme::instance().setScheme(ColourScheme::Light);
    Theme::instance().install(*qApp);
}

UiTest::~UiTest() {
    const QString kept = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
    QDir(kept + QLatin1Char('/') + QCoreApplication::organizationName()).removeRecursively();
}

void UiTest::init() {
    // The offscreen platform's own complaint is not ours.
    QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support)"));
    settings().clear();
    QFile::remove(evaluationStoreFile());
}

QString UiTest::picture(const QString& name, const QColor& colour) const {
    const QString file = path(name);
    QImage image(40, 30, QImage::Format_RGB32);
    image.fill(colour);
    if (!QDir().mkpath(QFileInfo(file).path()) || !image.save(file)) qFatal("no picture could be written");
    return file;
}

QString UiTest::emptyFile(const QString& name) const {
    if (!QFile(path(name)).open(QIODevice::WriteOnly)) qFatal("no file could be written");
    return path(name);
}

QString UiTest::tinyModel(const QString& name, bool vit) const {
    const QString folder = m_folder.filePath(name);
    if (!QFileInfo::exists(folder)) writeTinyModel(folder.toStdString(), vit);
    return folder;
}
