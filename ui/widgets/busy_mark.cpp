// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/busy_mark.h"

#include <QPainter>

#include "ui/style/paint.h"

namespace diagonal {

BusyMark::BusyMark(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(tr("Progress"));
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void BusyMark::step() {
    m_position = (m_position + 1) % 3;
    update();
}

QSize BusyMark::sizeHint() const {
    return {px(14), px(14)};
}

void BusyMark::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    const qreal gap = 1;
    const qreal side = (std::min(width(), height()) - 2 * gap) / 3.0;
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 3; ++column) {
            QColor fill = t.track;
            if (row == column) {
                fill = t.accent;
                // The cell of the moment in full, the two others fading behind it.
                const int age = (m_position - row + 3) % 3;
                fill.setAlphaF(age == 0 ? 1.0F : age == 1 ? 0.6F : 0.3F);
            }
            paintFrame(painter, QRectF(column * (side + gap), row * (side + gap), side, side), 1, fill, Qt::transparent,
                       0);
        }
    }
}

}  // namespace diagonal
