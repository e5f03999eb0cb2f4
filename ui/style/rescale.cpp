// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/rescale.h"

#include <QApplication>
#include <QBoxLayout>
#include <QGridLayout>
#include <QWidget>

namespace diagonal {

namespace {

void rescale(QLayout* layout, qreal factor) {
    const auto scaled = [factor](int length) { return qRound(length * factor); };
    const QMargins margins = layout->contentsMargins();
    layout->setContentsMargins(scaled(margins.left()), scaled(margins.top()), scaled(margins.right()),
                               scaled(margins.bottom()));
    if (auto* grid = qobject_cast<QGridLayout*>(layout)) {
        grid->setHorizontalSpacing(scaled(grid->horizontalSpacing()));
        grid->setVerticalSpacing(scaled(grid->verticalSpacing()));
    } else if (layout->spacing() > 0) {
        layout->setSpacing(scaled(layout->spacing()));
    }
    for (int i = 0; i < layout->count(); ++i) {
        QLayoutItem* item = layout->itemAt(i);
        if (item->layout() != nullptr) {
            rescale(item->layout(), factor);
        } else if (QSpacerItem* space = item->spacerItem()) {
            const QSizePolicy policy = space->sizePolicy();
            const QSize size = space->sizeHint();
            space->changeSize(scaled(size.width()), scaled(size.height()), policy.horizontalPolicy(),
                              policy.verticalPolicy());
        }
    }
    layout->invalidate();
}

}  // namespace

void rescaleWidgets(qreal factor) {
    // 1 px lines stay lines.
    const auto scaled = [factor](int length) {
        return length > 1 && length < QWIDGETSIZE_MAX ? qRound(length * factor) : length;
    };
    for (QWidget* widget : QApplication::allWidgets()) {
        const QSize least = widget->minimumSize();
        const QSize most = widget->maximumSize();
        widget->setMinimumSize(0, 0);
        widget->setMaximumSize(scaled(most.width()), scaled(most.height()));
        widget->setMinimumSize(scaled(least.width()), scaled(least.height()));
        if (QLayout* layout = widget->layout()) {
            rescale(layout, factor);
            layout->update();
        }
    }
}

}  // namespace diagonal
