// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QDropEvent>
#include <QWidget>

/// Drags the data over a widget's middle and lets go. What the widget says it has done with it; IgnoreAction: not
/// taken.
inline Qt::DropAction dropAs(QWidget& target, const QMimeData& data, Qt::DropActions offered) {
    const QPoint place = target.rect().center();
    QDragEnterEvent enter(place, offered, &data, Qt::LeftButton, Qt::NoModifier);
    enter.ignore();
    QApplication::sendEvent(&target, &enter);
    if (!enter.isAccepted()) return Qt::IgnoreAction;
    QDropEvent event(place, offered, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&target, &event);
    return event.isAccepted() ? event.dropAction() : Qt::IgnoreAction;
}

inline bool drop(QWidget& target, const QMimeData& data) {
    return dropAs(target, data, Qt::CopyAction) != Qt::IgnoreAction;
}
