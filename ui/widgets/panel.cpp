// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/panel.h"

#include <QPainter>

namespace diagonal {

Panel::Panel(ColourRole background, Qt::Edges hairlines, QWidget* parent)
    : QWidget(parent), m_background(background), m_hairlines(hairlines) {
    followTheme(this, [this] { update(); });
}

void Panel::setBackground(ColourRole background) {
    m_background = background;
    update();
}

void Panel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), colour(m_background));
    const QColor line = colour(&Tokens::border);
    if (m_hairlines & Qt::TopEdge) painter.fillRect(0, 0, width(), 1, line);
    if (m_hairlines & Qt::BottomEdge) painter.fillRect(0, height() - 1, width(), 1, line);
    if (m_hairlines & Qt::LeftEdge) painter.fillRect(0, 0, 1, height(), line);
    if (m_hairlines & Qt::RightEdge) painter.fillRect(width() - 1, 0, 1, height(), line);
}

Hairline::Hairline(Qt::Orientation orientation, QWidget* parent) : QWidget(parent) {
    orientation == Qt::Horizontal ? setFixedHeight(1) : setFixedWidth(1);
    followTheme(this, [this] { update(); });
}

void Hairline::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), colour(&Tokens::border));
}

Toolbar::Toolbar(QWidget* parent) : Panel(&Tokens::window, Qt::BottomEdge, parent), m_row(new QHBoxLayout(this)) {
    followTheme(this, [this] {
        setFixedHeight(px(48) + 1);
        m_row->setContentsMargins(px(16), 0, px(16), 1);
        m_row->setSpacing(px(8));
    });
}

}  // namespace diagonal
