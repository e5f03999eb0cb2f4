// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/label_sets.h"

#include <QCoreApplication>
#include <QSettings>

namespace diagonal {

namespace {

const QString kGroup = QStringLiteral("label/sets");

QString demoShapes() {
    return QCoreApplication::translate("diagonal::LabelPane", "Demo shapes");
}

}  // namespace

QStringList LabelSets::builtIn() {
    return {demoShapes()};
}

// Names are kept as values: a key cannot hold every character that a person may type.
QStringList LabelSets::own() {
    QSettings settings;
    QStringList names;
    const int count = settings.beginReadArray(kGroup);
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        names << settings.value("name").toString();
    }
    return names;
}

QStringList LabelSets::labels(const QString& name) {
    QSettings settings;
    const int count = settings.beginReadArray(kGroup);
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        if (settings.value("name").toString() == name) return settings.value("labels").toStringList();
    }
    if (name == demoShapes())
        return {"red circle", "blue square", "green triangle", "yellow star", "orange hexagon", "purple cross"};
    return {};
}

void LabelSets::save(const QString& name, const QStringList& labels) {
    QList<std::pair<QString, QStringList>> sets;
    for (const QString& other : own())
        if (other != name) sets.append({other, LabelSets::labels(other)});
    if (!labels.isEmpty()) sets.append({name, labels});
    QSettings settings;
    settings.remove(kGroup);
    settings.beginWriteArray(kGroup, static_cast<int>(sets.size()));
    for (int i = 0; i < sets.size(); ++i) {
        settings.setArrayIndex(i);
        settings.setValue("name", sets[i].first);
        settings.setValue("labels", sets[i].second);
    }
    settings.endArray();
}

void LabelSets::remove(const QString& name) {
    save(name, {});
}

QString LabelSets::nameOf(const QStringList& wanted) {
    for (const QString& name : own() + builtIn())
        if (labels(name) == wanted) return name;
    return {};
}

}  // namespace diagonal
