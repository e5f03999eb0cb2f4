// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

class QWidget;

namespace diagonal {

/// What is to be seen and heard of a widget: a line for each thing that has a name, value or role of its own, with its
/// class, its state and, behind " @ ", its place in the widget, rounded to 4 px. Numbers in texts are #: what a model
/// finds differs between processors.
QStringList dumpOf(QWidget& root);

}  // namespace diagonal
