// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/link_label.h"

#include <QPainter>

#include "ui/style/paint.h"

namespace diagonal {

LinkLabel::LinkLabel(const QString& text, QWidget* parent) : QAbstractButton(parent) {
    setText(text);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    followTheme(this, [this] {
        setFont(Theme::instance().font(m_size, m_weight));
        updateGeometry();
        update();
    });
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

void LinkLabel::enterEvent(QEnterEvent*) {
    update();
}

void LinkLabel::leaveEvent(QEvent*) {
    update();
}

}  // namespace diagonal
