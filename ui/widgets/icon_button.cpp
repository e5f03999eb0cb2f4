// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/icon_button.h"

#include "ui/style/theme.h"

namespace diagonal {

IconButton::IconButton(const QString& icon, const QString& toolTip, QWidget* parent) : QToolButton(parent) {
    setIconName(icon);
    setToolTip(toolTip);
    setAccessibleName(toolTip);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    followTheme(this, [this] { updateGeometry(); });
}

void IconButton::setIconName(const QString& icon) {
    m_icon = icon;
    setProperty("iconName", icon);
    update();
}

QSize IconButton::sizeHint() const {
    return {px(26), px(26)};
}

}  // namespace diagonal
