// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/switch.h"

#include <QPainter>

#include "ui/style/paint.h"

namespace diagonal {

namespace {

constexpr int kSwitchWidth = 32, kSwitchHeight = 18, kSwitchRoom = 24;  // room: what a finger needs
constexpr int kThumbRim = 3;

}  // namespace

Switch::Switch(const QString& name, QWidget* parent) : PaintedButton(parent) {
    setCheckable(true);
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize Switch::sizeHint() const {
    return {px(kSwitchWidth) + 4, px(kSwitchRoom)};
}

void Switch::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QRectF track(0, 0, px(kSwitchWidth), px(kSwitchHeight));
    track.moveCenter(QRectF(rect()).center());
    const bool on = isChecked();
    const QColor edge = !isEnabled() ? t.border : on ? t.accent : t.outline;
    const QColor fill = !isEnabled()               ? QColor(Qt::transparent)
                        : on && isDown()           ? t.accentPressed
                        : on && underMouse()       ? t.accentHover
                        : on                       ? t.accent
                        : isDown() || underMouse() ? t.hover
                                                   : t.surface;
    paintFrame(painter, track, track.height() / 2, fill, on && isEnabled() ? fill : edge);
    const double side = track.height() - 2 * px(kThumbRim);
    const bool atRight = on == (layoutDirection() == Qt::LeftToRight);
    const double x = atRight ? track.right() - px(kThumbRim) - side : track.left() + px(kThumbRim);
    painter.setPen(Qt::NoPen);
    painter.setBrush(!isEnabled() ? t.disabled : on ? t.onAccent : t.outline);
    painter.drawEllipse(QRectF(x, track.top() + px(kThumbRim), side, side));
    if (hasFocus()) paintFocus(painter, track.adjusted(-2, -2, 2, 2), track.height() / 2 + 2);
}

}  // namespace diagonal
