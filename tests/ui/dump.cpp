// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/dump.h"

#include <QAccessible>
#include <QLabel>
#include <QMetaEnum>
#include <QRegularExpression>
#include <QWidget>
#include <cmath>

namespace diagonal {

namespace {

constexpr int kMost = 24, kMostItems = 4;

bool isPlain(QAccessible::Role role) {
    return role == QAccessible::Client || role == QAccessible::Grouping || role == QAccessible::Splitter ||
           role == QAccessible::LayeredPane;
}

bool hasItems(QAccessible::Role role) {
    return role == QAccessible::List || role == QAccessible::Table || role == QAccessible::Tree;
}

QString masked(QString text) {
    static const QRegularExpression number(QStringLiteral(R"([<>] ?\d[\d.,]*|−?\d[\d.,]*)"));
    return text.replace(number, QStringLiteral("#")).replace(QLatin1Char('\n'), QStringLiteral(" ⏎ "));
}

bool isElided(const QObject* object) {
    const auto* label = qobject_cast<const QLabel*>(object);
    return label != nullptr && !label->wordWrap() && label->sizeHint().width() > label->width() + 1;
}

QString placeOf(const QAccessibleInterface& node, const QWidget& root) {
    const auto rounded = [](int length) { return 4 * static_cast<int>(std::lround(length / 4.0)); };
    const QRect area = node.rect().translated(-root.mapToGlobal(QPoint()));
    return QStringLiteral(" @ %1,%2 %3x%4")
        .arg(rounded(area.x()))
        .arg(rounded(area.y()))
        .arg(rounded(area.width()))
        .arg(rounded(area.height()));
}

QString lineOf(QAccessibleInterface& node, const QWidget& root) {
    const QString name = masked(node.text(QAccessible::Name)), value = masked(node.text(QAccessible::Value));
    QString line = QLatin1String(QMetaEnum::fromType<QAccessible::Role>().valueToKey(node.role()));
    const QObject* object = node.object();
    if (object != nullptr)
        line += QLatin1Char(' ') + QString(QLatin1String(object->metaObject()->className())).remove("diagonal::");
    line += QStringLiteral(" “%1”").arg(name);
    if (!value.isEmpty() && value != name) line += QStringLiteral(" = ") + value;
    const QAccessible::State state = node.state();
    if (state.checked) line += QStringLiteral(" checked");
    if (state.selected) line += QStringLiteral(" selected");
    if (state.expanded) line += QStringLiteral(" expanded");
    if (state.disabled) line += QStringLiteral(" disabled");
    if (state.readOnly && node.role() == QAccessible::EditableText) line += QStringLiteral(" read-only");
    if (isElided(object)) line += QStringLiteral(" elided");
    // What is as wide as a number in it stands elsewhere where that is another.
    const bool isNumbered = (name + value + masked(object != nullptr ? object->property("text").toString() : QString()))
                                .contains(QLatin1Char('#'));
    if (object != nullptr && !isNumbered) line += placeOf(node, root);
    return line;
}

void dump(QAccessibleInterface* node, const QWidget& root, int depth, QStringList& lines) {
    if (node == nullptr || node->state().invisible) return;
    int inside = depth;
    if (!isPlain(node->role()) || !node->text(QAccessible::Name).isEmpty()) {
        lines.append(QString(2 * depth, QLatin1Char(' ')) + lineOf(*node, root));
        inside = depth + 1;
    }
    const int most = hasItems(node->role()) ? kMostItems : kMost;
    for (int i = 0; i < std::min(most, node->childCount()); ++i)
        dump(node->child(i), root, inside, lines);
    if (node->childCount() > most)
        lines.append(QString(2 * inside, QLatin1Char(' ')) + QStringLiteral("… of %1").arg(node->childCount()));
}

}  // namespace

QStringList dumpOf(QWidget& root) {
    QStringList lines;
    dump(QAccessible::queryAccessibleInterface(&root), root, 0, lines);
    return lines;
}

}  // namespace diagonal
