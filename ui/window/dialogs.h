// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

class QWidget;

namespace diagonal {

struct Notice;

void showShortcuts(QWidget* parent);
/// Versions and licences.
void showAbout(QWidget* parent);
/// What was told so far, to be read again and copied.
void showMessages(QWidget* parent, const QList<Notice>& notices);

}  // namespace diagonal
