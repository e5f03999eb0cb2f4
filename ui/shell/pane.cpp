// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/pane.h"

#include <QAction>

namespace diagonal {

QAction* Pane::makeAction(const QString& text, const QKeySequence& keys, std::function<void()> slot) {
    auto* action = new QAction(text, this);
    action->setShortcut(keys);
    connect(action, &QAction::triggered, this, std::move(slot));
    addAction(action);
    return action;
}

QList<QKeySequence> redoKeys() {
    QList<QKeySequence> keys{QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)};
    for (const QKeySequence& own : QKeySequence::keyBindings(QKeySequence::Redo))
        if (!keys.contains(own)) keys.append(own);
    return keys;
}

}  // namespace diagonal
