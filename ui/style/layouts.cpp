// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/layouts.h"

#include "ui/style/theme.h"

namespace diagonal {

namespace {

template <typename Layout>
Layout* filled(std::initializer_list<LayoutItem> items, int spacing, const QMargins& margins) {
    auto* layout = new Layout;
    layout->setContentsMargins(px(margins.left()), px(margins.top()), px(margins.right()), px(margins.bottom()));
    layout->setSpacing(px(spacing));
    addItems(*layout, items);
    return layout;
}

}  // namespace

void addItems(QBoxLayout& layout, std::initializer_list<LayoutItem> items) {
    for (const LayoutItem& item : items) {
        if (item.widget != nullptr)
            layout.addWidget(item.widget, item.stretch, item.alignment);
        else if (item.layout != nullptr)
            layout.addLayout(item.layout, item.stretch);
        else if (item.gap < 0)
            layout.addStretch(item.stretch);
        else
            layout.addSpacing(px(item.gap));
    }
}

QVBoxLayout* makeColumn(std::initializer_list<LayoutItem> items, int spacing, const QMargins& margins) {
    return filled<QVBoxLayout>(items, spacing, margins);
}

QHBoxLayout* makeRow(std::initializer_list<LayoutItem> items, int spacing, const QMargins& margins) {
    return filled<QHBoxLayout>(items, spacing, margins);
}

QScrollArea* makeScroll(QWidget* content) {
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(content);
    scroll->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    return scroll;
}

}  // namespace diagonal
