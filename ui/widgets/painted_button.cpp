// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/painted_button.h"

#include "ui/style/theme.h"

namespace diagonal {

PaintedButton::PaintedButton(QWidget* parent) : QAbstractButton(parent) {
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

}  // namespace diagonal
