// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/alt_keys.h"

#include <QKeyEvent>
#include <QWidget>

namespace diagonal {

bool AltKeys::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress || !watched->isWidgetType()) return false;
    // A menu takes its letters with Alt, too.
    if (!static_cast<QWidget*>(watched)->testAttribute(Qt::WA_InputMethodEnabled)) return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    return key->modifiers() == Qt::AltModifier && !key->text().isEmpty() && key->text()[0].isLetterOrNumber();
}

}  // namespace diagonal
