// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/label_list.h"

#include <QSet>
#include <optional>

#include "engine/base/error.h"

namespace diagonal {

namespace {

std::optional<Label> parse(const QString& line, QString& problem) {
    try {
        return parseLabel(line.toStdString());
    } catch (const Error& error) {
        if (problem.isEmpty()) problem = QString::fromStdString(error.what());
        return std::nullopt;
    }
}

}  // namespace

LabelList parseLabels(const QString& text) {
    LabelList list;
    QSet<QString> seen, merged;
    for (const QString& one : text.split('\n')) {
        const QString line = one.simplified();
        list.lineNames << QString();
        if (line.isEmpty()) continue;
        std::optional<Label> label = parse(line, list.problem);
        if (!label) continue;
        const QString name = QString::fromStdString(label->name());
        if (!seen.contains(name)) {
            seen.insert(name);
            list.labels << line;
            list.names << name;
            list.lineNames.last() = name;
            list.parsed.push_back(std::move(*label));
        } else if (!merged.contains(name)) {
            merged.insert(name);
            list.merged << name;
        }
    }
    return list;
}

QStringList labelTexts(const std::vector<Label>& labels) {
    QStringList texts;
    for (const Label& label : labels)
        for (const std::string& synonym : label.synonyms)
            texts << QString::fromStdString(synonym);
    return texts;
}

}  // namespace diagonal
