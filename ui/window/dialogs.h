// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace diagonal {

void showShortcuts(QWidget* parent);
/// Versions and licences.
void showAbout(QWidget* parent);

}  // namespace diagonal
