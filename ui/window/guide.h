// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QWidget;

namespace diagonal {

/// The folder of the user guide and its pictures, beside the sources or installed; empty when there is none.
QString guideFolder();

/// Shows the guide in a window of its own, or brings that to the front.
void showGuide(QWidget* parent);

}  // namespace diagonal
