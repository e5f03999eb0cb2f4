// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/named_sets.h"

#include <QCoreApplication>
#include <QFile>
#include <QHash>

#include "ui/base/paths.h"
#include "ui/base/settings.h"

namespace diagonal {

namespace {

QString demoShapes() {
    return QCoreApplication::translate("diagonal::LabelPane", "Demo shapes");
}

// Both are read once: they do not change while the program runs, and typing asks for them at each key.

QStringList shippedNames(TextSets kind) {
    static QHash<int, QStringList> kept;
    QStringList& names = kept[static_cast<int>(kind)];
    if (names.isEmpty())
        for (const std::string& name : textSetNames(kind))
            names << QString::fromStdString(name);
    return names;
}

QStringList shippedLines(TextSets kind, const QString& name) {
    static QHash<QString, QStringList> kept;
    const QString key = QString::number(static_cast<int>(kind)) + name;
    if (const auto found = kept.constFind(key); found != kept.cend()) return *found;
    QStringList lines;
    const auto path = textSetFile(kind, name.toStdString());
    QFile file(path ? fromPath(*path) : QString());
    if (path && file.open(QIODevice::ReadOnly))
        for (const QString& line : QString::fromUtf8(file.readAll()).split('\n'))
            if (!line.trimmed().isEmpty()) lines << line.trimmed();
    lines.removeDuplicates();  // ImageNet calls two classes "missile", and two "crane": one label each
    kept.insert(key, lines);
    return lines;
}

}  // namespace

QString NamedSets::group() const {
    return m_kind == TextSets::Labels ? QStringLiteral("label/sets") : QStringLiteral("label/promptSets");
}

/// Of the set with this number, from 1 on.
QString NamedSets::keyOf(qsizetype number, const char* field) const {
    return QStringLiteral("%1/%2/%3").arg(group()).arg(number).arg(field);
}

QStringList NamedSets::builtIn() const {
    QStringList names;
    if (m_kind == TextSets::Labels) names << demoShapes();
    return names + shippedNames(m_kind);
}

// Names are kept as values: a key cannot hold every character that a person may type.
QStringList NamedSets::own() const {
    QStringList names;
    for (int i = 1; i <= settings().value(group() + "/size").toInt(); ++i)
        names << settings().value(keyOf(i, "name")).toString();
    return names;
}

QStringList NamedSets::lines(const QString& name) const {
    if (const qsizetype index = own().indexOf(name); index >= 0)
        return settings().value(keyOf(index + 1, "labels")).toStringList();
    if (m_kind == TextSets::Labels && name == demoShapes())
        return {"red circle", "blue square", "green triangle", "yellow star", "orange hexagon", "purple cross"};
    return shippedLines(m_kind, name);
}

void NamedSets::save(const QString& name, const QStringList& lines) const {
    QList<std::pair<QString, QStringList>> sets;
    for (const QString& other : own())
        if (other != name) sets.append({other, this->lines(other)});
    if (!lines.isEmpty()) sets.append({name, lines});
    settings().remove(group());
    settings().setValue(group() + "/size", sets.size());
    for (int i = 0; i < sets.size(); ++i) {
        settings().setValue(keyOf(i + 1, "name"), sets[i].first);
        settings().setValue(keyOf(i + 1, "labels"), sets[i].second);
    }
}

void NamedSets::remove(const QString& name) const {
    save(name, {});
}

QString NamedSets::nameOf(const QStringList& wanted) const {
    for (const QString& name : own() + builtIn())
        if (lines(name) == wanted) return name;
    return {};
}

}  // namespace diagonal
