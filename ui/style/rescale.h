// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace diagonal {

/// The text's size changed while the program runs: margins, spacings and fixed sizes of all widgets become so many
/// times as large. What follows the theme sets its own exactly afterwards.
void rescaleWidgets(qreal factor);

}  // namespace diagonal
