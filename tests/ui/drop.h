// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QDropEvent>
#include <QWidget>

/// Drags the data over a widget's middle and lets go: what the source is told, Qt::IgnoreAction where the widget did
/// not take it. A source that is told of a move may delete its files.
inline Qt::DropAction dropAction(QWidget& target, const QMimeData& data, Qt::DropActions offered,
                                 Qt::DropAction proposed) {
    const QPoint place = target.rect().center();
    QDragEnterEvent enter(place, offered, &data, Qt::LeftButton, Qt::NoModifier);
    enter.setDropAction(proposed);
    enter.ignore();
    QApplication::sendEvent(&target, &enter);
    if (!enter.isAccepted()) return Qt::IgnoreAction;
    QDropEvent event(place, offered, &data, Qt::LeftButton, Qt::NoModifier);
    event.setDropAction(proposed);
    QApplication::sendEvent(&target, &event);
    return event.isAccepted() ? event.dropAction() : Qt::IgnoreAction;
}

/// The same with what the source offers first.
inline Qt::DropAction dropAs(QWidget& target, const QMimeData& data, Qt::DropActions offered) {
    return dropAction(target, data, offered, offered.testFlag(Qt::MoveAction) ? Qt::MoveAction : Qt::CopyAction);
}

inline bool drop(QWidget& target, const QMimeData& data) {
    return dropAs(target, data, Qt::CopyAction) != Qt::IgnoreAction;
}
