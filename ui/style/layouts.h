// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>
#include <initializer_list>

namespace diagonal {

/// A widget or layout with its share of the room that is left over, or room itself.
struct LayoutItem {
    LayoutItem(QWidget* widget, int stretch = 0, Qt::Alignment alignment = {})
        : widget(widget), stretch(stretch), alignment(alignment) {}
    LayoutItem(QLayout* layout, int stretch = 0) : layout(layout), stretch(stretch) {}
    LayoutItem(int gap, int stretch) : gap(gap), stretch(stretch) {}

    QWidget* widget = nullptr;
    QLayout* layout = nullptr;
    int gap = 0, stretch = 0;
    Qt::Alignment alignment;
};

inline LayoutItem stretch(int factor = 0) {
    return {-1, factor};
}
inline LayoutItem gap(int length) {
    return {length, 0};
}

void addItems(QBoxLayout& layout, std::initializer_list<LayoutItem> items);
/// Items from top to bottom or in reading direction; all lengths in logical pixels.
QVBoxLayout* makeColumn(std::initializer_list<LayoutItem> items, int spacing = 0, const QMargins& margins = {});
QHBoxLayout* makeRow(std::initializer_list<LayoutItem> items, int spacing = 0, const QMargins& margins = {});
/// Scrolls up and down what is too high; what is behind it shows through.
QScrollArea* makeScroll(QWidget* content);

}  // namespace diagonal
