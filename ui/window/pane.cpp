// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/pane.h"

#include <QAction>

namespace diagonal {

QAction* Pane::makeAction(const QString& text, const QKeySequence& keys, std::function<void()> slot) {
    auto* action = new QAction(text, this);
    action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, std::move(slot));
    addAction(action);
    return action;
}

}  // namespace diagonal
