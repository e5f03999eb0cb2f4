// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/link_label.h"

#include <QPainter>

#include "ui/style/paint.h"

namespace diagonal {

LinkLabel::LinkLabel(const QString& text, QWidget* parent) : PaintedButton(parent) {
    setText(text);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    followTheme(this, [this] { setLook(m_size, m_weight); });
}

void LinkLabel::setLook(int size, int weight) {
    m_size = size;
    m_weight = weight;
    setFont(Theme::instance().font(size, weight));
    updateGeometry();
    update();
}

QSize LinkLabel::sizeHint() const {
    const QFontMetrics metrics(font());
    return {metrics.horizontalAdvance(text()) + 4, std::max(metrics.height(), px(24))};
}

void LinkLabel::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QPainter painter(this);
    painter.setPen(!isEnabled() ? t.disabled : isDown() ? t.accentPressed : underMouse() ? t.accentHover : t.accent);
    QFont shown = font();
    shown.setUnderline(isEnabled() && underMouse());
    painter.setFont(shown);
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextSingleLine, text());
    if (hasFocus()) paintFocus(painter, rect(), 3);
}

}  // namespace diagonal
